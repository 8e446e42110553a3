"""Keeping the floor: when a programme is saved, and when an order is settled."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.errors import Refused
from plugin.margin import rules, tables
from plugin.margin.rules import LATER_KINDS, Sold, Take, Verdict
from plugin.margin.rules.guard import beside
from plugin.margin.rules.published import Dated, write_dated
from plugin.margin.tables import MarginFloor, MarginTake, ProductFloor
from plugin.mirror.rules import Order
from plugin.money import Money

SCOPES = ("product", "collection", "vendor", "tag")
"""What can have a floor of its own."""


def set_floor(session: Session, shop_id: ShopId, *, floor_bp: int | None, cost_bp: int | None, now: datetime) -> MarginFloor:
    """Raises Refused("floor") for shares outside 0 to 100 %."""
    if any(value is not None and not 0 <= value <= rules.WHOLE for value in (floor_bp, cost_bp)):
        raise Refused("floor", "A share is between 0 and 100 %.")
    row = session.get(MarginFloor, shop_id) or MarginFloor(shop_id=shop_id)
    row.floor_bp, row.cost_bp, row.changed_at = floor_bp, cost_bp, now
    session.add(row)
    session.flush()
    return row


def publish(session: Session, shop_id: ShopId, source: str, takes: Iterable[Dated], *, now: datetime) -> None:
    """All that the programme ``source`` may take from an order's margin from now on; none withdraws it."""
    row = session.get(MarginTake, (shop_id, source)) or MarginTake(shop_id=shop_id, source=source)
    row.takes, row.changed_at = [write_dated(one) for one in takes], now
    session.add(row)
    session.flush()


def set_floor_of(session: Session, shop_id: ShopId, scope: str, name: str, *, floor_bp: int | None, now: datetime) -> None:
    """A floor of its own for a product or a collection (by id), a vendor or a tag; None takes it away. Raises Refused("floor")."""
    if scope not in SCOPES or not name or len(name) > 255 or not 0 <= (floor_bp or 0) < rules.WHOLE:
        raise Refused("floor", "A share is between 0 and 100 %.")
    row = session.get(ProductFloor, (shop_id, scope, name))
    if floor_bp is None:
        if row is not None:
            session.delete(row)
    else:
        row = row or ProductFloor(shop_id=shop_id, scope=scope, name=name)
        row.floor_bp, row.changed_at = floor_bp, now
        session.add(row)
    session.flush()


def check(session: Session, shop_id: ShopId, takes: Sequence[Take], *, currency: str, now: datetime) -> Verdict:
    """May these takes be published together? Looks at every product that the mirror knows, each under its own floor, and beside the
    merchant's codes that are marked as combinable."""
    floors = tables.floors(session, shop_id)
    return rules.worst_cart(tables.goods(session, shop_id, currency) if floors else [], takes, floors,
                            combinable(session, shop_id, now))


def combinable(session: Session, shop_id: ShopId, now: datetime) -> list[Take]:
    """The merchant's own codes that stand beside whatever lets them."""
    return [take for take in tables.published(session, shop_id, now) if take.kind == "code"]


def paid_later(session: Session, shop_id: ShopId, now: datetime, *, but: str) -> tuple[Take, ...]:
    """What everybody else than the source ``but`` is paid for an order: the dearest commission, points and reward that were published."""
    return beside(take for take in tables.published(session, shop_id, now, but=but) if take.kind in LATER_KINDS).takes


def room(session: Session, shop_id: ShopId, order: Order, others: Iterable[Money] = ()) -> Money | None:
    """What the advocate's reward for this order may cost as bought; None: nothing limits it."""
    floors = tables.floors(session, shop_id)
    if not floors:
        return None
    costs = tables.costs_of(session, shop_id, order.lines, order.currency)
    sold = [Sold(line.product_id, line.paid.amount, cost) for line, cost in zip(order.lines, costs, strict=True)]
    return rules.room(sold, floors, others, order.currency)
