"""Shopify follows what the merchant wants: a native discount comes, changes in place, goes, and hands over to the Function and back; never
is an offer in force twice, and nothing is lost with a lost answer."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from devstore.state.apps import Installation
from devstore.state.discounts import Discount
from devstore.state.products import Product, Variant
from devstore.state.settings import Settings
from devstore.state.shops import Shop as StoreShop
from devstore.state.store import Store
from plugin import clock
from plugin.context import Context
from plugin.money import Money
from plugin.offers import deliveries, flows, tables
from plugin.offers.rules.model import Audience, Basket, Benefit, DiscountClass, Offer, Part, Schedule, Step
from plugin.outbox import flows as outbox
from plugin.shops.tables import Shop
from tests.native.admin import Admin
from tests.offers_admin.conftest import attempt, deliver, goods, kit, publish, published, set_floor, shop, tiers  # noqa: F401 - a fixture
from tests.rules.shelf import BAG, MUG, TRAY

FREE = Offer(UUID(int=0), 1, "shipping", "Free shipping", benefit=Benefit("free"), outcome="basket", native=True)


@pytest.fixture
def admin(monkeypatch: pytest.MonkeyPatch) -> Admin:
    """The development store's side of the shop, with the same goods."""
    now = clock.now()
    store, north = Store(Settings()), StoreShop(1, "north", "north.myshopify.com", "North", "sam@north.test", "GBP", now, now)
    for at, product in enumerate((MUG, TRAY, BAG)):
        north.products[int(product)] = Product(int(product), "Goods", f"goods-{at}", now, now)
        north.variants[10 + at] = Variant(10 + at, int(product), 10 + at, "Default Title", 1000)
    store.shops["north"], north.installation = north, Installation(now, ["write_discounts"])
    made = Admin(store, north)
    monkeypatch.setattr("plugin.shops.reads.admin_api", lambda _context, _shop_id: made)
    return made


def native(offer: Offer, **more: object) -> Offer:
    return replace(offer, native=True, **more)  # type: ignore[arg-type]


def standing(admin: Admin) -> list[Discount]:
    return [one for one in admin.shop.discounts.values() if not one.deleted]


def by_kind(admin: Admin) -> dict[str, Discount]:
    return {one.kind: one for one in standing(admin)}


def draft(context: Context, shop: Shop, offer_id: UUID, wish: Offer) -> None:  # noqa: F811
    with context.transaction() as session:
        flows.save_offer(session, shop.id, wish, currency=shop.currency, now=clock.now(), offer_id=offer_id)
    publish(context, shop, offer_id)
    deliver(context)


def test_it_comes_changes_in_place_and_goes(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    offer_id = published(context, shop, native(tiers()))
    deliver(context)
    [made] = standing(admin)
    assert (made.kind, made.title, made.items.products, made.value.basis_points, made.minimum_quantity) == (
        "basic", "More mugs", [int(MUG)], 1000, 3)
    assert made.combines == ["order", "shipping"] and "tandem-offer-1" in made.tags
    draft(context, shop, offer_id, native(tiers("Trays", product=TRAY, rate=2000)))
    [changed] = standing(admin)
    assert (changed.id, changed.title, changed.items.products, changed.value.basis_points) == (made.id, "Trays", [int(TRAY)], 2000)
    with context.transaction() as session:
        flows.pause_offer(session, shop.id, offer_id, now=clock.now())
    deliver(context)
    with context.transaction() as session:
        assert standing(admin) == [] and tables.natives(session, shop.id) == []
        row = tables.configuration(session, shop.id)
        assert row is not None and row.state == "none"


def test_undoing_brings_back_what_it_said(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    offer_id = published(context, shop, native(tiers()))
    draft(context, shop, offer_id, tiers(rate=2000))
    assert [one.kind for one in standing(admin)] == ["app"]
    with context.transaction() as session:
        flows.undo_offer(session, shop.id, offer_id, currency=shop.currency, now=clock.now())
    deliver(context)
    assert [(one.kind, one.value.basis_points) for one in standing(admin)] == [("basic", 1000)]


def test_a_goal_that_goes_makes_it_anew(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    goal = Basket(amounts=(Money(3000, "GBP"),))
    offer_id = published(context, shop, replace(FREE, basket=goal, audience=Audience(countries=frozenset({"GB", "IE"}))))
    deliver(context)
    [first] = standing(admin)
    assert (first.kind, first.minimum_subtotal, first.countries) == ("free_shipping", 3000, ["GB", "IE"])
    draft(context, shop, offer_id, FREE)
    [second] = standing(admin)
    assert (second.id != first.id, second.minimum_subtotal, second.countries) == (True, None, None)


def test_one_that_does_not_say_the_same_is_carried_by_the_function(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    """A third off does not come out even, and a kit is nothing that Shopify knows."""
    published(context, shop, native(tiers(rate=333)))
    published(context, shop, native(kit()))
    deliver(context)
    assert [one.kind for one in standing(admin)] == ["app"]


def test_two_on_goods_stand_side_by_side_where_both_allow_it(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    every: frozenset[DiscountClass] = frozenset({"product", "order", "shipping"})
    got = Offer(UUID(int=0), 1, "buy_get", "A bag free", outcome="units", pick="cheapest", limit=2, native=True, combines=every, parts=(
        Part(goods(TRAY), 2), Part(goods(BAG), 1, Benefit("free"))))
    published(context, shop, got)
    published(context, shop, replace(tiers(), combines=every))
    deliver(context)
    told = by_kind(admin)
    assert set(told) == {"bxgy", "app"} and told["app"].combines == ["order", "product", "shipping"]
    terms = told["bxgy"].bxgy
    assert terms and (terms.buys.products, terms.buy_quantity, terms.get_quantity, terms.uses_per_order) == ([int(TRAY)], 2, 1, 2)
    assert told["bxgy"].items.products == [int(BAG)]


@pytest.mark.parametrize("lost", ["discount_automatic_basic_create", "discount_automatic_basic_update", "discount_automatic_delete"])
def test_a_lost_answer_makes_no_second_one(context: Context, shop: Shop, admin: Admin, lost: str) -> None:  # noqa: F811
    admin.lose = lost
    offer_id = published(context, shop, native(tiers()))
    deliver(context)
    draft(context, shop, offer_id, native(tiers(rate=2000)))
    assert [one.value.basis_points for one in standing(admin)] == [2000]
    with context.transaction() as session:
        flows.pause_offer(session, shop.id, offer_id, now=clock.now())
    deliver(context)
    assert standing(admin) == [] and admin.lose is None


def test_what_the_merchant_deleted_at_shopify_is_said_and_made_again(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    offer_id = published(context, shop, native(tiers()))
    deliver(context)
    [made] = standing(admin)
    made.deleted = True
    with context.transaction() as session:
        assert flows.configuration_gone(session, shop.id, str(made.id), clock.now())
        row = tables.configuration(session, shop.id)
        assert row is not None and (row.state, row.reason) == ("failed", {"key": "offers.why_one_deleted", "title": "More mugs"})
    draft(context, shop, offer_id, native(tiers(rate=2000)))
    assert [one.value.basis_points for one in standing(admin)] == [2000]


def test_a_deletion_that_nobody_told_us_of_is_noticed(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    offer_id = published(context, shop, native(tiers()))
    deliver(context)
    standing(admin)[0].deleted = True
    draft(context, shop, offer_id, native(tiers(rate=2000)))
    assert [one.value.basis_points for one in standing(admin)] == [2000]


def test_a_floor_that_cuts_it_gives_it_to_the_function(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    """A mug for 20.00 costs 10.00: 60 % off would be below cost."""
    set_floor(context, shop, 2000)
    published(context, shop, native(tiers(rate=6000)))
    deliver(context)
    assert [one.kind for one in standing(admin)] == ["app"]


def test_its_days_are_the_shops(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    local = clock.now().replace(tzinfo=None, microsecond=0)
    wish = native(tiers())
    published(context, shop, replace(wish, steps=(Step(1, Benefit("percent", 1000)),), schedule=replace(
        wish.schedule, starts=local + timedelta(days=10), ends=local + timedelta(days=20))))
    deliver(context)
    [made] = standing(admin)
    assert made.ends_at and made.ends_at - made.starts_at == timedelta(days=10)
    assert made.status(clock.now()) == "SCHEDULED" and made.minimum_quantity is None


@pytest.mark.parametrize(("first", "then", "begins"), [(10, 12, 12), (10, 8, 8), (10, None, 0), (None, 5, 5), (-3, None, 0), (-3, -2, 0)])
def test_a_beginning_that_is_moved_is_moved_at_shopify(context: Context, shop: Shop, admin: Admin, first: int | None,  # noqa: F811
                                                       then: int | None, begins: int) -> None:
    """In days from now; a beginning that has passed stays what it was told to be."""
    now = clock.now()
    local = now.replace(tzinfo=None, microsecond=0)

    def wish(days: int | None) -> Offer:
        return native(tiers(), schedule=Schedule(starts=None if days is None else local + timedelta(days=days)))

    offer_id = published(context, shop, wish(first))
    deliver(context)
    [before] = standing(admin)
    draft(context, shop, offer_id, wish(then))
    [after] = standing(admin)
    assert (after.id, round((after.starts_at - now) / timedelta(days=1))) == (before.id, begins)
    calls = len(admin.calls)
    draft(context, shop, offer_id, wish(then))
    assert "discount_automatic_basic_update" not in admin.calls[calls:]


@pytest.mark.parametrize(("first", "then"), [
    (tiers(rate=1000), tiers(rate=2000)), (tiers(), tiers(product=TRAY)), (replace(FREE, basket=Basket(quantity=2)), FREE)])
@pytest.mark.parametrize("lost", ["installation_read", "metafields_set", "discount_automatic_delete",
                                  "discount_automatic_free_shipping_create"])
def test_what_never_left_leaves_with_the_next_try(context: Context, shop: Shop, admin: Admin, first: Offer, then: Offer,  # noqa: F811
                                                  lost: str) -> None:
    offer_id = published(context, shop, native(first))
    deliver(context)
    admin.lose = lost
    draft(context, shop, offer_id, native(then))
    admin.lose = None
    [one] = standing(admin)
    with context.reading() as session:
        [row] = tables.natives(session, shop.id)
        assert (row.external_id, row.sent) == (str(one.id), [])
    wanted = {int(product) for step in then.steps for product in then.goods.products if step}
    assert (set(one.items.products), one.minimum_quantity) == (wanted, then.steps[0].least if then.steps else None)
    assert not then.steps or one.value.basis_points == then.steps[0].benefit.basis_points


def test_one_for_all_is_found_where_its_answer_was_lost_after_a_deletion(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    """The merchant deleted it, nobody told, and the answer to the making of another is lost; then all is paused."""
    offer_id = published(context, shop, tiers())
    deliver(context)
    standing(admin)[0].deleted = True
    admin.lose = "discount_app_create"
    draft(context, shop, offer_id, tiers(rate=2000))
    [one] = standing(admin)
    with context.transaction() as session:
        row = tables.configuration(session, shop.id)
        assert row is not None and (row.state, row.external_id) == ("live", str(one.id))


def test_what_was_said_otherwise_before_its_making_was_heard_of_stands_once(context: Context, shop: Shop, admin: Admin) -> None:  # noqa: F811
    """The answer to its making is lost, the merchant gives another title, and the next try fails too."""
    admin.lose = "discount_automatic_basic_create"
    offer_id = published(context, shop, native(tiers()))
    once = partial(attempt, context, "offers_publish", outbox.Terms(100, 60), deliveries.publish_offers)
    assert once() is False and len(standing(admin)) == 1
    with context.transaction() as session:
        flows.save_offer(session, shop.id, native(tiers("Mugs for all", rate=2000)), currency=shop.currency, now=clock.now(),
                         offer_id=offer_id)
    publish(context, shop, offer_id)
    admin.lose = "installation_read"
    assert once() is False
    deliver(context)
    assert [(one.title, one.value.basis_points) for one in standing(admin)] == [("Mugs for all", 2000)]


def test_news_of_our_own_deletion_takes_nothing_away(context: Context, shop: Shop, admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """A goal that goes needs another discount; Shopify tells of the old one's end before we have written down the new one."""
    offer_id = published(context, shop, replace(FREE, basket=Basket(quantity=2)))
    deliver(context)
    [first] = standing(admin)
    call = admin.call

    def told_early(operation: str, /, **variables: object) -> dict[str, Any]:
        if operation == "discount_automatic_free_shipping_create":
            with context.transaction() as session:
                flows.configuration_gone(session, shop.id, str(first.id), clock.now())
        return call(operation, **variables)

    monkeypatch.setattr(admin, "call", told_early)
    draft(context, shop, offer_id, FREE)
    [second] = standing(admin)
    with context.transaction() as session:
        assert [row.external_id for row in tables.natives(session, shop.id)] == [str(second.id)]
        row = tables.configuration(session, shop.id)
        assert row is not None and row.state == "live"
