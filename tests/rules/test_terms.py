"""The customer terms say every rule of a version, in every language; a change of a rule is a change of the terms, and is told."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.margin.rules.earning import Height
from plugin.messaging import texts
from plugin.money import Money
from plugin.referrals import wording
from plugin.referrals.rules import Version, clauses, read_form
from plugin.referrals.rules.clauses import Clause, differences, uncovered
from plugin.referrals.rules.example import example, usual
from plugin.referrals.rules.pool import CLAIM_LIFE
from plugin.referrals.rules.versions import DISCOUNT_CLASSES, Bundle
from plugin.rewards.flows.discounts import LONGEST
from plugin.rewards.rules import RewardTerms
from tests.rules.cast import NOON, uid
from tests.rules.shopfront import FORM

amounts = st.integers(1, 10**7).map(lambda amount: Money(amount, "GBP"))
rates = st.integers(1, 5000)
rewards = st.one_of(
    rates.map(lambda rate: RewardTerms("percentage", rate)), amounts.map(lambda amount: RewardTerms("fixed", amount=amount)),
    rates.map(lambda rate: RewardTerms("store_credit", rate)), amounts.map(lambda amount: RewardTerms("store_credit", amount=amount)),
    st.just(RewardTerms("free_shipping")), st.just(RewardTerms("none")))
days = st.integers(1, 3650).map(lambda count: timedelta(days=count))
times = st.integers(0, 1400).map(lambda days: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days))
codes = st.frozensets(st.sampled_from(["GB", "DE", "FR", "JP", "US"]), max_size=3)

bundles = st.frozensets(st.sampled_from([Bundle(str(uid(8)), "Tea for two"), Bundle(str(uid(9)), "More cups")]))


def _steps(base: RewardTerms) -> st.SearchStrategy[tuple[Height, ...]]:
    """None, or one of the same sort as the reward."""
    if base.basis_points is not None:
        return st.just(()) | st.tuples(st.builds(Height, amounts, rates))
    if base.amount is not None:
        return st.just(()) | st.tuples(st.builds(lambda least, amount: Height(least, amount=amount), amounts, amounts))
    return st.just(())


@st.composite
def versions(draw: Any) -> Version:  # noqa: ANN401 - Hypothesis' own
    """Any version that a form could make, and some that it could not."""
    advocate = draw(rewards)
    return Version(
        id=uid(1), programme_id=uid(2), number=draw(st.integers(1, 9)), name="Friends", advocate=advocate, friend=draw(rewards),
        minimum=draw(st.none() | amounts), new_only=draw(st.booleans()), window=draw(days),
        model=draw(st.sampled_from(["first_visit", "last_visit"])), hold=timedelta(days=draw(st.integers(0, 120))),
        expiry=draw(st.none() | days), cap=(cap := draw(st.none() | st.integers(1, 100_000))),
        cap_period=draw(st.none() | days) if cap else None, combines=draw(st.frozensets(st.sampled_from(sorted(DISCOUNT_CLASSES)))),
        countries=draw(codes), currencies=draw(st.sampled_from([frozenset[str](), frozenset({"GBP"}), frozenset({"GBP", "EUR"})])),
        starts_at=draw(st.none() | times), ends_at=draw(st.none() | times),
        enrol=draw(st.sampled_from(["after_order", "everyone", "invited"])), bundles=draw(bundles), basket=draw(st.none() | amounts),
        steps=draw(_steps(advocate)))


def _fits(version: Version) -> bool:
    """Are its steps of the same sort as the reward, as every form makes them?"""
    wanted = (version.advocate.basis_points is not None, version.advocate.amount is not None)
    return all((one.basis_points is not None, one.amount is not None) == wanted for one in version.steps)


@given(versions())
def test_every_rule_that_is_set_is_told_in_every_language(version: Version) -> None:
    told = clauses.clauses(version)
    assert uncovered(version, told) == ()
    assert wording.untold(told, wording.published()) == ()
    assert len({one.topic for one in told}) == len(told)
    for locale in wording.published():
        assert all(sentence and "{" not in sentence for sentence in wording.terms(version, locale))


@given(versions(), versions(), st.sampled_from(clauses.RULES))
def test_a_rule_that_differs_is_a_difference_of_the_terms(version: Version, other: Version, name: str) -> None:
    """Save where it can mean nothing: a time of day within one day, and what would only concern rewards that nobody gets."""
    changed = replace(version, **{name: getattr(other, name)})
    if getattr(version, name) == getattr(changed, name) or not _fits(changed) or _moot(version, changed, name):
        return
    assert differences(version, changed), name
    if not name.endswith("_at"):
        assert wording.terms(version, "en") != wording.terms(changed, "en"), name


def _moot(version: Version, changed: Version, name: str) -> bool:
    no_rewards = not clauses.rewards_later(version)
    no_codes = not (version.friend.is_code or version.advocate.is_code)
    alone = name == "cap_period" and (version.cap is None)
    return (name in ("hold", "expiry") and no_rewards) or (name == "combines" and no_codes) or alone


@given(versions())
def test_the_same_rules_have_no_differences(version: Version) -> None:
    assert differences(version, replace(version, id=uid(9), number=99, name="Other", since=NOON)) == ()


def version(**changes: Any) -> Version:  # noqa: ANN401 - fields of any type
    return replace(read_form(FORM, currency="GBP", now=NOON), **changes)


@pytest.mark.parametrize(("changes", "said"), [
    ({}, ["Friends get 10% off on one order", "You get £5.00 store credit for each order",
          "has ordered from us before is not a new customer",
          "within 30 days after following the link", "the last one counts", "14 days after the friend's order", "valid for ten years",
          "Orders that you place yourself do not count", "the reward goes back too", "Codes cannot be used together"]),
    ({"minimum": Money(3000, "GBP")}, ["come to £30.00 or more"]),
    ({"countries": frozenset({"DE", "GB"})}, ["Germany and United Kingdom"]),
    ({"currencies": frozenset({"GBP"})}, ["British Pound"]),
    ({"cap": 3, "cap_period": timedelta(days=30)}, ["At most 3 orders of friends in 30 days count"]),
    ({"expiry": timedelta(days=90)}, ["valid for 90 days"]),
    ({"hold": timedelta(0)}, ["as soon as the friend's order is paid"]),
    ({"combines": frozenset({"product", "shipping"})}, ["discounts on: products and shipping"]),
    ({"ends_at": datetime(2026, 12, 31, tzinfo=UTC)}, ["The last day of the programme is December 30, 2026"]),
    ({"enrol": "invited"}, ["Only people whom we invite"]), ({"new_only": False}, ["Friends may have ordered from us before"])])
def test_the_terms_say_what_the_rules_do(changes: dict[str, Any], said: list[str]) -> None:
    told = " ".join(wording.terms(version(**changes), "en"))
    assert not [sentence for sentence in said if sentence not in told]


def test_a_field_without_a_clause_is_named() -> None:
    told = [one for one in clauses.clauses(version()) if one.topic != "window"]
    assert uncovered(version(), told) == ("window",)


def test_a_missing_text_refuses_publishing_and_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = texts.keys
    monkeypatch.setattr(texts, "keys", lambda locale: whole(locale) - ({"terms.clause.back"} if locale == "de" else set()))
    with pytest.raises(wording.Silent) as refused:
        wording.insist(version())
    assert refused.value.texts == (("de", "terms.clause.back"),) and "terms.clause.back (de)" in refused.value.message


def test_a_missing_clause_refuses_publishing_and_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "clauses", lambda one: tuple(c for c in clauses.clauses(one) if c.topic != "cap"))
    with pytest.raises(wording.Silent) as refused:
        wording.insist(version(cap=3))
    assert refused.value.fields == ("cap",) and "cap" in refused.value.message


def test_differences_pair_what_was_said_with_what_is_said() -> None:
    found = differences(version(minimum=Money(3000, "GBP")), version(hold=timedelta(days=30), cap=5))
    said = {one.topic: wording.said(one, "en") for one in found}
    assert set(said) == {"hold", "cap", "minimum"}
    assert "14 days" in (said["hold"].before or "") and "30 days" in (said["hold"].after or "")
    assert said["cap"].before is None and said["minimum"].after is None


@pytest.mark.parametrize(("changes", "concerns"), [
    ({"hold": timedelta(days=30)}, True), ({"friend": RewardTerms("percentage", 2000)}, True), ({"enrol": "everyone"}, False),
    ({"combines": frozenset({"order"})}, False)])
def test_advocates_are_told_of_what_concerns_them(changes: dict[str, Any], concerns: bool) -> None:
    """In this programme an advocate gets store credit: what codes combine with is the friends' affair."""
    assert any(one.to_advocates for one in differences(version(), version(**changes))) is concerns


def test_fixed_spans_are_those_of_the_engine() -> None:
    life = next(one for one in clauses.clauses(version()) if one.topic == "code_life")
    assert life == Clause("code_life", "code_life", {"count": CLAIM_LIFE.days}, to_advocates=False)
    assert LONGEST.days // 365 == 10  # "ten years" in the text of a reward that does not expire


@pytest.mark.parametrize("locale", ["en", "de"])
def test_clauses_read_easily(locale: str) -> None:
    """Short sentences: at most 25 words each, 16 in the middle of the terms (ISO 24495-1 asks for plain language, gives no figure)."""
    sentences = [part for line in wording.terms(version(cap=3, minimum=Money(3000, "GBP")), locale)
                 for part in re.split(r"(?<=[.?!:])\s+(?=[A-ZÄÖÜ])", line)]
    sizes = sorted(len(sentence.split()) for sentence in sentences)
    assert sizes[-1] <= 28 and sizes[len(sizes) // 2] <= 16


@pytest.mark.parametrize(("friend", "advocate", "sums"), [
    (RewardTerms("percentage", 1000), RewardTerms("fixed", amount=Money(500, "GBP")), (6000, 600, 5400, None, 500)),
    (RewardTerms("fixed", amount=Money(1000, "GBP")), RewardTerms("percentage", 1000), (6000, 1000, 5000, None, None)),
    (RewardTerms("store_credit", 500), RewardTerms("store_credit", 1000), (6000, 0, 6000, 300, 600)),
    (RewardTerms("free_shipping"), RewardTerms("none"), (6000, 0, 6000, None, None))])
def test_the_example_is_the_engines_own_sum(friend: RewardTerms, advocate: RewardTerms, sums: tuple[int | None, ...]) -> None:
    told = example(version(friend=friend, advocate=advocate), "GBP")
    assert tuple(None if one is None else one.amount for one in (told.spends, told.discount, told.pays, told.friend, told.advocate)) == sums


@pytest.mark.parametrize(("currency", "minor"), [("GBP", 6000), ("JPY", 6000), ("KWD", 60_000)])
def test_a_usual_order_fits_the_currency(currency: str, minor: int) -> None:
    assert usual(currency) == Money(minor, currency)


def test_an_example_keeps_the_smallest_order() -> None:
    assert example(version(minimum=Money(9000, "GBP")), "GBP").spends == Money(9000, "GBP")


@given(versions().filter(lambda one: one.minimum is None or one.minimum.currency == "GBP"))
def test_no_example_pays_more_than_it_spends(one: Version) -> None:
    told = example(one, "GBP")
    assert told.pays + told.discount == told.spends and told.pays.amount >= 0
