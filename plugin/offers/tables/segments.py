"""Segments with what was done to them, and the marks of customers: what we want Shopify to know of each, and what it was told."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, String, UniqueConstraint, delete, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.attribution import owning
from plugin.db import Base, ShopId, own_key, shop_key
from plugin.desk import versions as made
from plugin.desk.versions import Written
from plugin.errors import NotFound
from plugin.mirror.rules import DEAD
from plugin.mirror.tables import Order, OrderLine, Product, gathered_under, standing
from plugin.offers.rules.segments import Condition, Customer, Needs, load, needs
from plugin.offers.tables.offers import Offer
from plugin.offers.tables.sales import OfferSale
from plugin.people import tables as people
from plugin.people.rules import folded

FIRST_NUMBER, LAST_NUMBER = 5_000, 9_999
"""Those of segments among the marks of a shopper."""
_ORDERS_ALONE = Needs()


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


def bought_words(session: Session, shop_id: ShopId) -> frozenset[str]:
    """By which the shop's segments name what was bought."""
    return needs(condition for one in segments(session, shop_id) for condition in one.asks()).bought


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
    """Who has ordered, and of whom else we know, in the order of their ids as texts."""
    buyers = session.scalars(select(Order.customer_id).where(Order.shop_id == shop_id, Order.customer_id > after)
                             .distinct().order_by(Order.customer_id).limit(limit))
    return sorted({*(id for id in buyers if id), *people.customers_after(session, shop_id, after=after, limit=limit)})[:limit]


def customers(session: Session, shop_id: ShopId, ids: Collection[str], about: Needs = _ORDERS_ALONE) -> dict[str, Customer]:
    """What is known of each of these: of their orders, and what ``about`` asks for besides. So many queries for however many."""
    found = _ordered(session, shop_id, ids, about)
    tags = people.tags(session, shop_id, ids) if about.tagged else {}
    friends = owning.friends(session, shop_id, ids) if about.friends else {}
    referred = owning.referred(session, shop_id, ids) if about.referred else {}
    return {one: replace(found.get(one, Customer(one)), tags=tags.get(one, ()), friends=friends.get(one, 0), referred=referred.get(one, 0))
            for one in ids}


def _ordered(session: Session, shop_id: ShopId, ids: Collection[str], about: Needs) -> dict[str, Customer]:
    """Of who has orders that stand."""
    stands = (Order.shop_id == shop_id, Order.customer_id.in_(ids), *standing())
    rows = session.execute(select(Order.customer_id, func.count(), func.sum(Order.net), func.min(Order.created_at),
                                  func.max(Order.created_at)).where(*stands).group_by(Order.customer_id)).all()
    countries: dict[str | None, set[str]] = {}
    for customer_id, country in session.execute(select(Order.customer_id, Order.country).where(*stands).distinct()):
        countries.setdefault(customer_id, set()).update([country] if country else [])
    bought = _bought(session, shop_id, stands, about.bought) if about.bought else {}
    return {row[0]: Customer(row[0], row[1], int(row[2] or 0), row[3], row[4], frozenset(countries[row[0]]),
                             frozenset(bought.get(row[0], ()))) for row in rows if row[0]}


def _bought(session: Session, shop_id: ShopId, stands: Sequence[ColumnElement[bool]], words: frozenset[str]) -> dict[str | None, set[str]]:
    """By customer, by which of these words what they kept is known: titles as they were bought, what the goods are called today, and the
    collections that they are in now."""
    rows = session.execute(
        select(Order.customer_id, OrderLine.product_id, OrderLine.title).distinct()
        .join(OrderLine, (OrderLine.shop_id == Order.shop_id) & (OrderLine.order_id == Order.id))
        .where(*stands, OrderLine.quantity > OrderLine.removed)).all()
    known = _known_as(session, shop_id, {product_id for _, product_id, _ in rows if product_id}, words)
    found: dict[str | None, set[str]] = {}
    for customer_id, product_id, title in rows:
        found.setdefault(customer_id, set()).update(words & {folded(title)} | known.get(product_id or "", set()))
    return found


def _known_as(session: Session, shop_id: ShopId, product_ids: Collection[str], words: frozenset[str]) -> dict[str, set[str]]:
    """By product, which of these words are its title, vendor, type, one of its tags or collections."""
    found = gathered_under(session, shop_id, words)
    asked = select(Product.id, Product.title, Product.vendor, Product.kind, Product.tags)
    for id, title, vendor, kind, tags in session.execute(asked.where(Product.shop_id == shop_id, Product.id.in_(product_ids))):
        found[id] = found.get(id, set()) | words & {folded(word) for word in (title, vendor, kind, *(tags or ())) if word}
    return found


def uses(session: Session, shop_id: ShopId, customer_id: str, *, since: datetime) -> dict[int, list[datetime]]:
    """By offer's number, when this customer's orders that stand used it, an order once."""
    rows = session.execute(
        select(Offer.number, Order.created_at).distinct()
        .join(OfferSale, (OfferSale.shop_id == Offer.shop_id) & (OfferSale.offer_id == Offer.id))
        .join(Order, (Order.shop_id == OfferSale.shop_id) & (Order.id == OfferSale.order_id))
        .where(Offer.shop_id == shop_id, Order.customer_id == customer_id, Order.created_at >= since, Order.test.is_(False),
               Order.cancelled_at.is_(None), Order.financial.not_in(sorted(DEAD)), OfferSale.discount > 0))
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
