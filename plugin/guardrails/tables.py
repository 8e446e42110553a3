"""Cases to review, one an order."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.attribution.tables import Decision
from plugin.db import Base, ShopId, shop_key
from plugin.errors import NotFound
from plugin.mirror.rules import Order
from plugin.people.tables import Contact

SOMEBODY = "somebody"  # resolved_by of a case of which it was forgotten who closed it
GUARDRAIL = "guardrail"  # resolved_by of a case that the rules closed themselves; they may open it again


class Case(Base):
    """What stands between an order and its reward. A merchant's word (``resolved_by`` is theirs) outlives every new look."""

    __tablename__ = "cases"
    __table_args__ = (Index(None, "shop_id", "state", "opened_at", "order_id"), Index(None, "shop_id", "rule", "opened_at", "order_id"))
    shop_id: Mapped[UUID] = shop_key()
    order_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))  # open | released | refused
    verdict: Mapped[str] = mapped_column(String(8))  # allow | hold | deny, as last judged
    rule: Mapped[str] = mapped_column(String(32), default="")  # whose reason weighs most, to find cases by
    reasons: Mapped[list[Any]]
    advocate_id: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    judged_at: Mapped[datetime]
    resolved_by: Mapped[str | None] = mapped_column(String(64))
    resolved_at: Mapped[datetime | None]


def case(session: Session, shop_id: ShopId, order_id: str, *, lock: bool = False) -> Case:
    """Raises NotFound, also for another shop's order."""
    found = session.get(Case, (shop_id, order_id), with_for_update=lock or None)
    if found is None:
        raise NotFound("case")
    return found


def count_from_device(session: Session, shop_id: ShopId, order: Order, *, since: datetime) -> int:
    """Other attributed orders from this order's device, placed since then and not after it; 0 where it tells no device."""
    if order.device_key is None:
        return 0
    return session.scalar(
        select(func.count()).select_from(Decision)
        .join(Contact, (Contact.shop_id == Decision.shop_id) & (Contact.order_id == Decision.order_id))
        .where(Decision.shop_id == shop_id, Contact.device_key == order.device_key, Decision.verdict == "attributed",
               Decision.order_id != order.id, Decision.ordered_at >= since, Decision.ordered_at <= order.created_at)) or 0


def forget_staff(session: Session, shop_id: ShopId) -> None:
    """Who of the shop's people had the last word goes; that it was theirs stays."""
    session.execute(update(Case).where(Case.shop_id == shop_id, Case.resolved_by.is_not(None), Case.resolved_by != GUARDRAIL)
                    .values(resolved_by=SOMEBODY).execution_options(synchronize_session=False))
    session.expire_all()
