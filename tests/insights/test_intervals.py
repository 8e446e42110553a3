"""Intervals against values worked out elsewhere, and what must hold for any numbers."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal, getcontext
from fractions import Fraction
from math import gamma, pi, sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from plugin.insights.rules import intervals
from plugin.insights.rules.intervals import critical, mean, part_bp, rate

WILSON = [  # Newcombe, Statistics in Medicine 17 (1998), table I, method 3; the last two worked by hand
    (81, 263, (2553, 3662)), (15, 148, (624, 1605)), (0, 20, (0, 1611)), (1, 29, (61, 1718)), (29, 29, (8830, 10_000)), (0, 0, (0, 10_000))]


@pytest.mark.parametrize(("hits", "n", "bounds"), WILSON)
def test_wilsons_interval_is_that_of_the_literature(hits: int, n: int, bounds: tuple[int, int]) -> None:
    told = rate(hits, n)
    assert abs(told.low_bp - bounds[0]) <= 1
    assert abs(told.high_bp - bounds[1]) <= 1


@given(some.integers(0, 400), some.integers(0, 400))
def test_a_rate_lies_within_its_interval(hits: int, misses: int) -> None:
    told = rate(hits, hits + misses)
    assert 0 <= told.low_bp <= told.value_bp <= told.high_bp <= 10_000


@given(some.integers(0, 200), some.integers(1, 200), some.integers(2, 20))
def test_more_of_the_same_narrows_it(hits: int, misses: int, times: int) -> None:
    few, many = rate(hits, hits + misses), rate(hits * times, (hits + misses) * times)
    assert many.high_bp - many.low_bp <= few.high_bp - few.low_bp


def test_more_hits_than_counted_are_no_rate() -> None:
    with pytest.raises(ValueError, match="more hits"):
        rate(2, 1)


def test_a_mean_by_hand() -> None:
    """2, 4, 4, 4, 5, 5, 7, 9: mean 5, s² = 32/7, s/√8 = 0.7559, t(7) = 2.365, so 5 ± 1.788."""
    told = mean(Counter([200, 400, 400, 400, 500, 500, 700, 900]))
    assert (told.n, told.total, told.value, told.low, told.high) == (8, 4000, 500, 321, 679)


@pytest.mark.parametrize(("counts", "wanted"), [({}, (0, 0, None)), ({700: 1}, (1, 700, None)), ({-250: 40}, (40, -250, -250))])
def test_of_few_or_equal_amounts(counts: dict[int, int], wanted: tuple[int, int, int | None]) -> None:
    told = mean(counts)
    assert (told.n, told.value, told.low) == wanted
    assert told.low == told.high


@given(some.lists(some.integers(-10**12, 10**12), min_size=2, max_size=60))
def test_a_mean_is_exact_and_within_its_interval(amounts: list[int]) -> None:
    told = mean(Counter(amounts))
    assert told.total == sum(amounts)
    assert abs(Fraction(told.total, told.n) - told.value) <= Fraction(1, 2)
    assert told.low is not None and told.high is not None
    assert told.low <= told.value <= told.high


@given(some.lists(some.integers(0, 10**9), min_size=2, max_size=40))
def test_its_width_is_that_of_the_textbook(amounts: list[int]) -> None:
    """The same formula in Decimal with 50 digits."""
    getcontext().prec = 50
    n, told = len(amounts), mean(Counter(amounts))
    middle = Decimal(sum(amounts)) / n
    deviation = (sum(((Decimal(one) - middle) ** 2 for one in amounts), Decimal(0)) / (n - 1)).sqrt()
    half = Decimal(critical(n - 1)) / 1000 * deviation / Decimal(n).sqrt()
    assert told.low is not None and told.high is not None
    assert abs(told.high - (middle + half)) <= 1
    assert abs(told.low - (middle - half)) <= 1


@pytest.mark.parametrize("freedom", [1, 2, 3, 5, 9, 14, 20, 29, 30, 40, 60, 120])
def test_the_tabled_t_is_the_quantile_of_its_density(freedom: int) -> None:
    """Between -t and t lie 95 %: the density integrated by Simpson's rule."""
    scale = gamma((freedom + 1) / 2) / (sqrt(freedom * pi) * gamma(freedom / 2))
    inside = _simpson(lambda x: scale * (1 + x * x / freedom) ** (-(freedom + 1) / 2), critical(freedom) / 1000)
    assert abs(2 * inside - 0.95) < 0.0001


@pytest.mark.parametrize("freedom", [31, 39, 41, 59, 119, 10_000])
def test_between_tabled_degrees_it_errs_on_the_wide_side(freedom: int) -> None:
    assert critical(freedom) >= critical(freedom + 1) >= 1960


def test_the_interval_of_uneven_orders_holds_the_truth_nine_times_in_ten() -> None:
    """Order values are skewed. Thirty of them at a time, drawn from a lognormal: 95 % is the promise, above 90 % is measured."""
    dice, truth = Random(20261101), 2718 * 1.3771  # exp(mu + s²/2) with s = 0.8
    held = 0
    for _ in range(400):
        told = mean(Counter(round(2718 * dice.lognormvariate(0, 0.8)) for _ in range(intervals.ENOUGH)))
        held += told.low is not None and told.high is not None and told.low <= truth <= told.high
    assert held >= 360


@pytest.mark.parametrize(("part", "whole", "wanted"), [(1, 3, 3333), (2, 3, 6667), (0, 0, 0), (-1, 4, -2500)])
def test_a_share(part: int, whole: int, wanted: int) -> None:
    assert part_bp(part, whole) == wanted


def _simpson(density: Callable[[float], float], end: float, steps: int = 4000) -> float:
    width = end / steps
    inner = sum((4 if step % 2 else 2) * density(step * width) for step in range(1, steps))
    return width / 3 * (density(0) + inner + density(end))
