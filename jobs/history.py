"""Reading a shop's history: backfill at install, reconciliation for ever. Both write inbox rows; events do the rest."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from jobs import bell, gone
from plugin import clock
from plugin.context import Context
from plugin.db import ShopId
from plugin.errors import TandemError, TryAgain
from plugin.intake import flows, history, reads, tables
from plugin.intake.history import CHANGING, LOADING, NEW, RUNNING, STOPPED
from plugin.mirror import catalogue
from plugin.mirror import tables as mirror
from plugin.people import tables as people
from plugin.shopify import gid
from plugin.shops import reads as shop_reads
from plugin.shops import tables as shops

CHUNK = 100
KNOWN: Mapping[str, Callable[[Session, ShopId, Sequence[str]], Mapping[str, datetime | None]]] = {
    "orders": mirror.updated_at, "products": catalogue.updated_at, "customers": people.told_at, "costs": catalogue.costs_at}
POLL_SECONDS = 1.0
PATIENCE_SECONDS = 15.0
WEEK = timedelta(days=7)

log = structlog.get_logger()


def backfill(context: Context) -> None:
    """Every shop's unfinished backfills, a step or more each; and what a shop is called, where its install did not learn it."""
    with context.reading() as session:
        nameless = [shop.id for shop in shops.installed(session) if not shop.currency]
    for shop_id in nameless:
        _kindly(shop_reads.describe, context, shop_id)
    with context.reading() as session:
        unfinished = [(shop.id, row.kind) for shop in shops.installed(session) if shop.currency
                      for row in tables.backfills(session, shop.id) if row.state in (NEW, RUNNING, LOADING)]
    for shop_id, kind in unfinished:
        _kindly(backfill_one, context, shop_id, kind)


def describe(context: Context) -> None:
    """What every shop is called, where it is, and what it has subscribed to: changes that no webhook of ours tells."""
    with context.reading() as session:
        known = [shop.id for shop in shops.installed(session)]
    for shop_id in known:
        _kindly(shop_reads.describe, context, shop_id)


def backfill_one(context: Context, shop_id: ShopId, kind: str) -> None:
    """Start, wait for, and load one bulk operation; what is not done in time is picked up by the next run.

    Whoever stops it meanwhile waits for one question to Shopify, or for one chunk, at most.
    """
    state, operation_id, url, done, since = _stand(context, shop_id, kind)
    if state == NEW:
        operation_id = reads.start_bulk(shop_reads.admin_api(context, shop_id), kind, since)
        _note(context, shop_id, kind, history.running, operation_id)
        state = RUNNING
    if state == RUNNING:
        url = _await_file(context, shop_id, kind, operation_id or "")
    if url is not None:
        _load(context, shop_id, kind, url, done=done if state == LOADING else 0)


def _stand(context: Context, shop_id: ShopId, kind: str) -> tuple[str, str | None, str | None, int, datetime | None]:
    with context.transaction() as session:
        row = tables.backfill(session, shop_id, kind)
        return row.state, row.operation_id, row.url if row.state == LOADING else None, row.lines_done, row.since


def _note(context: Context, shop_id: ShopId, kind: str, change: Callable[..., None], *told: object) -> None:
    with context.transaction() as session:
        change(tables.backfill(session, shop_id, kind, lock=True), *told)


def _is_stopped(context: Context, shop_id: ShopId, kind: str) -> bool:
    with context.reading() as session:
        return tables.backfill(session, shop_id, kind).state == STOPPED


def _await_file(context: Context, shop_id: ShopId, kind: str, operation_id: str) -> str | None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        told = reads.bulk_progress(shop_reads.admin_api(context, shop_id), operation_id)
        if told.status == "COMPLETED":
            _note(context, shop_id, kind, history.loading, told.url, told.objects, clock.now())
            return None if _is_stopped(context, shop_id, kind) else told.url
        if told.status not in ("CREATED", "RUNNING"):
            _note(context, shop_id, kind, history.again, f"{told.status} {told.error or ''}")
            return None
        if time.monotonic() > until:
            return None
        time.sleep(POLL_SECONDS)
        if _is_stopped(context, shop_id, kind):
            return None


def _load(context: Context, shop_id: ShopId, kind: str, url: str, *, done: int) -> None:
    """Write the file's objects into the inbox, with how far it came in the same transaction."""
    chunk: list[reads.Entry] = []
    try:
        for entry in reads.bulk_file(context, url, done=done):
            chunk.append(entry)
            if len(chunk) == CHUNK:
                if not _keep(context, shop_id, kind, chunk):
                    return
                chunk = []
    except TryAgain as fault:
        _note(context, shop_id, kind, history.again, fault.message)
        return
    if _keep(context, shop_id, kind, chunk):
        _note(context, shop_id, kind, history.finished, clock.now())
        bell.ring(context, "events", shop_id)


def _keep(context: Context, shop_id: ShopId, kind: str, chunk: list[reads.Entry]) -> bool:
    """False, and nothing kept, if the merchant has stopped it."""
    if not chunk:
        return True
    api = shop_reads.admin_api(context, shop_id)
    bodies = [reads.in_webhook_shape(api, kind, entry.node) for entry in chunk]
    with context.transaction() as session:
        row = tables.backfill(session, shop_id, kind, lock=True)
        if row.state == STOPPED:
            return False
        for body in bodies:
            if body is not None and (kind != "customers" or _concerns(session, shop_id, body)):
                flows.keep_read(session, shop_id, source="backfill", topic=reads.TOPICS[kind], body=body, now=clock.machine_now())
        history.loaded(row, chunk[-1].lines)
    bell.ring(context, "events", shop_id)
    return True


def _concerns(session: Session, shop_id: ShopId, customer: Mapping[str, Any]) -> bool:
    """Who has no tags, and of whom we know nothing, does not."""
    return bool(customer["tags"]) or people.is_known(session, shop_id, gid.digits(customer["admin_graphql_api_id"]))


# -- reconciliation ----------------------------------------------------------------------------------------------------


def reconcile(context: Context) -> None:
    """Whatever changed since the last time, with an overlap: what a lost webhook did not tell."""
    gone.read_more(context)
    _reconcile_all(context, lambda from_, _now: from_)
    gone.bid_farewell(context)


def reconcile_week(context: Context) -> None:
    """The last seven days again, for what became visible very late; and what no ``updated_at`` tells."""
    _reconcile_all(context, lambda from_, now: min(from_, now - WEEK))
    with context.reading() as session:
        ids = [shop.id for shop in shops.installed(session)]
    for shop_id in ids:
        _kindly(gone.ask_about, context, shop_id)
        _kindly(gone.reconcile_deleted, context, shop_id)


def _reconcile_all(context: Context, since: Callable[[datetime, datetime], datetime]) -> None:
    with context.reading() as session:
        told = [(shop.id, kind, read_from) for shop in shops.installed(session) if shop.currency
                for kind in CHANGING if (read_from := history.read_from(session, shop.id, kind))]
    for shop_id, kind, read_from in told:
        start = since(read_from, clock.now())
        _kindly(reconcile_one, context, shop_id, kind, start)


def reconcile_one(context: Context, shop_id: ShopId, kind: str, since: datetime) -> int:
    """Read what changed at Shopify and is news to the mirror. Returns how much that was."""
    began, found = clock.now(), 0
    api = shop_reads.admin_api(context, shop_id)
    changes = list(reads.changed(api, kind, since))
    for start in range(0, len(changes), CHUNK):
        for change in _news(context, shop_id, kind, changes[start:start + CHUNK]):
            body = reads.whole(api, kind, change)
            if body is None:
                continue
            with context.transaction() as session:
                found += flows.keep_read(session, shop_id, source="reconcile", topic=reads.TOPICS[kind], body=body, now=clock.machine_now())
    with context.transaction() as session:
        history.reconciled(session, shop_id, kind, upto=began, found=found)
    if found:
        log.info("reconciled", kind=kind, found=found)
        bell.ring(context, "events", shop_id)
    return found


def _news(context: Context, shop_id: ShopId, kind: str, changes: list[reads.Changed]) -> list[reads.Changed]:
    ids = [change.id for change in changes]
    with context.reading() as session:
        known: Mapping[str, datetime | None] = KNOWN[kind](session, shop_id, ids)
        tagged = people.tags_told_at(session, shop_id, ids) if kind == "customers" else {}
    return [change for change in changes if _is_news(change, known, met_only=kind == "customers") or _has_news_of_tags(change, tagged)]


def _has_news_of_tags(change: reads.Changed, known: Mapping[str, datetime | None]) -> bool:
    """Of customers alone: also of those whom we have not met."""
    if change.id not in known:
        return bool(change.body and change.body.get("tags"))
    at = known[change.id]
    return at is None or at < change.updated_at


def _is_news(change: reads.Changed, known: Mapping[str, datetime | None], *, met_only: bool) -> bool:
    """Who the customers are whom we have not met does not concern us."""
    if change.id not in known:
        return not met_only
    at = known[change.id]
    return at is None or at < change.updated_at


def read_disputes(context: Context) -> None:
    """Which payments are disputed now, in every shop: no asking goes on into a dispute for longer than an hour."""
    with context.reading() as session:
        known = [shop.id for shop in shops.installed(session)]
    for shop_id in known:
        _kindly(_read_disputes, context, shop_id)


def _read_disputes(context: Context, shop_id: ShopId) -> None:
    found = list(reads.disputed(shop_reads.admin_api(context, shop_id)))
    with context.transaction() as session:
        kept = [flows.keep_read(session, shop_id, source="reconcile", topic="disputes/update", body=body, now=clock.machine_now())
                for body in found]
    if any(kept):
        bell.ring(context, "events", shop_id)


def _kindly(step: Callable[..., object], context: Context, shop_id: ShopId, *told: object) -> None:
    """One shop that cannot be read keeps no other from being read; it is tried again at the next run."""
    try:
        step(context, shop_id, *told)
    except TandemError as fault:
        log.warning("history_unread", shop_id=str(shop_id), error=type(fault).__name__)
