"""Deliveries put, leased and looked at, for tests of the outbox and of its runner."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from plugin import clock
from plugin.context import Context
from plugin.db import database_now, new_id
from plugin.outbox import flows, tables
from plugin.outbox.flows import Terms
from plugin.outbox.rules import Lease
from plugin.outbox.tables import Delivery
from plugin.shops.tables import Shop

TERMS = {"code": Terms(batch=3, seconds=30), "mail": Terms(batch=1, seconds=30, asks_shopify=False)}


def put(context: Context, shop: Shop, *, kind: str = "code", lane: str = "", count: int = 1) -> list[UUID]:
    subjects = [new_id() for _ in range(count)]
    with context.transaction() as session:
        for subject in subjects:
            assert flows.put(session, shop.id, kind, subject, now=clock.now(), lane=lane)
    return subjects


def lease(context: Context) -> list[Lease]:
    with context.transaction() as session:
        return flows.lease(session, TERMS)


def row(context: Context, held: Lease) -> Delivery:
    with context.transaction() as session:
        return tables.get(session, held.shop_id, held.delivery_id)


def run_out(context: Context, *leases: Lease) -> None:
    """The database's clock goes past these leases."""
    with context.transaction() as session:
        past = database_now(session) - timedelta(seconds=1)
        session.execute(update(Delivery).where(Delivery.id.in_([one.delivery_id for one in leases])).values(lease_until=past))
