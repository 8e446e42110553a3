"""What a shopper proves: signed attributes and entered codes; and what proves nothing."""

from datetime import datetime

import pytest

from plugin.attribution.rules.codes import prefix
from plugin.attribution.rules.proofs import friends_code, is_friends_code, new_key, proved, signed
from plugin.errors import Refused
from plugin.offers.rules.carriers import entered

UNTIL = datetime.fromisoformat("2026-12-31T23:59")
KEY = "a key of the shop, 32 letters it is"[:32]
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


@pytest.mark.parametrize("text", ["abc", "", "FÜR-", "a b c", "-abc", "x" * 33, "\u0130abc"])
def test_prefixes_that_the_engines_would_compare_differently(text: str) -> None:
    with pytest.raises(Refused):
        prefix(text)
    assert prefix("friend-") == "FRIEND-"


def test_the_key_before_still_proves() -> None:
    newer = new_key()
    assert len(newer) == len(KEY) == 32
    assert proved(GOOD, newer + KEY, UNTIL) == {5, 123}
    assert proved(GOOD, newer + new_key(), UNTIL) == frozenset()


def test_a_friends_code_proves_that_somebody_sent_them() -> None:
    code = friends_code(KEY)
    assert len(code) == 12
    assert entered([code.lower()], [], KEY) == {5}
    assert entered([code], [], new_key()) == entered([code], []) == frozenset()


@pytest.mark.parametrize("code", ["", "0" * 12, "ZZZZZZZZZZZZ", "\u0660" * 12, "x" * 10_000, friends_code(KEY)[:-1],
                                  friends_code(KEY) + "0", friends_code(KEY)[6:] + friends_code(KEY)[:6]],
                         ids=["empty", "noughts", "letters", "arabic", "huge", "shorter", "longer", "turned"])
def test_what_we_did_not_make_is_no_friends_code(code: str) -> None:
    assert not is_friends_code(code, KEY)
