"""A shop whose kits are products at Shopify: the development store's side of it, and the worker that carries everything there."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from devstore.state.apps import Installation
from devstore.state.background import run_due
from devstore.state.products import Product as StoreProduct
from devstore.state.products import Variant as StoreVariant
from devstore.state.settings import Settings
from devstore.state.shops import Shop as StoreShop
from devstore.state.store import Store
from plugin import clock
from plugin.context import Context
from plugin.mirror import catalogue
from plugin.offers import deliveries, flows, tables
from plugin.offers.rules.model import Offer
from plugin.outbox import flows as outbox
from plugin.shopify import payloads
from plugin.shops import tables as shops
from plugin.shops.tables import Shop, Token
from tests.native.admin import Admin
from tests.offers_admin.conftest import attempt, deliver, kit, publish, published, shop  # noqa: F401 - a fixture
from tests.pipes import bodies
from tests.rules.shelf import MUG, TRAY


class Shopify(Admin):
    """What Shopify does in the background is done by the time of the next call."""

    def call(self, operation: str, /, **variables: object) -> dict[str, Any]:
        run_due(self.store)
        return super().call(operation, **variables)


SCOPES = "write_products,write_publications"


@pytest.fixture
def admin(context: Context, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Admin:  # noqa: F811
    """The development store's side of the shop, with the same goods and what a bundle needs granted."""
    now = clock.now()
    store, north = Store(Settings(bulk_seconds=0)), StoreShop(1, "north", "north.myshopify.com", "North", "sam@north.test", "GBP", now, now)
    for product_id, price in ((MUG, 2000), (TRAY, 1000)):
        made = StoreProduct(int(product_id), "Mug" if product_id == MUG else "Tray", f"goods-{product_id}", now, now)
        variant = StoreVariant(int(f"{product_id}1"), made.id, int(f"{product_id}2"), "Default Title", price, stock=7)
        made.variants.append(variant)
        north.products[made.id], north.variants[variant.id] = made, variant
    store.shops["north"], north.installation = north, Installation(now, SCOPES.split(","))
    admin = Shopify(store, north)
    monkeypatch.setattr("plugin.shops.reads.admin_api", lambda _context, _shop_id: admin)
    monkeypatch.setattr("plugin.offers.deliveries.bundles.POLL_SECONDS", 0)
    monkeypatch.setattr("plugin.offers.deliveries.bundles.TOKEN_SECONDS", 0)
    grant(context, shop, SCOPES)
    return admin


def grant(context: Context, shop: Shop, scopes: str) -> None:  # noqa: F811
    with context.transaction() as session:
        shops.get(session, shop.id).scopes = scopes
        session.merge(Token(shop_id=shop.id, access="", refresh=None, scopes=scopes, expires_at=clock.now(), fence=0,
                            refresh_expires_at=clock.now(), lease_until=None))


def carry(context: Context, *, most: int = 40) -> int:
    """Everything that is due, of offers and of bundles, as a worker does it. Returns how many attempts were lost."""
    lost = 0
    for _ in range(most):
        deliver(context)
        went = attempt(context, "bundle_publish", outbox.Terms(1, 60), deliveries.publish_bundle)
        if went is None:
            return lost
        lost += not went
    raise AssertionError("It goes on and on.")


def made(admin: Admin) -> list[StoreProduct]:
    return [one for one in admin.shop.products.values() if one.components]


def state(context: Context, shop: Shop, offer_id: UUID) -> tuple[str, object]:  # noqa: F811
    with context.transaction() as session:
        row = tables.bundle_product(session, shop.id, offer_id)
        assert row is not None
        return row.state, row.reason.get("key")


def changed(context: Context, shop: Shop, offer_id: UUID, wish: Offer) -> None:  # noqa: F811
    with context.transaction() as session:
        flows.save_offer(session, shop.id, wish, currency=shop.currency, now=clock.now(), offer_id=offer_id)
    publish(context, shop, offer_id)
    carry(context)


SET = replace(kit(), bundled="active")


def mirrored(session: Session, shop: Shop, one: StoreProduct) -> None:  # noqa: F811
    told = {"id": one.id, "title": one.title, "handle": one.handle, "updated_at": "2026-06-01T12:00:00Z", "variants": [
        {"id": one.variants[0].id, "title": "Default Title", "price": f"{one.variants[0].price / 100:.2f}", "inventory_item_id": 1}]}
    catalogue.apply_product(session, shop.id, payloads.product(bodies.raw(told), shop.currency))
