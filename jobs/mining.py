"""What is bought together: each shop's new orders are counted, and the companions of what changed enough are ranked anew."""

import time

import structlog

from plugin import clock
from plugin.context import Context
from plugin.db import ShopId
from plugin.mirror import tables as orders
from plugin.offers.mining import tables, upkeep
from plugin.shops import tables as shops

SHARE_SECONDS = 20.0
"""For one shop at a time; the next round goes on where this one stopped."""

log = structlog.get_logger()


def mine(context: Context) -> None:
    """Every installed shop with orders that have not been counted or products that are to be ranked. A shop's fault is its own."""
    with context.reading() as session:
        here = {shop.id for shop in shops.installed(session)}
        busy = here & {*orders.shops_with_uncounted(session), *tables.shops_with_due(session)}
    for shop_id in sorted(busy):
        try:
            mine_shop(context, shop_id, until=time.monotonic() + SHARE_SECONDS)
        except Exception:
            log.exception("mining_failed", shop_id=str(shop_id))


def mine_shop(context: Context, shop_id: ShopId, *, until: float) -> None:
    """First all orders, then all rankings; each step is a transaction of its own."""
    for step in (upkeep.count, upkeep.rank):
        done = 1
        while done and time.monotonic() < until:
            with context.transaction() as session:
                done = step(session, shop_id, now=clock.now())
