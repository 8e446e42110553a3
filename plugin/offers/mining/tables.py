"""What has been counted of a shop's orders, what came of it, and the merchant's wishes; the queries on them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Index, Row, String, and_, case, delete, exists, func, select, text, union_all
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from plugin.attribution.tables import Decision
from plugin.db import Base, ShopId, shop_key
from plugin.mirror.rules import is_dead
from plugin.mirror.tables import Order, OrderLine, Product
from plugin.offers.mining.rules import Basket, Segment, Tally, Totals, Wish, wider


class MinedShop(Base):
    """Since when a shop's orders are counted. ``sellers``: its best sellers, by market, newest orders weighing most. ``ranked_at_orders``:
    how many orders were counted when all products were last due at once."""

    __tablename__ = "mined_shops"

    shop_id: Mapped[ShopId] = shop_key()
    epoch: Mapped[date]
    sellers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ranked_at_orders: Mapped[int] = mapped_column(default=0)


class MinedLine(Base):
    """One product of one order as it was counted, so that it can be taken out again. ``scope``: market and segment."""

    __tablename__ = "mined_lines"
    __table_args__ = {"sqlite_with_rowid": False}

    shop_id: Mapped[ShopId] = shop_key()
    order_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    product_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    scope: Mapped[str] = mapped_column(String(16))
    size: Mapped[int]
    weight: Mapped[int]
    vote: Mapped[int]


class MinedTotal(Base):
    """See ``rules.Totals``."""

    __tablename__ = "mined_totals"

    shop_id: Mapped[ShopId] = shop_key()
    scope: Mapped[str] = mapped_column(String(16), primary_key=True)
    orders: Mapped[int]
    slots: Mapped[int]
    links: Mapped[int]


class MinedProduct(Base):
    __tablename__ = "mined_products"

    shop_id: Mapped[ShopId] = shop_key()
    product_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    scope: Mapped[str] = mapped_column(String(16), primary_key=True)
    orders: Mapped[int]
    weight: Mapped[int]


class MinedPair(Base):
    """Two products in one order, the lesser id first."""

    __tablename__ = "mined_pairs"
    __table_args__ = (Index(None, "shop_id", "second_id"), {"sqlite_with_rowid": False})  # one tree less to write

    shop_id: Mapped[ShopId] = shop_key()
    first_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    second_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    scope: Mapped[str] = mapped_column(String(16), primary_key=True)
    orders: Mapped[int]
    vote: Mapped[int]


class Companions(Base):
    """A product's companions by scope, as last ranked. ``changes``: orders with it that were counted since; ``due``: enough of them."""

    __tablename__ = "companions"
    __table_args__ = (Index("ix_companions_due", "shop_id", "product_id", postgresql_where=text("due"), sqlite_where=text("due")),)

    shop_id: Mapped[ShopId] = shop_key()
    product_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    changes: Mapped[int] = mapped_column(default=0)
    due: Mapped[bool] = mapped_column(default=False)
    lists: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ranked_at: Mapped[datetime | None]


class SuggestionWish(Base):
    """What the merchant wants beside a product, or never wants there. No product: beside any."""

    __tablename__ = "suggestion_wishes"

    shop_id: Mapped[ShopId] = shop_key()
    product_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    other_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    wish: Mapped[str] = mapped_column(String(4))  # pin | ban
    by: Mapped[str | None] = mapped_column(String(64))
    made_at: Mapped[datetime]


COUNTED: tuple[type[Base], ...] = (MinedPair, MinedProduct, MinedTotal, MinedLine, MinedShop)


def mined_shop(session: Session, shop_id: ShopId, *, lock: bool = False) -> MinedShop | None:
    return session.get(MinedShop, shop_id, with_for_update=lock or None)


def baskets(session: Session, shop_id: ShopId, order_ids: Collection[str]) -> list[Basket]:
    """What the buyers of these orders have of them still: nothing of an order that was never paid, is a test, or is dead.

    One statement, so that an order's lines are those of its revision.
    """
    earlier = aliased(Order)
    before = exists().where(earlier.shop_id == shop_id, earlier.customer_id == Order.customer_id, earlier.created_at < Order.created_at)
    referred = exists().where(Decision.shop_id == shop_id, Decision.order_id == Order.id, Decision.verdict == "attributed")
    kept = and_(OrderLine.shop_id == Order.shop_id, OrderLine.order_id == Order.id, OrderLine.kept > 0, OrderLine.product_id.is_not(None))
    rows = session.execute(
        select(Order.id, Order.created_at, Order.country, Order.paid_once, Order.test, Order.financial, Order.cancelled_at,
               case((referred, "referred"), (before, "returning"), else_="new").label("segment"), OrderLine.product_id)
        .outerjoin(OrderLine, kept).where(Order.shop_id == shop_id, Order.id.in_(order_ids)).order_by(Order.id))
    orders: dict[str, tuple[Row[Any], set[str]]] = {}
    for row in rows:
        orders.setdefault(row.id, (row, set()))[1].add(row.product_id or "")
    return [_basket(row, products) for row, products in orders.values()]


def _basket(row: Row[Any], products: set[str]) -> Basket:
    counts = row.paid_once and not row.test and not is_dead(row.financial, row.cancelled_at)
    segment: Segment = row.segment
    return Basket(row.id, row.created_at.date(), row.country or "", segment, frozenset(products - {""}) if counts else frozenset())


def counted_before(session: Session, shop_id: ShopId, order_ids: Collection[str]) -> dict[str, list[str]]:
    """Order → its products, as far as they have been counted."""
    found: dict[str, list[str]] = {}
    for order_id, product_id in session.execute(select(MinedLine.order_id, MinedLine.product_id).where(
            MinedLine.shop_id == shop_id, MinedLine.order_id.in_(order_ids))):
        found.setdefault(order_id, []).append(product_id)
    return found


def totals(session: Session, shop_id: ShopId) -> dict[str, Totals]:
    """By scope, the wide ones included."""
    found: dict[str, Totals] = {}
    for row in session.scalars(select(MinedTotal).where(MinedTotal.shop_id == shop_id)):
        for scope in wider(row.scope):
            found[scope] = found.get(scope, Totals()) + Totals(row.orders, row.slots, row.links)
    return found


def sold(session: Session, shop_id: ShopId, product_ids: Collection[str]) -> dict[str, dict[str, Tally]]:
    """Scope → product → how often it was ordered."""
    rows = session.execute(select(MinedProduct.scope, MinedProduct.product_id, MinedProduct.orders, MinedProduct.weight).where(
        MinedProduct.shop_id == shop_id, MinedProduct.product_id.in_(product_ids), MinedProduct.orders > 0))
    return _by_scope(rows.all())


def met(session: Session, shop_id: ShopId, product_id: str, *, least: int) -> dict[str, dict[str, Tally]]:
    """Scope → other product → how often both were in one order; of those that met ``least`` times in the whole shop."""
    sides = ((MinedPair.first_id, MinedPair.second_id), (MinedPair.second_id, MinedPair.first_id))
    rows = union_all(*(select(MinedPair.scope, other.label("other"), MinedPair.orders, MinedPair.vote).where(
        MinedPair.shop_id == shop_id, own == product_id) for own, other in sides)).subquery()  # each by its own index
    whole = select(rows, func.sum(rows.c.orders).over(partition_by=rows.c.other).label("whole")).subquery()
    asked = select(whole.c.scope, whole.c.other, whole.c.orders, whole.c.vote).where(whole.c.whole >= least)
    return _by_scope(session.execute(asked).all())


def _by_scope(rows: Iterable[Any]) -> dict[str, dict[str, Tally]]:
    found: dict[str, dict[str, Tally]] = {}
    for narrow, product_id, orders, amount in rows:
        for scope in wider(narrow):
            inside = found.setdefault(scope, {})
            inside[product_id] = inside.get(product_id, Tally()) + Tally(orders, amount)
    return found


def count_products(session: Session, shop_id: ShopId) -> int:
    """Products that some order had."""
    return session.scalar(select(func.count(MinedProduct.product_id.distinct())).where(MinedProduct.shop_id == shop_id)) or 0


def count_orders(session: Session, shop_id: ShopId) -> int:
    return session.scalar(select(func.coalesce(func.sum(MinedTotal.orders), 0)).where(MinedTotal.shop_id == shop_id)) or 0


def first_order(session: Session, shop_id: ShopId, epoch: date) -> datetime | None:
    """When the first order was placed that can be counted: the epoch itself is a day in the past that no merchant knows of."""
    since = datetime.combine(epoch, time(), UTC)
    return session.scalar(select(func.min(Order.created_at)).where(Order.shop_id == shop_id, Order.created_at >= since))


def ordered(session: Session, shop_id: ShopId) -> dict[str, int]:
    """Product → the weights of its orders: how well it sells lately."""
    rows = session.execute(select(MinedProduct.product_id, func.sum(MinedProduct.weight)).where(MinedProduct.shop_id == shop_id)
                           .group_by(MinedProduct.product_id))
    return {product_id: int(weight) for product_id, weight in rows}


def ranked_since(session: Session, shop_id: ShopId, moment: datetime) -> bool:
    """Has any product been ranked anew?"""
    asked = select(Companions.product_id).where(Companions.shop_id == shop_id, Companions.ranked_at > moment)
    return session.scalar(asked.limit(1)) is not None


def sellers(session: Session, shop_id: ShopId) -> Mapping[str, Mapping[str, Tally]]:
    """Market → product → how often it was ordered; "" is the whole shop."""
    rows = session.execute(select(MinedProduct.scope, MinedProduct.product_id, MinedProduct.orders, MinedProduct.weight)
                           .where(MinedProduct.shop_id == shop_id))
    return {scope.removesuffix("/"): inside for scope, inside in _by_scope(rows.all()).items() if scope.endswith("/")}


def due(session: Session, shop_id: ShopId, *, limit: int) -> Sequence[str]:
    return session.scalars(select(Companions.product_id).where(Companions.shop_id == shop_id, Companions.due)
                           .order_by(Companions.product_id).limit(limit)).all()


def shops_with_due(session: Session) -> Sequence[ShopId]:
    return session.scalars(select(Companions.shop_id).where(Companions.due).distinct()).all()


def companions(session: Session, shop_id: ShopId, product_ids: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
    """Product → scope → its companions, as stored."""
    return dict(session.execute(select(Companions.product_id, Companions.lists).where(
        Companions.shop_id == shop_id, Companions.product_id.in_(product_ids))).all())


def of_kind(session: Session, shop_id: ShopId, kind: str, *, but: str, limit: int) -> Sequence[str]:
    """Products of one type whose companions are known, those that sell first."""
    if not kind:
        return []
    return session.scalars(
        select(Product.id).join(MinedProduct, and_(MinedProduct.shop_id == Product.shop_id, MinedProduct.product_id == Product.id))
        .where(Product.shop_id == shop_id, Product.kind == kind, Product.deleted_at.is_(None), Product.id != but)
        .group_by(Product.id).order_by(func.sum(MinedProduct.weight).desc(), Product.id).limit(limit)).all()


def wishes(session: Session, shop_id: ShopId, product_ids: Collection[str]) -> Sequence[SuggestionWish]:
    """What the merchant wants beside any of these, those for every product ("") last; in the order in which they were made."""
    return session.scalars(select(SuggestionWish).where(
        SuggestionWish.shop_id == shop_id, SuggestionWish.product_id.in_([*product_ids, ""]))
        .order_by(SuggestionWish.product_id == "", SuggestionWish.made_at, SuggestionWish.other_id)).all()


def wish(session: Session, shop_id: ShopId, product_id: str, other_id: str) -> Wish | None:
    found = session.get(SuggestionWish, (shop_id, product_id, other_id))
    return None if found is None else ("pin" if found.wish == "pin" else "ban")


def forget_counts(session: Session, shop_id: ShopId) -> None:
    """Everything that was counted; what was ranked by it stays until it is ranked anew."""
    _delete(session, shop_id, COUNTED)


def forget(session: Session, shop_id: ShopId) -> None:
    _delete(session, shop_id, (SuggestionWish, Companions, *COUNTED))


def _delete(session: Session, shop_id: ShopId, gone: Iterable[type[Base]]) -> None:
    for table in gone:
        session.execute(delete(table).where(table.__table__.c.shop_id == shop_id))
    session.expire_all()
