"""Offers that are given to who enters a code: each a discount of its own at Shopify."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, shop_key


class CodedDiscount(Base):
    """``codes``: under which it may be at Shopify, the newest last; more than one until an answer was heard. ``external_id`` None: its
    making was sent, and no answer is known."""

    __tablename__ = "coded_discounts"
    __table_args__ = (Index(None, "shop_id", "external_id"),)
    shop_id: Mapped[UUID] = shop_key()
    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    codes: Mapped[list[Any]]
    external_id: Mapped[str | None] = mapped_column(String(32))
    changed_at: Mapped[datetime]


def coded(session: Session, shop_id: ShopId) -> Sequence[CodedDiscount]:
    """Those that are, or may be, at Shopify."""
    return session.scalars(select(CodedDiscount).where(CodedDiscount.shop_id == shop_id).order_by(CodedDiscount.offer_id)).all()


def coded_by_external(session: Session, shop_id: ShopId, external_id: str) -> CodedDiscount | None:
    return session.scalar(select(CodedDiscount).where(CodedDiscount.shop_id == shop_id, CodedDiscount.external_id == external_id)
                          .with_for_update())
