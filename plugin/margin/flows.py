"""Keeping the floor: when a programme or a pair is saved, and when an order is settled."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.errors import Refused
from plugin.margin import rules, tables
from plugin.margin.rules import Take, Verdict
from plugin.margin.tables import MarginFloor
from plugin.mirror.rules import Order
from plugin.money import Money


def set_floor(session: Session, shop_id: ShopId, *, floor_bp: int | None, cost_bp: int | None, now: datetime) -> MarginFloor:
    """Raises Refused("floor") for shares outside 0 to 100 %."""
    if any(value is not None and not 0 <= value <= rules.WHOLE for value in (floor_bp, cost_bp)):
        raise Refused("floor", "A share is between 0 and 100 %.")
    row = session.get(MarginFloor, shop_id) or MarginFloor(shop_id=shop_id)
    row.floor_bp, row.cost_bp, row.changed_at = floor_bp, cost_bp, now
    session.add(row)
    session.flush()
    return row


def check(session: Session, shop_id: ShopId, takes: Sequence[Take], *, currency: str) -> Verdict:
    """May these takes be published together? Looks at every product that the mirror knows."""
    kept = tables.floor(session, shop_id)
    floor_bp = kept.floor_bp if kept else None
    return rules.worst_cart(tables.goods(session, shop_id, currency) if floor_bp is not None else [], takes, floor_bp)


def room(session: Session, shop_id: ShopId, order: Order, others: Iterable[Money] = ()) -> Money | None:
    """What the advocate's reward for this order may cost as bought; None: nothing limits it."""
    kept = tables.floor(session, shop_id)
    if kept is None or kept.floor_bp is None:
        return None
    return rules.room(order.subtotal, tables.cost_of(session, shop_id, order.lines, order.currency), kept.floor_bp, others)
