"""What the margin guard last said of each offer that is switched on, and what it said before, for the merchant to see what changed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, shop_key


class Finding(Base):
    """``state``: whole | cut | out. ``told``: of ``cut`` the goods, each [title, most basis points]; of ``out`` the guard's sentence as
    ``Refused.plain`` keeps it. ``was``: the state before, None for an offer that was not weighed before."""

    __tablename__ = "offer_findings"
    shop_id: Mapped[UUID] = shop_key()
    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(5))
    told: Mapped[dict[str, Any]]
    was: Mapped[str | None] = mapped_column(String(5))
    changed_at: Mapped[datetime]


def findings(session: Session, shop_id: ShopId) -> dict[UUID, Finding]:
    """By offer, those that changed last first."""
    rows = session.scalars(select(Finding).where(Finding.shop_id == shop_id).order_by(Finding.changed_at.desc(), Finding.offer_id))
    return {row.offer_id: row for row in rows}


def left_out(session: Session, shop_id: ShopId) -> Sequence[UUID]:
    """Offers that are switched on and that the guard keeps from the shop."""
    return session.scalars(select(Finding.offer_id).where(Finding.shop_id == shop_id, Finding.state == "out")
                           .order_by(Finding.offer_id)).all()


def drop_findings(session: Session, shop_id: ShopId, *, but: Collection[UUID]) -> None:
    """Forget offers that are not switched on any more."""
    session.execute(delete(Finding).where(Finding.shop_id == shop_id, Finding.offer_id.not_in(but)))
