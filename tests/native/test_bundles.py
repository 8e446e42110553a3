"""A kit as one product: what Shopify is told, and that nothing is made twice, whatever is lost on the way."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from devstore.state.background import run_due
from devstore.state.bundling import left
from devstore.state.products import Component as StoreComponent
from plugin import clock
from plugin.context import Context
from plugin.offers import deliveries, flows, tables
from plugin.offers.flows import bundles
from plugin.offers.rules.model import Part
from plugin.outbox import flows as outbox
from plugin.outbox.tables import Delivery
from plugin.shops.tables import Shop
from tests.native.admin import Admin
from tests.native.bundling import SCOPES, SET, Shopify, admin, carry, changed, grant, made, mirrored, state  # noqa: F401 - a fixture
from tests.offers_admin.conftest import attempt, deliver, kit, publish, published, shop  # noqa: F401 - a fixture
from tests.rules.shelf import MUG, TRAY


def test_it_comes_changes_in_place_goes_and_comes_back(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    """20 % off 30.00."""
    offer_id = published(context, shop, SET)
    carry(context)
    [one] = made(admin)
    assert (one.title, one.variants[0].price, one.status, one.published) == ("Mug and tray", 2400, "ACTIVE", True)
    assert one.tags == ["tandem-offer-1"] and one.variants[0].cost == 2000
    assert [(part.variant_id, part.quantity) for part in one.components] == [(int(f"{MUG}1"), 1), (int(f"{TRAY}1"), 1)]
    assert state(context, shop, offer_id) == ("live", None)
    changed(context, shop, offer_id, replace(SET, title="Tea for two", parts=(Part(SET.parts[0].goods), Part(SET.parts[1].goods, 2))))
    [same] = made(admin)
    assert (same.id, same.title, same.variants[0].price, left(admin.shop, same.components)) == (one.id, "Tea for two", 3200, 3)
    with context.transaction() as session:
        flows.pause_offer(session, shop.id, offer_id, now=clock.now())
    carry(context)
    assert made(admin)[0].status == "ARCHIVED" and state(context, shop, offer_id)[0] == "away"
    with context.transaction() as session:
        flows.undo_offer(session, shop.id, offer_id, currency=shop.currency, now=clock.now())
    carry(context)
    assert [(back.id, back.status) for back in made(admin)] == [(one.id, "ACTIVE")]
    assert admin.calls.count("bundle_create") == 1


def test_one_that_the_merchant_puts_on_sale_is_a_draft(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    grant(context, shop, "write_products")
    published(context, shop, replace(SET, bundled="draft"))
    carry(context)
    assert [(one.status, one.published) for one in made(admin)] == [("DRAFT", False)] and "product_publish" not in admin.calls


@pytest.mark.parametrize("lost", ["bundle_create", "bundle_progress", "variant_price", "product_status", "product_publish"])
def test_a_lost_answer_makes_no_second_one(context: Context, shop: Shop, admin: Admin, lost: str) -> None:  # noqa: F811
    admin.lose = lost
    offer_id = published(context, shop, SET)
    assert carry(context) == 1
    assert [(one.variants[0].price, one.status, one.published) for one in made(admin)] == [(2400, "ACTIVE", True)]
    assert state(context, shop, offer_id) == ("live", None) and admin.lose is None


def test_a_new_installation_takes_up_what_is_there(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    """What we knew of it was redacted; its mark says whose it is."""
    offer_id = published(context, shop, SET)
    carry(context)
    with context.transaction() as session:
        row = tables.bundle_product(session, shop.id, offer_id)
        assert row is not None
        session.delete(row)
        flows.guard_again(session, shop.id, clock.now())
    carry(context)
    assert state(context, shop, offer_id) == ("live", None) and len(made(admin)) == 1


class Killed(BaseException):
    """As a process ends: nothing of ours runs any more."""


@pytest.mark.parametrize("at", ["B1", "B2", "B3"])
def test_killed_on_the_way_it_goes_on_where_it_was(context: Context, shop: Shop, admin: Admin, monkeypatch: pytest.MonkeyPatch,  # noqa: F811
                                                   at: str) -> None:
    deaths = [at]

    def reach(name: str) -> None:
        if name in deaths:
            deaths.remove(name)
            raise Killed

    monkeypatch.setattr("plugin.failpoint.reach", reach)
    monkeypatch.setattr("plugin.offers.deliveries.bundles.COMING", timedelta())
    published(context, shop, SET)
    with pytest.raises(Killed):
        carry(context)
    with context.transaction() as session:
        session.execute(update(Delivery).where(Delivery.kind == "bundle_publish").values(state="waiting", lease_until=None))
    carry(context)
    assert not deaths and [(one.variants[0].price, one.status) for one in made(admin)] == [(2400, "ACTIVE")]


def test_what_may_still_be_coming_is_not_made_again(context: Context, shop: Shop, admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """The answer is lost and Shopify is slow: we wait, and find it."""
    admin.store.settings = replace(admin.store.settings, bulk_seconds=3600)
    admin.lose = "bundle_create"
    published(context, shop, SET)
    with pytest.raises(AssertionError, match="on and on"):
        carry(context, most=5)
    assert admin.calls.count("bundle_create") == 1
    for work in admin.shop.bundlings.values():
        work.ready_at = clock.machine_now()
    run_due(admin.store)
    carry(context)
    assert len(made(admin)) == 1 and admin.calls.count("bundle_create") == 1


def test_what_was_made_under_another_name_is_found(context: Context, shop: Shop, admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """The answer to its making is lost, and the merchant says something else before the next try."""
    monkeypatch.setattr("plugin.offers.deliveries.bundles.COMING", timedelta())
    admin.lose = "bundle_create"
    offer_id = published(context, shop, SET)
    deliver(context)
    assert attempt(context, "bundle_publish", outbox.Terms(1, 60), deliveries.publish_bundle) is False
    changed(context, shop, offer_id, replace(SET, title="Tea for two", parts=(SET.parts[0], Part(SET.parts[1].goods, 2))))
    assert [(one.title, one.variants[0].price) for one in made(admin)] == [("Tea for two", 3200)]
    assert state(context, shop, offer_id) == ("live", None)


def test_without_the_access_it_says_so_and_goes_on_when_it_is_granted(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    grant(context, shop, "write_discounts")
    offer_id = published(context, shop, SET)
    carry(context)
    assert state(context, shop, offer_id) == ("failed", "bundles.needs_access") and not made(admin)
    grant(context, shop, SCOPES)
    with context.transaction() as session:
        bundles.granted(session, shop.id, clock.now())
    carry(context)
    assert state(context, shop, offer_id) == ("live", None) and len(made(admin)) == 1


def test_what_shopify_refuses_is_told(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    """The mug is a bundle of another app's by now."""
    mug = admin.shop.products[int(MUG)]
    mug.components = [StoreComponent(int(f"{TRAY}1"), 1)]
    offer_id = published(context, shop, SET)
    carry(context)
    assert state(context, shop, offer_id) == ("failed", "offers.why_shopify")
    mug.components = []
    with context.transaction() as session:
        bundles.again(session, shop.id, offer_id, clock.now())
    carry(context)
    assert state(context, shop, offer_id) == ("live", None)


def test_deleted_at_shopify_it_stays_away_until_the_merchant_wants_it_back(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    offer_id = published(context, shop, SET)
    carry(context)
    [one] = made(admin)
    del admin.shop.products[one.id]
    with context.transaction() as session:
        bundles.product_gone(session, shop.id, str(one.id), clock.now())
        flows.guard_again(session, shop.id, clock.now())
    carry(context)
    assert state(context, shop, offer_id) == ("gone", "bundles.gone") and not made(admin)
    with context.transaction() as session:
        bundles.again(session, shop.id, offer_id, clock.now())
    carry(context)
    assert state(context, shop, offer_id) == ("live", None) and len(made(admin)) == 1


def test_a_price_that_somebody_else_set_is_set_right(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    published(context, shop, SET)
    carry(context)
    [one] = made(admin)
    one.variants[0].price = 100
    with context.transaction() as session:
        mirrored(session, shop, one)
        bundles.product_changed(session, shop.id, str(one.id), clock.now())
    carry(context)
    assert one.variants[0].price == 2400
    calls = len(admin.calls)
    with context.transaction() as session:
        mirrored(session, shop, one)
        bundles.product_changed(session, shop.id, str(one.id), clock.now())
    carry(context)
    assert len(admin.calls) == calls
