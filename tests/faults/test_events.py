"""Webhooks in every order, repeated, lost, and under another shop's name: what they leave behind is the same."""

import random
from collections.abc import Iterable
from itertools import permutations
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, func, select

from devstore.webhooks import Delivery
from jobs import entry, history
from plugin import clock
from plugin.db import Base
from plugin.outbox import tables as outbox
from tests.faults.world import World

STEPS = ("created", "paid", "part", "refunded", "cancelled")
SEED = 20261121
LOST = 0.05
ORDERS = 120


# -- in every order ----------------------------------------------------------------------------------------------------

# Verdict and reason, the order's state, rewards that are more than a void row, postings that were not undone.
END = ("refused", "cancelled", "refunded", True, 0, 0)


def test_all_orders_of_five_events_end_alike(shop: World) -> None:
    """120 orders live one life; each hears of it in another order, every event with none to two repeats."""
    shop.publish("code")
    shop.ask("webhooks/hold", shop="north")
    sequences, chance = list(permutations(STEPS)), random.Random(SEED)
    lives = [_live(shop, f"{number}f") for number in range(len(sequences))]
    for at in range(len(STEPS)):
        for (_, told), names in zip(lives, sequences, strict=True):
            _send(shop, told[names[at]], repeats=chance.randint(0, 2))
        entry.work_events(shop.context, shop.shop_id())
    shop.finish()
    ends = {names: _left(shop, order_id) for (order_id, _), names in zip(lives, sequences, strict=True)}
    assert set(ends.values()) == {END}, {names: end for names, end in ends.items() if end != END}
    assert shop.kinds() == []
    shop.check_books(issued=0)


def _live(shop: World, name: str) -> tuple[str, dict[str, list[Delivery]]]:
    """An order's whole life at Shopify, and what Shopify would have told of each step."""
    _held(shop)
    order_id = shop.order(name, shop.advocate("code", name), paid=False)
    told = {"created": _held(shop)}
    line = shop.read(f"orders/{order_id}")["lines"][0]["id"]
    steps: tuple[tuple[str, str, dict[str, object]], ...] = (
        ("paid", "pay", {}), ("part", "refund", {"lines": {line: 1}}), ("refunded", "refund", {"everything": True}),
        ("cancelled", "cancel", {"refund": False}))
    for step, verb, fields in steps:
        shop.ask(f"orders/{order_id}/{verb}", **fields)
        told[step] = _held(shop)
    assert all(told.values())
    return order_id, told


def _held(shop: World) -> list[Delivery]:
    """Takes what the store holds back."""
    webhooks = shop.store.services.webhooks
    held, webhooks.held = webhooks.held, []
    return held


def _send(shop: World, told: Iterable[Delivery], *, repeats: int = 0, domain: str | None = None) -> None:
    """Through the route, by the app's own client. The first repeat is Shopify's; the second pretends to be another event."""
    client = shop.app.test_client()
    for delivery in told:
        headers = delivery.headers | ({"X-Shopify-Shop-Domain": domain} if domain else {})
        for changed in ({}, {}, {"X-Shopify-Webhook-Id": str(uuid4())})[: 1 + repeats]:
            assert client.post("/webhooks", data=delivery.body, headers=headers | changed).status_code == 200


def _left(shop: World, order_id: str) -> tuple[Any, ...]:
    def only(sql: str) -> tuple[Any, ...]:
        return tuple(shop.books().rows(sql, order=order_id)[0])

    verdict, reason = only("select verdict, reason from decisions where shop_id = :shop and order_id = :order")
    financial, cancelled = only("select financial, cancelled_at from orders where shop_id = :shop and id = :order")
    (rewards,) = only("select count(*) from rewards where shop_id = :shop and order_id = :order and state <> 'void'")
    (posted,) = only("select coalesce(sum(case when reverses_id is null then amount else -amount end), 0) from postings "
                     "where shop_id = :shop and order_id = :order")
    return verdict, reason, financial, cancelled is not None, rewards, posted


# -- lost --------------------------------------------------------------------------------------------------------------


def test_what_was_lost_is_found_once(shop: World) -> None:
    """Of five orders in a hundred nothing is ever told, and of all other webhooks five in a hundred are lost too."""
    shop.publish("credit")
    shop.ask("webhooks/hold", shop="north")
    chance, lost, told = random.Random(SEED), set[str](), list[Delivery]()
    ids = [_bought(shop, number) for number in range(ORDERS)]
    for delivery in _held(shop):
        order_id = next((one for one in ids if one.encode() in delivery.body), "")
        if order_id and ids.index(order_id) % round(1 / LOST) == 0:
            lost.add(order_id)
        elif chance.random() >= LOST:
            told.append(delivery)
    assert len(lost) == ORDERS * LOST
    _send(shop, told)
    shop.finish()
    assert len(_mirrored(shop)) <= ORDERS - len(lost)
    _reconcile(shop)
    assert {row.id: row.financial for row in _mirrored(shop)} == dict.fromkeys(ids, "paid")
    assert shop.kinds() == ["credit"] * (ORDERS // 10)
    assert shop.states(ids) == ["issued"] * (ORDERS // 10)
    assert _reconcile(shop) == 0, "nothing is news twice"
    shop.check_books(issued=ORDERS // 10)


def _bought(shop: World, number: int) -> str:
    """Every tenth order was brought by somebody."""
    return shop.order(f"{number}f", shop.advocate("credit", f"{number}f") if number % 10 == 0 else None)


def _mirrored(shop: World) -> list[Any]:
    return shop.books().rows("select id, financial from orders where shop_id = :shop")


def _reconcile(shop: World) -> int:
    found = history.reconcile_one(shop.context, shop.shop_id(), "orders", clock.now() - history.WEEK)
    shop.finish()
    return found


# -- another shop's ----------------------------------------------------------------------------------------------------


def test_norths_bodies_under_souths_name_change_nothing(shop: World) -> None:
    """South runs the same app, so North's signature is valid under its header; it says nothing about South."""
    shop.install("south")
    for name in ("north", "south"):
        shop.publish("code", name)
    shop.ask("webhooks/hold", shop="north")
    order_id = shop.order("bo", shop.advocate("code", "al"))
    shop.ask(f"orders/{order_id}/refund", lines={shop.read(f"orders/{order_id}")["lines"][0]["id"]: 1})
    shop.finish(shop="south")  # what an installation reads by itself
    told, before = _held(shop), _souths(shop)
    _send(shop, told, domain="south.myshopify.com", repeats=2)
    shop.finish(shop="south")
    assert _souths(shop) == before
    _send(shop, told)
    shop.finish()
    assert shop.states([order_id]) == ["issued"], "what South sent took nothing away from North"
    assert _souths(shop) == before
    assert shop.kinds("south") == []


def _souths(shop: World) -> dict[str, int]:
    """How many rows South has in each table, but for its inbox and whose turn it is, and but for questions: news of a discount or a
    product makes us ask South's own Shopify what there is, whoever sent it."""
    south = shop.shop_id("south")
    questions = "discounts_read", "collections_list", "collections_read"
    asked = outbox.Delivery.shop_id == south, outbox.Delivery.kind.in_(questions)
    with shop.context.transaction() as session:
        session.execute(delete(outbox.Delivery).where(*asked))
        return {name: session.scalar(select(func.count()).select_from(table).where(table.c.shop_id == south)) or 0
                for name, table in Base.metadata.tables.items() if "shop_id" in table.c and name not in ("inbox", "turns")}
