"""Segments with what was done to them, and the marks of customers: what we want Shopify to know of each, and what it was told."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, String, UniqueConstraint, delete, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, own_key, shop_key
from plugin.desk import versions as made
from plugin.desk.versions import Written
from plugin.errors import NotFound
from plugin.mirror.tables import Order, OrderLine, Product
from plugin.offers.rules.segments import Condition, Customer, folded, load
from plugin.offers.tables.offers import Offer
from plugin.offers.tables.sales import OfferSale

FIRST_NUMBER, LAST_NUMBER = 5_000, 9_999
"""Those of segments among the marks of a shopper."""
DEAD = ("voided", "refunded")


class Segment(Base):
    """``conditions`` as ``rules.segments.dump`` wrote them. ``revision`` grows with every change. A removed one stays, so that its
    number is never given again."""

    __tablename__ = "segments"
    __table_args__ = (UniqueConstraint("shop_id", "number"),)
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    conditions: Mapped[list[Any]]
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0)
    removed_at: Mapped[datetime | None]

    def asks(self) -> tuple[Condition, ...]:
        return load(self.conditions)


class SegmentChange(Written, Base):
    """Who made a segment what it then said, and when."""

    __tablename__ = "segment_changes"
    __table_args__ = (Index(None, "shop_id", "segment_id", "id"),)
    segment_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(80))
    conditions: Mapped[list[Any]]


class CustomerMarks(Base):
    """``revision_id`` names the newest wish; ``told``: what Shopify has, None before the first time. ``look_at``: when time alone may
    change them (business time)."""

    __tablename__ = "customer_marks"
    __table_args__ = (Index(None, "shop_id", "revision_id"),
                      Index("ix_customer_marks_look", "shop_id", "look_at",
                            postgresql_where=text("look_at is not null"), sqlite_where=text("look_at is not null")))
    shop_id: Mapped[UUID] = shop_key()
    customer_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    marks: Mapped[list[Any]]
    told: Mapped[list[Any] | None]
    revision_id: Mapped[UUID]
    look_at: Mapped[datetime | None]


def segments(session: Session, shop_id: ShopId) -> Sequence[Segment]:
    """Newest first."""
    return session.scalars(select(Segment).where(Segment.shop_id == shop_id, Segment.removed_at.is_(None))
                           .order_by(Segment.number.desc())).all()


def segment(session: Session, shop_id: ShopId, segment_id: UUID, *, lock: bool = False) -> Segment:
    """Raises NotFound, also for another shop's and for one that was removed."""
    found = session.get(Segment, (shop_id, segment_id), with_for_update=lock or None)
    if found is None or found.removed_at is not None:
        raise NotFound("segment")
    return found


def segment_changes(session: Session, shop_id: ShopId, segment_id: UUID, *, limit: int = 25) -> Sequence[SegmentChange]:
    """Newest first."""
    return made.changes(session, SegmentChange, shop_id, SegmentChange.segment_id == segment_id, limit=limit)


def next_segment(session: Session, shop_id: ShopId) -> int:
    """The smallest number that no segment of the shop had."""
    return (session.scalar(select(func.max(Segment.number)).where(Segment.shop_id == shop_id)) or FIRST_NUMBER - 1) + 1


def marks(session: Session, shop_id: ShopId, customer_id: str) -> CustomerMarks | None:
    return session.get(CustomerMarks, (shop_id, customer_id), with_for_update=True)


def by_revisions(session: Session, shop_id: ShopId, ids: Collection[UUID]) -> Sequence[CustomerMarks]:
    """Those whose newest wish is among these."""
    return session.scalars(select(CustomerMarks).where(CustomerMarks.shop_id == shop_id, CustomerMarks.revision_id.in_(ids))
                           .order_by(CustomerMarks.customer_id)).all()


def marked(session: Session, shop_id: ShopId, *, after: str, limit: int) -> Sequence[CustomerMarks]:
    """Of whom something was ever said, in the order of their ids as texts."""
    return session.scalars(select(CustomerMarks).where(CustomerMarks.shop_id == shop_id, CustomerMarks.customer_id > after)
                           .order_by(CustomerMarks.customer_id).limit(limit)).all()


def to_look_at(session: Session, shop_id: ShopId, now: datetime, *, limit: int) -> Sequence[str]:
    """Customers whose marks time may have changed."""
    return session.scalars(select(CustomerMarks.customer_id).where(
        CustomerMarks.shop_id == shop_id, CustomerMarks.look_at.is_not(None), CustomerMarks.look_at <= now)
        .order_by(CustomerMarks.look_at).limit(limit)).all()


def has_marks(session: Session, shop_id: ShopId) -> bool:
    """Was anything ever said of a customer of this shop?"""
    return session.scalar(select(CustomerMarks.customer_id).where(CustomerMarks.shop_id == shop_id).limit(1)) is not None


def marked_ids(session: Session, shop_id: ShopId, *, after: str, limit: int) -> Sequence[str]:
    """Of whom something was ever said, in the order of their ids as texts."""
    return session.scalars(select(CustomerMarks.customer_id).where(CustomerMarks.shop_id == shop_id, CustomerMarks.customer_id > after)
                           .order_by(CustomerMarks.customer_id).limit(limit)).all()


def customer_ids(session: Session, shop_id: ShopId, *, after: str, limit: int) -> Sequence[str]:
    """Who has ordered, in the order of their ids as texts."""
    return session.scalars(select(Order.customer_id).where(Order.shop_id == shop_id, Order.customer_id > after)
                           .distinct().order_by(Order.customer_id).limit(limit)).all()  # type: ignore[return-value]


def customers(session: Session, shop_id: ShopId, ids: Collection[str], *, goods: bool = False) -> dict[str, Customer]:
    """What their orders say, of each of these. ``goods``: also what they bought."""
    stands = (Order.shop_id == shop_id, Order.customer_id.in_(ids), Order.paid_once.is_(True), Order.test.is_(False),
              Order.cancelled_at.is_(None), Order.financial.not_in(DEAD))
    rows = session.execute(select(Order.customer_id, func.count(), func.sum(Order.net), func.min(Order.created_at),
                                  func.max(Order.created_at)).where(*stands).group_by(Order.customer_id)).all()
    countries: dict[str | None, set[str]] = {}
    for customer_id, country in session.execute(select(Order.customer_id, Order.country).where(*stands).distinct()):
        countries.setdefault(customer_id, set()).update([country] if country else [])
    bought = _bought(session, stands) if goods else {}
    found = {row[0]: Customer(row[0] or "", row[1], int(row[2] or 0), row[3], row[4], frozenset(countries[row[0]]),
                              frozenset(bought.get(row[0], ()))) for row in rows}
    return {one: found.get(one, Customer(one)) for one in ids}


def _bought(session: Session, stands: Sequence[ColumnElement[bool]]) -> dict[str | None, set[str]]:
    """By customer, the words by which what they kept is known: titles as they were bought, and what the goods are called today."""
    rows = session.execute(
        select(Order.customer_id, OrderLine.title, Product.title, Product.vendor, Product.kind, Product.tags)
        .join(OrderLine, (OrderLine.shop_id == Order.shop_id) & (OrderLine.order_id == Order.id))
        .outerjoin(Product, (Product.shop_id == OrderLine.shop_id) & (Product.id == OrderLine.product_id))
        .where(*stands, OrderLine.quantity > OrderLine.removed))
    found: dict[str | None, set[str]] = {}
    for customer_id, line, title, vendor, kind, tags in rows:
        words = (line, title, vendor, kind, *(tags or ()))
        found.setdefault(customer_id, set()).update(folded(word) for word in words if word)
    return found


def uses(session: Session, shop_id: ShopId, customer_id: str, *, since: datetime) -> dict[int, list[datetime]]:
    """By offer's number, when this customer's orders that stand used it, an order once."""
    rows = session.execute(
        select(Offer.number, Order.created_at).distinct()
        .join(OfferSale, (OfferSale.shop_id == Offer.shop_id) & (OfferSale.offer_id == Offer.id))
        .join(Order, (Order.shop_id == OfferSale.shop_id) & (Order.id == OfferSale.order_id))
        .where(Offer.shop_id == shop_id, Order.customer_id == customer_id, Order.created_at >= since, Order.test.is_(False),
               Order.cancelled_at.is_(None), Order.financial.not_in(DEAD), OfferSale.discount > 0))
    found: dict[int, list[datetime]] = {}
    for number, moment in rows:
        found.setdefault(number, []).append(moment)
    return found


def forget_told(session: Session, shop_id: ShopId) -> None:
    """What the app said of customers went from Shopify with it."""
    session.execute(update(CustomerMarks).where(CustomerMarks.shop_id == shop_id).values(told=None)
                    .execution_options(synchronize_session=False))
    session.expire_all()


def forget_customers(session: Session, shop_id: ShopId, ids: Collection[str]) -> None:
    """These are to be forgotten."""
    session.execute(delete(CustomerMarks).where(CustomerMarks.shop_id == shop_id, CustomerMarks.customer_id.in_(ids)))
    session.expire_all()


def forget_shop(session: Session, shop_id: ShopId) -> None:
    """All customers, and who made the segments; what they say stays."""
    session.execute(delete(CustomerMarks).where(CustomerMarks.shop_id == shop_id))
    made.forget_staff(session, SegmentChange, shop_id)
