"""The proposal of a friend's discount and a bundle: what it rests on, that it keeps the floor, and how sure it is."""

import pytest

from plugin.margin.rules import Good, Take
from plugin.margin.rules.guard import Beside, Floors, most_off
from plugin.offers.rules.proposing import Bought, Lift, Proposal, Span, propose, wilson

TEA, CUP, POT = Good("1", "Tea", 1000, 200), Good("2", "Cup", 800, 100), Good("3", "Pot", 3000, 2400)

FLOOR = Floors(2000)


def bought(*products: str, times: int = 1, referred: bool = False) -> list[Bought]:
    return [Bought(tuple((product, 1) for product in products), referred)] * times


def orders(together: int = 20, alone: int = 80) -> list[Bought]:
    return bought("1", "2", times=together) + bought("1", times=alone)


def _best() -> Proposal:
    return propose(orders(), [TEA, CUP], FLOOR)[0]


@pytest.mark.parametrize(("part", "whole", "expected"), [
    (0, 0, Span(0, 0, 10_000)), (20, 100, Span(1333, 2000, 2889)), (0, 10, Span(0, 0, 2776)), (10, 10, Span(7224, 10_000, 10_000))])
def test_the_interval_of_a_share(part: int, whole: int, expected: Span) -> None:
    assert wilson(part, whole) == expected


def test_the_bundle_that_is_likely_to_bring_most() -> None:
    """20 of 100 buyers of tea took a cup (7.00 each, 140.00 in all). With 10 % off 30 % more do so: 26 x 6.20 = 161.20, 21.20 more."""
    lift = Lift(bundle=(0, 3000, 3000), friends=(0, 0, 0))
    found = {one.bundle_bp: one for one in propose(orders(), [TEA, CUP], FLOOR, lift=lift)}
    [best] = [one for one in found.values() if one.first == "1"]
    assert (best.second, best.friend_bp, best.share.likely, best.orders, best.together) == ("2", 0, 2000, 100, 20)
    # 30 % off: 38 x 4.60 = 174.80; 25 %: 35 x 5.00 = 175.00; 20 %: 32 x 5.40 = 172.80.
    assert (best.bundle_bp, best.effect.likely) == (2500, 3500)


def test_at_its_low_end_a_bundle_only_costs() -> None:
    """Nobody more takes the cup, and 13.33 of a hundred have it cheaper."""
    best = _best()
    assert best.effect.low < 0 < best.effect.likely <= best.effect.high
    assert best.share.low < best.share.likely < best.share.high


def test_where_it_pays_for_itself() -> None:
    """A cup brings 7.00, at a quarter off 5.00: 20 % x 7 / 5 = 28 %."""
    lift = Lift(bundle=(0, 3000, 3000), friends=(0, 0, 0))
    best = next(one for one in propose(orders(), [TEA, CUP], FLOOR, lift=lift) if one.first == "1")
    assert best.pays_from == 2800


@pytest.mark.parametrize("floor_bp", [0, 2000, 4000, 6000, 8000])
def test_every_proposal_keeps_the_floor(floor_bp: int) -> None:
    friends = bought("1", "2", times=10, referred=True)
    for one in propose([*orders(), *friends], [TEA, CUP], Floors(floor_bp), lift=Lift((0, 5000, 9000), (0, 5000, 9000))):
        second = {"1": TEA, "2": CUP}[one.second]
        assert most_off(second, floor_bp, Beside(rate_bp=one.friend_bp)) >= one.bundle_bp


@pytest.mark.parametrize(("others", "rates"), [
    ((), {3000}), ((Take("Partner", "commission", rate_bp=5000),), {3000}), ((Take("Partner", "commission", rate_bp=6500),), {1500}),
    ((Take("SUMMER", "code", rate_bp=8000, combines=frozenset({"product", "order"})),), {2000}),
    ((Take("Partner", "commission", rate_bp=7900),), set())], ids=["nobody", "commission", "more commission", "code", "too much"])
def test_what_others_take_is_left_to_them(others: tuple[Take, ...], rates: set[int]) -> None:
    """A cup for 8.00 that costs 1.00, at a floor of 20 %: beside a commission of 65 % it must bring 6.67, beside a code of 80 % 6.25."""
    found = propose(orders(), [TEA, CUP], Floors(None, {"2": 2000}), lift=Lift((0, 9000, 9000), (0, 0, 0)), others=others)
    assert {one.bundle_bp for one in found if one.first == "1"} == rates


def test_no_friends_discount_that_something_sold_cannot_bear() -> None:
    """The pot keeps a fifth of its price: no room for friends at a floor of 20 %."""
    friends = bought("3", times=30, referred=True)
    lift = Lift(bundle=(0, 3000, 3000), friends=(0, 90_000, 90_000))
    assert all(one.friend_bp == 0 for one in propose([*orders(), *friends], [TEA, CUP, POT], FLOOR, lift=lift))


def test_a_friends_discount_that_brings_friends_is_proposed() -> None:
    friends = bought("1", times=30, referred=True)
    found = propose([*orders(), *friends], [TEA, CUP], FLOOR, lift=Lift((0, 3000, 3000), (0, 9000, 9000)))
    assert found[0].friend_bp > 0


@pytest.mark.parametrize("history", [[], orders(5, 10), bought("1", times=100), orders(4, 96)])
def test_too_little_is_no_proposal(history: list[Bought]) -> None:
    assert propose(history, [TEA, CUP], FLOOR) == []


def test_goods_without_cost_or_price_are_left_out() -> None:
    assert propose(orders(), [TEA], FLOOR) == []
    assert propose(orders(), [TEA, Good("2", "Cup", 0, 0)], FLOOR) == []


def test_a_products_own_floor_is_kept() -> None:
    """A cup for 8.00 that costs 1.00 keeps four fifths at most at 37.5 % off."""
    lift = Lift((0, 9000, 9000), (0, 0, 0))
    for floor, rates in ((8000, {3000}), (8700, set())):
        own = Floors(2000, products={"2": floor})
        assert {one.bundle_bp for one in propose(orders(), [TEA, CUP], own, lift=lift) if one.first == "1"} == rates
