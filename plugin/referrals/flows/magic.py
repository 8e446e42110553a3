"""A link in a mail that shows people their own page, once. Asking answers the same whether we know the address or not."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.errors import Refused
from plugin.people import flows as people
from plugin.people import tables as people_tables
from plugin.people.tables import Person
from plugin.referrals.tables import MagicLink

LIFE = timedelta(minutes=10)
LIMITS = ((timedelta(minutes=1), 2), (timedelta(hours=1), 10))
ADDRESS_LIMIT = (timedelta(hours=1), 20)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to write to, and the secret that goes into the link; kept nowhere but in the mail."""

    person: Person
    link: MagicLink
    secret: str


def ask(session: Session, shop_id: ShopId, *, email: str, address_key: str | None, now: datetime) -> Asked | None:
    """Make a link for the person behind an address; None, and nothing to send, for strangers and beyond the limits."""
    key = people.key_of_email(session, shop_id, email)
    if key is None or _too_many(session, shop_id, key, address_key, now):
        return None
    person = people_tables.by_email_key(session, shop_id, key)
    secret = secrets.token_urlsafe(24)
    link = MagicLink(shop_id=shop_id, id=new_id(), person_id=person.id if person else None, email_key=key, address_key=address_key,
                     digest=_digest(secret), made_at=now, expires_at=now + LIFE, used_at=None)
    session.add(link)
    session.flush()
    return Asked(person, link, secret) if person is not None and person.email else None


def peek(session: Session, shop_id: ShopId, secret: str, *, now: datetime) -> MagicLink:
    """The link behind a secret, unused. Opening it consumes nothing. Raises Refused("link")."""
    found = session.scalar(select(MagicLink).where(*_valid(shop_id, secret, now)))
    if found is None:
        raise _expired()
    return found


def use(session: Session, shop_id: ShopId, secret: str, *, now: datetime) -> Person:
    """Consume the link: one of any number of callers gets the person. Raises Refused("link") for all others."""
    person_id = session.execute(update(MagicLink).where(*_valid(shop_id, secret, now)).values(used_at=now)
                                .returning(MagicLink.person_id)).scalar_one_or_none()
    if person_id is None:
        raise _expired()
    return people_tables.get(session, shop_id, person_id)


def _valid(shop_id: ShopId, secret: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (MagicLink.shop_id == shop_id, MagicLink.digest == _digest(secret), MagicLink.used_at.is_(None),
            MagicLink.expires_at > now, MagicLink.person_id.is_not(None))


def _expired() -> Refused:
    return Refused("link", "This link was used or is too old. Ask for a new one.")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _too_many(session: Session, shop_id: ShopId, email_key: str, address_key: str | None, now: datetime) -> bool:
    checks = [(MagicLink.email_key == email_key, span, most) for span, most in LIMITS]
    if address_key is not None:
        checks.append((MagicLink.address_key == address_key, *ADDRESS_LIMIT))
    return any(_count(session, shop_id, who, now - span) >= most for who, span, most in checks)


def _count(session: Session, shop_id: ShopId, who: ColumnElement[bool], since: datetime) -> int:
    return session.scalar(select(func.count()).select_from(MagicLink).where(
        MagicLink.shop_id == shop_id, who, MagicLink.made_at > since)) or 0
