"""Webhooks that never come, and the recovery from that, for tests of reconciliation."""

from datetime import timedelta
from typing import Any

import requests
from sqlalchemy import select

from jobs import entry, history
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product
from plugin.people.tables import Person
from tests.faults.world import World


def lose(shop: World) -> None:
    """From now on nothing is told."""
    shop.delivered()
    entry.work_events(shop.context, shop.shop_id())
    make_older(shop)
    shop.ask("webhooks/drop", shop="north")


def make_older(shop: World) -> None:
    """Shopify's times are whole seconds, and a test is faster: what we know is a few seconds old."""
    past = timedelta(seconds=5)
    with shop.context.transaction() as session:
        for table in (mirror.Order, mirror.Product, mirror.Variant, mirror.Cost, mirror.Level):
            for row in session.scalars(select(table)):
                row.updated_at -= past  # type: ignore[attr-defined]
        for person in session.scalars(select(Person)):
            person.told_at = person.told_at and person.told_at - past


def recover(shop: World) -> None:
    """One cycle: what recurs every quarter of an hour, then what recurs daily."""
    history.reconcile(shop.context)
    history.reconcile_week(shop.context)
    shop.finish()


def change(shop: World, verb: str, path: str, **fields: object) -> None:
    answer = requests.request(verb, f"{shop.store.url}/_devstore/{path}", json=fields, timeout=10)
    assert answer.ok, answer.text


def mug(shop: World) -> Product:
    shop_id = shop.shop_id()
    with shop.context.transaction() as session:
        return next(one for one in mirror.search(session, shop_id) if one.handle == "enamel-mug")


def order_row(shop: World, order_id: str) -> tuple[Any, ...]:
    (row,) = shop.books().rows(
        "select financial, cancelled_at is not null, paid_once, (select count(*) from refunds r where r.shop_id = o.shop_id and "
        "r.order_id = o.id) from orders o where shop_id = :shop and id = :order", order=order_id)
    return tuple(row)
