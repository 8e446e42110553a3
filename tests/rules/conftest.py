"""The app, a visitor of the shop, products to pair, and a Shopify for them."""

from collections.abc import Iterator

import pytest
from flask import Flask

from plugin.app import create_app
from plugin.context import Context
from plugin.shops.tables import Shop
from tests.rules.pairing import PairsAtShopify, stocked
from tests.rules.shopfront import Storefront


@pytest.fixture
def app(context: Context) -> Flask:
    return create_app(context)


@pytest.fixture
def bob(app: Flask, context: Context, north: Shop) -> Iterator[Storefront]:
    yield Storefront(app, context.settings, north)


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
