"""Arms: everybody keeps theirs, as many are held out as were to be, forged words draw nothing; what browsers count, read strictly."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.experiments.rules import (
    ATTRIBUTE,
    Buyer,
    Drawn,
    Place,
    Tally,
    added_up,
    drawn,
    edge,
    held_out,
    is_held,
    met,
    pseudonym,
    salt,
    tallies,
)

SECRET = "the shop's own"
SALT = salt(SECRET, 3, 1000)


def names(count: int) -> list[str]:
    return [str(UUID(int=number * 7919 + 1)) for number in range(count)]


def test_an_arm_never_changes() -> None:
    assert [is_held(SALT, one, 1000) for one in names(200)] == [is_held(SALT, one, 1000) for one in names(200)]


@pytest.mark.parametrize("held_bp", [100, 1000, 5000, 9000])
def test_as_many_are_held_out_as_were_to_be(held_bp: int) -> None:
    """Within four standard deviations of the binomial."""
    n, part = 20_000, held_bp / 10_000
    drawn = salt(SECRET, 3, held_bp)
    held = sum(is_held(drawn, one, held_bp) for one in names(n))
    assert abs(held - n * part) < 4 * (n * part * (1 - part)) ** 0.5


def test_one_offers_arm_says_nothing_of_anothers() -> None:
    """Of those held out from one, as many are held out from another as of all."""
    both = [held_out(SECRET, {1: 5000, 2: 5000}, one) for one in names(8000)]
    of_one = [arms for arms in both if 1 in arms]
    assert abs(sum(2 in arms for arms in of_one) - len(of_one) / 2) < 4 * (len(of_one) / 4) ** 0.5


def test_another_share_is_another_experiment() -> None:
    assert salt(SECRET, 3, 1000) != salt(SECRET, 3, 2000) and salt("another", 3, 1000) != SALT and edge(10_000) == 65_536


def test_nobody_is_held_out_of_nothing() -> None:
    assert held_out(SECRET, {1: 0}, "anybody") == frozenset() and not any(is_held(SALT, one, 0) for one in names(100))


# -- in the checkout and after it --------------------------------------------------------------------------------------

EDGE = edge(1000)
BOB, OTHER = "bob-1", salt(SECRET, 4, 1000)


@pytest.mark.parametrize(("known", "customer", "unit", "writes", "name", "first"), [
    ({3: (SALT, BOB)}, None, "", False, BOB, False), ({3: (SALT, BOB)}, "7", "t", True, BOB, False),  # it was met: as then
    ({4: (OTHER, BOB)}, None, "t", False, BOB, True), ({3: (OTHER, BOB)}, None, "t", False, BOB, True),  # another offer was
    ({4: (OTHER, BOB)}, "7", "t", False, "c7", True), ({}, "7", "t", False, "c7", True),  # as the product's page would draw it
    ({}, None, "t", True, "e3b98a4da31a127d4bde6e43033f66ba", True), ({}, None, "t", False, "e3b98a4da31a127d4bde6e43033f66ba", False)])
def test_who_a_buyer_is(
        known: dict[int, tuple[str, str]], customer: str | None, unit: str, *, writes: bool, name: str, first: bool) -> None:
    assert drawn(3, (EDGE, SALT), Buyer(known, customer, unit, writes)) == Drawn(is_held(SALT, name, 1000), SALT + name, first)


def test_who_cannot_be_told_from_others_is_in_no_arm() -> None:
    assert drawn(3, (EDGE, SALT), Buyer({}, None, "", True)) is None


def test_the_checkout_draws_as_the_page_did_and_as_the_order_will() -> None:
    for visitor in names(100):
        here = drawn(3, (EDGE, SALT), Buyer({4: (OTHER, visitor)}, None, "", True))
        assert here and here.held is is_held(SALT, visitor, 1000) and met({f"{ATTRIBUTE}3": here.name}) == {3: (SALT, visitor)}


@pytest.mark.parametrize("value", ["", SALT, "x" * 16 + "bob", SALT + "b", SALT + "bob;drop", SALT + "b" * 41, SALT.upper() + "bob",
                                   SALT + "böb"])
def test_a_cart_that_says_nonsense_met_nothing(value: str) -> None:
    assert met({f"{ATTRIBUTE}3": value}) == {}


def test_a_cart_says_who_met_what() -> None:
    told = {f"{ATTRIBUTE}3": f"{SALT}bob-1", f"{ATTRIBUTE}0": f"{SALT}bob", f"{ATTRIBUTE}x": f"{SALT}bob", "_tandem_visit": f"{SALT}bob"}
    assert met(told) == {3: (SALT, "bob-1")} and pseudonym(SECRET, "bob-1") != pseudonym("another", "bob-1")


def test_what_a_browser_counted() -> None:
    assert tallies("s3product,sn4cart,hn4drawer,a4cart,h4cart", {3: 0, 4: 1000}) == {
        Place(3, "product", "all"): Tally(shown=1), Place(4, "cart", "shown"): Tally(1, 1, 1),
        Place(4, "drawer", "held"): Tally(1, 0, 1), Place(4, "cart", "held"): Tally(shown=1)}


@pytest.mark.parametrize("body", [
    "", "s3", "s9product", "s3nowhere", "x3product", "s3product;", "s03product", "s3PRODUCT", "\ud800", "s٣product", "an3product",
    "s3product" * 100, "s" + "9" * 900 + "product"])
def test_what_is_not_ours_counts_nothing(body: str) -> None:
    assert tallies(body, {3: 0}) == {}


def test_no_more_than_forty_at_once() -> None:
    assert tallies(",".join(["a3cart"] * 500), {3: 0}) == {Place(3, "cart", "all"): Tally(added=40)}


@given(st.text(max_size=300))
def test_nothing_that_comes_does_harm(body: str) -> None:
    assert all(place.offer == 3 for place in tallies(body, {3: 500}))


def test_sums() -> None:
    one = {Place(3, "cart", "all"): Tally(1, 2, 0)}
    assert added_up([one, one, {}]) == {Place(3, "cart", "all"): Tally(2, 4, 0)}
