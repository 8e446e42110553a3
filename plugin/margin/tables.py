"""What the merchant said about margins, and what goods cost."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import String, exists, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, shop_key
from plugin.margin.rules import WHOLE, Good, Take
from plugin.margin.rules.guard import Floors
from plugin.margin.rules.published import read_dated
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Line
from plugin.money import half_up


class MarginFloor(Base):
    """One a shop. ``floor_bp``: no order may keep less margin than this. ``cost_bp``: what goods without a known cost are
    taken to cost, as a share of their price; None: unknown stays unknown."""

    __tablename__ = "margin_floors"
    shop_id: Mapped[UUID] = shop_key()
    floor_bp: Mapped[int | None]
    cost_bp: Mapped[int | None]
    changed_at: Mapped[datetime]


class MarginTake(Base):
    """What one programme published: all its takes, as ``rules.published`` writes them, with when they hold. ``source``: whose they are."""

    __tablename__ = "margin_takes"
    shop_id: Mapped[UUID] = shop_key()
    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    takes: Mapped[list[Any]]
    changed_at: Mapped[datetime]


class ProductFloor(Base):
    """A floor that a product, or everything in a collection, of a vendor or with a tag, has for itself. ``scope``: product | collection |
    vendor | tag; ``name`` is an id for the first two."""

    __tablename__ = "product_floors"
    shop_id: Mapped[UUID] = shop_key()
    scope: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    floor_bp: Mapped[int]
    changed_at: Mapped[datetime]


def published(session: Session, shop_id: ShopId, now: datetime, *, but: str = "") -> list[Take]:
    """Every programme's takes that may be taken now, those of the source ``but`` left out."""
    rows = session.scalars(select(MarginTake).where(MarginTake.shop_id == shop_id, MarginTake.source != but).order_by(MarginTake.source))
    return [dated.take for row in rows for dated in map(read_dated, row.takes) if dated.open_at(now)]


def floors(session: Session, shop_id: ShopId) -> Floors:
    """The shop's floor and all closer ones, with the products that they are for."""
    kept = floor(session, shop_id)
    rows = own_floors(session, shop_id)
    groups = tuple((row.floor_bp, members(session, shop_id, row.scope, row.name)) for row in rows if row.scope != "product")
    return Floors(kept.floor_bp if kept else None, {row.name: row.floor_bp for row in rows if row.scope == "product"}, groups)


def own_floors(session: Session, shop_id: ShopId) -> Sequence[ProductFloor]:
    """All that some goods have for themselves."""
    asked = select(ProductFloor).where(ProductFloor.shop_id == shop_id)
    return session.scalars(asked.order_by(ProductFloor.scope, ProductFloor.name)).all()


def members(session: Session, shop_id: ShopId, scope: str, name: str) -> frozenset[str]:
    """Products in a collection (by its id), of a vendor or with a tag. The last two are compared without regard to case, as Shopify
    does."""
    if scope == "collection":
        inside = mirror.CollectionProduct
        return frozenset(session.scalars(select(inside.product_id).where(inside.shop_id == shop_id, inside.collection_id == name)))
    wanted, whose = name.casefold(), mirror.Product.shop_id == shop_id
    if scope == "vendor":
        vendors = session.execute(select(mirror.Product.id, mirror.Product.vendor).where(whose))
        return frozenset(id for id, vendor in vendors if vendor.casefold() == wanted)
    tagged = session.execute(select(mirror.Product.id, mirror.Product.tags).where(whose))
    return frozenset(id for id, tags in tagged if wanted in {tag.casefold() for tag in tags})


def floor(session: Session, shop_id: ShopId) -> MarginFloor | None:
    """None until the merchant has set one."""
    return session.get(MarginFloor, shop_id)


def goods(session: Session, shop_id: ShopId, currency: str, *, cost_bp: int | None | Literal["as kept"] = "as kept") -> list[Good]:
    """Everything that can be bought in the shop's currency and whose cost is known or taken to be known. ``cost_bp``: what an unknown
    one is taken to be, of the price; None leaves those goods out."""
    assumed = _assumed(floor(session, shop_id)) if cost_bp == "as kept" else cost_bp
    costs = select(mirror.Cost).where(mirror.Cost.shop_id == shop_id).subquery()
    rows = session.execute(
        select(mirror.Variant.product_id, mirror.Product.title, mirror.Variant.amount, costs.c.amount)
        .join(mirror.Product, (mirror.Product.shop_id == mirror.Variant.shop_id) & (mirror.Product.id == mirror.Variant.product_id))
        .outerjoin(costs, (costs.c.inventory_item_id == mirror.Variant.inventory_item_id) & (costs.c.currency == mirror.Variant.currency))
        .where(mirror.Variant.shop_id == shop_id, mirror.Variant.currency == currency, mirror.Product.deleted_at.is_(None)))
    told = []
    for product_id, title, price, unit_cost in rows:
        cost = _cost(price, unit_cost, assumed)
        if cost is not None:
            told.append(Good(product_id, title, price, cost))
    return told


def unknown(session: Session, shop_id: ShopId, currency: str, *, limit: int) -> tuple[int, Sequence[tuple[str, str]]]:
    """How many products have a variant whose cost is not known, and the first of them: (id, title)."""
    variants, costs = mirror.Variant, mirror.Cost
    known = exists().where(costs.shop_id == shop_id, costs.inventory_item_id == variants.inventory_item_id, costs.amount.is_not(None),
                           costs.currency == currency)
    without = select(variants.product_id).where(variants.shop_id == shop_id, variants.currency == currency, variants.amount > 0, ~known)
    products = (mirror.Product.shop_id == shop_id, mirror.Product.deleted_at.is_(None), mirror.Product.id.in_(without))
    count = session.scalar(select(func.count()).select_from(mirror.Product).where(*products)) or 0
    rows = session.execute(select(mirror.Product.id, mirror.Product.title).where(*products)
                           .order_by(mirror.Product.title, mirror.Product.id).limit(limit))
    return count, [(id, title) for id, title in rows]


def costs_of(session: Session, shop_id: ShopId, lines: Sequence[Line], currency: str) -> list[int | None]:
    """What each line's goods cost as bought, in minor units; None where that is neither known nor assumed."""
    assumed = _assumed(floor(session, shop_id))
    products = mirror.products(session, shop_id, list(dict.fromkeys(line.product_id for line in lines if line.product_id)))
    units = {variant.id: variant.cost for product in products for variant in product.variants if variant.cost}
    told: list[int | None] = []
    for line in lines:
        unit = units.get(line.variant_id or "")
        known = unit.amount if unit is not None and unit.currency == currency else None
        cost = _cost(line.price.amount, known, assumed)
        told.append(None if cost is None else cost * line.quantity)
    return told


def _assumed(kept: MarginFloor | None) -> int | None:
    return kept.cost_bp if kept else None


def _cost(price: int, known: int | None, assumed: int | None) -> int | None:
    if known is not None:
        return known
    return None if assumed is None else half_up(Fraction(price * assumed, WHOLE))
