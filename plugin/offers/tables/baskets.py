"""Past orders as baskets: which goods with which, and whether a friend bought them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.attribution.tables import Decision
from plugin.db import ShopId
from plugin.mirror import tables as mirror
from plugin.offers.rules.proposing import Bought

CREDITED = "attributed"


def baskets(session: Session, shop_id: ShopId, *, since: datetime, limit: int) -> list[Bought]:
    """The newest ``limit`` paid orders since then, with the units that their buyers kept."""
    orders, lines = mirror.Order, mirror.OrderLine
    newest = (select(orders.id).where(orders.shop_id == shop_id, orders.created_at >= since, orders.test.is_(False),
                                      orders.paid_once.is_(True), orders.cancelled_at.is_(None))
              .order_by(orders.created_at.desc(), orders.id).limit(limit).subquery())
    rows = session.execute(
        select(lines.order_id, lines.product_id, lines.kept, Decision.verdict)
        .join(newest, newest.c.id == lines.order_id)
        .outerjoin(Decision, (Decision.shop_id == shop_id) & (Decision.order_id == lines.order_id))
        .where(lines.shop_id == shop_id, lines.product_id.is_not(None), lines.kept > 0)
        .order_by(lines.order_id, lines.product_id))
    units: dict[str, dict[str, int]] = {}
    referred: set[str] = set()
    for order_id, product_id, kept, verdict in rows:
        held = units.setdefault(order_id, {})
        held[str(product_id)] = held.get(str(product_id), 0) + kept
        if verdict == CREDITED:
            referred.add(order_id)
    return [Bought(tuple(held.items()), order_id in referred) for order_id, held in units.items()]
