"""Offers that one of Shopify's own discounts carries, and what was told of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, shop_key
from plugin.offers.tables.offers import Offer


class NativeDiscount(Base):
    """``said``: the input that Shopify surely has, empty before the first. ``sent``: those that have left since and of which no answer is
    known, oldest first. ``external_id`` None: so is its making."""

    __tablename__ = "native_discounts"
    __table_args__ = (Index(None, "shop_id", "external_id"),)
    shop_id: Mapped[UUID] = shop_key()
    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(16))  # rules.native.Form
    external_id: Mapped[str | None] = mapped_column(String(32))
    said: Mapped[dict[str, Any]]
    sent: Mapped[list[Any]]
    changed_at: Mapped[datetime]

    @property
    def told(self) -> tuple[dict[str, Any], ...]:
        """All that may stand at Shopify, what surely does first."""
        return (*([self.said] if self.said else []), *self.sent)


def natives(session: Session, shop_id: ShopId) -> Sequence[NativeDiscount]:
    """Those that are, or may be, at Shopify."""
    return session.scalars(select(NativeDiscount).where(NativeDiscount.shop_id == shop_id).order_by(NativeDiscount.offer_id)).all()


def numbered(session: Session, shop_id: ShopId) -> list[tuple[int, NativeDiscount]]:
    """The same, each with its offer's number."""
    rows = session.execute(select(Offer.number, NativeDiscount).join(
        Offer, (Offer.shop_id == NativeDiscount.shop_id) & (Offer.id == NativeDiscount.offer_id))
        .where(NativeDiscount.shop_id == shop_id).order_by(Offer.number))
    return [(number, row) for number, row in rows]


def native_by_external(session: Session, shop_id: ShopId, external_id: str) -> NativeDiscount | None:
    return session.scalar(select(NativeDiscount).where(NativeDiscount.shop_id == shop_id, NativeDiscount.external_id == external_id)
                          .with_for_update())
