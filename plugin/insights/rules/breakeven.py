"""How many referred customers a programme needs before it pays for itself. Pure.

Break-even in units: fixed cost divided by what one unit contributes (any textbook of cost accounting, "contribution margin"). The fixed
cost of a month is the work on the programme, hours times what an hour costs, and the fees. A referred customer contributes their margin,
not their turnover, minus the advocate's reward and the friend's discount.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from plugin.insights.rules.intervals import ceiling
from plugin.money import half_up

Outcome = Literal["pays", "free", "never"]


@dataclass(frozen=True, slots=True)
class Effort:
    """One month of running the programme. Amounts in minor units; ``hours`` may be parts of an hour."""

    hours: Fraction
    hour_cost: int
    fees: int

    @property
    def work(self) -> int:
        return half_up(self.hours * self.hour_cost)

    @property
    def fixed(self) -> int:
        return self.work + self.fees


@dataclass(frozen=True, slots=True)
class Unit:
    """One referred customer, in minor units: the margin they leave, and what is given for them."""

    margin: int
    reward: int
    discount: int

    @property
    def left(self) -> int:
        return self.margin - self.reward - self.discount


@dataclass(frozen=True, slots=True)
class BreakEven:
    """``pays``: after ``sales`` referred customers a month. ``free``: nothing is fixed, so it pays from the first. ``never``: each of
    them costs more than they bring, or just as much, and no number helps; ``sales`` is None then."""

    outcome: Outcome
    sales: int | None
    fixed: int
    left: int


def break_even(effort: Effort, unit: Unit) -> BreakEven:
    fixed, left = effort.fixed, unit.left
    if left < 0 or (left == 0 and fixed > 0):
        return BreakEven("never", None, fixed, left)
    if fixed == 0:
        return BreakEven("free", 0, fixed, left)
    return BreakEven("pays", ceiling(Fraction(fixed, left)), fixed, left)
