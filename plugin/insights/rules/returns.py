"""What an offer brings back for what it gives away, and when that can be said. Pure.

The return is the margin that remained after the discount, beside the discount (SCOPE S36). Nothing is said before ENOUGH orders. An
offer that many saw and nobody took brings nothing either: after n looks and no taker the share of takers is below 3/n with 95 % confidence
(J. A. Hanley, A. Lippman-Hand, JAMA 249, 1983, p. 1743), so after LOOKS it is below one in a hundred.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from plugin.insights.rules.intervals import ENOUGH
from plugin.money import half_up

LOOKS = 300
Verdict = Literal["early", "ignored", "unknown", "loses", "pays"]
"""``early``: too few orders; ``ignored``: seen often, never taken; ``unknown``: costs are missing; ``loses``: it gives away at least what
it earns."""
FLAGS: frozenset[Verdict] = frozenset({"ignored", "loses"})


@dataclass(frozen=True, slots=True)
class Spent:
    """``discount`` given and ``margin`` that remained after it, in minor units; ``is_sure``: the cost of all that was kept is known or
    assumed. Where it is not, the margin is what is certain of it at least. ``orders``: in which the offer had a part; ``shown``: how often
    it was seen."""

    discount: int
    margin: int
    is_sure: bool
    orders: int
    shown: int


def judge(spent: Spent) -> Verdict:
    if not spent.orders:
        return "ignored" if spent.shown >= LOOKS else "early"
    if spent.orders < ENOUGH:
        return "early"
    if spent.margin > 0:
        return "pays"
    return "loses" if spent.is_sure else "unknown"


def back(spent: Spent, of: int) -> int | None:
    """The margin that came back for every ``of`` minor units of discount, rounded half up; None where nothing was given, or where costs
    are missing or orders too few to say."""
    if not spent.discount or not spent.is_sure or spent.orders < ENOUGH:
        return None
    return half_up(Fraction(spent.margin * of, spent.discount))
