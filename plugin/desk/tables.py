"""Saved views, bulk actions and notes as rows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, own_key, shop_key
from plugin.errors import NotFound

RUNNING, FINISHED, CANCELLED = "running", "finished", "cancelled"


class SavedView(Base):
    """An address that the shop gave a name. A deleted one can come back until its name is used again."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("shop_id", "list", "name"),)
    shop_id: Mapped[ShopId] = shop_key()
    id: Mapped[UUID] = own_key()
    list: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class Bulk(Base):
    """One act on many rows, done a few at a time. ``items`` are their keys, fixed when it began; ``done`` of them were looked at.

    ``facts``: what the act needs to know beside its row; ``changed``: those on which it took effect, which are what an undo goes over;
    ``left``: reason → how many it left alone.
    """

    __tablename__ = "bulks"
    shop_id: Mapped[ShopId] = shop_key()
    id: Mapped[UUID] = own_key()
    act: Mapped[str] = mapped_column(String(16))
    items: Mapped[list[Any]]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed: Mapped[list[Any]] = mapped_column(default=list)
    left: Mapped[dict[str, Any]] = mapped_column(default=dict)
    done: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(300), default="")
    staff: Mapped[str | None] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(10), default=RUNNING)
    undoes: Mapped[UUID | None]
    undone_by: Mapped[UUID | None]
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Note(Base):
    """What somebody of the shop wrote or did about one thing ("advocate:<id>", "order:<id>"); never changed, erased with its person."""

    __tablename__ = "notes"
    __table_args__ = (Index(None, "shop_id", "subject", "id"),)
    shop_id: Mapped[ShopId] = shop_key()
    id: Mapped[UUID] = own_key()
    subject: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(12))  # note | stopped | resumed | released | … (lists.note.*)
    text: Mapped[str] = mapped_column(String(500), default="")
    staff: Mapped[str | None] = mapped_column(String(24))
    at: Mapped[datetime]


def views(session: Session, shop_id: ShopId, listing: str) -> Sequence[SavedView]:
    """Those of one list, by name."""
    return session.scalars(select(SavedView).where(SavedView.shop_id == shop_id, SavedView.list == listing, SavedView.deleted_at.is_(None))
                           .order_by(SavedView.name, SavedView.id)).all()


def view(session: Session, shop_id: ShopId, view_id: UUID) -> SavedView:
    """Raises NotFound, also for another shop's."""
    found = session.get(SavedView, (shop_id, view_id))
    if found is None:
        raise NotFound("view")
    return found


def view_named(session: Session, shop_id: ShopId, listing: str, name: str) -> SavedView | None:
    return session.scalar(select(SavedView).where(SavedView.shop_id == shop_id, SavedView.list == listing, SavedView.name == name))


def bulk(session: Session, shop_id: ShopId, bulk_id: UUID, *, lock: bool = False) -> Bulk:
    """Raises NotFound, also for another shop's."""
    found = session.get(Bulk, (shop_id, bulk_id), with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound("bulk action")
    return found


def notes(session: Session, shop_id: ShopId, subject: str, *, limit: int = 50) -> Sequence[Note]:
    """Newest first."""
    return session.scalars(select(Note).where(Note.shop_id == shop_id, Note.subject == subject).order_by(Note.id.desc()).limit(limit)).all()


def notes_about(session: Session, shop_id: ShopId, subjects: Collection[str]) -> Sequence[Note]:
    """All of them, oldest first."""
    return session.scalars(select(Note).where(Note.shop_id == shop_id, Note.subject.in_(subjects)).order_by(Note.id)).all()


def forget(session: Session, shop_id: ShopId, subjects: Collection[str]) -> None:
    """What was written about these goes, the reasons of acts on them too. That something was done, and when, stays."""
    session.execute(delete(Note).where(Note.shop_id == shop_id, Note.subject.in_(subjects), Note.kind == "note"))
    session.execute(update(Note).where(Note.shop_id == shop_id, Note.subject.in_(subjects)).values(text=""))
    keys = {subject.partition(":")[2] for subject in subjects}
    for row in session.scalars(select(Bulk).where(Bulk.shop_id == shop_id, Bulk.reason != "")):
        if not keys.isdisjoint(row.items):
            row.reason = ""
    session.flush()


def searches(session: Session, shop_id: ShopId) -> Sequence[SavedView]:
    """Views, deleted ones too, that search for something."""
    return [row for row in session.scalars(select(SavedView).where(SavedView.shop_id == shop_id)) if row.query.get("q")]


def forget_shop(session: Session, shop_id: ShopId) -> None:
    """A search may name a person, and so may a note: all of it goes."""
    for table in (SavedView, Bulk, Note):
        session.execute(delete(table).where(table.shop_id == shop_id))


def drop_old(session: Session, shop_id: ShopId, *, before: datetime) -> None:
    """Acts that nobody can undo any more, and views that were deleted long ago."""
    session.execute(delete(Bulk).where(Bulk.shop_id == shop_id, Bulk.begun_at < before))
    session.execute(delete(SavedView).where(SavedView.shop_id == shop_id, SavedView.deleted_at < before))
