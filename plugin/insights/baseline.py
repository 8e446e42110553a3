"""How friends found the shop before the programme and beside it; and what staff report of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select
from sqlalchemy.orm import Session

from plugin.attribution.tables import Decision
from plugin.db import ShopId, insert_once, new_id
from plugin.errors import Refused
from plugin.insights import tables
from plugin.insights.priced import ranked
from plugin.insights.rules.baseline import Baseline, Counted, Report, baseline
from plugin.insights.tables import StaffReport
from plugin.mirror.tables import Order

A_MINUTE = timedelta(minutes=1)
MOST_A_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Sender:
    """Who reports: a member of staff at the form, or a token."""

    staff: str | None = None
    token_id: Any = None


@dataclass(frozen=True, slots=True)
class Span:
    """From ``since`` (None: ever) until before ``until``."""

    since: datetime | None
    until: datetime

    def holds(self, moment: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column
        return and_(moment < self.until, moment >= self.since) if self.since else moment < self.until


def counted(session: Session, shop_id: ShopId, span: Span) -> Baseline:
    """One pass over first orders, one over reports."""
    orders = ranked(shop_id)
    brought = and_(Decision.shop_id == shop_id, Decision.order_id == orders.c.id, Decision.verdict == "attributed")
    told = select(StaffReport.order_id).where(StaffReport.shop_id == shop_id, StaffReport.order_id.is_not(None))
    known = or_(orders.c.heard.in_(("friend", "noted")), orders.c.id.in_(told))
    first = session.execute(
        select(func.count(), _times(Decision.order_id.is_not(None)), _times(orders.c.heard.in_(("friend", "other"))),
               _times(orders.c.heard == "friend"), _times(known))
        .select_from(orders).outerjoin(Decision, brought).where(orders.c.rank == 1, span.holds(orders.c.created_at))).one()
    reports, bought = session.execute(select(func.count(), _times(StaffReport.bought.is_(True))).where(
        StaffReport.shop_id == shop_id, span.holds(StaffReport.heard_at))).one()
    newcomers, by_programme, asked, friend, found = (int(one or 0) for one in first)
    return baseline(Counted(newcomers, by_programme, asked, friend, int(reports), int(bought or 0), found))


def _times(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def take(session: Session, shop_id: ShopId, report: Report, key: str, *, sender: Sender, machine_now: datetime) -> tuple[StaffReport, bool]:
    """Write a report down, once. The second value is False where this key brought the same before.

    Raises Refused("report") for an order that the shop does not have, and Refused("repeated") for a key that said something else.
    """
    order_id = _order_id(session, shop_id, report.order) if report.order else None
    new = insert_once(session, StaffReport, {
        "shop_id": shop_id, "id": new_id(), "key": key, "digest": report.digest, "team": report.team, "bought": report.bought,
        "order_id": order_id, "heard_at": report.heard_at, "made_at": machine_now, "staff": sender.staff, "token_id": sender.token_id})
    kept = tables.by_key(session, shop_id, key)
    assert kept is not None
    if not new and kept.digest != report.digest:
        raise Refused("repeated", "This key was used for another report.", key="baseline.repeated")
    return kept, new


def drop(session: Session, shop_id: ShopId, report: StaffReport) -> None:
    """A report was a mistake."""
    session.execute(delete(StaffReport).where(StaffReport.shop_id == shop_id, StaffReport.id == report.id))


def _order_id(session: Session, shop_id: ShopId, named: str) -> str:
    """By the order's name, with or without its #, or by its number at Shopify."""
    names = {named, f"#{named.lstrip('#')}", named.lstrip("#")}
    found = session.scalars(select(Order.id).where(Order.shop_id == shop_id, or_(Order.name.in_(names), Order.id == named))
                            .order_by(Order.created_at.desc()).limit(1)).first()
    if found is None:
        raise Refused("report", f"There is no order {named[:40]} in this shop.", key="baseline.no_order", order=named[:40])
    return found
