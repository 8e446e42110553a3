"""Products, unit costs and stock: the newest telling of each wins, deletion stays. (Flows, beside those of orders.)"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from plugin.db import Base, ShopId, insert_once
from plugin.mirror.collecting import forget_collections
from plugin.mirror.tables import Cost, Level, Product, Variant
from plugin.mirror.tables.markets import forget_markets
from plugin.shopify.payloads import CostTold, LevelTold, ProductTold, VariantTold


def apply_product(session: Session, shop_id: ShopId, told: ProductTold) -> bool:
    """Take in a telling of a product with all its variants. False if ours is newer, or the product was deleted."""
    row = session.get(Product, (shop_id, told.id))
    if row is not None and (row.deleted_at is not None or row.updated_at > told.updated_at):
        return False
    if row is None:
        row = Product(shop_id=shop_id, id=told.id)
        session.add(row)
    row.title, row.handle, row.status, row.image, row.updated_at = told.title, told.handle, told.status, told.image, told.updated_at
    row.kind, row.vendor, row.tags = told.kind, told.vendor, list(told.tags)
    session.execute(delete(Variant).where(Variant.shop_id == shop_id, Variant.product_id == told.id))
    for position, variant in enumerate(told.variants):
        _keep_variant(session, row, variant, position)
    session.flush()
    return True


def _keep_variant(session: Session, product: Product, told: VariantTold, position: int) -> None:
    session.merge(Variant(
        shop_id=product.shop_id, id=told.id, product_id=product.id, position=position, title=told.title, sku=told.sku,
        amount=told.price.amount, currency=told.price.currency, compare_at=told.compare_at.amount if told.compare_at else None,
        inventory_item_id=told.inventory_item_id, stock=told.stock, updated_at=product.updated_at))
    if told.has_cost and told.inventory_item_id:
        apply_cost(session, product.shop_id, CostTold(told.inventory_item_id, told.cost, product.updated_at),
                   currency=told.price.currency)


def delete_product(session: Session, shop_id: ShopId, product_id: str, now: datetime) -> None:
    """The product is gone at Shopify: no late telling brings it back, seen before or not."""
    insert_once(session, Product, {"shop_id": shop_id, "id": product_id, "title": "", "handle": "", "status": "deleted",
                                   "kind": "", "vendor": "", "tags": [], "updated_at": now, "deleted_at": now})
    row = session.get_one(Product, (shop_id, product_id))
    row.deleted_at, row.status = row.deleted_at or now, "deleted"
    session.execute(delete(Variant).where(Variant.shop_id == shop_id, Variant.product_id == product_id))
    session.flush()


def known_ids(session: Session, shop_id: ShopId) -> Sequence[str]:
    """Every product that is not deleted."""
    return session.scalars(select(Product.id).where(Product.shop_id == shop_id, Product.deleted_at.is_(None)).order_by(Product.id)).all()


def apply_cost(session: Session, shop_id: ShopId, told: CostTold, *, currency: str) -> bool:
    """Take in what a unit costs the merchant (None: not kept). False if ours is newer."""
    row = session.get(Cost, (shop_id, told.inventory_item_id))
    if row is not None and row.updated_at > told.updated_at:
        return False
    session.merge(Cost(shop_id=shop_id, inventory_item_id=told.inventory_item_id, amount=told.cost.amount if told.cost else None,
                       currency=told.cost.currency if told.cost else currency, updated_at=told.updated_at))
    session.flush()
    return True


def apply_level(session: Session, shop_id: ShopId, told: LevelTold) -> bool:
    """Take in the stock at one place. False if ours is newer, or if no variant of ours is this item: its stock comes with the product."""
    of_ours = select(Variant.id).where(Variant.shop_id == shop_id, Variant.inventory_item_id == told.inventory_item_id)
    if session.scalar(of_ours.limit(1)) is None:
        return False
    row = session.get(Level, (shop_id, told.inventory_item_id, told.location_id))
    if row is not None and row.updated_at > told.updated_at:
        return False
    session.merge(Level(shop_id=shop_id, inventory_item_id=told.inventory_item_id, location_id=told.location_id,
                        available=told.available, updated_at=told.updated_at))
    session.flush()
    return True


def is_known(session: Session, shop_id: ShopId, product_id: str) -> bool:
    """Have we heard of this product, be it deleted since?"""
    return session.scalar(select(Product.id).where(Product.shop_id == shop_id, Product.id == product_id)) is not None


def updated_at(session: Session, shop_id: ShopId, product_ids: Sequence[str]) -> dict[str, datetime]:
    """When each of these products was last changed, as far as we know them."""
    return dict(session.execute(select(Product.id, Product.updated_at)
                                .where(Product.shop_id == shop_id, Product.id.in_(product_ids))).all())


def costs_at(session: Session, shop_id: ShopId, item_ids: Sequence[str]) -> dict[str, datetime]:
    """As of when we know each of these unit costs."""
    return dict(session.execute(select(Cost.inventory_item_id, Cost.updated_at)
                                .where(Cost.shop_id == shop_id, Cost.inventory_item_id.in_(item_ids))).all())


def forget_shop(session: Session, shop_id: ShopId) -> None:
    """The shop is gone: so is its catalogue."""
    forget_collections(session, shop_id)
    forget_markets(session, shop_id)
    tables: tuple[type[Base], ...] = (Level, Cost, Variant, Product)
    for table in tables:
        session.execute(delete(table).where(table.__table__.c.shop_id == shop_id))
    session.expire_all()
