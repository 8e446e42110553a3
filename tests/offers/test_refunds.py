"""Partial refunds: pro rata over the line; the discount stays with the units kept and never grows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.errors import Refused
from plugin.offers.rules.refunds import discount_kept


@pytest.mark.parametrize(("kept", "expected"), [(3, 100), (2, 67), (1, 33), (0, 0)])
def test_the_discount_stays_with_the_units_kept(kept: int, expected: int) -> None:
    assert discount_kept(100, quantity=3, kept=kept) == expected


lines = st.tuples(st.integers(0, 10**6), st.integers(1, 50)).flatmap(
    lambda line: st.tuples(st.just(line[0]), st.just(line[1]), st.integers(0, line[0] * line[1])))


@given(lines, st.data())
def test_what_is_kept_is_paid_between_nothing_and_its_price(line: tuple[int, int, int], data: st.DataObject) -> None:
    price, quantity, discount = line
    kept = data.draw(st.integers(0, quantity))
    assert 0 <= price * kept - discount_kept(discount, quantity=quantity, kept=kept) <= price * kept


@given(lines, st.data())
def test_the_discount_never_grows(line: tuple[int, int, int], data: st.DataObject) -> None:
    _, quantity, discount = line
    fewer = data.draw(st.integers(0, quantity))
    more = data.draw(st.integers(fewer, quantity))
    assert discount_kept(discount, quantity=quantity, kept=fewer) <= discount_kept(discount, quantity=quantity, kept=more) <= discount


@pytest.mark.parametrize(("quantity", "kept", "discount"), [(0, 0, 0), (3, 4, 0), (3, -1, 0), (3, 2, -1)])
def test_what_cannot_be_kept(quantity: int, kept: int, discount: int) -> None:
    with pytest.raises(Refused):
        discount_kept(discount, quantity=quantity, kept=kept)
