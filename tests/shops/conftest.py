"""A context whose Shopify is the double of the wire tests."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from plugin.clock import machine_now
from plugin.clock import now as business_now
from plugin.context import Context
from plugin.db import ShopId
from plugin.shopify.tokens import Grant
from plugin.shops import flows
from tests.wire.double import Double
from tests.wire.signed import SHOP


@pytest.fixture
def double() -> Iterator[Double]:
    with Double() as running:
        yield running


@pytest.fixture
def wired(context: Context, double: Double) -> Context:
    return replace(context, settings=replace(context.settings, shopify_origin=double.origin))


def grant(*, minutes: float = 60, refresh: str = "refresh-0", access: str = "shpat_0", days: float = 90,
    scopes: str = "read_orders") -> Grant:
    """``minutes`` and ``days`` until each token ends."""
    return Grant(access, refresh, scopes, machine_now() + timedelta(minutes=minutes), machine_now() + timedelta(days=days))


def install(context: Context, domain: str = SHOP, granted: Grant | None = None) -> ShopId:
    with context.transaction() as session:
        shop, _ = flows.install(session, context.settings, domain, granted or grant(), business_now())
    return shop.id
