"""Who brought this order? One pure decision with a written trace.

Sources in order of trust: a friend code (claimed, single use), a visit kept in the cart, an advocate's own code that
was typed, and the merchant's word. A candidate that fails is named with its reason and the next one is looked at.
Times are aware; windows are exact spans of UTC, so a day with 23 or 25 hours changes nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from plugin.attribution.rules.checks import Finding, Nominee, findings, order_fault, window
from plugin.attribution.rules.facts import Candidates, Decision, Step, Terms, Verdict, VisitFact
from plugin.mirror.rules import Order


def decide(order: Order, candidates: Candidates, terms: Mapping[UUID, Terms]) -> Decision:
    """The one decision for this order. Depends on nothing but its arguments, so a replay answers the same."""
    nominees, trace = _nominees(order, candidates, terms)
    if not nominees:
        return Decision("none", tuple(trace))
    dead = order_fault(order)
    if dead:
        return _refused(nominees[0], (*trace, Step("order", "refused", dead[1])), dead[0])
    trace.append(Step("order", "passed", "A real order with goods in it."))
    refusals: list[tuple[Nominee, str]] = []
    for nominee in nominees:
        failed = next(findings(order, candidates, nominee), None)
        trace.append(_told(nominee, failed))
        if failed is None or failed.outcome == "hold":
            return _taken(nominee, tuple(trace), failed)
        refusals.append((nominee, failed.reason))
    return _refused(refusals[0][0], tuple(trace), refusals[0][1])


def in_force(terms: Mapping[UUID, Terms], programme_id: UUID, at: datetime) -> Terms | None:
    """The version of a programme that was in force at a moment; None before its first and while it was paused."""
    return next((one for one in terms.values() if one.programme_id == programme_id and one.since is not None
                 and one.since <= at and (one.until is None or at < one.until)), None)


def _nominees(order: Order, candidates: Candidates, terms: Mapping[UUID, Terms]) -> tuple[list[Nominee], list[Step]]:
    found, trace = [], []
    by_source: dict[str, list[Nominee]] = {
        "friend_code": [Nominee("friend_code", code.advocate_id, terms.get(code.version_id), code.claimed_at, True, code.id,
                                code.visit_id) for code in candidates.codes],
        "visit": [Nominee(visit.source, visit.advocate_id, terms.get(visit.version_id), visit.at, visit_id=visit.id)
                  for visit in _by_model(order, candidates.visits, terms)],
        "advocate_code": [_typed(order, candidates, one, terms) for one in candidates.typed],
        "manual": [_named(order, candidates, candidates.manual, terms)] if candidates.manual else [],
    }
    for source, nominees in by_source.items():
        if not nominees:
            trace.append(Step(source, "absent", "Nothing of this kind was found."))
        found.extend(nominees)
    return found, trace


def _by_model(order: Order, visits: tuple[VisitFact, ...], terms: Mapping[UUID, Terms]) -> list[VisitFact]:
    """Newest first; but where the newest open visit's version counts the first one, that programme's oldest open visit leads."""
    newest = sorted(visits, key=lambda visit: (visit.at, visit.id), reverse=True)
    open_ones = [visit for visit in newest if _is_open(order, visit, terms)]
    leader = terms.get(open_ones[0].version_id) if open_ones else None
    if leader is None or leader.model == "last_visit":
        return open_ones + [visit for visit in newest if visit not in open_ones]
    same = [visit for visit in reversed(open_ones) if terms[visit.version_id].programme_id == leader.programme_id]
    return same + [visit for visit in newest if visit not in same]


def _is_open(order: Order, visit: VisitFact, terms: Mapping[UUID, Terms]) -> bool:
    judged_by = terms.get(visit.version_id)
    return judged_by is not None and window(order, visit.at, judged_by) is None


def _typed(order: Order, candidates: Candidates, advocate_id: UUID, terms: Mapping[UUID, Terms]) -> Nominee:
    return Nominee("advocate_code", advocate_id, _terms_now(order, candidates, advocate_id, terms), windowed=False)


def _named(order: Order, candidates: Candidates, advocate_id: UUID, terms: Mapping[UUID, Terms]) -> Nominee:
    return Nominee("manual", advocate_id, _terms_now(order, candidates, advocate_id, terms), windowed=False)


def _terms_now(order: Order, candidates: Candidates, advocate_id: UUID, terms: Mapping[UUID, Terms]) -> Terms | None:
    known = candidates.advocates.get(advocate_id)
    return in_force(terms, known.programme_id, order.created_at) if known else None


def _told(nominee: Nominee, failed: Finding | None) -> Step:
    if failed is None:
        return Step(nominee.source, "taken", "Every condition of the programme holds.", _facts(nominee))
    return Step(nominee.source, failed.outcome, failed.why, {**_facts(nominee), "reason": failed.reason, **failed.facts})


def _facts(nominee: Nominee) -> dict[str, Any]:
    named = {"advocate": nominee.advocate_id, "version": nominee.terms.version_id if nominee.terms else None,
             "code": nominee.code_id, "visit": nominee.visit_id, "began": nominee.began and nominee.began.isoformat()}
    return {name: str(value) for name, value in named.items() if value is not None}


def _taken(nominee: Nominee, trace: tuple[Step, ...], held: Finding | None) -> Decision:
    return _decision("hold" if held else "attributed", nominee, trace, held.reason if held else None)


def _refused(nominee: Nominee, trace: tuple[Step, ...], reason: str) -> Decision:
    return _decision("refused", nominee, trace, reason)


def _decision(verdict: Verdict, nominee: Nominee, trace: tuple[Step, ...], reason: str | None) -> Decision:
    terms = nominee.terms
    return Decision(verdict, trace, reason, source=nominee.source, advocate_id=nominee.advocate_id,
                    programme_id=terms.programme_id if terms else None, version_id=terms.version_id if terms else None,
                    code_id=nominee.code_id, visit_id=nominee.visit_id, terms=terms)
