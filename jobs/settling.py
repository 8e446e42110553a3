"""Settling what changed or what is due: evidence is read with no transaction open, then one transaction an order decides."""

import math
import random
import time
from collections.abc import Sequence

import structlog

from plugin import clock
from plugin.context import Context
from plugin.db import ShopId, database_now, is_held, seconds
from plugin.decisions import flows as decisions
from plugin.decisions import reads
from plugin.decisions.rules import Evidence
from plugin.errors import Broken, Refused, TryAgain
from plugin.mirror import flows, rules, tables
from plugin.outbox.rules import backoff
from plugin.shops import tables as shops

BATCH = 50
FOREVER = math.inf

log = structlog.get_logger()


def settle_due(context: Context, shop_id: ShopId, *, until: float = FOREVER) -> int:
    """Settle the shop's orders that changed or whose time has come. Returns how many were tried; begins none after ``until``
    (monotonic) but one, and none after one that another worker holds.
    """
    tried = 0
    while True:
        ids = _unsettled(context, shop_id)
        for order_id in ids:
            if not settle_one(context, shop_id, order_id):
                return tried
            tried += 1
            if time.monotonic() >= until:
                return tried
        if len(ids) < BATCH:
            return tried


def _unsettled(context: Context, shop_id: ShopId) -> Sequence[str]:
    with context.transaction() as session:
        if shops.get(session, shop_id).state != shops.INSTALLED:
            return ()
        return tables.unsettled(session, shop_id, now=clock.now(), machine_now=database_now(session), limit=BATCH)


def settle_one(context: Context, shop_id: ShopId, order_id: str) -> bool:
    """One order. What fails is noted on its row and tried again later; it never stops the others. False where another worker holds it for
    longer than one waits: it is left to that one, and nothing is noted against it."""
    try:
        with context.transaction() as session:
            row = tables.row_of(session, shop_id, order_id)
            if row is None:
                return True
            order = tables.load(session, shop_id, order_id) if reads.is_hinted(session, shop_id, row) else None
        evidence = _evidence(context, shop_id, order) if order is not None else None
        with context.transaction() as session:
            decisions.settle(session, shop_id, order_id, evidence, clock.now())
    except Exception as fault:
        if is_held(fault):
            log.info("settling_left", order_id=order_id)
            return False
        _note(context, shop_id, order_id, fault)
    return True


def _evidence(context: Context, shop_id: ShopId, order: rules.Order) -> Evidence | None:
    """What Shopify says; None (which means hold) where it will not say. Raises TryAgain where it cannot say now."""
    try:
        return reads.evidence(context, shop_id, order)
    except Refused as fault:
        log.warning("evidence_refused", order_id=order.id, reason=fault.reason)
        return None


def _note(context: Context, shop_id: ShopId, order_id: str, fault: Exception) -> None:
    if isinstance(fault, TryAgain):
        log.info("settling_postponed", order_id=order_id, error=fault.message)
    else:
        log.error("settling_failed", order_id=order_id, exc_info=fault, broken=isinstance(fault, Broken))
    with context.transaction() as session:
        row = tables.row_of(session, shop_id, order_id)
        wait = backoff((row.failures if row else 0) + 1, random.random(), at_least=getattr(fault, "after", None))
        flows.settling_failed(session, shop_id, order_id, f"{type(fault).__name__}: {fault}",
                              retry_at=database_now(session) + seconds(wait))
