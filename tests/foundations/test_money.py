"""Money is exact in currencies of 0, 2 and 3 digits, and splits always sum to the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.errors import Refused
from plugin.money import LARGEST, Money, exponent, half_up

currencies = st.sampled_from(["JPY", "EUR", "KWD", "RSD", "IQD"])
amounts = st.integers(-LARGEST, LARGEST)


@pytest.mark.parametrize(("currency", "digits"), [("JPY", 0), ("EUR", 2), ("KWD", 3), ("RSD", 2), ("IQD", 3), ("ISK", 0)])
def test_the_exponent_is_that_of_iso_4217(currency: str, digits: int) -> None:
    assert exponent(currency) == digits


@pytest.mark.parametrize("code", ["eur", "EU", "EURO", "", "X?Z", "ZZZ", "١٢٣"])
def test_an_unknown_currency_is_refused(code: str) -> None:
    with pytest.raises(Refused):
        exponent(code)


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [("12.50", "EUR", 1250), ("12.5", "EUR", 1250), ("-0.01", "EUR", -1), ("1200", "JPY", 1200), ("1200.00", "JPY", 1200),
     ("1.005", "EUR", 101), ("-1.005", "EUR", -101), ("1.234", "KWD", 1234), ("1.2345", "KWD", 1235), ("0", "JPY", 0)],
)
def test_decimal_text_is_read_exactly_and_rounded_half_up(text: str, currency: str, amount: int) -> None:
    assert Money.parse(text, currency) == Money(amount, currency)


@pytest.mark.parametrize("text", ["", " 1", "1e9", "NaN", "Infinity", "١٢", "1,50", "+1", "--1", ".5", "1.", "9" * 17, "1" * 5000, None])
def test_anything_else_is_refused(text: str | None) -> None:
    with pytest.raises(Refused):
        Money.parse(text, "EUR")


@pytest.mark.parametrize(("text", "currency"), [("0.001", "GBP"), ("1,005", "EUR"), ("0.5", "JPY"), ("1.2345", "KWD"), ("1,2,3", "EUR")])
def test_what_a_person_writes_is_never_rounded(text: str, currency: str) -> None:
    with pytest.raises(Refused):
        Money.typed(text, currency)


@given(amounts, currencies)
def test_text_and_parse_are_inverse(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    assert Money.parse(money.text(), currency) == money
    assert Money.typed(money.text().replace(".", ","), currency) == money


@given(amounts, currencies, st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_a_split_sums_to_the_whole_and_is_fair_to_one_unit(amount: int, currency: str, weights: list[int]) -> None:
    parts = Money(amount, currency).split(weights)
    if sum(weights) == 0:
        assert not any(parts)
        return
    assert sum(part.amount for part in parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.amount * sum(weights) - amount * weight) < sum(weights)


@pytest.mark.parametrize(("amount", "basis_points", "expected"), [(999, 1500, 150), (-999, 1500, -150), (1, 5000, 1), (0, 1500, 0)])
def test_a_percentage_is_rounded_half_up_away_from_zero(amount: int, basis_points: int, expected: int) -> None:
    assert Money(amount, "EUR").percent(basis_points).amount == expected


def test_a_share_of_nothing_is_nothing() -> None:
    assert Money(100, "EUR").share(1, 0) == Money.zero("EUR")
    assert Money(100, "EUR").share(1, 3) == Money(33, "EUR")


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(Refused):
        Money(1, "EUR") + Money(1, "GBP")


@pytest.mark.parametrize(
    ("money", "locale", "shown"),
    [(Money(1250, "EUR"), "en", "€12.50"), (Money(1250, "EUR"), "de", "12,50\xa0€"), (Money(1200, "JPY"), "ja", "￥1,200"),
     (Money(1250, "RSD"), "en", "RSD12.5"), (Money(1234, "KWD"), "en", "KWD1.234")],
)
def test_people_read_their_own_form_and_every_booked_digit(money: Money, locale: str, shown: str) -> None:
    assert money.display(locale) == shown


def test_half_up_is_symmetric() -> None:
    from fractions import Fraction

    assert [half_up(Fraction(n, 2)) for n in (-3, -1, 1, 3)] == [-2, -1, 1, 2]


def test_a_symbol_holds_together_among_letters_from_the_right() -> None:
    assert "\u2066UK£\u2069" in Money(9000, "GBP").display("ar") and "\u2066" not in Money(9000, "EUR").display("ar")
