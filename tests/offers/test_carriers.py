"""What a shopper proves: signed attributes and entered codes; and what proves nothing."""

from datetime import datetime

import pytest

from plugin.errors import Refused
from plugin.offers.rules.carriers import entered, prefix, proved, signed

UNTIL = datetime.fromisoformat("2026-12-31T23:59")
KEY = "a key of the shop"
GOOD = signed({123, 5}, UNTIL, KEY)


def test_what_we_signed_is_proved() -> None:
    assert GOOD.startswith("5,123;202612312359;")
    assert proved(GOOD, KEY, UNTIL) == {5, 123}


@pytest.mark.parametrize("value", ["", "5", GOOD[:-1], GOOD + "0", GOOD.replace("5,", "6,", 1), GOOD.replace("2026", "2027", 1),
                                   GOOD.upper(), " " + GOOD, GOOD.replace(";", ",", 1), "5,123;202612312359;" + "0" * 64, "5;" * 10_000,
                                   GOOD.replace("5", "\u0665", 1)])
def test_what_is_forged_proves_nothing(value: str) -> None:
    assert proved(value, KEY, UNTIL) == frozenset()


def test_another_key_and_a_later_minute_prove_nothing() -> None:
    assert proved(GOOD, "another key", UNTIL) == frozenset()
    assert proved(GOOD, "", UNTIL) == frozenset()
    assert proved(GOOD, KEY, datetime.fromisoformat("2027-01-01T00:00")) == frozenset()


@pytest.mark.parametrize("marks", [[], [0], [-1], [100_000], range(1, 30)])
def test_what_cannot_be_signed(marks: list[int]) -> None:
    with pytest.raises(Refused):
        signed(marks, UNTIL, KEY)


@pytest.mark.parametrize(("code", "expected"), [("FRIEND-7K2", {5}), ("friend-7k2", {5}), ("FRIEN", set()), ("X-FRIEND-1", set()),
                                                ("", set()), ("\uff26RIEND-1", set())])
def test_codes_prove_by_their_beginning(code: str, expected: set[int]) -> None:
    assert entered([code], [("FRIEND-", 5)]) == expected


@pytest.mark.parametrize("text", ["ab", "", "FÜR-", "a b c", "-abc", "x" * 33, "\u0130abc"])
def test_prefixes_that_the_engines_would_compare_differently(text: str) -> None:
    with pytest.raises(Refused):
        prefix(text)
    assert prefix("friend-") == "FRIEND-"
