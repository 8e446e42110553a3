"""Companions on their way to the shop: drawn from its orders, within the floor, steady, and gone when the merchant says so."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from plugin import clock
from plugin.context import Context
from plugin.errors import Refused
from plugin.mirror.tables import Variant
from plugin.offers import flows, upkeep
from plugin.offers.flows import redrawing, showing
from plugin.offers.flows.simulating import simulate
from plugin.offers.mining import flows as mining
from plugin.offers.rules import model, pages
from plugin.offers.rules.cart import Context as Where
from plugin.offers.rules.cart import Line
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.placing import shard
from plugin.outbox import flows as outbox
from plugin.shops.tables import Shop
from tests.mining.conftest import Stall
from tests.offers_admin.conftest import HOME, NODE, Shopify, deliver, goods, published, set_floor, tiers
from tests.rules.shelf import BAG, MUG, TRAY

SHOWN = model.Offer(UUID(int=0), 1, "together", "Goes along", goods=model.EVERYTHING, drawn=1, outcome="basket")
PRICED = replace(SHOWN, title="Less together", whole=model.Benefit("percent", 1000))
NUMBERS: Iterator[int] = count(10_000)


@pytest.fixture(autouse=True)
def orders(context: Context, shop: Shop) -> None:
    """Mug and tray are bought together, the bag alone."""
    sell(context, shop, (MUG, TRAY), (BAG,), (BAG,))


def sell(context: Context, shop: Shop, *baskets: tuple[str, ...], times: int = 30) -> None:
    with context.transaction() as session:
        stall = Stall(session, shop.id, NUMBERS)
        for turn in range(times):
            for basket in baskets:
                stall.buys(*basket, days_ago=1 + turn % 20)
        stall.mine(clock.now())


def beside(shopify: Shopify, product: str, number: int = 1) -> list[str]:
    told: dict[str, Any] = shopify.fields[HOME, shard(product)]["mates"]
    return list(told.get(product, {}).get(str(number), []))


def test_what_is_bought_together_is_on_the_page_and_the_checkout_knows_it(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, PRICED)
    deliver(context)
    assert beside(shopify, MUG) == ["tray"] and beside(shopify, TRAY) == ["mug"]
    [number] = shopify.discounts
    made = pages.read([_json(shopify, number)])
    sets = {frozenset(product for slot in rule.slots for product in made.sets[slot.set].products) for rule in made.rules}
    assert frozenset({11, 12}) in sets and all(rule.number % model.OF_SETS == 1 for rule in made.rules)
    lines = [Line("a", 111, 11, 2000, 1), Line("b", 121, 12, 1000, 1)]
    assert evaluate(made, lines, Where(shop.currency)).total == 300
    assert evaluate(made, lines[:1], Where(shop.currency)).total == 0


def test_a_recommendation_costs_nothing_and_needs_no_discount(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, SHOWN)
    deliver(context)
    assert shopify.discounts == {} and beside(shopify, MUG)[0] == "tray"
    spec = shopify.fields[HOME, "offers"]["offers"]["1"]
    assert spec["drawn"] == 1 and not any("gain" in part for part in spec["parts"])
    with context.reading() as session:
        [(first, product, _), *_] = showing.suggestions(session, shop.id, {MUG: 1})
    assert (first.number, product.id) == (1, TRAY) and not any(part.get("gain") for part in first.spec["parts"])


def test_a_ban_makes_it_vanish_at_once_and_a_pin_puts_it_first(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, PRICED)
    deliver(context)
    with context.transaction() as session:
        mining.ban(session, shop.id, MUG, TRAY, by=None, now=clock.now())
        mining.pin(session, shop.id, TRAY, BAG, by=None, now=clock.now())
        assert redrawing.differs(session, shop.id, clock.now())
        redrawing.wished(session, shop.id, clock.now())
    deliver(context)
    assert "tray" not in beside(shopify, MUG) and beside(shopify, TRAY) == ["bag"]
    with context.reading() as session:
        assert not redrawing.differs(session, shop.id, clock.now()), "nothing else is to be told"


def test_new_orders_change_what_stands_there_only_when_they_say_more(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, SHOWN)
    deliver(context)
    sell(context, shop, (MUG, TRAY), (BAG,), times=10)
    upkeep.draw_companions(context)
    assert not _is_coming(context, shop), "the same companions"
    sell(context, shop, (MUG, BAG), times=300)
    upkeep.draw_companions(context)
    assert _is_coming(context, shop)
    upkeep.draw_companions(context)
    with context.transaction() as session:
        flows.guard_again(session, shop.id, clock.now())
    deliver(context)
    assert beside(shopify, MUG)[0] == "bag"


def test_what_is_sold_out_gives_way(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, PRICED)
    deliver(context)
    with context.transaction() as session:
        session.get_one(Variant, (shop.id, f"{TRAY}1")).stock = 0
    with context.reading() as session:
        assert redrawing.is_due(session, shop.id)
    with context.transaction() as session:
        redrawing.wished(session, shop.id, clock.now())
    deliver(context)
    assert "tray" not in beside(shopify, MUG)


def test_what_the_floor_would_trim_is_not_drawn(context: Context, shop: Shop, shopify: Shopify) -> None:
    """The tray costs what it sells for."""
    set_floor(context, shop, 1000)
    published(context, shop, PRICED)
    deliver(context)
    assert "tray" not in beside(shopify, MUG) and beside(shopify, TRAY) == []


def test_what_the_merchant_names_has_room_before_what_is_drawn(context: Context, shop: Shop, shopify: Shopify) -> None:
    published(context, shop, PRICED)
    for rate in range(1, 25):
        published(context, shop, tiers(f"More {rate}", rate=100 * rate))
    deliver(context)
    [number] = shopify.discounts
    assert len(pages.read([_json(shopify, number)]).rules) == 25
    assert [bool(beside(shopify, one)) for one in (BAG, MUG, TRAY)] == [True, False, False], "the page that sells best has the one set"
    with pytest.raises(Refused):
        published(context, shop, replace(PRICED, title="Another", goods=goods(MUG)))


def test_last_months_orders_tell_what_it_would_have_cost(context: Context, shop: Shop) -> None:
    with context.transaction() as session:
        stall = Stall(session, shop.id, NUMBERS)
        for _ in range(3):
            stall.buys(MUG, TRAY, created_at=clock.now(), currency=shop.currency)
        for offer, cost in ((PRICED, 200), (SHOWN, 0)):
            batch = simulate(session, shop.id, replace(offer, number=9), beside=(), after=None, now=clock.now())
            assert (batch.applied, batch.cost) == (3, 3 * cost)


def _json(shopify: Shopify, number: str) -> str:
    return json.dumps(shopify.fields[NODE + number, "config_0"])


def _is_coming(context: Context, shop: Shop) -> bool:
    with context.transaction() as session:
        return outbox.is_coming(session, shop.id, "offers_publish", "offers", within=3600)
