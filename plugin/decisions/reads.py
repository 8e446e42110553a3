"""Facts that live at Shopify and that a decision needs: is this the friend's first order, how risky is it?"""

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution import flows as attribution
from plugin.attribution import tables as attributed
from plugin.context import Context
from plugin.db import ShopId
from plugin.decisions import rules, tables
from plugin.decisions.rules import Evidence
from plugin.errors import Refused, TryAgain
from plugin.intake.rules import visible_since
from plugin.mirror.rules import Order
from plugin.mirror.tables import Order as Row
from plugin.referrals import tables as referrals
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi
from plugin.shops import reads as shops
from plugin.shops import tables as shop_tables

MOST_PAGES = 5
RISKS = ("HIGH", "PENDING", "MEDIUM", "LOW", "NONE")

log = structlog.get_logger()


def evidence(context: Context, shop_id: ShopId, order: Order) -> Evidence | None:
    """Evidence for one order, read at Shopify only if an attribution depends on it and it is not known yet.

    None: nothing to read, or nothing worth reading. What Shopify does not tell is None inside, and means hold.
    """
    now = clock.now()
    with context.transaction() as session:
        since = visible_since(shop_tables.get(session, shop_id).scopes, now)
        known, wanted = _wanted(session, shop_id, order, now, since=since)
    if not wanted:
        return known
    try:
        found = _read(shops.admin_api(context, shop_id), order.id)
    except (TryAgain, Refused) as fault:
        log.info("evidence_unread", order_id=order.id, error=type(fault).__name__)
        return Evidence(None, None, None, now)
    return _judge_age(found, order, now, since=since)


def is_hinted(session: Session, shop_id: ShopId, row: Row) -> bool:
    """Does anything about the order point to an advocate? Nothing is read at Shopify for any other, and most orders are others."""
    if row.codes or row.attributes or row.landing_site:
        return True
    decided = attributed.decision(session, shop_id, row.id)
    return decided is not None and decided.manual_id is not None


def _wanted(session: Session, shop_id: ShopId, order: Order, now: datetime, *, since: datetime | None) -> tuple[Evidence | None, bool]:
    """What is known, and whether Shopify should be asked (again) now."""
    known, reads = tables.evidence(session, shop_id, order.id)
    if order.is_dead or not order.paid_once:
        return known, False
    decision = attribution.attribute(session, shop_id, order, referrals.terms(session, shop_id), now)
    again = rules.look_again(known, reads, order, now, visible_since=since)
    return known, decision.verdict in {"attributed", "hold"} and again is not None and again <= now


def _read(api: AdminApi, order_id: str) -> dict[str, Any] | None:
    """The order's answer with all visible orders of its customer from it on, under ``seen``; None if it is not there."""
    order: dict[str, Any] | None = None
    seen: list[dict[str, Any]] = []
    after: str | None = None
    for _ in range(MOST_PAGES):
        answer = api.call("order_evidence", orderId=gid.make("Order", order_id), after=after)["order"]
        if answer is None or answer["customer"] is None:
            return None if answer is None else answer | {"seen": None}
        order = order or answer
        page = answer["customer"]["orders"]
        seen += page["nodes"]
        if any(gid.digits(node["id"]) == order_id for node in page["nodes"]) or not page["pageInfo"]["hasNextPage"]:
            return order | {"seen": seen}
        after = page["pageInfo"]["endCursor"]
    return None if order is None else order | {"seen": None}


def _judge_age(answer: dict[str, Any] | None, order: Order, now: datetime, *, since: datetime | None) -> Evidence:
    if answer is None:
        return Evidence(None, None, None, now)
    risk = _risk(answer["risk"])
    if answer["customer"] is None or answer["seen"] is None or rules.is_too_old(order, since):
        return Evidence(None, None, risk, now)
    later = sum(datetime.fromisoformat(node["createdAt"]) >= order.created_at for node in answer["seen"])
    total = int(answer["customer"]["numberOfOrders"])
    return Evidence(total, later, risk, now) if total >= later else Evidence(None, None, risk, now)


def _risk(told: dict[str, Any]) -> str:
    """The worst of Shopify's assessments; NONE where nobody assessed."""
    levels = [row["riskLevel"] for row in told["assessments"]]
    return next((risk for risk in RISKS if risk in levels), "NONE")
