"""Judging an attributed order, keeping the case, and the merchant's word on it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.attribution import rules as attribution
from plugin.attribution import tables as stored
from plugin.db import ShopId
from plugin.desk import flows as desk
from plugin.desk.flows import Ask
from plugin.errors import Refused
from plugin.guardrails import rules, tables
from plugin.guardrails.tables import GUARDRAIL, Case
from plugin.intake import flows as intake
from plugin.mirror.rules import Order
from plugin.people import tables as people

HOUR, DAY, MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)


class Evidence(Protocol):
    """What was read at Shopify before judging. ``customer_orders``: all orders of the customer there;
    ``later``: those of them that we can see from this order on, itself included."""

    @property
    def customer_orders(self) -> int | None: ...
    @property
    def later(self) -> int | None: ...
    @property
    def risk(self) -> str | None: ...


def check(session: Session, shop_id: ShopId, order: Order, decision: attribution.Decision, evidence: Evidence | None,
          now: datetime) -> rules.Judgement:
    """Judge, and keep the case if there is anything to review. A merchant's release or refusal outweighs the rules."""
    case = session.get(Case, (shop_id, order.id))
    before = [rules.Reason(**reason) for reason in case.reasons] if case is not None else []
    judged = rules.judge(_facts(session, shop_id, order, decision, evidence), before=before)
    if case is None and judged.verdict == "allow":
        return judged
    if case is None:
        case = Case(shop_id=shop_id, order_id=order.id, opened_at=now, resolved_by=None)
        session.add(case)
    _note(case, decision, judged, now)
    session.flush()
    return judged if case.resolved_by in (None, GUARDRAIL) else _merchants_word(case, judged)


def drop(session: Session, shop_id: ShopId, order_id: str, now: datetime) -> bool:
    """The order was wholly refunded or cancelled: nothing is left to decide. True if its case was open.

    An order that is dead when it is first looked at gets no case, so one that dies later must not keep one open.
    """
    case = session.get(Case, (shop_id, order_id))
    if case is None or case.state != "open":
        return False
    case.state, case.resolved_by, case.resolved_at = "refused", GUARDRAIL, now
    session.flush()
    return True


def release(session: Session, shop_id: ShopId, order_id: str, *, by: str, now: datetime, staff: str | None = None,
            reason: str = "") -> Case:
    """The merchant lets the order be rewarded. Raises NotFound, or Refused if they released it already."""
    return _resolve(session, shop_id, order_id, Ask(staff, reason, now), state="released", by=by)


def refuse(session: Session, shop_id: ShopId, order_id: str, *, by: str, now: datetime, staff: str | None = None,
           reason: str = "") -> Case:
    """The merchant refuses the reward. Raises NotFound, or Refused if they refused it already."""
    return _resolve(session, shop_id, order_id, Ask(staff, reason, now), state="refused", by=by)


def _resolve(session: Session, shop_id: ShopId, order_id: str, ask: Ask, *, state: str, by: str) -> Case:
    case = tables.case(session, shop_id, order_id, lock=True)
    if case.state == state and case.resolved_by != GUARDRAIL:
        raise Refused("resolved", f"This case was {state} already.")
    case.state, case.resolved_by, case.resolved_at = state, by, ask.now
    _settle_again(session, shop_id, order_id, state, ask)
    return case


def reopen(session: Session, shop_id: ShopId, order_id: str, ask: Ask) -> Case:
    """The merchant takes their word back: the rules decide again. Raises NotFound, or Refused where there is no such word.

    Whether something has been given since is for the caller to ask.
    """
    case = tables.case(session, shop_id, order_id, lock=True)
    if case.resolved_by in (None, GUARDRAIL):
        raise Refused("not_resolved", "Nobody of the shop has decided this case.")
    case.state, case.resolved_by, case.resolved_at = "open", None, None
    _settle_again(session, shop_id, order_id, "reopened", ask)
    return case


def _settle_again(session: Session, shop_id: ShopId, order_id: str, what: str, ask: Ask) -> None:
    desk.note(session, shop_id, f"order:{order_id}", what, ask)
    intake.tell(session, shop_id, "order/settle", order_id, ask.now)
    session.flush()


def _note(case: Case, decision: attribution.Decision, judged: rules.Judgement, now: datetime) -> None:
    """What the rules say now; they open and close a case as they like until a merchant has spoken."""
    case.verdict, case.reasons, case.judged_at = judged.verdict, [reason.plain() for reason in judged.reasons], now
    case.rule = next((reason.rule for reason in judged.reasons if reason.verdict == judged.verdict), "")
    case.advocate_id = decision.advocate_id
    if case.resolved_by not in (None, GUARDRAIL):
        return
    case.state = {"allow": "released", "hold": "open", "deny": "refused"}[judged.verdict]
    case.resolved_by = None if case.state == "open" else GUARDRAIL
    case.resolved_at = None if case.state == "open" else now


def _merchants_word(case: Case, judged: rules.Judgement) -> rules.Judgement:
    return rules.Judgement("allow" if case.state == "released" else "deny", judged.reasons, case.resolved_by)


def _facts(session: Session, shop_id: ShopId, order: Order, decision: attribution.Decision, evidence: Evidence | None) -> rules.Facts:
    advocate, placed = decision.advocate_id, order.created_at

    def rewarded(span: timedelta) -> int | None:
        return stored.count_decisions(session, shop_id, advocate, before=placed, since=placed - span) if advocate else None

    def from_device(span: timedelta) -> int:
        return tables.count_from_device(session, shop_id, order, since=placed - span)

    return rules.Facts(
        advocate=_advocate(session, shop_id, advocate), friend=_friend(session, shop_id, order, decision),
        new_only=decision.terms.new_only if decision.terms else True,
        is_new=rules.is_new(evidence.customer_orders, evidence.later) if evidence else None,
        risk=(evidence.risk if evidence else None) or order.risk, rewards_30_days=rewarded(MONTH), rewards_24_hours=rewarded(DAY),
        device_orders_1_hour=from_device(HOUR), device_orders_24_hours=from_device(DAY), device_orders_30_days=from_device(MONTH),
        device_claims_24_hours=_claims(session, shop_id, order), attribution_hold=decision.reason if decision.verdict == "hold" else None)


def _advocate(session: Session, shop_id: ShopId, advocate_id: UUID | None) -> rules.Side | None:
    link = session.get(stored.Link, (shop_id, advocate_id)) if advocate_id else None
    if link is None:
        return None
    person = people.get(session, shop_id, link.person_id)
    contacts = people.contacts_of(session, shop_id, person.id)
    return rules.Side(
        customer_id=person.customer_id, email_key=person.email_key, email=person.email,
        address_keys=frozenset(one for one in (person.address_key, *(contact.address_key for contact in contacts)) if one),
        device_keys=frozenset(contact.device_key for contact in contacts if contact.device_key),
        visit_ids=stored.visits_of_orders(session, shop_id, [contact.order_id for contact in contacts]))


def _friend(session: Session, shop_id: ShopId, order: Order, decision: attribution.Decision) -> rules.Side:
    person = people.get(session, shop_id, order.person_id) if order.person_id else None
    visit = session.get(stored.Visit, (shop_id, decision.visit_id)) if decision.visit_id else None
    devices = {order.device_key, visit.device_key if visit else None}
    home = {order.address_key} if order.address_key else set()
    side = rules.Side(order.customer_id, order.email_key, None, frozenset(home), frozenset(key for key in devices if key),
                      frozenset({visit.id} if visit else ()))
    if person is None:
        return side
    return replace(side, customer_id=order.customer_id or person.customer_id, email_key=order.email_key or person.email_key,
                   email=person.email)


def _claims(session: Session, shop_id: ShopId, order: Order) -> int:
    if order.device_key is None:
        return 0
    return stored.count_claims(session, shop_id, order.device_key, since=order.created_at - DAY)
