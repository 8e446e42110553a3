"""Break-even, the funnel and the form: worked examples, and what must hold for any numbers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from plugin.insights.rules.breakeven import Effort, Unit, break_even
from plugin.insights.rules.funnel import Steps, conversion, is_narrow, sensitivity, steps
from plugin.insights.rules.intervals import rate
from plugin.insights.rules.plan import FIELDS, read

AMOUNT = some.integers(0, 10**9)


def effort(fixed: int) -> Effort:
    return Effort(Fraction(0), 0, fixed)


@pytest.mark.parametrize(("hours", "hour_cost", "fees", "unit", "wanted"), [
    # Ten hours at 25.00 and 44.00 of fees are 294.00; 20.00 margin minus 7.00 and 5.00 leaves 8.00: 36.75, so 37.
    ("10", 2500, 4400, Unit(2000, 700, 500), ("pays", 37)),
    ("7.5", 3333, 0, Unit(1000, 0, 0), ("pays", 25)),  # 7.5 × 33.33 = 249.98
    ("0", 0, 800, Unit(2000, 700, 500), ("pays", 1)),
    ("0", 0, 801, Unit(2000, 700, 500), ("pays", 2)),
    ("0", 0, 0, Unit(2000, 700, 500), ("free", 0)),
    ("10", 2500, 0, Unit(1200, 700, 500), ("never", None)),
    ("0", 0, 0, Unit(1199, 700, 500), ("never", None)),
    ("0", 0, 0, Unit(1200, 700, 500), ("free", 0)),
    ("1", 100, 0, Unit(-50, 0, 0), ("never", None)),
])
def test_worked_examples(hours: str, hour_cost: int, fees: int, unit: Unit, wanted: tuple[str, int | None]) -> None:
    told = break_even(Effort(Fraction(hours), hour_cost, fees), unit)
    assert (told.outcome, told.sales) == wanted


@given(AMOUNT, some.integers(-10**6, 10**6), AMOUNT, AMOUNT)
def test_the_number_is_the_least_that_pays(fixed: int, margin: int, reward: int, discount: int) -> None:
    unit = Unit(margin, reward, discount)
    told = break_even(effort(fixed), unit)
    if told.sales is None:
        assert unit.left < 0 or (unit.left == 0 and fixed > 0)
    else:
        assert told.sales >= 0
        assert told.sales * unit.left >= fixed
        assert told.sales == 0 or (told.sales - 1) * unit.left < fixed


@given(AMOUNT, AMOUNT, some.integers(1, 10**6), some.integers(0, 10**6))
def test_more_cost_needs_no_fewer_and_more_margin_no_more(fixed: int, more: int, left: int, better: int) -> None:
    base = break_even(effort(fixed), Unit(left, 0, 0)).sales
    assert base is not None
    assert (break_even(effort(fixed + more), Unit(left, 0, 0)).sales or 0) >= base
    assert (break_even(effort(fixed), Unit(left + better, 0, 0)).sales or 0) <= base


def test_37_sales_at_ten_per_cent_are_370_invitations() -> None:
    assert steps(37, Fraction(1, 10), per_advocate=Fraction(3), sharing=Fraction(5, 100)) == Steps(37, 370, 124, 2480)


@given(some.integers(0, 10**6), some.integers(1, 10_000), some.integers(1, 50), some.integers(1, 10_000))
def test_a_funnel_only_widens_and_suffices(sales: int, rate_bp: int, friends: int, sharing_bp: int) -> None:
    way = steps(sales, Fraction(rate_bp, 10_000), per_advocate=Fraction(friends), sharing=Fraction(sharing_bp, 10_000))
    assert way.invitations >= sales
    assert way.emails >= way.advocates
    assert way.invitations * Fraction(rate_bp, 10_000) >= sales
    assert way.advocates * friends >= way.invitations


@pytest.mark.parametrize("bad", [Fraction(0), Fraction(-1)])
def test_a_rate_of_nothing_is_refused(bad: Fraction) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        steps(1, bad, per_advocate=Fraction(1), sharing=Fraction(1))


@pytest.mark.parametrize(("hits", "n", "basis"), [
    (0, 0, "rule_of_thumb"), (29, 29, "rule_of_thumb"), (20, 30, "measured"), (3, 100, "rule_of_thumb"), (12, 100, "rule_of_thumb"),
    (40, 400, "measured"), (0, 10_000, "rule_of_thumb"), (300, 10_000, "measured")])
def test_the_shops_own_rate_takes_over_once_it_is_narrow(hits: int, n: int, basis: str) -> None:
    told = conversion(rate(hits, n))
    assert told.basis == basis
    assert told.rate == (Fraction(hits, n) if basis == "measured" else Fraction(1, 10))


def test_what_is_typed_comes_first() -> None:
    assert conversion(rate(40, 400), typed_bp=250).rate == Fraction(1, 40)


@given(some.integers(0, 2000), some.integers(0, 2000))
def test_narrow_means_known_within_a_factor_of_two(hits: int, misses: int) -> None:
    told = rate(hits, hits + misses)
    assert not is_narrow(told) or (told.high_bp <= 2 * told.low_bp and told.n >= 30)


def test_the_table_by_hand() -> None:
    """294.00 fixed, 8.00 left: 37 sales; a quarter less, 6.00: 49; a quarter more, 10.00: 30."""
    assert sensitivity(29_400, 800, (500, 1000), (7500, 10_000, 12_500)) == [[980, 740, 600], [490, 370, 300]]
    assert sensitivity(100, -1, (1000,), (10_000,)) == [[None]]
    assert sensitivity(0, 5, (1000,), (10_000,)) == [[0]]


def test_a_form_is_read() -> None:
    told = read({"hours": "7,5", "hour_cost": "33.33", "fees": "44", "margin": "-1", "reward": "7", "discount": "5,00",
                 "conversion": "12.5 %", "per_advocate": "2.5", "sharing": "", "anyway": "20"}, "EUR")
    assert not told.faults
    assert (told.effort.work, told.effort.fees, told.unit) == (24_998, 4400, Unit(-100, 700, 500))
    assert (told.conversion_bp, told.per_advocate, told.sharing, told.anyway_bp) == (1250, Fraction(5, 2), Fraction(1, 20), 2000)


@pytest.mark.parametrize(("name", "text", "why"), [
    ("hours", "ten", "number"), ("hours", "745", "number"), ("hours", "٣", "number"), ("fees", "-1", "negative"),
    ("margin", "1e9", "money"),
    ("margin", "9" * 17, "money"), ("conversion", "101", "percent"), ("conversion", "0", "zero"), ("sharing", "0.00", "zero"),
    ("per_advocate", "0", "zero"), ("anyway", "x%", "percent"), ("reward", "1\u0000", "money")])
def test_what_cannot_be_read_is_named_and_the_rest_counts(name: str, text: str, why: str) -> None:
    told = read({"margin": "20", "fees": "10", name: text}, "EUR")
    assert told.faults == {name: why}
    assert (told.unit is None) == (name == "margin")


@given(some.dictionaries(some.sampled_from(FIELDS), some.text(max_size=20)))
def test_no_text_breaks_the_form(typed: dict[str, str]) -> None:
    told = read(typed, "JPY")
    assert told.effort.fixed >= 0
    assert told.per_advocate > 0
    assert 0 < told.sharing <= 1
