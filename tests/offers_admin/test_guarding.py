"""The margin guard over whole offers: what carries what, what may stand beside, and what happens when the floor moves."""

import json

import pytest
from sqlalchemy.orm import Session

from plugin import clock
from plugin.context import Context
from plugin.errors import Refused
from plugin.margin import flows as margin
from plugin.margin.rules import Take
from plugin.money import Money
from plugin.offers.flows import publishing
from plugin.offers.flows.configuring import Whole, configure
from plugin.offers.rules import model, pages
from plugin.shops.tables import Shop
from tests.offers_admin.conftest import NODE, Shopify, deliver, goods, published, set_floor, tiers
from tests.rules.pairing import MUG, TRAY

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
        margin.publish(session, shop.id, "merchant", [CODE], now=clock.now())
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
