"""What recurs: who leads, and what is due. One row a name; the database's clock; a conditional UPDATE has one winner."""

from typing import Any, cast

from sqlalchemy import CursorResult, or_, update
from sqlalchemy.orm import Session

from plugin.db import database_now, insert_once
from plugin.db import seconds as span
from plugin.outbox.tables import Recurrence

LEADER = "leader"


def lead(session: Session, holder: str, *, seconds: float) -> bool:
    """Be, or stay, the one scheduler that works. False while another one leads."""
    now = database_now(session)
    insert_once(session, Recurrence, {"name": LEADER, "due_at": now})
    return _won(session, update(Recurrence).where(
        Recurrence.name == LEADER, or_(Recurrence.holder == holder, Recurrence.holder.is_(None), Recurrence.due_at <= now))
        .values(holder=holder, due_at=now + span(seconds)))


def resign(session: Session, holder: str) -> None:
    """Let another one lead at once."""
    session.execute(update(Recurrence).where(Recurrence.name == LEADER, Recurrence.holder == holder).values(holder=None))


def begin(session: Session, name: str, *, seconds: float) -> bool:
    """Is ``name`` due? If so it is taken, and due again in ``seconds``."""
    now = database_now(session)
    insert_once(session, Recurrence, {"name": name, "due_at": now})
    return _won(session, update(Recurrence).where(Recurrence.name == name, Recurrence.due_at <= now)
                .values(due_at=now + span(seconds), ran_at=now))


def end(session: Session, name: str, error: str | None) -> None:
    """What became of it."""
    session.execute(update(Recurrence).where(Recurrence.name == name).values(error=error and error[:500]))


def _won(session: Session, statement: Any) -> bool:  # noqa: ANN401 - SQLAlchemy's Update of any table
    changed = session.execute(statement.execution_options(synchronize_session=False))
    return cast(CursorResult[Any], changed).rowcount == 1
