"""What a merchant makes in versions: a draft of the next one, and who did what to it. What is published is each slice's own.

A slice mixes ``Kept`` into the table of its things and ``Done`` into that of what was done to them;
``Written`` where there are no versions.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import ShopId, own_key, shop_key
from plugin.errors import Refused


class Kept:
    """``draft``: the next version as the slice's rules write it, if one is being worked on. ``revision`` grows with every change, so that
    whoever looks at an older state is told before they overwrite a newer one."""

    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    state: Mapped[str] = mapped_column(String(8))  # draft | live | paused | archived; dates say more, see the slice's rules.standing
    draft: Mapped[dict[str, Any] | None]
    revision: Mapped[int] = mapped_column(default=0)


class Written:
    """One change of anything that a merchant made; never changed itself. What is without versions mixes in this alone."""

    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    at: Mapped[datetime]
    staff: Mapped[str | None] = mapped_column(String(24))  # an id; None where no person of the shop did it


class Done(Written):
    """``terms`` is what the draft or the version then said."""

    kind: Mapped[str] = mapped_column(String(12))  # the slice's rules.standing.KINDS
    was: Mapped[str] = mapped_column(String(8))  # the state before
    number: Mapped[int | None]  # the version that it made or ended
    terms: Mapped[dict[str, Any] | None]


Change = TypeVar("Change", bound=Written)
Step = TypeVar("Step", bound=Done)


def changes(session: Session, table: type[Change], shop_id: ShopId, whose: ColumnElement[bool], *, before: UUID | None = None,
            limit: int) -> Sequence[Change]:
    """What was done to one thing, newest first; ``before``: the last one of the page before."""
    older = [table.id < before] if before else []
    return session.scalars(select(table).where(table.shop_id == shop_id, whose, *older).order_by(table.id.desc()).limit(limit)).all()


def last_change(session: Session, table: type[Step], shop_id: ShopId, whose: ColumnElement[bool], kind: str) -> Step | None:
    """The newest of this kind."""
    return next(iter(changes(session, table, shop_id, whose & (table.kind == kind), limit=1)), None)


def forget_staff(session: Session, table: type[Written], shop_id: ShopId, **also: str) -> None:
    """Who did it goes, with whatever ``also`` tells of them; what was done stays, since orders are judged by it."""
    session.execute(update(table).where(table.shop_id == shop_id).values(staff=None, **also).execution_options(synchronize_session=False))
    session.expire_all()


def note(session: Session, row: Kept, change: Done, state: str | None) -> None:
    """Write down who did what, and move the thing to ``state`` if one is given."""
    session.add(change)
    row.state, row.revision = state or row.state, row.revision + 1
    session.flush()


def drop_draft(row: Kept, *, key: str) -> dict[str, Any]:
    """The changes that are not published go; what never ran keeps its own. Returns them. Raises Refused("nothing_new")."""
    if row.draft is None or row.state == "draft":
        raise Refused("nothing_new", "There are no changes to discard.", key=key)
    gone, row.draft = row.draft, None
    return gone


def back_to(row: Kept, *, ran: bool, key: str) -> str:
    """Where what is taken out of the archive stands: paused, or a draft if it never ran. Raises Refused("not_archived")."""
    if row.state != "archived":
        raise Refused("not_archived", "This is not in the archive.", key=key)
    return "paused" if ran else "draft"
