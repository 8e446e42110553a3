"""What the merchant said about margins, and what goods cost."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, shop_key
from plugin.margin.rules import WHOLE, Good, Take
from plugin.margin.rules.guard import Floors
from plugin.margin.rules.published import read_take
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


class MarginTake(Base):
    """What one programme published: all its takes, as ``rules.published`` writes them. ``source``: whose they are."""

    __tablename__ = "margin_takes"
    shop_id: Mapped[UUID] = shop_key()
    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    takes: Mapped[list[Any]]
    changed_at: Mapped[datetime]


class ProductFloor(Base):
    """A floor that a product, or everything of a vendor or with a tag, has for itself. ``scope``: product | vendor | tag."""

    __tablename__ = "product_floors"
    shop_id: Mapped[UUID] = shop_key()
    scope: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    floor_bp: Mapped[int]
    changed_at: Mapped[datetime]


def published(session: Session, shop_id: ShopId, *, but: str = "") -> list[Take]:
    """Every programme's takes, those of the source ``but`` left out."""
    rows = session.scalars(select(MarginTake).where(MarginTake.shop_id == shop_id, MarginTake.source != but).order_by(MarginTake.source))
    return [read_take(told) for row in rows for told in row.takes]


def floors(session: Session, shop_id: ShopId) -> Floors:
    """The shop's floor and all closer ones, with the products that they are for."""
    kept = floor(session, shop_id)
    asked = select(ProductFloor).where(ProductFloor.shop_id == shop_id).order_by(ProductFloor.scope, ProductFloor.name)
    rows = session.scalars(asked).all()
    groups = tuple((row.floor_bp, _members(session, shop_id, row)) for row in rows if row.scope != "product")
    return Floors(kept.floor_bp if kept else None, {row.name: row.floor_bp for row in rows if row.scope == "product"}, groups)


def _members(session: Session, shop_id: ShopId, row: ProductFloor) -> frozenset[str]:
    """Tags and vendors are compared without regard to case, as Shopify does."""
    wanted, whose = row.name.casefold(), mirror.Product.shop_id == shop_id
    if row.scope == "vendor":
        vendors = session.execute(select(mirror.Product.id, mirror.Product.vendor).where(whose))
        return frozenset(id for id, vendor in vendors if vendor.casefold() == wanted)
    tagged = session.execute(select(mirror.Product.id, mirror.Product.tags).where(whose))
    return frozenset(id for id, tags in tagged if wanted in {tag.casefold() for tag in tags})


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
