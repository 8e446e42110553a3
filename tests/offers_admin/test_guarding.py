"""The margin guard over whole offers: what carries what, what may stand beside, and what happens when the floor moves."""

import json

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from jobs.events import unit_cost
from plugin import clock
from plugin.context import Context
from plugin.db import new_id
from plugin.errors import Refused
from plugin.intake.rules import Event
from plugin.margin import flows as margin
from plugin.margin.rules import Take
from plugin.margin.rules.guard import Floors, Tried
from plugin.margin.rules.published import Dated
from plugin.money import Money
from plugin.offers import tables
from plugin.offers.flows import publishing
from plugin.offers.flows.configuring import Whole, configure
from plugin.offers.flows.finding import effects
from plugin.offers.rules import model, pages
from plugin.outbox.tables import Delivery
from plugin.shops.tables import Shop
from tests.books.stage import START
from tests.offers_admin.conftest import NODE, Shopify, deliver, goods, published, set_floor, tiers
from tests.rules.shelf import BAG, MUG, TRAY

CODE = Take("SUMMER", "code", rate_bp=2000, combines=frozenset({"product", "order"}))


def free_tray(*, mugs: int) -> model.Offer:
    """A tray (worth 10.00, costs 10.00) for so many mugs (20.00 each, cost 10.00)."""
    return model.Offer(tiers().id, 1, "buy_get", "Free tray", outcome="units", parts=(
        model.Part(goods(MUG), mugs), model.Part(goods(TRAY), benefit=model.Benefit("free"))))


def gift(goal: int, currency: str) -> model.Offer:
    return model.Offer(tiers().id, 2, "gift", "Gift", outcome="basket", parts=(model.Part(goods(TRAY), benefit=model.Benefit("free")),),
                       basket=model.Basket(amounts=(Money(goal, currency),)))


def _whole(session: Session, shop: Shop, *offers: model.Offer) -> Whole:
    return configure(session, shop.id, offers, now=clock.now())


def test_what_is_free_must_be_carried_by_what_is_paid(context: Context, shop: Shop) -> None:
    """One mug brings 20.00 and both cost 20.00: nothing is left. Three mugs keep 20.00 of 60.00."""
    set_floor(context, shop, 2000)
    with pytest.raises(Refused) as refused, context.transaction() as session:
        _whole(session, shop, free_tray(mugs=1))
    assert refused.value.key == "offers.refused_bundle_floor"
    assert refused.value.facts["goods"] == ["Mug", "Tray"] and refused.value.facts["short"] == Money(400, shop.currency)
    with context.transaction() as session:
        assert _whole(session, shop, free_tray(mugs=3)).combines == ("order", "shipping")


def test_a_free_one_is_not_trimmed_though_its_own_margin_is_gone(context: Context, shop: Shop) -> None:
    set_floor(context, shop, 2000)
    with context.transaction() as session:
        made = _whole(session, shop, free_tray(mugs=3)).compiled
    assert (made.cap, made.caps) == (10_000, {})


def test_what_holds_alone_but_not_beside_a_code_stands_alone(context: Context, shop: Shop) -> None:
    """With 20 % off the order three mugs bring 48.00, of which 8.00 are left: less than a fifth."""
    set_floor(context, shop, 2000)
    with context.transaction() as session:
        margin.publish(session, shop.id, "merchant", [Dated(CODE)], now=clock.now())
        assert _whole(session, shop, free_tray(mugs=3)).combines == ("shipping",)
        assert _whole(session, shop, free_tray(mugs=5)).combines == ("order", "shipping")


def test_a_gift_is_counted_against_every_good(context: Context, shop: Shop) -> None:
    """A tray that costs 10.00 from 50.00 on is a fifth of the basket: a mug must then bring 10.00 / 0.6 = 16.67 instead of 12.50."""
    set_floor(context, shop, 2000)
    with context.transaction() as session:
        caps = _whole(session, shop, tiers(rate=5000), gift(5000, shop.currency)).compiled.caps
    assert caps == {int(MUG): 1665}


def test_when_the_floor_moves_the_discount_follows(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, tiers(rate=5000))
    deliver(context)
    set_floor(context, shop, 2000)
    with context.transaction() as session:
        publishing.guard_again(session, shop.id, clock.now())
    deliver(context)
    [number] = shopify.discounts
    assert dict(pages.read([json.dumps(shopify.fields[NODE + number, "config_0"])]).caps) == {int(MUG): 3750}


def test_without_offers_at_shopify_nothing_is_told(context: Context, shop: Shop, shopify: Shopify) -> None:
    with context.transaction() as session:
        publishing.guard_again(session, shop.id, clock.now())
    deliver(context)
    assert shopify.calls == []


def _mug_costs(context: Context, shop: Shop, amount: str, *, at: int) -> None:
    """As Shopify tells it."""
    body = {"id": int(f"{MUG}2"), "cost": amount, "updated_at": f"2030-01-01T00:00:{at:02}Z"}
    event = Event(new_id(), "webhook", "inventory_items/update", MUG, clock.now(), clock.now(), json.dumps(body).encode())
    with context.transaction() as session:
        unit_cost(session, shop.id, event, clock.now())


def _soon(context: Context) -> None:
    """What waits a little, so that many changes are one, is due."""
    with context.transaction() as session:
        session.execute(update(Delivery).values(not_before=START))


def _finding(context: Context, shop: Shop) -> tuple[str | None, str]:
    with context.transaction() as session:
        [found] = tables.findings(session, shop.id).values()
        return found.was, found.state


def test_many_new_costs_are_told_once_and_the_merchant_sees_what_changed(context: Context, shop: Shop, shopify: Shopify) -> None:
    """At 10.00 a mug for 20.00 bears 37.5 % over a floor of a fifth; at 14.00 it bears 12.5 %."""
    set_floor(context, shop, 2000)
    published(context, shop, tiers(rate=3000))
    deliver(context)
    assert _finding(context, shop) == (None, "whole")
    shopify.calls.clear()
    for at, cost in enumerate(("11.00", "13.00", "14.00")):
        _mug_costs(context, shop, cost, at=at)
    _soon(context)
    deliver(context)
    [number] = shopify.discounts
    assert shopify.calls.count("discount_app_update") == 1
    assert dict(pages.read([json.dumps(shopify.fields[NODE + number, "config_0"])]).caps) == {int(MUG): 1250}
    assert _finding(context, shop) == ("whole", "cut")
    _mug_costs(context, shop, "14.00", at=9)
    assert deliver(context) == 0 and shopify.calls.count("discount_app_update") == 1


def test_what_a_raised_floor_forbids_leaves_the_shop_and_the_rest_stays(context: Context, shop: Shop, shopify: Shopify) -> None:
    """Three mugs carry a free tray over a fifth, and not over two fifths; when the floor falls again it comes back."""
    set_floor(context, shop, 2000)
    published(context, shop, free_tray(mugs=3))
    published(context, shop, tiers("More bags", product=BAG))
    deliver(context)
    for floor, titles in ((4000, ["More bags"]), (2000, ["Free tray", "More bags"])):
        set_floor(context, shop, floor)
        with context.transaction() as session:
            publishing.guard_again(session, shop.id, clock.now())
        deliver(context)
        assert shopify.titles() == titles and len(shopify.on_pages()) == len(titles)
    with context.transaction() as session:
        newest, other = tables.findings(session, shop.id).values()
        assert (newest.was, newest.state, other.was) == ("out", "whole", None)


def test_floors_are_tried_before_they_are_kept(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, free_tray(mugs=3))
    deliver(context)
    with context.transaction() as session:
        found = effects(session, shop.id, now=clock.now(), tried=Tried(Floors(4000), None))
        assert [(one.state, one.refused.key if one.refused else "") for one in found.offers] == [("out", "offers.refused_bundle_floor")]
        assert [one.state for one in effects(session, shop.id, now=clock.now()).offers] == ["whole"]
