"""The inbox, and how far backfill and reconciliation have come."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import cast
from uuid import UUID

from sqlalchemy import DDL, Connection, Index, LargeBinary, String, Table, UniqueConstraint, event, func, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from plugin.db import Base, ShopId, new_id, own_key, shop_key
from plugin.errors import NotFound
from plugin.intake.rules import Arrival

PENDING, DONE, DEAD = "pending", "done", "dead"


class Inbox(Base):
    """One event. ``next_at`` and ``received_at`` are machine time; ``body`` is emptied once the event is done."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("shop_id", "source", "external_id"),
        Index("ix_inbox_pending", "shop_id", "next_at", postgresql_where=text("state = 'pending'"), sqlite_where=text("state = 'pending'")),
    )

    shop_id: Mapped[ShopId] = shop_key()
    id: Mapped[UUID] = own_key()
    source: Mapped[str] = mapped_column(String(12))
    topic: Mapped[str] = mapped_column(String(64))
    external_id: Mapped[str] = mapped_column(String(200))
    event_id: Mapped[str | None] = mapped_column(String(200))
    triggered_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(8), default=PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    error: Mapped[str | None] = mapped_column(String(500))


class Backfill(Base):
    """How far one kind of history has been read. ``limited``: only the 60 days that Shopify shows without ``read_all_orders``."""

    __tablename__ = "backfills"

    shop_id: Mapped[ShopId] = shop_key()
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    operation_id: Mapped[str | None] = mapped_column(String(64))
    url: Mapped[str | None]
    runs: Mapped[int] = mapped_column(default=0)
    lines_done: Mapped[int] = mapped_column(default=0)
    objects_total: Mapped[int | None]
    limited: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime | None]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(500))


class Reconciled(Base):
    """Up to which ``updated_at`` one kind of object has been read again."""

    __tablename__ = "reconciled"

    shop_id: Mapped[ShopId] = shop_key()
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    upto: Mapped[datetime]
    found: Mapped[int] = mapped_column(default=0)


# Bodies are read once and are too short-lived to be worth compressing: storing them plain is what makes intake fast.
PLAIN_BODIES = "ALTER TABLE inbox ALTER COLUMN body SET STORAGE EXTERNAL"
event.listen(Inbox.__table__, "after_create", DDL(PLAIN_BODIES).execute_if(dialect="postgresql"))  # type: ignore[no-untyped-call]


# Constant texts, since making one of many rows' VALUES costs more than running it; arrays only of what differs by row.
_DIFFERING = {"shop_id": "uuid", "source": "text", "topic": "text", "external_id": "text", "body": "bytea", "event_id": "text",
              "triggered_at": "timestamptz", "id": "uuid"}
_GIVEN = attrgetter(*(name for name in _DIFFERING if name != "id"))
_KEY = attrgetter("shop_id", "source", "external_id")
_COMMON = ("state", "attempts", "received_at", "next_at")
_ARRAYS = ", ".join(f"%b::{kind}[]" for kind in _DIFFERING.values())
_INSERT_ARRAYS = (f"INSERT INTO inbox ({', '.join((*_COMMON, *_DIFFERING))}) "  # noqa: S608 - our own names
                  f"SELECT {', '.join('%s' for _ in _COMMON)}, given.* FROM unnest({_ARRAYS}) AS given ON CONFLICT DO NOTHING")
_INSERT_ROW = sqlite.insert(cast(Table, Inbox.__table__)).on_conflict_do_nothing()


def insert_new(connection: Connection, arrivals: Iterable[Arrival], *, received_at: datetime, next_at: datetime) -> int:
    """Insert those, to be done, whose (shop, source, external id) is new. Returns how many were. In one statement."""
    common = (PENDING, 0, received_at, next_at)
    counted = {"preserve_rowcount": True}
    # In one order everywhere: two processes that insert the same keys crosswise would wait for each other for ever.
    rows = [(*_GIVEN(arrival), new_id()) for arrival in sorted(arrivals, key=_KEY)]
    if connection.dialect.name == "postgresql":
        arrays = tuple(list(column) for column in zip(*rows, strict=True))
        made = connection.exec_driver_sql(_INSERT_ARRAYS, common + arrays, execution_options=counted)
    else:
        named = [dict(zip((*_COMMON, *_DIFFERING), common + row, strict=True)) for row in rows]
        made = connection.execute(_INSERT_ROW, named, execution_options=counted)
    return made.rowcount


def pending(session: Session, shop_id: ShopId, *, now: datetime, limit: int) -> Sequence[Inbox]:
    """Events whose turn it is, oldest first, locked against other workers."""
    due = (select(Inbox).where(Inbox.shop_id == shop_id, Inbox.state == PENDING, Inbox.next_at <= now)
           .order_by(Inbox.next_at, Inbox.id).limit(limit).with_for_update(skip_locked=True))
    return session.scalars(due).all()


def shops_with_pending(session: Session, now: datetime) -> Sequence[ShopId]:
    return session.scalars(select(Inbox.shop_id).where(Inbox.state == PENDING, Inbox.next_at <= now).distinct()).all()


def get(session: Session, shop_id: ShopId, event_id: UUID) -> Inbox:
    """Raises NotFound."""
    row = session.get(Inbox, (shop_id, event_id))
    if row is None:
        raise NotFound("event")
    return row


def dead(session: Session, shop_id: ShopId, *, limit: int = 50) -> Sequence[Inbox]:
    """Events that no attempt could apply, newest first, without their bodies."""
    return session.scalars(select(Inbox).options(defer(Inbox.body)).where(Inbox.shop_id == shop_id, Inbox.state == DEAD)
                           .order_by(Inbox.id.desc()).limit(limit)).all()


def counts(session: Session, shop_id: ShopId) -> dict[str, int]:
    """How many events there are by state."""
    return dict(session.execute(select(Inbox.state, func.count()).where(Inbox.shop_id == shop_id).group_by(Inbox.state)).all())


def depths(session: Session) -> dict[str, int]:
    """Over all shops, how many events wait and how many are dead."""
    return dict(session.execute(select(Inbox.state, func.count()).where(Inbox.state.in_((PENDING, DEAD))).group_by(Inbox.state)).all())


def backfills(session: Session, shop_id: ShopId) -> Sequence[Backfill]:
    return session.scalars(select(Backfill).where(Backfill.shop_id == shop_id).order_by(Backfill.kind)).all()


def backfill(session: Session, shop_id: ShopId, kind: str, *, lock: bool = False) -> Backfill:
    """Raises NotFound."""
    row = session.get(Backfill, (shop_id, kind), with_for_update=lock or None, populate_existing=lock)
    if row is None:
        raise NotFound("history")
    return row
