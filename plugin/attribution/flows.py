"""Deciding who brought an order, from what is stored; and noting what the merchant says about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from plugin.attribution import owning, rules, tables
from plugin.attribution.rules.proofs import ATTRIBUTE
from plugin.attribution.tables import Code, Decision, Link, Visit
from plugin.db import ShopId
from plugin.errors import NotFound
from plugin.intake import flows as intake
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Order
from plugin.people import tables as people

VISIT_ATTRIBUTE = "_tandem_visit"
VISIT_PARAMETER = "tandem_visit"
OURS = frozenset({VISIT_ATTRIBUTE, ATTRIBUTE})
_USABLE = frozenset({"ready", "claimed", "lapsed"})


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at an order: where, at what, judged by which terms, and how it was decided before."""

    session: Session
    shop_id: ShopId
    order: Order
    terms: Mapping[UUID, rules.Terms]
    before: Decision | None


def attribute(session: Session, shop_id: ShopId, order: Order, terms: Mapping[UUID, rules.Terms], now: datetime) -> rules.Decision:
    """Decide and keep the decision. Deciding again replaces it; the counts of caps are those of the first time."""
    if order.person_id is not None:  # who ordered as a guest may have turned out to be somebody we knew
        order = replace(order, person_id=people.get(session, shop_id, order.person_id).id)
    look = _Look(session, shop_id, order, terms, tables.decision(session, shop_id, order.id))
    codes = tables.friend_codes(session, shop_id, {rules.code_key(code) for code in _codes(order)}).values()
    found = _candidates(look, codes)
    decision = rules.decide(order, found, terms)
    _store(look, decision, found, now)
    spent = [code for code in codes if code.state in _USABLE]
    for code in spent:
        code.state = "used"
    session.flush()
    owning.changed(session, shop_id, [code.advocate_id for code in spent], now)
    return decision


def name_advocate(session: Session, shop_id: ShopId, order_id: str, advocate_id: UUID | None, *, now: datetime) -> None:
    """The merchant says who brought an order (None takes it back); the order is settled anew. Raises NotFound."""
    row = tables.decision(session, shop_id, order_id)
    if row is None:
        raise NotFound("order")
    if advocate_id is not None and session.get(Link, (shop_id, advocate_id)) is None:
        raise NotFound("advocate")
    row.manual_id = advocate_id
    intake.tell(session, shop_id, "order/settle", order_id, now)
    session.flush()


def _codes(order: Order) -> set[str]:
    on_lines = {discount.code for line in order.lines for discount in line.discounts}
    on_shipping = {discount.code for discount in order.shipping_discounts}
    return {code for code in {*order.codes, *on_lines, *on_shipping} if code}


def _candidates(look: _Look, codes: Iterable[Code]) -> rules.Candidates:
    used = tuple(rules.CodeFact(code.id, code.advocate_id, code.version_id, code.claimed_at, code.visit_id)
                 for code in sorted(codes, key=lambda code: code.id))
    visits = _visits(look)
    typed = tuple(link.id for link in tables.links_by_code(look.session, look.shop_id, _typed(look.order)))
    manual = look.before.manual_id if look.before else None
    named = {one for one in (*(code.advocate_id for code in used), *(visit.advocate_id for visit in visits), *typed, manual) if one}
    return rules.Candidates(codes=used, visits=visits, typed=typed, manual=manual, advocates=_advocates(look, named),
                            earlier_orders=_earlier_orders(look) if named else 0)


def _typed(order: Order) -> set[str]:
    """Keys of what the shopper typed: codes, and words in the cart's attributes."""
    values = [value for name, value in order.attributes.items() if name not in OURS][:20]
    return {rules.code_key(code) for code in _codes(order)} | {key for value in values for key in rules.typed_codes(str(value))}


def _visits(look: _Look) -> tuple[rules.VisitFact, ...]:
    """The visits whose token the cart or the first page carried, and that device's earlier ones."""
    session, shop_id = look.session, look.shop_id
    carried, landed = look.order.attributes.get(VISIT_ATTRIBUTE), _landed(look.order.landing_site)
    tokens = {token for token in (carried, landed) if token and len(token) <= 255}
    known = {visit.id: visit for visit in tables.visits_by_token(session, shop_id, tokens)}
    seen_before = [UUID(id) for id in look.before.visits] if look.before else []
    for visit in tuple(known.values()):
        earlier = (tables.visits_before(session, shop_id, visit.device_key, at=visit.at) if visit.device_key
                   else tables.visits_by_id(session, shop_id, seen_before))  # its device is forgotten, what it brought is not
        known.update({one.id: one for one in earlier})
    return tuple(_visit(visit, carried) for visit in sorted(known.values(), key=lambda visit: visit.id))


def _visit(visit: Visit, carried: str | None) -> rules.VisitFact:
    source: Any = "cart_attribute" if carried and visit.token == carried else "visit"
    return rules.VisitFact(visit.id, visit.advocate_id, visit.version_id, visit.at, source)


def _landed(landing_site: str | None) -> str | None:
    try:
        query = urlsplit(landing_site or "").query
        return next(iter(parse_qs(query, max_num_fields=50).get(VISIT_PARAMETER, [])), None)
    except ValueError:  # a shopper may send any address
        return None


def _advocates(look: _Look, ids: set[UUID]) -> dict[UUID, rules.AdvocateFact]:
    capped = {one.programme_id: one.cap_period for one in look.terms.values() if one.cap is not None}
    found = {}
    for link in tables.links(look.session, look.shop_id, ids, lock=bool(capped)):
        person = people.get(look.session, look.shop_id, link.person_id)
        found[link.id] = rules.AdvocateFact(link.id, link.programme_id, person.id, person.customer_id, link.stopped_at,
                                            _counted(look, link, capped), link.test, _gaps(link))
    return found


def _gaps(link: Link) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((datetime.fromisoformat(since), datetime.fromisoformat(until)) for since, until in link.gaps or ())


def _counted(look: _Look, link: Link, capped: Mapping[UUID, timedelta | None]) -> int:
    """Earlier orders of this advocate in the cap's period: counted once, then kept, so that a replay sees the same."""
    if look.before is not None and str(link.id) in look.before.counted:
        return int(look.before.counted[str(link.id)])
    if link.programme_id not in capped:
        return 0
    placed, period = look.order.created_at, capped[link.programme_id]
    return tables.count_decisions(look.session, look.shop_id, link.id, before=placed,
                                  since=None if period is None else placed - period)


def _earlier_orders(look: _Look) -> int:
    """Real orders of the same person that we know of, placed before this one."""
    order, shop_id = look.order, look.shop_id
    if order.person_id is None:
        return 0
    ids = people.all_ids(look.session, shop_id, order.person_id)
    return look.session.scalar(select(func.count()).select_from(mirror.Order).where(
        mirror.Order.shop_id == shop_id, mirror.Order.person_id.in_(ids), mirror.Order.created_at < order.created_at,
        mirror.Order.id != order.id, mirror.Order.test.is_(False), mirror.Order.cancelled_at.is_(None))) or 0


def _store(look: _Look, decision: rules.Decision, found: rules.Candidates, now: datetime) -> None:
    row = look.before
    if row is None:
        row = Decision(shop_id=look.shop_id, order_id=look.order.id, counted={})
        look.session.add(row)
    had = row.advocate_id if row.verdict == "attributed" else None
    row.verdict, row.reason, row.source = decision.verdict, decision.reason, decision.source
    row.advocate_id, row.programme_id, row.version_id = decision.advocate_id, decision.programme_id, decision.version_id
    row.code_id, row.visit_id = decision.code_id, decision.visit_id
    row.visits = [str(visit.id) for visit in found.visits]
    row.trace, row.ordered_at, row.decided_at = [step.plain() for step in decision.trace], look.order.created_at, now
    row.currency, row.net = look.order.currency, look.order.net.amount if look.order.paid_once and not look.order.is_dead else 0
    row.counted = {**row.counted, **{str(one.id): one.counted for one in found.advocates.values()}}
    _recount(look, {had, row.advocate_id if row.verdict == "attributed" else None})


def _recount(look: _Look, behind: set[UUID | None]) -> None:
    """Whose order this was and whose it is now: their friends are counted anew, one such count at a time for each of them."""
    ids = {one for one in behind if one is not None}
    if len(behind) == 1 or not ids:
        return
    look.session.flush()
    links = tables.links(look.session, look.shop_id, ids, lock=True)
    counts = tables.count_by_advocate(look.session, look.shop_id, ids)
    for link in links:
        link.friends = counts.get(link.id, 0)
