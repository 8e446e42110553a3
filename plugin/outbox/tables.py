"""Deliveries, whose turn it is, and what recurs. Lease times are the database's."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Index, String, UniqueConstraint, and_, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from plugin.db import Base, ShopId, own_key, shop_key
from plugin.errors import NotFound

WAITING, LEASED, DONE, DEAD, FROZEN = "waiting", "leased", "done", "dead", "frozen"


class Delivery(Base):
    """One thing that must leave exactly once. ``fence`` grows with each lease; only its holder may record."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("shop_id", "kind", "subject_id"),
        Index(None, "shop_id", "state", "not_before", "id"),
        Index("ix_deliveries_lane", "shop_id", "kind", "lane", "state"),
    )

    shop_id: Mapped[ShopId] = shop_key()
    id: Mapped[UUID] = own_key()
    kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[UUID]
    lane: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(8), default=WAITING)
    not_before: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(500))


class Turn(Base):
    """Whose turn it is: one row a shop. Locking it makes leasing within a shop one at a time."""

    __tablename__ = "turns"

    shop_id: Mapped[ShopId] = shop_key()
    served_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    open_until: Mapped[datetime | None]
    frozen: Mapped[bool] = mapped_column(default=False)


class Recurrence(Base):
    """What recurs, and the scheduler's own leadership: one row a name, not a tenant's."""

    __tablename__ = "schedule"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str | None] = mapped_column(String(80))
    due_at: Mapped[datetime]
    ran_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(500))


def is_ready(now: datetime) -> ColumnElement[bool]:
    """Waiting and due, or leased by somebody whose time is over."""
    return or_(and_(Delivery.state == WAITING, Delivery.not_before <= now),
               and_(Delivery.state == LEASED, Delivery.lease_until <= now))


def _has_ready(now: datetime, local: Collection[str]) -> ColumnElement[bool]:
    """Shops with something that may leave: an open breaker stops all that calls Shopify, and nothing of the ``local`` kinds."""
    may_leave = or_(Turn.open_until.is_(None), Turn.open_until <= now, Delivery.kind.in_(local))
    return and_(Turn.frozen.is_(False), select(Delivery.id).where(Delivery.shop_id == Turn.shop_id, is_ready(now), may_leave).exists())


def next_turn(session: Session, now: datetime, *, local: Collection[str], wait: bool = False) -> Turn | None:
    """The shop that has waited longest among those with something ready, locked. Turns that others hold are skipped, or waited for."""
    return session.scalars(select(Turn).where(_has_ready(now, local)).order_by(Turn.served_at, Turn.shop_id).limit(1)
                           .with_for_update(skip_locked=not wait)).first()


def first_ready(session: Session, shop_id: ShopId, now: datetime, *, kinds: Sequence[str]) -> Delivery | None:
    """The delivery of these kinds that is due longest, in a lane where nothing is in flight; the empty lane is none."""
    other = aliased(Delivery)
    busy = select(other.id).where(other.shop_id == shop_id, other.kind == Delivery.kind, other.lane == Delivery.lane,
                                  other.state == LEASED, other.lease_until > now).exists()
    return session.scalars(select(Delivery).where(Delivery.shop_id == shop_id, Delivery.kind.in_(kinds), is_ready(now),
                                                  or_(Delivery.lane == "", ~busy))
                           .order_by(Delivery.not_before, Delivery.id).limit(1)).first()


def ready_in_lane(session: Session, first: Delivery, now: datetime, *, limit: int) -> Sequence[UUID]:
    """Ids of what may go together with ``first``, itself among them."""
    return session.scalars(
        select(Delivery.id)
        .where(Delivery.shop_id == first.shop_id, Delivery.kind == first.kind, Delivery.lane == first.lane, is_ready(now))
        .order_by(Delivery.not_before, Delivery.id).limit(limit)).all()


def shops_with_ready(session: Session, now: datetime, *, local: Collection[str]) -> Sequence[ShopId]:
    """``local``: the kinds that do not call Shopify."""
    return session.scalars(select(Turn.shop_id).where(_has_ready(now, local))).all()


def get(session: Session, shop_id: ShopId, delivery_id: UUID) -> Delivery:
    """Raises NotFound."""
    row = session.get(Delivery, (shop_id, delivery_id))
    if row is None:
        raise NotFound("delivery")
    return row


def find(session: Session, shop_id: ShopId, kind: str, subject_id: UUID) -> Delivery | None:
    return session.scalars(select(Delivery).where(
        Delivery.shop_id == shop_id, Delivery.kind == kind, Delivery.subject_id == subject_id)).first()


def dead(session: Session, shop_id: ShopId, *, limit: int = 50) -> Sequence[Delivery]:
    """Dead letters, newest first."""
    return session.scalars(select(Delivery).where(Delivery.shop_id == shop_id, Delivery.state == DEAD)
                           .order_by(Delivery.id.desc()).limit(limit)).all()


def counts(session: Session, shop_id: ShopId) -> dict[tuple[str, str], int]:
    """How many deliveries there are by (kind, state)."""
    rows = session.execute(select(Delivery.kind, Delivery.state, func.count()).where(Delivery.shop_id == shop_id)
                           .group_by(Delivery.kind, Delivery.state))
    return {(kind, state): count for kind, state, count in rows}


def depths(session: Session) -> dict[str, int]:
    """Over all shops, how many deliveries there are in every state but done."""
    return dict(session.execute(select(Delivery.state, func.count()).where(Delivery.state != DONE).group_by(Delivery.state)).all())


def forget_errors(session: Session, shop_id: ShopId) -> None:
    """What went wrong was said by others, and may name somebody."""
    session.execute(update(Delivery).where(Delivery.shop_id == shop_id, Delivery.error.is_not(None)).values(error=None)
                    .execution_options(synchronize_session=False))
    session.expire_all()
