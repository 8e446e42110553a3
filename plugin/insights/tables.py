"""What the merchant told us beside the mirror: the plan, what customers say, overrides, referrals that staff heard of, and staff's tokens.

Nothing here names a customer. ``staff`` is the number that Shopify gives a member of staff.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, own_key, shop_key
from plugin.errors import NotFound


class Plan(Base):
    """What was typed into the planner and saved, one a shop: field → text, in the shape of ``rules.plan.FIELDS``."""

    __tablename__ = "plans"
    shop_id: Mapped[UUID] = shop_key()
    typed: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    staff: Mapped[str | None] = mapped_column(String(24))


class Voice(Base):
    """What customers say, counted by the merchant elsewhere, one a shop. ``missing`` of ``asked`` would be very disappointed without the
    shop; ``stars`` is the average of ``reviews`` reviews in hundredths of a star. None: not known."""

    __tablename__ = "voices"
    shop_id: Mapped[UUID] = shop_key()
    asked: Mapped[int | None]
    missing: Mapped[int | None]
    reviews: Mapped[int | None]
    stars: Mapped[int | None]
    saved_at: Mapped[datetime]
    staff: Mapped[str | None] = mapped_column(String(24))


class Override(Base):
    """Somebody went ahead although the shop was not ready. ``against``: the signs that spoke against it then. Never changed."""

    __tablename__ = "readiness_overrides"
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    reason: Mapped[str] = mapped_column(String(500))
    against: Mapped[list[Any]]
    at: Mapped[datetime]
    staff: Mapped[str | None] = mapped_column(String(24))


class StaffToken(Base):
    """Lets a till or a help desk report referrals. Only a digest of its secret is kept."""

    __tablename__ = "staff_tokens"
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    name: Mapped[str] = mapped_column(String(60))
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    made_by: Mapped[str | None] = mapped_column(String(24))
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class StaffReport(Base):
    """A referral that staff heard of. ``key`` makes a second sending the same report, ``digest`` tells whether it says the same.

    ``heard_at`` is business time, ``made_at`` machine time. ``token_id`` None: typed into the form."""

    __tablename__ = "staff_reports"
    __table_args__ = (UniqueConstraint("shop_id", "key"), Index(None, "shop_id", "heard_at", "id"),
                      Index(None, "shop_id", "token_id", "made_at"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    key: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64))
    team: Mapped[str] = mapped_column(String(8))  # rules.baseline.TEAMS
    bought: Mapped[bool]
    order_id: Mapped[str | None] = mapped_column(String(24))
    heard_at: Mapped[datetime]
    made_at: Mapped[datetime]
    staff: Mapped[str | None] = mapped_column(String(24))
    token_id: Mapped[UUID | None]


def plan(session: Session, shop_id: ShopId) -> Plan | None:
    return session.get(Plan, shop_id)


def voice(session: Session, shop_id: ShopId) -> Voice | None:
    return session.get(Voice, shop_id)


def overrides(session: Session, shop_id: ShopId, *, limit: int = 20) -> Sequence[Override]:
    """Newest first."""
    return session.scalars(select(Override).where(Override.shop_id == shop_id).order_by(Override.id.desc()).limit(limit)).all()


def tokens(session: Session, shop_id: ShopId) -> Sequence[StaffToken]:
    """Those that work first, newest first."""
    return session.scalars(select(StaffToken).where(StaffToken.shop_id == shop_id)
                           .order_by(StaffToken.revoked_at.is_not(None), StaffToken.id.desc()).limit(50)).all()


def token(session: Session, shop_id: ShopId, token_id: UUID) -> StaffToken:
    """Raises NotFound, also for another shop's."""
    found = session.get(StaffToken, (shop_id, token_id))
    if found is None:
        raise NotFound("token")
    return found


def by_key(session: Session, shop_id: ShopId, key: str) -> StaffReport | None:
    return session.scalar(select(StaffReport).where(StaffReport.shop_id == shop_id, StaffReport.key == key))


def report(session: Session, shop_id: ShopId, report_id: UUID) -> StaffReport:
    """Raises NotFound, also for another shop's."""
    found = session.get(StaffReport, (shop_id, report_id))
    if found is None:
        raise NotFound("report")
    return found


def reports(session: Session, shop_id: ShopId, *, before: UUID | None, limit: int) -> Sequence[StaffReport]:
    """Newest told first; ``before``: the last one of the page before."""
    asked = select(StaffReport).where(StaffReport.shop_id == shop_id).order_by(StaffReport.id.desc()).limit(limit)
    return session.scalars(asked.where(StaffReport.id < before) if before else asked).all()


def forget_shop(session: Session, shop_id: ShopId) -> None:
    """The shop asked to be forgotten: what its staff wrote, their numbers and tokens go."""
    for table in (Plan, Voice, Override, StaffToken, StaffReport):
        session.execute(delete(table).where(table.shop_id == shop_id))
    session.expire_all()


def reported_since(session: Session, shop_id: ShopId, token_id: UUID, since: datetime) -> int:
    """How many reports one token has brought."""
    return session.scalar(select(func.count()).select_from(StaffReport).where(
        StaffReport.shop_id == shop_id, StaffReport.token_id == token_id, StaffReport.made_at >= since)) or 0
