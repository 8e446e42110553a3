"""What the merchant said about margins, and what goods cost."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session

from plugin.db import Base, ShopId, shop_key
from plugin.margin.rules import WHOLE, Good
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Line
from plugin.money import Money, half_up


class MarginFloor(Base):
    """One a shop. ``floor_bp``: no order may keep less margin than this. ``cost_bp``: what goods without a known cost are
    taken to cost, as a share of their price; None: unknown stays unknown."""

    __tablename__ = "margin_floors"
    shop_id: Mapped[UUID] = shop_key()
    floor_bp: Mapped[int | None]
    cost_bp: Mapped[int | None]
    changed_at: Mapped[datetime]


def floor(session: Session, shop_id: ShopId) -> MarginFloor | None:
    """None until the merchant has set one."""
    return session.get(MarginFloor, shop_id)


def goods(session: Session, shop_id: ShopId, currency: str) -> list[Good]:
    """Everything that can be bought in the shop's currency and whose cost is known or taken to be known."""
    kept = floor(session, shop_id)
    costs = select(mirror.Cost).where(mirror.Cost.shop_id == shop_id).subquery()
    rows = session.execute(
        select(mirror.Variant.product_id, mirror.Product.title, mirror.Variant.amount, costs.c.amount)
        .join(mirror.Product, (mirror.Product.shop_id == mirror.Variant.shop_id) & (mirror.Product.id == mirror.Variant.product_id))
        .outerjoin(costs, (costs.c.inventory_item_id == mirror.Variant.inventory_item_id) & (costs.c.currency == mirror.Variant.currency))
        .where(mirror.Variant.shop_id == shop_id, mirror.Variant.currency == currency, mirror.Product.deleted_at.is_(None)))
    told = []
    for product_id, title, price, unit_cost in rows:
        cost = _cost(price, unit_cost, kept)
        if cost is not None:
            told.append(Good(product_id, title, price, cost))
    return told


def cost_of(session: Session, shop_id: ShopId, lines: Sequence[Line], currency: str) -> Money | None:
    """What an order's goods cost as bought; None if any line's cost is neither known nor assumed."""
    kept = floor(session, shop_id)
    products = mirror.products(session, shop_id, list(dict.fromkeys(line.product_id for line in lines if line.product_id)))
    units = {variant.id: variant.cost for product in products for variant in product.variants if variant.cost}
    total = 0
    for line in lines:
        unit = units.get(line.variant_id or "")
        known = unit.amount if unit is not None and unit.currency == currency else None
        cost = _cost(line.price.amount, known, kept)
        if cost is None:
            return None
        total += cost * line.quantity
    return Money(total, currency)


def _cost(price: int, known: int | None, kept: MarginFloor | None) -> int | None:
    if known is not None:
        return known
    if kept is None or kept.cost_bp is None:
        return None
    return half_up(Fraction(price * kept.cost_bp, WHOLE))
