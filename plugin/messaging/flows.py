"""Writing mail and closing it. A mail is a row in the same transaction as what it tells about; it leaves later."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId, insert_once, new_id
from plugin.errors import Broken
from plugin.messaging import rules, tables
from plugin.messaging.tables import DROPPED, SENT, WAITING, Mail
from plugin.outbox import flows as outbox


def write_mail(session: Session, shop_id: ShopId, person_id: UUID, kind: str, *, about: UUID, facts: Mapping[str, Any],
               now: datetime) -> bool:
    """Write one mail and put its delivery into the outbox. False if this was told before.

    ``kind``: one of ``rules.KINDS``; ``facts`` as ``messaging.facts`` makes them; ``about`` is the reward, the link, or an id made of
    what is told.
    """
    if kind not in rules.KINDS:
        raise Broken("no such kind of mail", kind=kind)
    mail_id = new_id()
    written = insert_once(session, Mail, {
        "shop_id": shop_id, "id": mail_id, "person_id": person_id, "kind": kind, "about": about, "facts": dict(facts),
        "state": WAITING, "written_at": now})
    if written:
        outbox.put(session, shop_id, "mail", mail_id, now=now)
    return written


def sent(session: Session, shop_id: ShopId, mail_id: UUID, now: datetime) -> None:
    """It has left; what it said is forgotten."""
    _close(tables.get(session, shop_id, mail_id), SENT, None, now)


def drop(session: Session, shop_id: ShopId, mail_id: UUID, why: str, *, now: datetime) -> None:
    """It will not leave, for this reason."""
    _close(tables.get(session, shop_id, mail_id), DROPPED, why, now)


def withdraw(session: Session, shop_id: ShopId, person_ids: set[UUID], now: datetime) -> None:
    """Nothing that still waits for these people leaves, and what any of it said is forgotten."""
    waiting = [mail.id for mail in tables.of_people(session, shop_id, person_ids) if mail.state == WAITING]
    outbox.cancel(session, shop_id, "mail", waiting)
    for mail in tables.of_people(session, shop_id, person_ids):
        mail.facts = {}
        if mail.state == WAITING:
            _close(mail, DROPPED, "redacted", now)
    session.flush()


def _close(mail: Mail, state: str, why: str | None, now: datetime) -> None:
    mail.state, mail.why, mail.closed_at, mail.facts = state, why, now, {}
