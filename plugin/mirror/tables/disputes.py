"""Payments that a buyer has disputed with their bank, as far as Shopify shows them with the order."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, shop_key
from plugin.mirror.tables.orders import Order


class Dispute(Base):
    """``kind``: chargeback or inquiry. ``status``: Shopify's word in small letters, as last read. ``seen_at``: when we first read of it
    (Shopify tells no time with the order)."""

    __tablename__ = "disputes"

    shop_id: Mapped[ShopId] = shop_key()
    order_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(24))
    seen_at: Mapped[datetime]


def disputes_of(session: Session, shop_id: ShopId, people: Collection[UUID], *, since: datetime) -> Sequence[datetime]:
    """When we first read of each dispute about an order of these people."""
    orders = (Order.shop_id == Dispute.shop_id) & (Order.id == Dispute.order_id)
    return session.scalars(select(Dispute.seen_at).join(Order, orders).where(
        Dispute.shop_id == shop_id, Order.person_id.in_(people), Dispute.seen_at >= since)).all()
