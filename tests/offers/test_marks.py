"""Segments, caps and arms as marks of a customer: tables of cases without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from plugin.errors import Refused
from plugin.offers.rules.marking import Asked, Facts, marked, reached_until
from plugin.offers.rules.model import Cap
from plugin.offers.rules.segment_form import filled, read
from plugin.offers.rules.segments import Condition, Customer, Fact, Needs, check, dump, judge, load, needs

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ADA = Customer("7", orders=3, spent=12_000, first_at=NOW - 200 * DAY, last_at=NOW - 10 * DAY, countries=frozenset({"GB", "DE"}),
               bought=frozenset({"mug", "kitchen"}), tags=("Top  Buyer", "VIP"), friends=2, referred=1)
NOBODY = Customer("8")


@pytest.mark.parametrize(("condition", "inside"), [
    (Condition("orders", "least", 3), True), (Condition("orders", "least", 4), False), (Condition("orders", "most", 3), True),
    (Condition("spent", "least", 12_000), True), (Condition("spent", "most", 11_999), False), (Condition("average", "least", 4_000), True),
    (Condition("average", "least", 4_001), False), (Condition("days_since_last", "most", 10), True),
    (Condition("days_since_last", "most", 9), False), (Condition("days_since_last", "least", 10), True),
    (Condition("days_since_first", "least", 201), False), (Condition("country", "any", words=("FR", "GB")), True),
    (Condition("country", "any", words=("FR",)), False), (Condition("country", "none", words=("FR",)), True),
    (Condition("country", "none", words=("DE",)), False), (Condition("bought", "any", words=("Vase", "  MUG ")), True),
    (Condition("bought", "any", words=("Vase",)), False), (Condition("bought", "none", words=("Vase",)), True),
    (Condition("bought", "none", words=("mug",)), False), (Condition("tagged", "any", words=("vip", "gold")), True),
    (Condition("tagged", "any", words=(" top buyer",)), True), (Condition("tagged", "any", words=("top",)), False),
    (Condition("tagged", "none", words=("gold",)), True), (Condition("tagged", "none", words=("gold", "Vip")), False),
    (Condition("friends", "least", 2), True), (Condition("friends", "least", 3), False), (Condition("friends", "most", 2), True),
    (Condition("friends", "most", 1), False), (Condition("referred", "least", 1), True), (Condition("referred", "least", 2), False),
    (Condition("referred", "most", 0), False),
])
def test_each_condition(condition: Condition, inside: bool) -> None:
    assert judge([condition], ADA, NOW).inside is inside
    [(_, value, holds)] = judge([condition], ADA, NOW).why
    assert holds is inside and value is not None


def test_who_never_ordered_has_no_days_and_no_average() -> None:
    for fact in ("average", "days_since_last", "days_since_first"):
        assert not judge([Condition(fact, "least", 0)], NOBODY, NOW).inside
    counts: tuple[Fact, ...] = ("orders", "friends", "referred")
    for one in counts:
        assert judge([Condition(one, "most", 0)], NOBODY, NOW).inside and not judge([Condition(one, "least", 1)], NOBODY, NOW).inside
    assert judge([Condition("tagged", "none", words=("vip",))], NOBODY, NOW).inside
    assert not judge([Condition("tagged", "any", words=("vip",))], NOBODY, NOW).inside


def test_why_says_the_customers_own_value() -> None:
    asked = [Condition("tagged", "any", words=("vip",)), Condition("friends", "most", 9), Condition("referred", "least", 1)]
    assert [value for _, value, _ in judge(asked, ADA, NOW).why] == [("Top  Buyer", "VIP"), 2, 1]


@pytest.mark.parametrize(("conditions", "found"), [
    ([], Needs()), ([Condition("orders", "least", 1), Condition("country", "any", words=("GB",))], Needs()),
    ([Condition("bought", "any", words=("Mug ",)), Condition("bought", "none", words=("VASE",))], Needs(bought=frozenset({"mug", "vase"}))),
    ([Condition("tagged", "none", words=("vip",))], Needs(tagged=True)), ([Condition("friends", "most", 1)], Needs(friends=True)),
    ([Condition("referred", "least", 1)], Needs(referred=True))])
def test_nothing_is_looked_up_that_no_condition_asks(conditions: list[Condition], found: Needs) -> None:
    assert needs(conditions) == found


@pytest.mark.parametrize(("condition", "until"), [
    (Condition("days_since_last", "most", 10), NOW + DAY), (Condition("days_since_last", "least", 30), NOW + 20 * DAY),
    (Condition("days_since_last", "least", 5), None), (Condition("orders", "least", 3), None)])
def test_when_time_alone_changes_it(condition: Condition, until: datetime | None) -> None:
    verdict = judge([condition], ADA, NOW)
    assert verdict.until == until
    if until is not None:
        assert judge([condition], ADA, until).inside is not verdict.inside
        assert judge([condition], ADA, until - timedelta(seconds=1)).inside is verdict.inside


@pytest.mark.parametrize("conditions", [
    [], [Condition("orders", "least", 1)] * 7, [Condition("orders", "any", 1)], [Condition("country", "least", words=("GB",))],
    [Condition("country", "any")], [Condition("orders", "least", -1)], [Condition("spent", "most", 10**13)],
    [Condition("country", "any", words=("x" * 81,))], [Condition("nonsense", "least", 1)],  # type: ignore[arg-type]
    [Condition("tagged", "any")], [Condition("tagged", "least", 1)], [Condition("tagged", "any", words=("",))],
    [Condition("friends", "any", words=("vip",))], [Condition("referred", "least", -1)], [Condition("friends", "most", 10**13)]])
def test_what_is_no_segment(conditions: list[Condition]) -> None:
    with pytest.raises(Refused):
        check(conditions)


def test_what_is_kept_and_shown_is_what_was_said() -> None:
    said = (Condition("spent", "least", 5_050), Condition("country", "none", words=("DE", "GB")),
            Condition("bought", "any", words=("Enamel mug",)), Condition("tagged", "none", words=("VIP", "top buyer")))
    assert load(dump(said)) == said
    values = filled("Regulars", said, "GBP")
    assert values["value_0"] == "50.50" and read(values, "GBP") == (said, ())


@pytest.mark.parametrize(("test", "value"), [("orders_least", "three"), ("orders_least", "-1"), ("orders_least", ""),
                                             ("spent_least", "5.0.1"), ("spent_least", "0.001"),
                                             ("country_any", "Narnia"), ("country_any", ""),
                                             ("bought_any", " , "), ("bought_none", "x" * 81), ("orders_least", "\u0663"),
                                             ("tagged_any", ""), ("tagged_none", ",\u060c"), ("tagged_any", "x" * 81),
                                             ("friends_least", "one"), ("friends_most", "-1"), ("referred_least", "1.5"),
                                             ("referred_most", "1" * 10)])
def test_what_cannot_be_read_is_said_at_its_field(test: str, value: str) -> None:
    assert read({"test_1": test, "value_1": value}, "GBP") == ((), ("value_1",))
    assert read({"test_1": "nonsense", "value_1": value}, "GBP") == ((), ("test_1",))


@pytest.mark.parametrize("value", ["vip, Top  buyer ,VIP", "VIP\u060c Top buyer", "Top buyer\u3001VIP", "VIP\uff0cTop buyer"],
                         ids=["latin", "arabic", "japanese", "wide"])
def test_tags_have_commas_of_any_script_between_them(value: str) -> None:
    assert read({"test_0": "tagged_any", "value_0": value}, "GBP") == ((Condition("tagged", "any", words=("Top buyer", "VIP")),), ())


def test_a_value_about_nothing_is_not_dropped_without_a_word() -> None:
    assert read({"test_0": "", "value_0": "GB"}, "GBP") == ((), ("test_0",))
    assert read({"test_0": "", "value_0": " "}, "GBP") == ((), ())


@pytest.mark.parametrize(("ago", "until"), [
    ([], None), ([1], None), ([1, 2], 28), ([1, 2, 3], 28), ([1, 40], None), ([29, 29], 1), ([30, 1], None)])
def test_a_cap_is_reached_until_the_oldest_of_its_uses_is_too_old(ago: list[int], until: int | None) -> None:
    """Two uses in thirty days; ``ago`` in days."""
    found = reached_until(Cap(2, 30), [NOW - days * DAY for days in ago], NOW)
    assert found == (None if until is None else NOW + until * DAY)


def test_all_of_a_customers_marks_together() -> None:
    asked = Asked({5001: (Condition("orders", "least", 2),), 5002: (Condition("days_since_last", "most", 3),)}, {4: Cap(1, 30)}, {6: 1000})
    found = marked(asked, Facts(ADA, {4: [NOW - 2 * DAY], 9: [NOW]}, [6, 7], ["7kqm"]), NOW)
    assert found.marks == (5001, 10_004, 20_006)
    assert found.until == NOW + 28 * DAY
    assert marked(Asked({}, {}, {}), Facts(ADA, codes=["7kqm"]), NOW).marks == ()
    assert marked(replace(asked, codes=True), Facts(ADA, codes=["7kqm"]), NOW).marks == (5001, "7kqm")
