"""Taking events in, once each, and noting what became of them. Times here are machine time except ``tell``'s."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, or_, update
from sqlalchemy.orm import Session

from plugin.clock import machine_now
from plugin.db import ShopId, new_id
from plugin.intake import rules, tables
from plugin.intake.rules import AT_ONCE, Arrival, Event, Source
from plugin.intake.tables import DEAD, DONE, PENDING, Inbox


def receive(session: Session, shop_id: ShopId, *, source: Source, topic: str, external_id: str, body: bytes, now: datetime,
            event_id: str | None = None, triggered_at: datetime | None = None) -> bool:
    """Keep one event. False if it was seen before."""
    arrival = Arrival(shop_id, source, topic, external_id, body, event_id, triggered_at)
    return tables.insert_new(session.connection(), [arrival], received_at=now, next_at=AT_ONCE) == 1


def tell(session: Session, shop_id: ShopId, topic: str, subject: str, now: datetime) -> None:
    """A lower slice tells a higher one that ``subject`` changed ("order/settle" and an order's id). Every telling counts.

    ``now`` says when it was told; it is due at once.
    """
    receive(session, shop_id, source="tandem", topic=topic, external_id=f"{topic}:{subject}:{new_id()}", body=subject.encode(),
            now=machine_now(), triggered_at=now)


def keep_read(session: Session, shop_id: ShopId, *, source: Source, topic: str, body: Mapping[str, Any], now: datetime) -> bool:
    """Keep what we read ourselves, in a webhook's shape; the same content is kept once."""
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    external_id = f"{body.get('admin_graphql_api_id')}@{hashlib.sha256(raw).hexdigest()[:32]}"
    return receive(session, shop_id, source=source, topic=topic, external_id=external_id, body=raw, now=now)


def event_of(row: Inbox) -> Event:
    return Event(row.id, row.source, row.topic, row.external_id, row.triggered_at, row.received_at, row.body)


def done(row: Inbox, note: str | None = None) -> None:
    """Applied, or rightly ignored (``note`` says why). Its body, with people in it, is not needed any more."""
    row.state, row.error, row.body = DONE, note and note[:500], b""


def failed(row: Inbox, error: str, now: datetime, *, hopeless: bool) -> None:
    """Could not be applied. Tried again later, or dead if ``hopeless`` or tried often enough."""
    row.attempts += 1
    row.error = error[:500]
    if hopeless or row.attempts >= rules.MOST_ATTEMPTS:
        row.state = DEAD
    else:
        row.next_at = now + timedelta(seconds=rules.backoff(row.attempts))


def wait(row: Inbox, seconds: float, now: datetime) -> None:
    """Not now, and nobody's fault: counts no attempt."""
    row.next_at = now + timedelta(seconds=seconds)


def revive(session: Session, shop_id: ShopId, event_id: UUID) -> bool:
    """A person wants a dead event tried again. False if it is not dead. Raises NotFound."""
    row = tables.get(session, shop_id, event_id)
    if row.state != DEAD:
        return False
    row.state, row.attempts, row.next_at = PENDING, 0, AT_ONCE
    return True


def discard(session: Session, shop_id: ShopId, *, before: datetime, note: str) -> int:
    """Webhooks received before count for nothing; their bodies go. Returns how many there were."""
    gone = session.execute(
        update(Inbox).where(Inbox.shop_id == shop_id, Inbox.source == "webhook", Inbox.state == PENDING, Inbox.received_at < before)
        .values(state=DONE, error=note[:500], body=b"").execution_options(synchronize_session=False))
    return cast(CursorResult[Any], gone).rowcount


def purge(session: Session, shop_id: ShopId, *, done: datetime, dead: datetime) -> int:
    """Drop events that are done and were received before ``done``, and dead ones from before ``dead``. Returns how many."""
    old = or_((Inbox.state == DONE) & (Inbox.received_at < done), (Inbox.state == DEAD) & (Inbox.received_at < dead))
    gone = session.execute(delete(Inbox).where(Inbox.shop_id == shop_id, old))
    return cast(CursorResult[Any], gone).rowcount


def forget_shop(session: Session, shop_id: ShopId) -> None:
    """The shop asked to be forgotten, or what came before its install counts for nothing."""
    for table in (Inbox, tables.Backfill, tables.Reconciled):
        session.execute(delete(table).where(table.shop_id == shop_id))
    session.expire_all()
