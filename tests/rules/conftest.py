"""A shop with products to pair, and its Shopify."""

from collections.abc import Iterator

import pytest

from plugin.context import Context
from plugin.shops.tables import Shop
from tests.rules.pairing import PairsAtShopify, stocked


@pytest.fixture
def shopify(monkeypatch: pytest.MonkeyPatch) -> PairsAtShopify:
    fake = PairsAtShopify()
    monkeypatch.setattr("plugin.shops.reads.admin_api", lambda _context, _shop_id: fake)
    return fake


@pytest.fixture
def stocked_north(context: Context, north: Shop) -> Iterator[Shop]:
    with context.transaction() as session:
        stocked(session, north)
    yield north
