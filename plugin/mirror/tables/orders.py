"""Orders with their lines and refunds, and the queries that put them together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, Row, String, func, or_, select, text, union
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, shop_key
from plugin.mirror import rules
from plugin.money import Money
from plugin.people import tables as people

LEAST_AVERAGED, MOST_AVERAGED = 30, 500


class Order(Base):
    """The newest telling of an order. ``revision`` grows whenever anything about it changes; settling notes how far it came.

    ``settle_at`` is business time (a hold ends), ``retry_at`` machine time (settling failed). ``subtotal`` and ``net`` are those of
    ``rules.Order`` as of its last settling, for whoever adds up orders; ``heard``: see ``shopify.payloads.hearing``.
    ``counted``: what was bought together in it has been counted as of this revision.
    """

    __tablename__ = "orders"
    __table_args__ = (
        Index(None, "shop_id", "customer_id"), Index(None, "shop_id", "person_id"),
        Index(None, "shop_id", "created_at", "id"), Index(None, "shop_id", "name"),
        Index("ix_orders_financial", "shop_id", "financial", "created_at", "id",
              postgresql_where=text("financial <> 'paid'"), sqlite_where=text("financial <> 'paid'")),
        Index("ix_orders_unsettled", "shop_id", "created_at", postgresql_where=text("not settled"), sqlite_where=text("not settled")),
        Index("ix_orders_settle_at", "shop_id", "settle_at",
              postgresql_where=text("settle_at is not null"), sqlite_where=text("settle_at is not null")),
        Index("ix_orders_uncounted", "shop_id", "created_at", "id",
              postgresql_where=text("settled and not counted"), sqlite_where=text("settled and not counted")),
    )

    shop_id: Mapped[ShopId] = shop_key()
    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))
    told_cancelled: Mapped[bool]
    cancelled_at: Mapped[datetime | None]
    financial: Mapped[str] = mapped_column(String(32))
    paid_once: Mapped[bool]
    test: Mapped[bool]
    customer_id: Mapped[str | None] = mapped_column(String(24))
    person_id: Mapped[UUID | None]
    shipping: Mapped[int]
    shipping_discounts: Mapped[list[Any]]
    codes: Mapped[list[Any]]
    attributes: Mapped[dict[str, Any]]
    landing_site: Mapped[str | None] = mapped_column(String(500))
    country: Mapped[str | None] = mapped_column(String(2))
    risk: Mapped[str | None] = mapped_column(String(16))
    gateways: Mapped[list[Any]]
    heard: Mapped[str | None] = mapped_column(String(8))
    subtotal: Mapped[int] = mapped_column(default=0)
    net: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    settled_revision: Mapped[int] = mapped_column(default=0)
    settled: Mapped[bool] = mapped_column(default=False)
    counted: Mapped[bool] = mapped_column(default=False)
    settle_at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(500))


class OrderLine(Base):
    """``removed`` units were taken out by an edit, beyond refunds. ``kept``: units that the buyer still has, as of the last settling.
    ``offer``, ``placement`` and ``bundle_id``: see ``shopify.payloads.LineTold``."""

    __tablename__ = "order_lines"
    __table_args__ = (Index(None, "shop_id", "product_id"),)

    shop_id: Mapped[ShopId] = shop_key()
    order_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    position: Mapped[int]
    product_id: Mapped[str | None] = mapped_column(String(24))
    variant_id: Mapped[str | None] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(300))
    quantity: Mapped[int]
    removed: Mapped[int]
    kept: Mapped[int] = mapped_column(default=0)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    discounts: Mapped[list[Any]]
    offer: Mapped[int] = mapped_column(default=0)
    placement: Mapped[str] = mapped_column(String(16), default="")
    bundle_id: Mapped[str | None] = mapped_column(String(24))


_UNCOUNTED = text("settled and not counted")
"""In the very words of the index, by which SQLite knows that it may use it."""
_LINE = (OrderLine.id, OrderLine.product_id, OrderLine.variant_id, OrderLine.title, OrderLine.quantity, OrderLine.removed,
         OrderLine.amount, OrderLine.currency, OrderLine.discounts, OrderLine.offer, OrderLine.placement,
         OrderLine.bundle_id)


def standing() -> tuple[ColumnElement[bool], ...]:
    """Of an order's row: paid, real, neither cancelled nor given back whole."""
    return (Order.paid_once.is_(True), Order.test.is_(False), Order.cancelled_at.is_(None), Order.financial.not_in(sorted(rules.DEAD)))


class Refund(Base):
    """One refund, never taken back; may come before its order. ``amount`` is goods refunded beyond its lines."""

    __tablename__ = "refunds"

    shop_id: Mapped[ShopId] = shop_key()
    order_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    created_at: Mapped[datetime]
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    lines: Mapped[list[Any]]


class DeletedOrder(Base):
    """The order was deleted at Shopify: nothing of it may come back."""

    __tablename__ = "deleted_orders"

    shop_id: Mapped[ShopId] = shop_key()
    order_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class _Refunded:
    """All refunds of an order, added up: per line (units, goods), and goods beyond lines."""

    lines: Mapping[str, tuple[int, int]]
    unassigned: int


def extent(session: Session, shop_id: ShopId, order_id: str) -> tuple[int, int, int]:
    """Its lines, their units, and how many of those an edit took out."""
    lines, units, removed = session.execute(select(
        func.count(), func.coalesce(func.sum(OrderLine.quantity), 0), func.coalesce(func.sum(OrderLine.removed), 0)).where(
        OrderLine.shop_id == shop_id, OrderLine.order_id == order_id)).one()
    return int(lines), int(units), int(removed)


def load(session: Session, shop_id: ShopId, order_id: str) -> rules.Order | None:
    """The order as a value; None while only its refunds, or nothing, are known. Four queries."""
    row = session.get(Order, (shop_id, order_id))
    if row is None:
        return None
    # Plain rows: an order may have hundreds of lines, and as objects of the session they cost most of settling.
    rows = session.execute(select(*_LINE).where(OrderLine.shop_id == shop_id, OrderLine.order_id == order_id)
                           .order_by(OrderLine.position)).all()
    refunded = _refunded(session, shop_id, order_id)
    return _order(row, tuple(_line(line, refunded) for line in rows), refunded, people.contact(session, shop_id, order_id))


def _refunded(session: Session, shop_id: ShopId, order_id: str) -> _Refunded:
    lines: dict[str, tuple[int, int]] = {}
    unassigned = 0
    for refund in session.scalars(select(Refund).where(Refund.shop_id == shop_id, Refund.order_id == order_id)):
        unassigned += refund.amount
        for line in refund.lines:
            units, amount = lines.get(line["line_id"], (0, 0))
            lines[line["line_id"]] = (units + line["quantity"], amount + line["amount"])
    return _Refunded(lines, unassigned)


def _line(row: Row[Any], refunded: _Refunded) -> rules.Line:
    units, amount = refunded.lines.get(row.id, (0, 0))
    units = min(units, row.quantity)
    return rules.Line(
        id=row.id, product_id=row.product_id, variant_id=row.variant_id, title=row.title, quantity=row.quantity,
        price=Money(row.amount, row.currency), discounts=_discounts(row.discounts, row.currency),
        refunded_quantity=units, refunded=Money(amount, row.currency), current_quantity=max(0, row.quantity - units - row.removed),
        offer=row.offer, placement=row.placement, bundle_id=row.bundle_id)


def _discounts(told: Sequence[Mapping[str, Any]], currency: str) -> tuple[rules.LineDiscount, ...]:
    return tuple(rules.LineDiscount(one["kind"], one["code"], one["title"], Money(one["amount"], currency)) for one in told)


def _order(row: Order, lines: tuple[rules.Line, ...], refunded: _Refunded, contact: people.Contact | None) -> rules.Order:
    dead = rules.is_dead(row.financial, row.cancelled_at)
    net = Money.zero(row.currency) if dead else rules.net_of(lines, row.currency, unassigned=Money(refunded.unassigned, row.currency))
    return rules.Order(
        id=row.id, name=row.name, currency=row.currency, created_at=row.created_at, updated_at=row.updated_at,
        cancelled_at=row.cancelled_at, financial=row.financial, test=row.test, customer_id=row.customer_id, person_id=row.person_id,
        email_key=contact.email_key if contact else None, address_key=contact.address_key if contact else None,
        device_key=contact.device_key if contact else None, lines=lines, shipping=Money(row.shipping, row.currency),
        shipping_discounts=_discounts(row.shipping_discounts, row.currency), subtotal=rules.subtotal_of(lines, row.currency), net=net,
        codes=tuple(row.codes), attributes=dict(row.attributes), landing_site=row.landing_site, country=row.country, risk=row.risk,
        gateways=tuple(row.gateways), paid_once=row.paid_once)


def row_of(session: Session, shop_id: ShopId, order_id: str, *, lock: bool = False) -> Order | None:
    """The order's own row, for its revision and its settling; locked where the database can."""
    asked = select(Order).where(Order.shop_id == shop_id, Order.id == order_id)
    return session.scalars(asked.with_for_update() if lock else asked).first()


def names(session: Session, shop_id: ShopId, order_ids: Collection[str]) -> dict[str, str]:
    """Order id → what people call it ("#1001")."""
    return dict(session.execute(select(Order.id, Order.name).where(Order.shop_id == shop_id, Order.id.in_(order_ids))).all())


def placed_before(session: Session, shop_id: ShopId, order_ids: Collection[str], moment: datetime) -> set[str]:
    """Those of the orders that were placed before the moment."""
    return set(session.scalars(select(Order.id).where(Order.shop_id == shop_id, Order.id.in_(order_ids), Order.created_at < moment)))


def orders_of_person(session: Session, shop_id: ShopId, person_id: UUID) -> Sequence[Order]:
    """Newest first."""
    return session.scalars(select(Order).where(Order.shop_id == shop_id, Order.person_id == person_id)
                           .order_by(Order.created_at.desc(), Order.id)).all()


def is_unsettled(now: datetime, machine_now: datetime) -> ColumnElement[bool]:
    """Changed since it was settled, or its time has come; not while it waits for another try."""
    return or_(~Order.settled, Order.settle_at <= now) & _may_try(machine_now)


def _may_try(machine_now: datetime) -> ColumnElement[bool]:
    return or_(Order.retry_at.is_(None), Order.retry_at <= machine_now)


def shops_with_unsettled(session: Session, now: datetime, machine_now: datetime) -> Sequence[ShopId]:
    changed = select(Order.shop_id).where(~Order.settled, _may_try(machine_now))
    due = select(Order.shop_id).where(Order.settle_at <= now, _may_try(machine_now))
    return session.scalars(union(changed, due)).all()


def unsettled(session: Session, shop_id: ShopId, *, now: datetime, machine_now: datetime, limit: int) -> Sequence[str]:
    """Ids of orders to settle, oldest order first."""
    return session.scalars(select(Order.id).where(Order.shop_id == shop_id, is_unsettled(now, machine_now))
                           .order_by(Order.created_at, Order.id).limit(limit)).all()


def shops_with_uncounted(session: Session) -> Sequence[ShopId]:
    return session.scalars(select(Order.shop_id).where(_UNCOUNTED).distinct()).all()


def uncounted(session: Session, shop_id: ShopId, *, limit: int) -> dict[str, int]:
    """Settled orders whose goods have not been counted as they are now, oldest first: id → revision."""
    return dict(session.execute(select(Order.id, Order.revision).where(Order.shop_id == shop_id, _UNCOUNTED)
                                .order_by(Order.created_at, Order.id).limit(limit)).all())


def living(session: Session, shop_id: ShopId, *, since: datetime | None) -> Sequence[str]:
    """Ids of orders that count, placed at or after ``since`` (None: all of them)."""
    asked = select(Order.id).where(Order.shop_id == shop_id, Order.cancelled_at.is_(None)).order_by(Order.id)
    return session.scalars(asked.where(Order.created_at >= since) if since else asked).all()


def updated_at(session: Session, shop_id: ShopId, order_ids: Sequence[str]) -> dict[str, datetime]:
    """When each of these orders was last changed, as far as we know them."""
    return dict(session.execute(select(Order.id, Order.updated_at).where(Order.shop_id == shop_id, Order.id.in_(order_ids))).all())


def usual_order(session: Session, shop_id: ShopId, currency: str) -> Money | None:
    """What an order comes to on average: goods after discounts, of the newest 500 that count. None for fewer than 30 of them."""
    newest = (select(Order.subtotal).where(Order.shop_id == shop_id, Order.currency == currency, Order.cancelled_at.is_(None),
                                           Order.test.is_(False), Order.subtotal > 0)
              .order_by(Order.created_at.desc(), Order.id.desc()).limit(MOST_AVERAGED).subquery())
    count, total = session.execute(select(func.count(), func.sum(newest.c.subtotal))).one()
    return Money(int(total) // count, currency) if count >= LEAST_AVERAGED else None
