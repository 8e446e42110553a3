"""Products with their variants, unit costs and the stock by place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, shop_key
from plugin.mirror import rules
from plugin.mirror.tables.collections import gathered
from plugin.money import Money


class Product(Base):
    """``deleted_at`` stays, so that a late update brings nothing back."""

    __tablename__ = "products"
    __table_args__ = (Index(None, "shop_id", "kind"),)

    shop_id: Mapped[ShopId] = shop_key()
    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    handle: Mapped[str] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(12))
    image: Mapped[str | None] = mapped_column(String(1000))
    kind: Mapped[str] = mapped_column(String(300), default="")  # Shopify's product type
    vendor: Mapped[str] = mapped_column(String(300), default="")
    tags: Mapped[list[Any]] = mapped_column(default=list)
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class Variant(Base):
    """``stock`` is what the product's telling said, of all places; rows of Level count only where one is fresher.

    Every adjustment is an update of the product too, so what levels leave out is put right by its next telling.
    """

    __tablename__ = "variants"
    __table_args__ = (Index(None, "shop_id", "product_id"), Index(None, "shop_id", "inventory_item_id"))

    shop_id: Mapped[ShopId] = shop_key()
    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    product_id: Mapped[str] = mapped_column(String(24))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    sku: Mapped[str | None] = mapped_column(String(300))
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    compare_at: Mapped[int | None]
    inventory_item_id: Mapped[str | None] = mapped_column(String(24))
    stock: Mapped[int | None]
    updated_at: Mapped[datetime]


class Cost(Base):
    """What one unit costs the merchant, by inventory item; kept apart because it comes on its own."""

    __tablename__ = "unit_costs"

    shop_id: Mapped[ShopId] = shop_key()
    inventory_item_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    amount: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    updated_at: Mapped[datetime]


class Level(Base):
    """What is available of one inventory item at one place."""

    __tablename__ = "stock_levels"

    shop_id: Mapped[ShopId] = shop_key()
    inventory_item_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    location_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    available: Mapped[int | None]
    updated_at: Mapped[datetime]


def product(session: Session, shop_id: ShopId, product_id: str) -> rules.Product | None:
    """The product with its variants, costs and stock; None if unknown or deleted."""
    found = products(session, shop_id, [product_id])
    return found[0] if found else None


def products(session: Session, shop_id: ShopId, product_ids: Sequence[str]) -> list[rules.Product]:
    """Those of the asked ids that exist, in the order asked."""
    rows = session.scalars(select(Product).where(Product.shop_id == shop_id, Product.id.in_(product_ids),
                                                 Product.deleted_at.is_(None))).all()
    known = {row.id: row for row in rows}
    variants, inside = _variants(session, shop_id, list(known)), gathered(session, shop_id, list(known))
    return [_product(known[wanted], variants.get(wanted, []), inside.get(wanted, ())) for wanted in product_ids if wanted in known]


def variant_titles(session: Session, shop_id: ShopId, variant_ids: Sequence[str]) -> dict[str, str]:
    """Variant id → "Product – Variant", of those that exist, in the order asked."""
    asked = (select(Variant.id, Product.title, Variant.title)
             .join(Product, (Product.shop_id == Variant.shop_id) & (Product.id == Variant.product_id))
             .where(Variant.shop_id == shop_id, Variant.id.in_(variant_ids), Product.deleted_at.is_(None)))
    known = {one: f"{product} – {variant}" for one, product, variant in session.execute(asked)}
    return {one: known[one] for one in variant_ids if one in known}


def unit_cost(session: Session, shop_id: ShopId, inventory_item_id: str) -> Money | None:
    """What one unit costs the merchant; None where that is not known."""
    row = session.get(Cost, (shop_id, inventory_item_id))
    return Money(row.amount, row.currency) if row is not None and row.amount is not None else None


def handles(session: Session, shop_id: ShopId, product_ids: Sequence[str]) -> dict[str, str]:
    """The storefront's name for each of these products, as far as they exist."""
    return dict(session.execute(select(Product.id, Product.handle).where(
        Product.shop_id == shop_id, Product.id.in_(product_ids), Product.deleted_at.is_(None))).all())


def pictured(session: Session, shop_id: ShopId, handle: str | None = None) -> Product | None:
    """The product with this handle, else the first of the shop, if it is on sale and has a picture."""
    asked = select(Product).where(Product.shop_id == shop_id, Product.deleted_at.is_(None), Product.status == "active",
                                  Product.image.is_not(None)).order_by(Product.id).limit(1)
    return session.scalar(asked.where(Product.handle == handle) if handle is not None else asked)


def search(session: Session, shop_id: ShopId, words: str = "", *, limit: int = 50, after: str | None = None) -> list[rules.Product]:
    """Products whose title, or one of whose SKUs, contains ``words``, by title; ``after``: the last product of the page before."""
    pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    with_sku = select(Variant.product_id).where(Variant.shop_id == shop_id, Variant.sku.ilike(pattern, escape="\\"))
    asked = select(Product.id).where(Product.shop_id == shop_id, Product.deleted_at.is_(None)).order_by(Product.title, Product.id)
    if words:
        asked = asked.where(or_(Product.title.ilike(pattern, escape="\\"), Product.id.in_(with_sku)))
    if after is not None:
        last = select(Product.title).where(Product.shop_id == shop_id, Product.id == after).scalar_subquery()
        asked = asked.where(or_(Product.title > last, and_(Product.title == last, Product.id > after)))
    return products(session, shop_id, session.scalars(asked.limit(limit)).all())


def catalogue(session: Session, shop_id: ShopId) -> list[rules.Product]:
    """Every product of the shop, by title, without its variants' costs and stock: two plain queries, however many there are, and
    one of what is in collections."""
    inside = gathered(session, shop_id)
    variants: dict[str, list[rules.Variant]] = {}
    for row in session.execute(
            select(Variant.product_id, Variant.id, Variant.title, Variant.sku, Variant.amount, Variant.currency)
            .where(Variant.shop_id == shop_id).order_by(Variant.product_id, Variant.position, Variant.id)):
        variants.setdefault(row.product_id, []).append(
            rules.Variant(row.id, row.title, row.sku, Money(row.amount, row.currency), None, None, None))
    rows = session.execute(
        select(Product.id, Product.title, Product.handle, Product.status, Product.image, Product.updated_at, Product.kind, Product.vendor,
               Product.tags)
        .where(Product.shop_id == shop_id, Product.deleted_at.is_(None)).order_by(Product.title, Product.id))
    return [rules.Product(row.id, row.title, row.handle, row.status, row.image, row.updated_at, tuple(variants.get(row.id, ())), row.kind,
                          row.vendor, tuple(row.tags), inside.get(row.id, ())) for row in rows]


def _product(row: Product, variants: list[rules.Variant], inside: tuple[str, ...]) -> rules.Product:
    return rules.Product(row.id, row.title, row.handle, row.status, row.image, row.updated_at, tuple(variants), row.kind, row.vendor,
                         tuple(row.tags), inside)


def _variants(session: Session, shop_id: ShopId, product_ids: Sequence[str]) -> dict[str, list[rules.Variant]]:
    rows = session.scalars(select(Variant).where(Variant.shop_id == shop_id, Variant.product_id.in_(product_ids))
                           .order_by(Variant.position, Variant.id)).all()
    items = [row.inventory_item_id for row in rows if row.inventory_item_id]
    costs = {row.inventory_item_id: row for row in session.scalars(
        select(Cost).where(Cost.shop_id == shop_id, Cost.inventory_item_id.in_(items)))}
    levels = _levels(session, shop_id, items)
    found: dict[str, list[rules.Variant]] = {}
    for row in rows:
        item = row.inventory_item_id or ""
        found.setdefault(row.product_id, []).append(_variant(row, costs.get(item), _stock(row, levels.get(item, []))))
    return found


def _levels(session: Session, shop_id: ShopId, items: Sequence[str]) -> dict[str, list[Level]]:
    found: dict[str, list[Level]] = {}
    for level in session.scalars(select(Level).where(Level.shop_id == shop_id, Level.inventory_item_id.in_(items))):
        found.setdefault(level.inventory_item_id, []).append(level)
    return found


def _stock(row: Variant, levels: Sequence[Level]) -> int | None:
    """Whichever telling is fresher. None: not counted."""
    if all(level.updated_at < row.updated_at for level in levels):
        return row.stock
    counted = [level.available for level in levels if level.available is not None]
    return sum(counted) if counted else None


def _variant(row: Variant, cost: Cost | None, stock: int | None) -> rules.Variant:
    return rules.Variant(
        id=row.id, title=row.title, sku=row.sku, price=Money(row.amount, row.currency),
        compare_at=None if row.compare_at is None else Money(row.compare_at, row.currency),
        cost=Money(cost.amount, cost.currency) if cost and cost.amount is not None else None, stock=stock)
