"""Weights, chance, order: what the numbers are to say."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.offers.mining import rules
from plugin.offers.mining.rules import Basket, Companion, Looks, Tally, Totals

EPOCH = date(2026, 1, 1)


def day(number: int) -> date:
    return EPOCH + timedelta(days=number)


@given(st.integers(0, rules.HALF_LIFE * 19))
def test_weight_doubles_in_a_half_life_and_never_falls(number: int) -> None:
    weight = rules.weight_of(day(number), EPOCH)
    assert rules.weight_of(day(number + rules.HALF_LIFE), EPOCH) == 2 * weight
    assert rules.weight_of(day(number + 1), EPOCH) > weight


def test_ten_million_orders_of_the_last_day_fit_the_column() -> None:
    assert 10_000_000 * rules.weight_of(day(rules.HALF_LIFE * 20), EPOCH) < 2**63


def test_an_epoch_is_worn_before_weights_grow_too_far() -> None:
    epoch = rules.epoch_for(EPOCH)
    assert not rules.is_worn(epoch, EPOCH)
    assert rules.is_worn(epoch, epoch + timedelta(days=rules.HALF_LIFE * 20))


@pytest.mark.parametrize(("size", "vote"), [(1, 0), (2, 1000), (3, 707), (5, 500), (30, 185)])
def test_a_large_basket_says_less_of_each_two(size: int, vote: int) -> None:
    assert rules.vote_of(1000, size) == vote


@pytest.mark.parametrize(("goods", "number", "counts"), [
    (0, 1, False), (1, 1, True), (rules.LARGEST, 1, True), (rules.LARGEST + 1, 1, False), (2, -1, False)])
def test_which_baskets_count(goods: int, number: int, counts: bool) -> None:
    basket = Basket("1", day(number), "GB", "new", frozenset(str(one) for one in range(goods)))
    assert basket.counts(EPOCH) is counts


def test_chance_in_baskets_of_one_size_is_independence() -> None:
    assert rules.chance(Tally(10), Tally(20), Totals(100, 200, 200)) == pytest.approx(2.0)
    assert rules.chance(Tally(10), Tally(20), Totals()) == 0


def test_a_few_large_baskets_raise_what_chance_gives() -> None:
    """90 baskets of one and 10 of eleven hold as many products as 100 of two; whoever meets at all meets in the ten."""
    assert rules.chance(Tally(10), Tally(20), Totals(100, 200, 10 * 11 * 10)) == pytest.approx(5.5)


@given(st.integers(1, 60), st.floats(0.01, 50))
def test_the_tail_is_poissons(seen: int, expected: float) -> None:
    below = sum(math.exp(k * math.log(expected) - expected - math.lgamma(k + 1)) for k in range(seen))
    if seen > expected:
        assert rules.tail(seen, expected) == pytest.approx(1 - below, abs=1e-9)
    else:
        assert rules.tail(seen, expected) == 1.0


def test_what_is_called_more_than_chance_depends_on_how_much_was_asked() -> None:
    tails = [0.001, 0.02, 0.03, 0.9]
    assert rules.beyond_chance(tails, 4) == {0, 1, 2}
    assert rules.beyond_chance(tails, 40) == {0}
    assert rules.beyond_chance(tails, 400) == set()
    assert rules.beyond_chance([], 10) == set()


def test_popularity_is_no_affinity() -> None:
    """Salt is in 90 of 100 baskets and so in 18 of 20 with tea: that is chance. Milk is in 10 of them, and hardly elsewhere."""
    totals = Totals(100, 220, 300)
    together, others = {"salt": Tally(18, 1800), "milk": Tally(10, 1000)}, {"salt": Tally(90, 9000), "milk": Tally(12, 1200)}
    found = rules.rank(Tally(20, 2000), together, others, totals, tests=50)
    assert [(one.product_id, one.sure) for one in found] == [("milk", True)]


def test_twice_is_too_seldom() -> None:
    assert not rules.rank(Tally(9, 900), {"a": Tally(2, 200)}, {"a": Tally(2, 200)}, Totals(1000, 2000, 2000), tests=10)


def companion(id: str, score: int, *, sure: bool = True) -> Companion:
    return Companion(id, 5, 10, 12, score, sure)


def test_a_cart_speaks_as_a_whole_but_somebody_must_be_sure() -> None:
    known = {"a": [("/", companion("x", 30)), ("/", companion("y", 25)), ("/", companion("z", 90, sure=False)), ("/", companion("b", 99))],
             "b": [("/", companion("y", 20)), ("/", companion("x", 1, sure=False))]}
    found = rules.combine(known)
    assert [(one.product_id, one.score, one.beside) for one in found] == [("y", 45, "a"), ("x", 31, "a")]
    assert found[0].facts == {"together": 5, "orders": 10, "fewer_than": 2}


@pytest.mark.parametrize(("scope", "key"), [("/", "all"), ("GB/", "market"), ("/referred", "referred"), ("GB/new", "new")])
def test_the_reason_says_whose_orders(scope: str, key: str) -> None:
    assert rules.combine({"a": [(scope, companion("x", 1))]})[0].key == f"recommendations.together_{key}"


def test_a_narrow_list_comes_first_and_a_wide_one_fills_it() -> None:
    lists = {"/": [companion("x", 1), companion("y", 1)], "GB/": [companion("x", 7)], "DE/": [companion("z", 1)]}
    assert [(scope, one.product_id) for scope, one in rules.chosen(lists, "GB", "")] == [("GB/", "x"), ("/", "y")]


def test_wishes_come_first_and_bans_hold() -> None:
    found = rules.combine({"a": [("/", companion(id, 1)) for id in "xyz"]})
    assert [one.product_id for one in rules.arrange(found, ["p", "y", "p"], {"x"}, ["a"])] == ["p", "y", "z"]


@pytest.mark.parametrize(("other", "near"), [
    (Looks("2", "Mug", "Kiln", 1900), 4), (Looks("2", "mug", "kiln", 2500), 3), (Looks("2", "Mug", "", 900), 3),
    (Looks("2", "Cup", "Kiln", 1000), 0)])
def test_likeness(other: Looks, near: int) -> None:
    assert rules.likeness(Looks("1", "Mug", "Kiln", 1000), other) == near


def test_nothing_is_like_what_has_no_type() -> None:
    assert rules.likeness(Looks("1", "", "Kiln", 1), Looks("2", "", "Kiln", 1)) == 0
