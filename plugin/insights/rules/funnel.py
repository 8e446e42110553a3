"""From sales back to invitations: how many friends must be invited, by how many advocates, out of how many customers asked. Pure.

Each step divides by the rate of the step and rounds up, because a third of a friend buys nothing: 37 sales at 10 % are 370 invitations.
10 % is the rule of thumb that the plan starts with. Once the shop's own rate is known well enough it takes over, and the plan says so.
Well enough: at least 30 friends, and the upper end of Wilson's interval at most twice the lower end, so that the number of invitations
is known within a factor of two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from plugin.insights.rules.intervals import WHOLE, Rate, ceiling

DEFAULT_BP = 1000
PER_ADVOCATE = Fraction(3)
SHARING_BP = 500
"""Assumptions until the shop knows better: an advocate invites three friends, and one customer in twenty who is asked shares."""

Basis = Literal["rule_of_thumb", "measured", "typed"]


@dataclass(frozen=True, slots=True)
class Conversion:
    """The rate of a plan and where it comes from; ``measured`` is the shop's own, whether it is used or not."""

    rate: Fraction
    basis: Basis
    measured: Rate


def is_narrow(rate: Rate) -> bool:
    return rate.is_enough and rate.low_bp > 0 and rate.high_bp <= 2 * rate.low_bp


def conversion(measured: Rate, typed_bp: int | None = None) -> Conversion:
    """What the merchant typed comes first, then their own rate once it is narrow, then the rule of thumb."""
    if typed_bp is not None:
        return Conversion(Fraction(typed_bp, WHOLE), "typed", measured)
    if is_narrow(measured):
        return Conversion(measured.exact, "measured", measured)
    return Conversion(Fraction(DEFAULT_BP, WHOLE), "rule_of_thumb", measured)


@dataclass(frozen=True, slots=True)
class Steps:
    """What must happen for ``sales``. ``emails``: customers to ask by mail."""

    sales: int
    invitations: int
    advocates: int
    emails: int


def steps(sales: int, rate: Fraction, *, per_advocate: Fraction, sharing: Fraction) -> Steps:
    """Raises ValueError for rates that are not more than zero, and for fewer than no sales."""
    if min(rate, per_advocate, sharing) <= 0 or sales < 0:
        raise ValueError("a step that nobody takes leads nowhere")
    invitations = ceiling(sales / rate)
    advocates = ceiling(invitations / per_advocate)
    return Steps(sales, invitations, advocates, ceiling(advocates / sharing))


def sensitivity(fixed: int, left: int, rates_bp: Sequence[int], shares_bp: Sequence[int]) -> list[list[int | None]]:
    """Invitations for break-even, a row for each conversion rate and a column for each share of what one customer leaves.

    None where it never pays.
    """
    return [[_invitations(fixed, Fraction(left * share, WHOLE), Fraction(rate, WHOLE)) for share in shares_bp] for rate in rates_bp]


def _invitations(fixed: int, left: Fraction, rate: Fraction) -> int | None:
    if fixed == 0 and left >= 0:
        return 0
    return None if left <= 0 else ceiling(ceiling(fixed / left) / rate)
