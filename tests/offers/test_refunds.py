"""Partial refunds: pro rata over the line; the discount stays with the units kept and never grows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.errors import Refused
from plugin.offers.rules.refunds import discount_kept, refundable


@pytest.mark.parametrize(("kept", "expected"), [(3, 100), (2, 67), (1, 33), (0, 0)])
def test_the_discount_stays_with_the_units_kept(kept: int, expected: int) -> None:
    assert discount_kept(100, quantity=3, kept=kept) == expected


def test_one_of_three_comes_back() -> None:
    """3 x 10.00 with 1.00 off; two kept cost 20.00 - 0.67 = 19.33, so 9.67 of 29.00 come back."""
    assert refundable(1000, 100, quantity=3, kept=2, back=1) == 967


lines = st.tuples(st.integers(0, 10**6), st.integers(1, 50)).flatmap(
    lambda line: st.tuples(st.just(line[0]), st.just(line[1]), st.integers(0, line[0] * line[1])))


@given(lines, st.lists(st.integers(1, 50), max_size=10))
def test_all_steps_give_back_what_was_paid(line: tuple[int, int, int], steps: list[int]) -> None:
    price, quantity, discount = line
    kept, back = quantity, 0
    for step in [*steps, quantity]:
        units = min(step, kept)
        amount = refundable(price, discount, quantity=quantity, kept=kept - units, back=units)
        assert 0 <= amount <= price * units
        kept, back = kept - units, back + amount
    assert back == price * quantity - discount


@given(lines, st.data())
def test_the_discount_never_grows(line: tuple[int, int, int], data: st.DataObject) -> None:
    _, quantity, discount = line
    fewer = data.draw(st.integers(0, quantity))
    more = data.draw(st.integers(fewer, quantity))
    assert discount_kept(discount, quantity=quantity, kept=fewer) <= discount_kept(discount, quantity=quantity, kept=more) <= discount


@pytest.mark.parametrize(("quantity", "kept", "back", "discount"), [
    (0, 0, 0, 0), (3, 4, 0, 0), (3, -1, 1, 0), (3, 3, 1, 0), (3, 2, 1, 5000), (3, 2, -1, 0), (3, 2, 1, -1)])
def test_what_cannot_come_back(quantity: int, kept: int, back: int, discount: int) -> None:
    with pytest.raises(Refused):
        refundable(1000, discount, quantity=quantity, kept=kept, back=back)
