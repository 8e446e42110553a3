"""A sensible first programme from the shop's own orders: facts in, a proposal with its reasons out. Pure.

The rule: what one referred order may cost is a third of its margin, or 15 % of its worth where too few costs are known (a margin of 45 %,
typical for retail, gives the same). Friend and advocate get half each: equal halves are the usual "both sides" offer. The friend's half
is a round percentage, because it grows with the order; the advocate's a round amount. Two thirds of the margin stay with the shop.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from plugin.insights.rules.intervals import ONE_PERCENT, Mean, Rate
from plugin.money import Money
from plugin.referrals.rules.filling import Values, suggested
from plugin.rewards.rules import RewardKind

Basis = Literal["orders", "habit", "loss"]
SHARE_OF_MARGIN = Fraction(1, 3)
WITHOUT_COSTS_BP = 1500
FRIEND_STEPS_BP = (500, 1000, 1500, 2000)
COMES_BACK_BP, SENDS_BACK_BP = 2000, 1500
HOLD, LONG_HOLD = 14, 30


@dataclass(frozen=True, slots=True)
class Facts:
    """What the mirror holds, in the shop's currency. ``order``: the average order, goods after discounts and refunds. ``margin_bp``: of
    the goods whose cost is known, which are ``known_bp`` of all. ``repeat``: customers who came back; ``refunds``: orders refunded."""

    currency: str
    order: Mean
    margin_bp: int | None
    known_bp: int
    repeat: Rate
    refunds: Rate


@dataclass(frozen=True, slots=True)
class Reason:
    """Said as ``guide.why_<name>`` with these values."""

    name: str
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class Proposal:
    """``basis``: from the shop's *orders*; by *habit*, because there are too few; or no programme would pay: *loss*, and nothing is
    proposed. ``cost``: what both sides get for an average order. Ranges are what is still sensible, least to most."""

    basis: Basis
    friend_bp: int
    friend_range_bp: tuple[int, int]
    advocate: Money
    advocate_range: tuple[Money, Money]
    advocate_kind: RewardKind
    hold_days: int
    cost: Money
    reasons: tuple[Reason, ...]


MOST_OF_COSTS = 5000  # of the goods must have a known cost for the margin to speak for the shop


def propose(facts: Facts) -> Proposal:
    if not facts.order.is_enough or facts.order.value <= 0:
        return _by_habit(facts)
    average = Money(facts.order.value, facts.currency)
    share_bp = _share_bp(facts)
    if share_bp <= 0:
        nothing = Money.zero(facts.currency)
        return Proposal("loss", 0, (0, 0), nothing, (nothing, nothing), "none", HOLD, nothing, (_average(facts), _margin(facts)))
    friend_bp = _friend(share_bp // 2)
    half = average.percent(share_bp // 2)
    advocate = round_down(half)
    thin = [Reason("thin", {})] if friend_bp > share_bp // 2 else []
    kind, why_kind = _kind(facts)
    hold, why_hold = _hold(facts)
    return Proposal("orders", friend_bp, (FRIEND_STEPS_BP[0], _friend(share_bp)), advocate,
                    (round_down(half.percent(5000)), round_down(average.percent(share_bp))), kind, hold,
                    average.percent(friend_bp) + advocate, (_average(facts), _margin(facts), *thin, why_kind, why_hold))


def as_form(proposal: Proposal, name: str) -> Values:
    """The fields of the programme's form, as if the merchant had typed them."""
    base = suggested(name, proposal.advocate.currency)
    if proposal.basis != "orders":
        return base
    rate = proposal.friend_bp // ONE_PERCENT
    return {**base, "friend_kind": "percentage", "friend_value": str(rate), "advocate_kind": proposal.advocate_kind,
            "advocate_value": proposal.advocate.text(), "hold_days": str(proposal.hold_days)}


def round_down(amount: Money) -> Money:
    """The largest of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5 or 8 times a power of ten that is not more; at least one minor unit."""
    power = 10 ** max(0, len(str(amount.amount)) - 2)
    steps = [step * power // 10 for step in (10, 15, 20, 25, 30, 40, 50, 60, 75, 80, 100, 150, 200, 250, 300, 400, 500, 600, 750, 800)]
    return Money(max((step for step in steps if 0 < step <= amount.amount), default=1), amount.currency)


def _share_bp(facts: Facts) -> int:
    """How much of an order may be given away."""
    if not _knows_margin(facts):
        return WITHOUT_COSTS_BP
    return int((facts.margin_bp or 0) * SHARE_OF_MARGIN)


def _knows_margin(facts: Facts) -> bool:
    return facts.margin_bp is not None and facts.known_bp >= MOST_OF_COSTS


def _friend(most_bp: int) -> int:
    """The largest usual percentage within ``most_bp``; the smallest one where even that is more."""
    return max((step for step in FRIEND_STEPS_BP if step <= most_bp), default=FRIEND_STEPS_BP[0])


def _kind(facts: Facts) -> tuple[RewardKind, Reason]:
    """Store credit brings an advocate back who would come back anyway; others get a code, which costs nothing until it is used."""
    often = facts.repeat.is_enough and facts.repeat.value_bp >= COMES_BACK_BP
    name = "credit" if often else "code" if facts.repeat.is_enough else "code_unknown"
    return "store_credit" if often else "fixed", Reason(name, {"rate_bp": facts.repeat.value_bp, "count": facts.repeat.n})


def _hold(facts: Facts) -> tuple[int, Reason]:
    often = facts.refunds.is_enough and facts.refunds.value_bp > SENDS_BACK_BP
    return (LONG_HOLD, Reason("hold_long", {"rate_bp": facts.refunds.value_bp, "days": LONG_HOLD})) if often else (
        HOLD, Reason("hold", {"rate_bp": facts.refunds.value_bp, "days": HOLD}))


def _average(facts: Facts) -> Reason:
    return Reason("average", {"amount": Money(facts.order.value, facts.currency), "count": facts.order.n})


def _margin(facts: Facts) -> Reason:
    if not _knows_margin(facts):
        return Reason("margin_unknown", {"known_bp": facts.known_bp})
    return Reason("margin", {"rate_bp": facts.margin_bp or 0, "known_bp": facts.known_bp, "share_bp": max(0, _share_bp(facts))})


def _by_habit(facts: Facts) -> Proposal:
    """Too few orders: what suits most shops, and said so."""
    base = suggested("", facts.currency)
    advocate = Money.parse(str(base["advocate_value"]), facts.currency)
    friend_bp = int(str(base["friend_value"])) * ONE_PERCENT
    few = Reason("few", {"count": facts.order.n, "needed": 30})
    return Proposal("habit", friend_bp, (FRIEND_STEPS_BP[0], FRIEND_STEPS_BP[-1]), advocate, (advocate, advocate), "fixed", HOLD,
                    advocate, (few,))
