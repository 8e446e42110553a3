"""Offers on their way to Shopify: all live ones on one discount, whatever is lost on the way; undone, paused, guarded, refused."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from plugin import clock
from plugin.context import Context
from plugin.errors import Refused
from plugin.margin import tables as margins
from plugin.money import Money
from plugin.offers import flows, tables
from plugin.offers.flows import publishing
from plugin.offers.flows.configuring import configure
from plugin.offers.rules import model, pages
from plugin.shops.tables import Shop
from tests.offers_admin.conftest import NODE, Shopify, deliver, goods, kit, publish, published, set_floor, tiers
from tests.rules.shelf import BAG, MUG, TRAY


def test_all_live_offers_stand_on_one_discount(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, tiers())
    published(context, shop, kit())
    deliver(context)
    [(number, discount)] = shopify.discounts.items()
    assert shopify.titles() == ["More mugs", "Mug and tray"] and shopify.on_pages() == ["1", "2"]
    assert discount["discountClasses"] == ["PRODUCT"] and discount["combinesWith"] == {
        "orderDiscounts": True, "productDiscounts": False, "shippingDiscounts": True}
    with context.transaction() as session:
        row = tables.configuration(session, shop.id)
        assert row is not None and (row.state, row.external_id) == ("live", number)
    assert deliver(context) == 0 and len(shopify.discounts) == 1


@pytest.mark.parametrize("operation", ["installation_read", "discount_app_create", "metafields_set"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_makes_no_second_discount(context: Context, shop: Shop, shopify: Shopify, operation: str, when: str) -> None:
    shopify.fail = (operation, when)
    published(context, shop, tiers())
    assert deliver(context) == 1
    assert len(shopify.discounts) == 1 and shopify.titles() == ["More mugs"] and shopify.on_pages() == ["1"]


def test_pausing_the_last_one_takes_the_discount_away_and_resuming_brings_it_back(context: Context, shop: Shop, shopify: Shopify) -> None:
    offer_id = published(context, shop, tiers())
    deliver(context)
    with context.transaction() as session:
        flows.pause_offer(session, shop.id, offer_id, now=clock.now())
    deliver(context)
    assert shopify.discounts == {} and shopify.on_pages() == []
    publish(context, shop, offer_id)
    deliver(context)
    assert shopify.titles() == ["More mugs"]


def test_what_goes_leaves_the_pages_before_the_discount(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, tiers())
    gone = published(context, shop, kit())
    deliver(context)
    with context.transaction() as session:
        flows.pause_offer(session, shop.id, gone, now=clock.now())
    shopify.calls.clear()
    shopify.fail = ("discount_app_update", "before")
    assert deliver(context) == 1
    assert shopify.calls[:3] == ["installation_read", "metafields_set", "discount_app_update"]
    assert shopify.on_pages() == ["1"] and shopify.titles() == ["More mugs"]


@pytest.mark.parametrize("operation", ["installation_read", "metafields_set", "discount_app_update"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_wherever_it_stops_the_checkout_has_the_old_offers_or_the_new_ones(context: Context, shop: Shop, shopify: Shopify, operation: str,
                                                                            when: str) -> None:
    """Classes, what they stand beside and the Function's configuration are never of different wishes."""
    benefit = model.Benefit("percent", 500)
    old, new = tiers(), model.Offer(UUID(int=0), 1, "basket", "All", benefit=benefit, combines=frozenset(), outcome="basket")
    before = published(context, shop, old)
    deliver(context)
    with context.transaction() as session:
        flows.pause_offer(session, shop.id, before, now=clock.now())
    published(context, shop, new)
    shopify.fail = (operation, when)
    states: list[tuple[list[str], list[str], bool]] = []
    real = shopify.call

    def call(name: str, /, **variables: Any) -> dict[str, Any]:  # noqa: ANN401
        try:
            return real(name, **variables)
        finally:
            states.append(_at_checkout(shopify))

    shopify.call = call  # type: ignore[method-assign]
    assert deliver(context) == 1
    whole = [(["More mugs"], ["PRODUCT"], True), (["All"], ["ORDER"], False)]
    assert [one for one in states if one not in whole] == [] and states[-1] == whole[1]


def _at_checkout(shopify: Shopify) -> tuple[list[str], list[str], bool]:
    """Titles, classes, and whether a discount on the order may stand beside them."""
    [discount] = shopify.discounts.values()
    return shopify.titles(), discount["discountClasses"], discount["combinesWith"]["orderDiscounts"]


def test_a_discount_that_the_merchant_deleted_is_told_and_made_again(context: Context, shop: Shop, shopify: Shopify) -> None:
    offer_id = published(context, shop, tiers())
    deliver(context)
    [number] = shopify.discounts
    shopify.discounts.clear()
    with context.transaction() as session:
        assert flows.configuration_gone(session, shop.id, number, clock.now())
        row = tables.configuration(session, shop.id)
        assert row is not None and row.reason == {"key": "offers.why_deleted"}
    with context.transaction() as session:
        publishing.wish(session, shop.id, clock.now())
    deliver(context)
    assert shopify.titles() == ["More mugs"] and [*shopify.discounts] != [number]
    assert tables.offer(context.sessions(), shop.id, offer_id).state == "live"


def test_a_refusal_is_said(context: Context, shop: Shop, shopify: Shopify) -> None:
    shopify.refuse = "discount_app_create"
    published(context, shop, tiers())
    deliver(context)
    with context.transaction() as session:
        row = tables.configuration(session, shop.id)
        assert row is not None and row.state == "failed" and row.reason["said"] == "Shopify refused: no"


def test_each_publication_is_a_version_and_can_be_undone(context: Context, shop: Shop, shopify: Shopify) -> None:
    offer_id = published(context, shop, tiers(rate=1000))
    with context.transaction() as session:
        flows.save_offer(session, shop.id, tiers(rate=2000), currency=shop.currency, now=clock.now(), offer_id=offer_id, by="8")
    publish(context, shop, offer_id)
    with context.transaction() as session:
        assert flows.undoing(session, shop.id, offer_id) == "before"
        flows.undo_offer(session, shop.id, offer_id, currency=shop.currency, now=clock.now(), by="7")
    with context.transaction() as session:
        rates = [version.offer().steps[0].benefit.basis_points for version in tables.versions(session, shop.id, offer_id)]
        assert rates == [1000, 2000, 1000]
        assert [(one.kind, one.staff) for one in tables.changes(session, shop.id, offer_id)] == [
            ("published", "7"), ("published", "7"), ("saved", "8"), ("published", "7"), ("created", "7")]
        assert len(tables.in_force(session, shop.id)) == 1
    deliver(context)
    assert shopify.titles() == ["More mugs"]


def test_a_version_is_judged_by_its_time(context: Context, shop: Shop, shopify: Shopify) -> None:
    offer_id = published(context, shop, tiers())
    with context.transaction() as session:
        since = tables.versions(session, shop.id, offer_id)[0].since
        assert tables.in_force_at(session, shop.id, since - timedelta(seconds=1)) == []
        assert [one.number for one in tables.in_force_at(session, shop.id, since)] == [1]


def test_the_floor_cuts_what_offers_take_of_a_product(context: Context, shop: Shop, shopify: Shopify) -> None:
    """A mug of 20.00 that costs 10.00 keeps 20 % of 12.50: at most 37.5 % may go."""
    set_floor(context, shop, 2000)
    published(context, shop, tiers(rate=5000))
    deliver(context)
    [number] = shopify.discounts
    made = pages.read([json.dumps(shopify.fields[NODE + number, "config_0"])])
    assert made.cap == 10_000 and dict(made.caps) == {int(MUG): 3750}


def test_a_discount_on_the_basket_that_breaks_the_floor_is_refused(context: Context, shop: Shop) -> None:
    set_floor(context, shop, 2000)
    wish = model.Offer(tiers().id, 1, "basket", "All of it", benefit=model.Benefit("percent", 3000), outcome="basket")
    with pytest.raises(Refused) as refused:
        published(context, shop, wish)
    assert refused.value.key == "offers.refused_floor" and refused.value.facts["title"] == "Tray"


def test_more_offers_than_fit_are_refused_and_nothing_changes(context: Context, shop: Shop, shopify: Shopify) -> None:
    for at in range(25):
        published(context, shop, tiers(f"Offer {at}"))
    with pytest.raises(Refused) as refused:
        published(context, shop, tiers("One more"))
    assert refused.value.facts == {"field": "", "most": 25, "count": 1}
    deliver(context)
    assert len(shopify.titles()) == 25


def test_an_offer_without_an_outcome_is_kept_but_not_switched_on(context: Context, shop: Shop) -> None:
    with pytest.raises(Refused) as refused:
        published(context, shop, replace(tiers(), outcome=None))
    assert refused.value.key == "offers.refused_outcome"


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(context: Context, shop: Shop) -> None:
    with context.transaction() as session:
        made = flows.save_offer(session, shop.id, tiers(), currency=shop.currency, now=clock.now())
        seen = made.revision
        flows.save_offer(session, shop.id, tiers(rate=1500), currency=shop.currency, now=clock.now(), offer_id=made.id)
        with pytest.raises(Refused) as refused:
            flows.save_offer(session, shop.id, tiers(), currency=shop.currency, now=clock.now(), offer_id=made.id, revision=seen)
    assert refused.value.reason == "stale"


def test_an_offer_of_another_shop_is_none(context: Context, shop: Shop, south: Shop, shopify: Shopify) -> None:
    offer_id = published(context, shop, tiers())
    with context.transaction() as session, pytest.raises(Refused):
        flows.pause_offer(session, south.id, offer_id, now=clock.now())


def test_a_copy_says_the_same_and_an_archived_offer_comes_back(context: Context, shop: Shop) -> None:
    with context.transaction() as session:
        made = flows.save_offer(session, shop.id, kit(), currency=shop.currency, now=clock.now())
        copy = flows.duplicate(session, shop.id, made.id, title="Another", currency=shop.currency, now=clock.now())
        assert (copy.number, copy.title, copy.state) == (2, "Another", "draft")
        flows.archive(session, shop.id, made.id, now=clock.now())
        assert [one.id for one in tables.of_shop(session, shop.id)] == [copy.id]
        assert flows.undo_offer(session, shop.id, made.id, currency=shop.currency, now=clock.now()) == "bring_back"
        assert len(tables.of_shop(session, shop.id)) == 2


def test_goods_that_are_excluded_reach_no_offer() -> None:
    from plugin.mirror.rules import Product
    from plugin.offers.flows.configuring import reached
    mug = Product(MUG, "Mug", "mug", "active", None, clock.now(), (), vendor="North", tags=("warm",))
    assert reached(goods(MUG), mug) and not reached(goods(BAG), mug)
    assert reached(model.Goods(tags=frozenset({"warm"})), mug) and reached(model.Goods(vendors=frozenset({"North"})), mug)
    assert not reached(model.Goods(everything=True, not_products=frozenset({MUG})), mug)


def test_what_offers_take_is_published_for_whoever_gives_beside_them(context: Context, shop: Shop, shopify: Shopify) -> None:
    set_floor(context, shop, 1000)
    gift = model.Offer(UUID(int=0), 1, "gift", "Gift", outcome="basket", parts=(model.Part(goods(TRAY), benefit=model.Benefit("free")),),
                       basket=model.Basket(amounts=(Money(10_000, shop.currency),)))
    published(context, shop, gift)
    deliver(context)
    assert shopify.discounts
    with context.transaction() as session:
        assert [(take.kind, take.programme) for take in margins.published(session, shop.id, clock.now())] == [("gift", "Gift")]


def test_nobody_waits_while_the_offers_of_a_large_shop_are_worked_out(context: Context, shop: Shop, shopify: Shopify,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    """With ten thousand products it takes seconds, and SQLite has one pen."""

    def slow(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes
        with context.transaction() as session:
            session.get_one(Shop, shop.id).name = "Meanwhile"
        return configure(*args, **named)

    monkeypatch.setattr("plugin.offers.deliveries.offers.configure", slow)
    published(context, shop, tiers())
    assert deliver(context) == 0 and shopify.titles() == ["More mugs"]
    with context.reading() as session:
        assert session.get_one(Shop, shop.id).name == "Meanwhile"
