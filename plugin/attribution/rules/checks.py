"""Every condition that a candidate must meet, each with the stable word of its refusal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from plugin.attribution.rules.facts import AdvocateFact, Candidates, Source, Terms
from plugin.mirror.rules import Order
from plugin.money import Money


@dataclass(frozen=True, slots=True)
class Nominee:
    """One candidate with the terms that judge it. ``began`` is the visit or the claim from which the window runs."""

    source: Source
    advocate_id: UUID | None
    terms: Terms | None
    began: datetime | None = None
    windowed: bool = True
    code_id: UUID | None = None
    visit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that did not pass. ``reason`` is the stable word."""

    reason: str
    why: str
    outcome: Literal["refused", "hold"] = "refused"
    facts: Mapping[str, Any] = field(default_factory=dict)


TEST = Finding("test_referral", "A test referral of the shop: recognised, and never rewarded.")


def goods(order: Order) -> Money:
    """The cart before discounts: what Shopify's own minimum requirement looks at."""
    return Money(sum(line.price.amount * line.quantity for line in order.lines), order.currency)


def order_fault(order: Order) -> tuple[str, str] | None:
    if order.test:
        return "test_order", "A test order earns nothing."
    if order.cancelled_at is not None:
        return "cancelled", "The order was cancelled."
    if order.financial == "voided":
        return "voided", "The payment was voided."
    if goods(order).amount <= 0:
        return "empty", "The order has no goods of any value."
    return None


def findings(order: Order, candidates: Candidates, nominee: Nominee) -> Iterator[Finding]:
    """Every condition that does not hold, in the order in which they are told."""
    advocate = candidates.advocates.get(nominee.advocate_id) if nominee.advocate_id else None
    if advocate is None:
        yield Finding("unknown_advocate", "Nobody of this shop's advocates stands behind it.")
        return
    if nominee.terms is None:
        yield Finding("not_in_force", "No version of the programme was in force for it.")
        return
    checks = (_activity(order, advocate), _own(order, advocate), _dates(order, nominee.terms), _timing(order, nominee, nominee.terms),
              _place(order, nominee.terms), _currency(order, nominee.terms), _minimum(order, nominee.terms),
              _novelty(candidates, nominee.terms), _cap(advocate, nominee.terms))
    found = [finding for finding in checks if finding]
    if advocate.test:  # the last one, so that its word says that all else held; and nothing to wait for
        found = [*(finding for finding in found if finding.outcome == "refused"), TEST]
    yield from found


def _activity(order: Order, advocate: AdvocateFact) -> Finding | None:
    stopped = advocate.stopped_at is not None and order.created_at >= advocate.stopped_at
    if stopped or any(since <= order.created_at < until for since, until in advocate.gaps):
        return Finding("advocate_stopped", "This advocate no longer took part.")
    return None


def _own(order: Order, advocate: AdvocateFact) -> Finding | None:
    same_person = order.person_id is not None and order.person_id == advocate.person_id
    same_customer = order.customer_id is not None and order.customer_id == advocate.customer_id
    return Finding("own_order", "The advocate placed this order.") if same_person or same_customer else None


def _dates(order: Order, terms: Terms) -> Finding | None:
    early = terms.starts_at is not None and order.created_at < terms.starts_at
    late = terms.ends_at is not None and order.created_at >= terms.ends_at
    return Finding("programme_dates", "The order lies outside the programme's dates.") if early or late else None


def _timing(order: Order, nominee: Nominee, terms: Terms) -> Finding | None:
    if not nominee.windowed:
        return None
    if nominee.began is None:
        return Finding("not_claimed", "The code was never claimed by anybody.")
    return window(order, nominee.began, terms)


def window(order: Order, began: datetime, terms: Terms) -> Finding | None:
    # Shopify's order times are whole seconds: compare in them, or a visit 0.7 s before the order would come after it.
    # And in UTC: Python subtracts two times of one zone by their wall clocks, an hour off across a change of clocks.
    age = order.created_at.astimezone(UTC) - began.astimezone(UTC).replace(microsecond=0)
    facts = {"age_seconds": int(age.total_seconds()), "window_seconds": int(terms.window.total_seconds())}
    if age < timedelta(0):
        return Finding("after_order", "It came after the order.", facts=facts)
    return Finding("outside_window", "The attribution window had closed.", facts=facts) if age > terms.window else None


def _place(order: Order, terms: Terms) -> Finding | None:
    if not terms.countries or order.country in terms.countries:
        return None
    if order.country is None:
        return Finding("country_unknown", "The programme names countries and the order tells none.", "hold")
    return Finding("country", "The programme does not run in this country.", facts={"country": order.country})


def _currency(order: Order, terms: Terms) -> Finding | None:
    if not terms.currencies or order.currency in terms.currencies:
        return None
    return Finding("currency", "The programme does not run in this currency.", facts={"currency": order.currency})


def _minimum(order: Order, terms: Terms) -> Finding | None:
    if terms.minimum is None:
        return None
    if terms.minimum.currency != order.currency:
        return Finding("currency", "The programme's minimum is in another currency.", facts={"currency": order.currency})
    short = goods(order) < terms.minimum
    return Finding("below_minimum", "The order is below the programme's minimum.",
                   facts={"goods": goods(order).amount, "minimum": terms.minimum.amount}) if short else None


def _novelty(candidates: Candidates, terms: Terms) -> Finding | None:
    if not terms.new_only or candidates.earlier_orders == 0:
        return None
    return Finding("not_new", "The friend had ordered here before.", facts={"earlier_orders": candidates.earlier_orders})


def _cap(advocate: AdvocateFact, terms: Terms) -> Finding | None:
    if terms.cap is None or advocate.counted < terms.cap:
        return None
    return Finding("capped", "The advocate has reached the programme's cap.", facts={"counted": advocate.counted, "cap": terms.cap})
