"""What an offer changes: its visitors against those held out. Pure.

Visitors are drawn into two arms by chance, so what the arms come to apart is the offer's doing, to within chance. The effect is the
difference of the two means per visitor, with Welch's 95 % interval (B. L. Welch, Biometrika 34, 1947, p. 28): difference ±
t·√(s₁²/n₁ + s₂²/n₂), degrees of freedom after Satterthwaite (Biometrics Bulletin 2, 1946, p. 110), rounded down. Bounds are rounded
outward. The interval is for one look: whoever looks daily and stops at the first good day is misled more often than one time in twenty.

Nothing is said before each arm has ENOUGH visitors and FEW_BUYERS buyers: most visitors buy nothing, and the mean of few buyers is not
near enough to normal (the usual rule for shares, n·p at least 10).

The arms must also be as large as they were drawn to be. Pearson's chi-square with one degree of freedom above 10.83 happens by chance one
time in a thousand: then something counts one arm and not the other, and the effect is not to be trusted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from plugin.insights.rules.intervals import ENOUGH, WHOLE, ceiling, critical, root_above
from plugin.money import half_up

FEW_BUYERS = 10
SURPRISE = Fraction(1083, 100)
SCALE = 1000
Verdict = Literal["early", "crooked", "more", "less", "open"]
"""``early``: too early to say; ``crooked``: the arms are not as large as they should be; ``open``: the interval holds zero."""


@dataclass(frozen=True, slots=True)
class Group:
    """One arm: ``visitors``, and of those who bought, amount → how many came to it."""

    visitors: int
    bought: Mapping[int, int]

    @property
    def buyers(self) -> int:
        return sum(self.bought.values())

    @property
    def total(self) -> int:
        return sum(amount * times for amount, times in self.bought.items())

    @property
    def mean(self) -> Fraction:
        return Fraction(self.total, self.visitors) if self.visitors else Fraction(0)

    @property
    def spread(self) -> Fraction:
        """The variance of the mean."""
        squares = sum(amount * amount * times for amount, times in self.bought.items())
        return (squares - Fraction(self.total**2, self.visitors)) / (self.visitors - 1) / self.visitors


@dataclass(frozen=True, slots=True)
class Effect:
    """Per thousand visitors, in minor units or units: what those who were shown it came to, those held out, and the difference with its
    interval, None while it is too early. ``shown`` and ``held``: visitors; the buyers among them beside."""

    verdict: Verdict
    shown: int
    held: int
    shown_buyers: int
    held_buyers: int
    shown_mean: int
    held_mean: int
    difference: int | None = None
    low: int | None = None
    high: int | None = None


def effect(shown: Group, held: Group, held_bp: int) -> Effect:
    """``held_bp``: the share that was to be held out, in basis points, above 0 and below all."""
    told = Effect("early", shown.visitors, held.visitors, shown.buyers, held.buyers, _each(shown), _each(held))
    if min(shown.visitors, held.visitors) < ENOUGH:
        return told
    if is_crooked(shown.visitors, held.visitors, held_bp) or shown.buyers > shown.visitors or held.buyers > held.visitors:
        return replace(told, verdict="crooked")
    if min(shown.buyers, held.buyers) < FEW_BUYERS:
        return told
    return _measured(told, shown, held)


def is_crooked(shown: int, held: int, held_bp: int) -> bool:
    """Are the arms too far from the shares in which visitors were drawn?"""
    n, part = shown + held, Fraction(held_bp, WHOLE)
    return n > 0 and (held - n * part) ** 2 > SURPRISE * n * part * (1 - part)


def _measured(told: Effect, shown: Group, held: Group) -> Effect:
    difference = shown.mean - held.mean
    half = Fraction(critical(_freedom(shown, held)), 1000) * root_above(shown.spread + held.spread)
    low, high = -ceiling((half - difference) * SCALE), ceiling((difference + half) * SCALE)
    verdict: Verdict = "more" if low > 0 else "less" if high < 0 else "open"
    return replace(told, verdict=verdict, difference=half_up(difference * SCALE), low=low, high=high)


def _freedom(shown: Group, held: Group) -> int:
    """Never below what the smaller arm alone would have."""
    one, other = shown.spread, held.spread
    least = min(shown.visitors, held.visitors) - 1
    if not one + other:
        return least
    exact = (one + other) ** 2 / (one**2 / (shown.visitors - 1) + other**2 / (held.visitors - 1))
    return max(least, exact.numerator // exact.denominator)


def _each(group: Group) -> int:
    return half_up(group.mean * SCALE)
