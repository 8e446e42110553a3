"""What was read at Shopify before an order was judged, kept beside the trace."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, shop_key
from plugin.decisions.rules import Evidence


class OrderEvidence(Base):
    """``reads`` counts how often Shopify was asked."""

    __tablename__ = "order_evidence"
    shop_id: Mapped[UUID] = shop_key()
    order_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    customer_orders: Mapped[int | None]
    later: Mapped[int | None]
    risk: Mapped[str | None] = mapped_column(String(16))
    reads: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[datetime]


def evidence(session: Session, shop_id: ShopId, order_id: str) -> tuple[Evidence | None, int]:
    """What is known, and how often it was read; (None, 0) before the first time."""
    row = session.get(OrderEvidence, (shop_id, order_id))
    return (Evidence(row.customer_orders, row.later, row.risk, row.read_at), row.reads) if row else (None, 0)


def keep(session: Session, shop_id: ShopId, order_id: str, evidence: Evidence) -> None:
    """A newer reading replaces an older one; the same one again changes nothing."""
    row = session.get(OrderEvidence, (shop_id, order_id))
    if row is None:
        row = OrderEvidence(shop_id=shop_id, order_id=order_id, reads=0, read_at=evidence.read_at)
        session.add(row)
    elif row.read_at >= evidence.read_at:
        return
    row.customer_orders, row.later, row.risk = evidence.customer_orders, evidence.later, evidence.risk
    row.reads, row.read_at = row.reads + 1, evidence.read_at
