"""Mail that is to leave or has left."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, own_key, shop_key
from plugin.errors import NotFound

WAITING, SENT, DROPPED = "waiting", "sent", "dropped"


class Mail(Base):
    """One mail to one person. ``about`` is what it tells about (a reward, a magic link): told once, however often it is written.

    ``facts`` are what the text needs (see letters.Facts); emptied once the mail has left, for they may hold a code or a link.
    """

    __tablename__ = "mails"
    __table_args__ = (UniqueConstraint("shop_id", "kind", "about"), Index(None, "shop_id", "person_id", "written_at"))

    shop_id: Mapped[ShopId] = shop_key()
    id: Mapped[UUID] = own_key()
    person_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(16))
    about: Mapped[UUID]
    facts: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(8), default=WAITING)
    why: Mapped[str | None] = mapped_column(String(40))
    written_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


def get(session: Session, shop_id: ShopId, mail_id: UUID) -> Mail:
    """Raises NotFound."""
    mail = session.get(Mail, (shop_id, mail_id))
    if mail is None:
        raise NotFound("mail")
    return mail


def of_people(session: Session, shop_id: ShopId, person_ids: set[UUID]) -> Sequence[Mail]:
    """All mail ever written to these people, oldest first."""
    return session.scalars(select(Mail).where(Mail.shop_id == shop_id, Mail.person_id.in_(person_ids)).order_by(Mail.written_at)).all()


def newest(session: Session, shop_id: ShopId, person_ids: set[UUID], *, limit: int) -> Sequence[Mail]:
    """Mail written to these people, newest first."""
    return session.scalars(select(Mail).where(Mail.shop_id == shop_id, Mail.person_id.in_(person_ids))
                           .order_by(Mail.written_at.desc(), Mail.id.desc()).limit(limit)).all()


def forget(session: Session, shop_id: ShopId, *, before: datetime) -> None:
    """Delete closed mail older than ``before``."""
    session.execute(delete(Mail).where(Mail.shop_id == shop_id, Mail.closed_at < before))


def forget_shop(session: Session, shop_id: ShopId) -> None:
    session.execute(delete(Mail).where(Mail.shop_id == shop_id))
