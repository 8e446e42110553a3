"""The margin guard: what offers on goods may take, whatever stands beside them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.margin.rules import Good, Take
from plugin.margin.rules.guard import Beside, Broken, Floors, Place, beside, gift_take, most_off, room, surplus, worst_bundle
from plugin.margin.rules.published import read_take, write_take
from plugin.money import Money

TEA, CUP, POT = Good("1", "Tea", 1000, 400), Good("2", "Cup", 800, 600), Good("3", "Pot", 3000, 1200)
BOTH = frozenset({"order", "product"})
FRIEND = Take("Friends", "friend_discount", rate_bp=1000, combines=BOTH)
FIVE_OFF = Take("Friends", "friend_discount", amount=Money(500, "EUR"), minimum=Money(2500, "EUR"), combines=BOTH)
CODE = Take("SUMMER", "code", rate_bp=1500, combines=BOTH)
LONELY = Take("LONELY", "code", rate_bp=3000, combines=frozenset({"product"}))
COMMISSION = Take("Partners", "commission", rate_bp=800)
DEARER = Take("Creators", "commission", rate_bp=1200)
POINTS = Take("Points", "points", rate_bp=200)


@pytest.mark.parametrize(("takes", "expected"), [
    ([], Beside()),
    ([FRIEND], Beside(1000, takes=(FRIEND,))),
    # 5.00 from 25.00 on is at most 20 % of any basket that gets it.
    ([FIVE_OFF], Beside(2000, takes=(FIVE_OFF,))),
    ([Take("Friends", "friend_discount", amount=Money(500, "EUR"), combines=BOTH)],
     Beside(0, 500, takes=(Take("Friends", "friend_discount", amount=Money(500, "EUR"), combines=BOTH),))),
    ([FRIEND, CODE], Beside(2500, takes=(FRIEND, CODE))),
    # The code that stands alone is deeper than the two that stand together.
    ([FRIEND, CODE, LONELY], Beside(3000, takes=(LONELY,))),
    # One order has one commission; points come on top.
    ([COMMISSION, DEARER, POINTS], Beside(0, 0, 1400, takes=(DEARER, POINTS))),
])
def test_the_worst_that_may_stand_beside(takes: list[Take], expected: Beside) -> None:
    assert beside(takes) == expected


@pytest.mark.parametrize(("good", "floor", "others", "expected"), [
    # 10.00 that cost 4.00 at a floor of 20 %: sold for 5.00 it keeps exactly 1.00 of 5.00.
    (TEA, 2000, Beside(), 5000),
    # With 10 % off beside it must be sold for 5.56.
    (TEA, 2000, Beside(rate_bp=1000), 4440),
    # 8.00 that cost 6.00 keep 25 %: 6 % may go.
    (CUP, 2000, Beside(), 625),
    (CUP, 2000, Beside(rate_bp=1000), 0),
    # 8 % commission as well: 4.00 / 0.72 = 5.56 must come in.
    (TEA, 2000, Beside(later_bp=800), 4440),
    # 1.00 off the order, once: 5.00 + 1.00.
    (TEA, 2000, Beside(fixed=100), 4000),
    (TEA, 10_000, Beside(), 0),
    (TEA, 2000, Beside(rate_bp=10_000), 0),
])
def test_what_may_be_taken_off_a_good(good: Good, floor: int, others: Beside, expected: int) -> None:
    assert most_off(good, floor, others) == expected


shares = st.integers(0, 6000)


@given(st.integers(1, 10**7), st.integers(0, 10**7), shares, shares, st.integers(0, 3000), st.integers(0, 500))
def test_the_floor_holds_at_the_cap(price: int, cost: int, floor: int, rate: int, later: int, fixed: int) -> None:
    """In exact fractions, with everything beside it that may be."""
    most = most_off(Good("1", "One", price, cost), floor, Beside(rate, fixed, later))
    if most:
        sold = (price - price * most // 10_000) * Fraction(10_000 - rate, 10_000) - fixed
        assert sold * Fraction(10_000 - later, 10_000) - cost >= sold * Fraction(floor, 10_000)


@given(st.integers(1, 10**7), st.integers(0, 10**7), shares, shares, st.integers(0, 3000))
def test_surplus_says_on_which_side_of_the_floor(price: int, cost: int, floor: int, rate: int, later: int) -> None:
    left = price * Fraction(10_000 - rate, 10_000)
    exact = left * Fraction(10_000 - later - floor, 10_000) - cost
    assert surplus(price, cost, floor, Beside(rate, 0, later)) == exact * 10**8


def test_the_closest_floor_counts() -> None:
    floors = Floors(2000, {"1": 3000}, ((4000, frozenset({"1", "2"})), (2500, frozenset({"2"}))))
    assert [floors.of(one) for one in ("1", "2", "3")] == [3000, 4000, 2000]


def test_offers_are_cut_good_by_good() -> None:
    """The cup bears 6.25 %, the tea 50 %; nobody wants more of the tea."""
    found = room([(TEA, 3000), (CUP, 3000)], Floors(2000), [])
    assert (found.caps, found.cut, found.alone) == ({"2": 625}, ((CUP, 625),), False)


def test_beside_a_friends_discount_they_stand_alone_or_are_cut_more() -> None:
    """The tea bears 50 % alone and 44.4 % beside a friend's 10 %."""
    alone = room([(TEA, 4800)], Floors(2000), [FRIEND])
    assert (alone.alone, alone.caps) == (True, {})
    cut = room([(TEA, 4800)], Floors(2000), [FRIEND], cut=True)
    assert (cut.alone, cut.caps) == (False, {"1": 4440})
    assert not room([(TEA, 4000)], Floors(2000), [FRIEND]).alone


def test_without_a_floor_everything_goes() -> None:
    assert room([(TEA, 9000)], Floors(), [FRIEND]).caps == {}


def test_many_exceptions_become_a_general_cap_that_holds_for_all() -> None:
    goods = [Good(str(number), "Good", 1000, 300 + number) for number in range(400)]
    found = room([(good, 9000) for good in goods], Floors(2000), [])
    assert len(found.caps) == 150
    assert all(found.caps.get(good.product_id, found.cap) <= most_off(good, 2000, Beside()) for good in goods)


def test_a_free_one_is_carried_by_those_that_are_paid() -> None:
    """Two teas (10.00, cost 4.00) carry a free cup (cost 6.00): 20.00 keep 6.00, 30 %. One does not: 10.00 keep nothing."""
    free = Place((CUP,), rate_bp=10_000)
    assert worst_bundle([Place((TEA,), 2), free], Floors(2000), Beside()) is None
    assert worst_bundle([Place((TEA,)), free], Floors(2000), Beside()) == Broken((TEA, CUP), 2000, 200)


def test_the_worst_goods_of_each_place_are_looked_at() -> None:
    assert worst_bundle([Place((TEA, CUP, POT), 2), Place((TEA,), rate_bp=10_000)], Floors(1000), Beside()) == Broken((CUP, TEA), 1000, 160)


def test_a_floor_of_its_own_is_not_made_up_for_by_others() -> None:
    floors = Floors(1000, {"2": 2000})
    broken = worst_bundle([Place((POT,), 3), Place((CUP,), rate_bp=5000)], floors, Beside())
    assert broken == Broken((CUP,), 2000, 280)


def test_a_friends_discount_may_break_a_bundle_that_held() -> None:
    places = [Place((TEA,), 2), Place((CUP,), rate_bp=10_000)]
    assert worst_bundle(places, Floors(3000), Beside()) is None
    assert worst_bundle(places, Floors(3000), Beside(rate_bp=1000)) == Broken((TEA, CUP), 3000, 140)


def test_a_gift_is_borne_by_the_basket_that_earns_it() -> None:
    """A cup that costs 6.00 from 60.00 on is a tenth of the smallest basket."""
    take = gift_take("Gift", [CUP], count=1, goal=Money(6000, "EUR"))
    assert beside([take]).later_bp == 1000
    assert most_off(TEA, 2000, beside([take])) == 4280  # 4.00 / 0.70 = 5.72


@pytest.mark.parametrize("take", [FRIEND, FIVE_OFF, CODE, LONELY, COMMISSION])
def test_takes_are_read_as_they_were_published(take: Take) -> None:
    assert read_take(write_take(take)) == take
