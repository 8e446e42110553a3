"""What an offer changes: nothing is said too early, nothing of crooked arms, and the interval holds the truth as often as it says."""

from random import Random

import pytest

from plugin.insights.rules.effect import Effect, Group, effect, is_crooked


def group(visitors: int, buyers: int, amount: int = 2000) -> Group:
    return Group(visitors, {amount: buyers} if buyers else {})


@pytest.mark.parametrize(("shown", "held", "verdict"), [
    (group(0, 0), group(0, 0), "early"), (group(29, 20), group(29, 20), "early"), (group(500, 100), group(500, 9), "early"),
    (group(5000, 500), group(500, 50), "crooked"), (group(500, 600), group(500, 50), "crooked"),
    (group(5000, 800), group(5000, 400), "more"), (group(5000, 400), group(5000, 800), "less"),
    (group(5000, 410), group(5000, 400), "open")])
def test_what_may_be_said(shown: Group, held: Group, verdict: str) -> None:
    assert effect(shown, held, 5000).verdict == verdict


def test_welchs_interval_by_hand() -> None:
    """100 of 1,000 bought for 20.00, against 50 of 1,000: means 2.00 and 1.00 a visitor.

    s² of an arm is (Σx² − n·mean²)/(n − 1): 360,360 and 190,190 (in minor units squared); √((360,360 + 190,190)/1,000) = 23.464;
    t for more than 120 degrees of freedom as tabled is 1.980; so 100 ± 46.459 a visitor.
    """
    told = effect(group(1000, 100), group(1000, 50), 5000)
    assert (told.shown_mean, told.held_mean, told.difference) == (200_000, 100_000, 100_000)
    assert told.low is not None and told.high is not None and abs(told.low - 53_541) < 5 and abs(told.high - 146_459) < 5


@pytest.mark.parametrize(("shown", "held", "held_bp", "crooked"), [
    (900, 100, 1000, False), (9000, 1000, 1000, False), (9000, 1200, 1000, True), (500, 500, 5000, False), (5000, 5400, 5000, True),
    (0, 0, 5000, False)])
def test_arms_of_the_wrong_size(shown: int, held: int, held_bp: int, crooked: bool) -> None:
    assert is_crooked(shown, held, held_bp) is crooked


def test_an_offer_that_does_nothing_is_seldom_said_to_do_something() -> None:
    """400 trials of arms that differ by chance alone: about one in twenty is told apart, by the interval's own word."""
    dice = Random(20261122)
    told = [effect(_visitors(dice, 400), _visitors(dice, 400), 5000) for _ in range(400)]
    wrong = [one for one in told if one.verdict in ("more", "less")]
    assert 4 <= len(wrong) <= 38  # 20 expected; four standard deviations beside


def _visitors(dice: Random, count: int) -> Group:
    amounts = [dice.choice((1500, 2500, 4000)) for _ in range(count) if dice.random() < 0.1]
    return Group(count, {amount: amounts.count(amount) for amount in set(amounts)})


def test_equal_visitors_have_no_spread() -> None:
    assert effect(Group(100, {500: 100}), Group(100, {500: 100}), 5000) == Effect("open", 100, 100, 100, 100, 500_000, 500_000, 0, 0, 0)
