"""What RQ calls. Arguments are ids only; what is to be done is read from the database."""

import time
from uuid import UUID

from jobs import bell, runner
from jobs.context import current
from jobs.deliveries import DELIVERIES, LOCAL
from jobs.draining import drain
from jobs.runner import TURN_SECONDS
from jobs.settling import settle_due
from plugin.context import Context
from plugin.db import ShopId, database_now
from plugin.intake import tables as inbox
from plugin.outbox import tables as outbox


def events(shop_id: str) -> None:
    """A shop has events or orders to settle."""
    context, shop = current(), ShopId(UUID(shop_id))
    bell.answered(context, "events", shop)
    if not work_events(context, shop):
        bell.ring(context, "events", shop)
    ring_if_ready(context, shop)


def deliver(shop_id: str) -> None:
    """A shop has something to leave; what other shops have leaves too, in turn."""
    context, shop = current(), ShopId(UUID(shop_id))
    bell.answered(context, "deliveries", shop)
    work_deliveries(context)


def work_events(context: Context, shop_id: ShopId, *, seconds: float = TURN_SECONDS) -> bool:
    """Apply events and settle, until neither finds anything: settling may tell something that is an event again.

    False if the time was over first: another shop's turn, then this one's again.
    """
    until = time.monotonic() + seconds
    while drain(context, shop_id, until=until) + settle_due(context, shop_id, until=until):
        if time.monotonic() >= until:
            return False
        with context.transaction() as session:
            if not inbox.pending(session, shop_id, now=database_now(session), limit=1):
                return True
    return True


def work_deliveries(context: Context) -> None:
    """Deliver for a while, then hand what is left, and what deliveries told, to whoever is free."""
    runner.run(context, DELIVERIES)
    with context.reading() as session:
        now = database_now(session)
        ready, pending = outbox.shops_with_ready(session, now, local=LOCAL), inbox.shops_with_pending(session, now)
    for shop_id in ready:
        bell.ring(context, "deliveries", shop_id)
    for shop_id in pending:
        bell.ring(context, "events", shop_id)


def ring_if_ready(context: Context, shop_id: ShopId) -> None:
    with context.reading() as session:
        ready = shop_id in outbox.shops_with_ready(session, database_now(session), local=LOCAL)
    if ready:
        bell.ring(context, "deliveries", shop_id)
