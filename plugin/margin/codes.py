"""The shop's own discounts: as Shopify last told of them, and which the merchant lets stand beside ours."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, shop_key
from plugin.errors import NotFound, Refused
from plugin.margin import flows
from plugin.margin.rules.codes import ShopDiscount
from plugin.margin.rules.published import Dated
from plugin.money import Money

SOURCE = "merchant"


class KeptDiscount(Base):
    """One discount that is active or scheduled at Shopify. ``counted``: the merchant marked it as combinable, so the guard counts it."""

    __tablename__ = "shop_discounts"
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(255))
    code: Mapped[str | None] = mapped_column(String(255))
    classes: Mapped[list[Any]]
    combines: Mapped[list[Any]]
    rate_bp: Mapped[int | None]
    amount: Mapped[int | None]
    minimum: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    counted: Mapped[bool] = mapped_column(default=False)

    def told(self) -> ShopDiscount:
        amount, minimum = (Money(one, self.currency) if one is not None and self.currency else None for one in (self.amount, self.minimum))
        return ShopDiscount(self.id, self.title, self.code, frozenset(self.classes), frozenset(self.combines), self.rate_bp, amount,
                            minimum)


class DiscountReading(Base):
    """When the shop's discounts were read, one row a shop. ``more``: there were more than we read."""

    __tablename__ = "discount_readings"
    shop_id: Mapped[UUID] = shop_key()
    read_at: Mapped[datetime]
    more: Mapped[bool] = mapped_column(default=False)


def reading(session: Session, shop_id: ShopId) -> DiscountReading | None:
    """None before the first one."""
    return session.get(DiscountReading, shop_id)


def discounts(session: Session, shop_id: ShopId) -> Sequence[KeptDiscount]:
    return session.scalars(select(KeptDiscount).where(KeptDiscount.shop_id == shop_id)
                           .order_by(KeptDiscount.title, KeptDiscount.id)).all()


def keep(session: Session, shop_id: ShopId, told: Iterable[ShopDiscount], *, now: datetime, more: bool = False) -> bool:
    """All that is active or scheduled now; marks stay, what is gone goes. True if anything is otherwise than before."""
    before = {row.id: row for row in discounts(session, shop_id)}
    as_it_was = {row.told() for row in before.values()}
    found = {one.id: one for one in told}
    for one in found.values():
        row = before.get(one.id) or KeptDiscount(shop_id=shop_id, id=one.id, counted=False)
        _write(row, one)
        session.add(row)
    for id_, row in before.items():
        if id_ not in found:
            session.delete(row)
    session.merge(DiscountReading(shop_id=shop_id, read_at=now, more=more))
    session.flush()
    _publish(session, shop_id, now)
    return as_it_was != set(found.values())


def count(session: Session, shop_id: ShopId, discount_id: str, *, counted: bool, now: datetime) -> None:
    """Mark one as combinable, or no longer. Raises NotFound, or Refused("discount") where it cannot be told what it takes."""
    row = session.get(KeptDiscount, (shop_id, discount_id))
    if row is None:
        raise NotFound("discount")
    if counted and row.told().take() is None:
        raise Refused("discount", "What this discount takes cannot be told beforehand.", key="margin.cannot_count")
    row.counted = counted
    session.flush()
    _publish(session, shop_id, now)


def _write(row: KeptDiscount, told: ShopDiscount) -> None:
    row.title, row.code = told.title[:255], told.code
    row.classes, row.combines = sorted(told.classes), sorted(told.combines)
    row.rate_bp, row.amount = told.rate_bp, told.amount.amount if told.amount else None
    row.minimum = told.minimum.amount if told.minimum else None
    row.currency = next((one.currency for one in (told.amount, told.minimum) if one), None)


def _publish(session: Session, shop_id: ShopId, now: datetime) -> None:
    takes = [row.told().take() for row in discounts(session, shop_id) if row.counted]
    flows.publish(session, shop_id, SOURCE, [Dated(take) for take in takes if take], now=now)
