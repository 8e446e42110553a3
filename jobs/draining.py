"""Emptying a shop's inbox: many events a transaction, a savepoint an event, so that a bad one costs its neighbours nothing."""

import math
import random
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy.orm import Session

from jobs import proof
from jobs.events import ANYTIME, EVENTS
from plugin import clock
from plugin.context import Context
from plugin.db import ShopId, database_now
from plugin.errors import Refused, TryAgain
from plugin.intake import flows, tables
from plugin.intake.rules import Event
from plugin.intake.tables import Inbox
from plugin.shops import tables as shops
from plugin.shops.tables import INSTALLED, Shop

BATCH = 50
PASS_SECONDS = 0.3
"""SQLite lets one write at a time: whoever opens a page waits for the pass to end."""
GAP_SECONDS = 0.1
"""It hands the turn to whoever asks just then, and who waits asks every tenth of a second: without a gap they may wait for ever."""
FOREVER = math.inf
NOT_INSTALLED = "the shop had not installed the app"
FOREIGN = "another shop's"

log = structlog.get_logger()


@dataclass
class _Pass:
    """One transaction's outcome: how many events were seen, and which things to look up before their events may count."""

    seen: int = 0
    was_long: bool = False
    doubts: set[str] = field(default_factory=set)


def drain(context: Context, shop_id: ShopId, *, until: float = FOREVER) -> int:
    """Apply what is pending for a shop. Returns how many events were looked at; begins no batch after ``until`` (monotonic)."""
    seen = 0
    while True:
        done = _pass(context, shop_id, known=frozenset(), doubted=frozenset())
        if done.doubts:
            _look_up(context, shop_id, done.doubts)
        seen += done.seen
        if done.seen == 0 or time.monotonic() >= until:
            return seen
        if done.was_long and context.settings.database_url.startswith("sqlite"):
            time.sleep(GAP_SECONDS)


def _look_up(context: Context, shop_id: ShopId, doubts: set[str]) -> None:
    """Ask the shop's Shopify, then apply what is its own; if it does not answer the events wait, uncounted."""
    try:
        known = proof.found(context, shop_id, doubts)
    except (Refused, TryAgain) as fault:
        with context.transaction() as session:
            _wait(session, shop_id, doubts, fault)
        return
    _pass(context, shop_id, known=known, doubted=doubts)


def _pass(context: Context, shop_id: ShopId, *, known: Collection[str], doubted: Collection[str]) -> _Pass:
    done, until = _Pass(), time.monotonic() + PASS_SECONDS
    with context.transaction() as session:
        rows = tables.pending(session, shop_id, now=database_now(session), limit=BATCH)
        shop = shops.get(session, shop_id)
        for row in rows:
            doubt = _apply_one(session, shop, row, known=known, doubted=doubted)
            if doubt is not None:
                done.doubts.add(doubt)
            done.seen += 1
            if time.monotonic() > until:
                done.was_long = True
                break
    return done


def _apply_one(session: Session, shop: Shop, row: Inbox, *, known: Collection[str], doubted: Collection[str]) -> str | None:
    """Apply one event within its savepoint and note what became of it. Returns what must be looked up first, if anything."""
    event = flows.event_of(row)
    if shop.state != INSTALLED and event.topic not in ANYTIME:
        flows.done(row, NOT_INSTALLED)
        return None
    try:
        with session.begin_nested():
            doubt = proof.doubt(session, shop, event)
            if doubt is None or doubt in known:
                _handle(session, shop, event)
    except Refused as fault:
        _refused(row, event, fault, session)
        return None
    except Exception as fault:
        log.warning("event_failed", topic=event.topic, event_id=str(event.id), attempts=row.attempts + 1, error=type(fault).__name__)
        flows.failed(row, f"{type(fault).__name__}: {fault}", database_now(session), hopeless=False)
        return None
    if doubt is not None and doubt not in known:
        return _doubted(row, doubt, doubted)
    flows.done(row)
    return None


def _handle(session: Session, shop: Shop, event: Event) -> None:
    """Orders that changed are marked unsettled in their own rows, so what a flow returns is only for the log."""
    handler = EVENTS.get(event.topic)
    if handler is None:
        raise Refused("topic", f"Nothing here answers {event.topic}.")
    changed = list(handler(session, shop.id, event, clock.now()))
    session.flush()
    log.debug("event_applied", topic=event.topic, event_id=str(event.id), orders=changed)


def _refused(row: Inbox, event: Event, fault: Refused, session: Session) -> None:
    """What is not for us is done with; what we cannot read is dead, for a person to see."""
    if fault.reason in ("foreign", "topic"):
        flows.done(row, fault.message)
        return
    log.warning("event_refused", topic=event.topic, event_id=str(event.id), reason=fault.reason)
    flows.failed(row, fault.message, database_now(session), hopeless=True)


def _doubted(row: Inbox, doubt: str, doubted: Collection[str]) -> str | None:
    if doubt in doubted:  # looked up, and not found in this shop
        flows.done(row, FOREIGN)
        return None
    return doubt


def _wait(session: Session, shop_id: ShopId, doubts: Collection[str], fault: Refused | TryAgain) -> None:
    now = database_now(session)
    seconds = max(30.0 * (1 + random.random()), getattr(fault, "after", None) or 0.0)
    rows: Sequence[Inbox] = tables.pending(session, shop_id, now=now, limit=BATCH)
    shop = shops.get(session, shop_id)
    for row in rows:
        if proof.doubt(session, shop, flows.event_of(row)) in doubts:
            flows.wait(row, seconds, now)
