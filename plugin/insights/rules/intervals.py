"""How sure a figure is: 95 % intervals of a rate and of a mean, and silence where there is too little to say. Pure.

A rate: Wilson's score interval (E. B. Wilson, JASA 22, 1927, p. 209), which stays within 0 to 100 % and behaves near both ends.
A mean: Student's t, mean ± t·s/√n, with the two-sided 95 % critical values as tabled in the NIST/SEMATECH e-Handbook, 1.3.6.7.2; between
tabled degrees of freedom the next lower one counts, so the interval is never narrower than it should be. Bounds are rounded outward.
All roots are integer roots: no binary fraction comes near money.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from plugin.money import half_up

WHOLE, ONE_PERCENT, TENTH = 10_000, 100, 10
"""In basis points."""
ENOUGH = 30
"""Below this many, a figure stays silent: the textbook limit from which a mean may be taken to be near normal."""

Z = Fraction(1_959_964, 1_000_000)
_FREEDOM = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 40, 60, 120)
_T = (12706, 4303, 3182, 2776, 2571, 2447, 2365, 2306, 2262, 2228, 2201, 2179, 2160, 2145, 2131, 2120, 2110, 2101, 2093, 2086, 2080, 2074,
      2069, 2064, 2060, 2056, 2052, 2048, 2045, 2042, 2021, 2000, 1980)
_FINE = 10**12


@dataclass(frozen=True, slots=True)
class Rate:
    """``hits`` of ``n``, with its interval in basis points. ``value_bp`` is rounded half up, 0 where nothing was counted."""

    hits: int
    n: int
    value_bp: int
    low_bp: int
    high_bp: int

    @property
    def is_enough(self) -> bool:
        return self.n >= ENOUGH

    @property
    def shown(self) -> dict[str, int]:
        """For people: in tenths of a per cent, the interval outward; finer would claim more than is known."""
        return {"rate_bp": half_up(Fraction(self.value_bp, TENTH)) * TENTH, "low_bp": self.low_bp // TENTH * TENTH,
                "high_bp": -(-self.high_bp // TENTH) * TENTH}

    @property
    def exact(self) -> Fraction:
        return Fraction(self.hits, self.n) if self.n else Fraction(0)


def rate(hits: int, n: int) -> Rate:
    """Raises ValueError unless 0 <= hits <= n. Of nothing nothing is known: 0 to 100 %."""
    if not 0 <= hits <= n:
        raise ValueError("more hits than were counted")
    if n == 0:
        return Rate(0, 0, 0, 0, WHOLE)
    square = Z * Z
    centre = (hits + square / 2) / (n + square)
    half = Z / (n + square) * root_above(Fraction(hits * (n - hits), n) + square / 4)
    low, high = (centre - half) * WHOLE, (centre + half) * WHOLE
    low_bp = 0 if hits == 0 else max(0, _floor(low))
    high_bp = WHOLE if hits == n else min(WHOLE, _ceil(high))
    return Rate(hits, n, half_up(Fraction(hits * WHOLE, n)), low_bp, high_bp)


@dataclass(frozen=True, slots=True)
class Mean:
    """The average of ``n`` amounts in minor units; ``total`` is their exact sum. Bounds are None for fewer than two."""

    n: int
    total: int
    value: int
    low: int | None
    high: int | None

    @property
    def is_enough(self) -> bool:
        return self.n >= ENOUGH


def mean(counts: Mapping[int, int]) -> Mean:
    """Of a table amount → how often, so that a hundred thousand equal orders cost no more than one. An empty table: n is 0."""
    n = sum(counts.values())
    total = sum(amount * times for amount, times in counts.items())
    if n < 2:
        return Mean(n, total, total, None, None)
    squares = sum(amount * amount * times for amount, times in counts.items())
    variance = (squares - Fraction(total * total, n)) / (n - 1)
    half = Fraction(critical(n - 1), 1000) * root_above(variance / n)
    middle = Fraction(total, n)
    return Mean(n, total, half_up(middle), _floor(middle - half), _ceil(middle + half))


def critical(freedom: int) -> int:
    """Student's t for 95 % on both sides, in thousandths. ``freedom`` at least 1."""
    return _T[bisect_right(_FREEDOM, freedom) - 1]


def root_above(value: Fraction) -> Fraction:
    """A square root, too large by at most a millionth of a millionth."""
    scaled = value.numerator * _FINE * _FINE // value.denominator
    root = isqrt(scaled)
    exact = root * root == scaled and value.numerator * _FINE * _FINE % value.denominator == 0
    return Fraction(root if exact else root + 1, _FINE)


def _floor(value: Fraction) -> int:
    return value.numerator // value.denominator


def _ceil(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


def ceiling(value: Fraction) -> int:
    """The smallest whole number that is not below ``value``."""
    return _ceil(value)


def part_bp(part: int, whole: int) -> int:
    """A share in basis points, rounded half up; 0 of nothing."""
    return half_up(Fraction(part * WHOLE, whole)) if whole else 0
