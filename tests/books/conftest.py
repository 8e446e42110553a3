"""Fixtures of the books: a stage with a strict fake of Shopify behind every call."""

from collections.abc import Iterator

import pytest

from plugin import clock
from plugin.context import Context
from plugin.shops.tables import Shop
from tests.books.fake_shopify import FakeShopify
from tests.books.stage import Stage


@pytest.fixture
def shopify(monkeypatch: pytest.MonkeyPatch) -> FakeShopify:
    fake = FakeShopify()
    monkeypatch.setattr("plugin.shops.reads.admin_api", lambda _context, _shop_id: fake)
    return fake


@pytest.fixture
def stage(context: Context, north: Shop, shopify: FakeShopify) -> Iterator[Stage]:
    yield Stage(context, north.id, shopify)
    clock.use(None)
