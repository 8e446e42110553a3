"""Keeping views and notes, and doing one thing to many rows a few at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.desk import tables
from plugin.desk.tables import CANCELLED, FINISHED, RUNNING, Bulk, Note, SavedView
from plugin.errors import Refused
from plugin.intake import flows as intake

MOST_VIEWS = 30
MOST_ITEMS = 1000
LONGEST_NAME = 60
LONGEST_NOTE = 500
LONGEST_REASON = 300
STEP = 25
"""Items a transaction: SQLite lets one write at a time, and nobody should wait long for this one."""
UNDO_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ask:
    """Who wants an act done, why, and when. ``undo``: it takes another one back, as if that had not been. ``facts``: what the act needs to
    know beside its row; ``bulk_id``: the bulk action of which it is part, or the one that is taken back."""

    staff: str | None
    reason: str
    now: datetime
    undo: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    bulk_id: UUID | None = None


Act = Callable[[Session, ShopId, str, Ask], None]
"""Does one thing to one row, by its key. Raises Refused where it cannot."""


def save_view(session: Session, shop_id: ShopId, listing: str, name: str, query: Mapping[str, str], *, now: datetime) -> SavedView:
    """Keep an address under a name; the same name is the same view, told anew.

    Raises Refused("no_name") and Refused("too_many").
    """
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise Refused("no_name", "A view needs a name.")
    found = tables.view_named(session, shop_id, listing, name)
    if (found is None or found.deleted_at is not None) and len(tables.views(session, shop_id, listing)) >= MOST_VIEWS:
        raise Refused("too_many", "There are as many views as a list may have.", key="errors.too_many_views")
    if found is None:
        found = SavedView(shop_id=shop_id, id=new_id(), list=listing, name=name, made_at=now)
        session.add(found)
    found.query, found.deleted_at = dict(query), None
    session.flush()
    return found


def delete_view(session: Session, shop_id: ShopId, view_id: UUID, *, now: datetime) -> SavedView:
    """Raises NotFound."""
    found = tables.view(session, shop_id, view_id)
    found.deleted_at = found.deleted_at or now
    session.flush()
    return found


def restore_view(session: Session, shop_id: ShopId, view_id: UUID) -> SavedView:
    """Raises NotFound."""
    found = tables.view(session, shop_id, view_id)
    found.deleted_at = None
    session.flush()
    return found


def note(session: Session, shop_id: ShopId, subject: str, kind: str, ask: Ask) -> Note | None:
    """Write down what somebody did or thought. A note without a word is none."""
    text = ask.reason.strip()[:LONGEST_NOTE]
    if kind == "note" and not text:
        return None
    made = Note(shop_id=shop_id, id=new_id(), subject=subject, kind=kind, text=text, staff=ask.staff, at=ask.now)
    session.add(made)
    session.flush()
    return made


def begin(session: Session, shop_id: ShopId, act: str, items: Sequence[str], ask: Ask, *, undoes: UUID | None = None) -> Bulk:
    """Write down what is to be done to which rows; the doing is an event. Raises Refused("nothing") without rows."""
    if not items:
        raise Refused("nothing", "Nothing was chosen.")
    made = Bulk(shop_id=shop_id, id=new_id(), act=act, items=list(dict.fromkeys(items))[:MOST_ITEMS], facts=dict(ask.facts), changed=[],
                left={}, done=0, reason=ask.reason.strip()[:LONGEST_REASON], staff=ask.staff, state=RUNNING, undoes=undoes,
                begun_at=ask.now)
    session.add(made)
    session.flush()
    intake.tell(session, shop_id, "bulk/step", str(made.id), ask.now)
    return made


def undo(session: Session, shop_id: ShopId, bulk_id: UUID, act: str, ask: Ask) -> Bulk:
    """Do the opposite to whatever was changed, once, within a day. Raises NotFound, Refused("undone") or Refused("running")."""
    before = tables.bulk(session, shop_id, bulk_id, lock=True)
    if before.state == RUNNING:
        raise Refused("running", "This is not over yet.")
    if before.undone_by is not None or before.undoes is not None or before.begun_at < ask.now - UNDO_FOR:
        raise Refused("undone", "This cannot be undone any more.")
    made = begin(session, shop_id, act, before.changed, ask, undoes=before.id)
    before.undone_by = made.id
    session.flush()
    return made


def cancel(session: Session, shop_id: ShopId, bulk_id: UUID, *, now: datetime) -> Bulk:
    """What was not yet done is not done. Raises NotFound."""
    found = tables.bulk(session, shop_id, bulk_id, lock=True)
    if found.state == RUNNING:
        found.state, found.ended_at = CANCELLED, now
        session.flush()
    return found


def go_on(session: Session, shop_id: ShopId, bulk_id: UUID, *, now: datetime) -> Bulk:
    """Take up again what was cancelled, with the row at which it stopped. Raises NotFound, or Refused("undone") for what was undone."""
    found = tables.bulk(session, shop_id, bulk_id, lock=True)
    if found.undone_by is not None:
        raise Refused("undone", "This was undone.")
    if found.state == CANCELLED:
        found.state, found.ended_at = RUNNING, None
        intake.tell(session, shop_id, "bulk/step", str(bulk_id), now)
        session.flush()
    return found


def step(session: Session, shop_id: ShopId, bulk_id: UUID, act: Act, *, now: datetime) -> Bulk:
    """Do the next few, and tell that there are more. What a row refuses is counted, and costs its neighbours nothing."""
    found = tables.bulk(session, shop_id, bulk_id, lock=True)
    if found.state != RUNNING:
        return found
    ask = Ask(found.staff, found.reason, now, undo=found.undoes is not None, facts=found.facts, bulk_id=found.undoes or found.id)
    changed, left = list(found.changed), dict(found.left)
    for item in found.items[found.done:found.done + STEP]:
        try:
            with session.begin_nested():
                act(session, shop_id, item, ask)
            changed.append(item)
        except Refused as refused:
            left[refused.reason] = left.get(refused.reason, 0) + 1
    found.changed, found.left, found.done = changed, left, min(found.done + STEP, len(found.items))
    if found.done == len(found.items):
        found.state, found.ended_at = FINISHED, now
    else:
        intake.tell(session, shop_id, "bulk/step", str(bulk_id), now)
    session.flush()
    return found
