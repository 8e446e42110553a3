"""What new customers have been worth, from the mirrored orders."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select
from sqlalchemy.orm import Session

from plugin.attribution.tables import Decision
from plugin.db import ShopId
from plugin.insights.priced import counts, priced, ranked, whole, within
from plugin.insights.rules.intervals import Mean, mean, part_bp
from plugin.insights.rules.value import FIRST, HORIZONS, Row, Worth, worths
from plugin.margin import tables as margins
from plugin.mirror.tables import Order

LATER = tuple(days for days in HORIZONS if days != FIRST)


def values(session: Session, shop_id: ShopId, *, cost_bp: int | None, now: datetime) -> tuple[Worth, ...]:
    """By currency and source. One pass over the orders; customers with the same figures come as one row."""
    theirs = _by_buyer(shop_id, cost_bp)
    columns = [theirs.c.currency, theirs.c.friend, *(theirs.c[f"{part}_{days}"] for days in HORIZONS for part in ("margin", "missing"))]
    is_old = [case((theirs.c.first_at <= now - timedelta(days=days), 1), else_=0).label(f"old_{days}") for days in LATER]
    asked = select(*columns, *is_old, func.count().label("times")).group_by(*columns, *is_old)
    return worths(_rows(session.execute(asked).mappings()))


def _by_buyer(shop_id: ShopId, cost_bp: int | None) -> Subquery:
    orders = ranked(shop_id, priced(shop_id, cost_bp))
    margin, missing = orders.c.net - orders.c.cost, orders.c.missing
    brought = and_(Decision.shop_id == shop_id, Decision.order_id == orders.c.id, Decision.verdict == "attributed", orders.c.rank == 1)
    spans: dict[int, ColumnElement[bool]] = {FIRST: orders.c.rank == 1} | {
        days: within(orders.c.created_at, days, of=orders.c.first_at) for days in LATER}
    sums = [column for days, inside in spans.items() for column in (
        whole(func.sum(case((inside, margin), else_=0))).label(f"margin_{days}"),
        func.max(case((and_(inside, missing > 0), 1), else_=0)).label(f"missing_{days}"))]
    return (select(orders.c.buyer, orders.c.currency, func.min(orders.c.first_at).label("first_at"),
                   func.max(case((Decision.order_id.is_not(None), 1), else_=0)).label("friend"), *sums)
            .outerjoin(Decision, brought)
            .group_by(orders.c.buyer, orders.c.currency).subquery("theirs"))


def _rows(told: Iterable[Any]) -> Iterator[Row]:
    for row in told:
        for days in HORIZONS:
            if days == FIRST or row[f"old_{days}"]:
                margin = None if row[f"missing_{days}"] else int(row[f"margin_{days}"])
                yield Row("friend" if row["friend"] else "other", row["currency"], days, margin, row["times"])


@dataclass(frozen=True, slots=True)
class Basis:
    """What the figures are built on: ``orders`` that count, the oldest of them, and how much of their goods has a known cost."""

    orders: int
    since: datetime | None
    order: Mean
    margin_bp: int | None
    known_bp: int


def basis(session: Session, shop_id: ShopId, currency: str, *, newest: int | None = None) -> Basis:
    """Of all orders in one currency, or of the ``newest``; the margin of goods whose cost is really known, nothing assumed."""
    mine = and_(counts(shop_id), Order.currency == currency)
    few = select(Order.id).where(mine).order_by(Order.created_at.desc()).limit(newest) if newest else None
    if few is not None:
        mine = and_(mine, Order.id.in_(few))
    since = session.scalar(select(func.min(Order.created_at)).where(mine))
    nets = {int(net): times for net, times in session.execute(select(Order.net, func.count()).where(mine).group_by(Order.net))}
    costs = priced(shop_id, None, only=few)
    known = session.execute(select(whole(func.coalesce(func.sum(Order.net), 0)), whole(func.coalesce(func.sum(costs.c.cost), 0)))
                            .join(costs, and_(costs.c.order_id == Order.id, costs.c.missing == 0)).where(mine, Order.net > 0)).one()
    net, cost = int(known[0]), int(known[1])
    order = mean({amount: times for amount, times in nets.items() if amount > 0})
    return Basis(sum(nets.values()), since, order, part_bp(net - cost, net) if net else None, part_bp(net, order.total))


def assumed_cost_bp(session: Session, shop_id: ShopId) -> int | None:
    """What the merchant says that goods without a known cost cost, as a share of their price."""
    kept = margins.floor(session, shop_id)
    return kept.cost_bp if kept else None
