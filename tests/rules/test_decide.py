"""The one decision per order, as a table: what was found, what the programme says, what comes out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.attribution.rules import Candidates, Decision, Terms, decide
from plugin.money import Money
from tests.rules import cast
from tests.rules.cast import ADVOCATE, ALICE, CARLA, DAY, NOON, OTHER_VERSION, SECOND, VERSION, code, line, order, uid, visit


@dataclass(frozen=True)
class Case:
    name: str
    expect: tuple[str, str | None, str | None]  # verdict, source, reason
    found: Mapping[str, Any] = field(default_factory=dict)
    order: Mapping[str, Any] = field(default_factory=dict)
    terms: Mapping[str, Any] = field(default_factory=dict)
    advocate: Mapping[str, Any] = field(default_factory=dict)

    def decide(self) -> Decision:
        advocates = {ALICE: replace(ADVOCATE, **self.advocate), CARLA: cast.SECOND_ADVOCATE}
        found = cast.candidates(**{"advocates": advocates, **self.found})
        return decide(order(**self.order), found, cast.terms(**self.terms))


WINDOW = cast.TERMS.window
CODE, VISIT, TYPED, MANUAL = {"codes": (code(),)}, {"visits": (visit(),)}, {"typed": (ALICE,)}, {"manual": ALICE}


def taken(source: str) -> tuple[str, str, None]:
    return "attributed", source, None


def refused(source: str, reason: str) -> tuple[str, str, str]:
    return "refused", source, reason


def visited(*moments: timedelta) -> Mapping[str, Any]:
    return {"visits": tuple(visit(ago, id=uid(60 + n)) for n, ago in enumerate(moments))}


SOURCES = [
    Case("nothing found", ("none", None, None)),
    Case("a friend code", taken("friend_code"), CODE),
    Case("a visit in the cart", taken("cart_attribute"), VISIT),
    Case("a visit in the landing address", taken("visit"), {"visits": (visit(source="visit"),)}),
    Case("an advocate's code was typed", taken("advocate_code"), TYPED),
    Case("the merchant said so", taken("manual"), MANUAL),
    Case("code before visit", taken("friend_code"), {**CODE, **VISIT}),
    Case("visit before typed code", taken("cart_attribute"), {**VISIT, **TYPED}),
    Case("typed code before the merchant", taken("advocate_code"), {**TYPED, **MANUAL}),
    Case("everything at once", taken("friend_code"), {**CODE, **VISIT, **TYPED, **MANUAL}),
    Case("a stale code lets the visit speak", taken("cart_attribute"), {"codes": (code(WINDOW + SECOND),), **VISIT}),
    Case("a stale visit lets the typed code speak", taken("advocate_code"), {"visits": (visit(WINDOW + SECOND),), **TYPED}),
    Case("all stale: the strongest names the reason", refused("friend_code", "outside_window"),
         {"codes": (code(WINDOW + SECOND),), "visits": (visit(-SECOND),)}),
    Case("a code nobody claimed", refused("friend_code", "not_claimed"), {"codes": (code(claimed_at=None),)}),
    Case("a code without an advocate", refused("friend_code", "unknown_advocate"), {"codes": (code(advocate_id=None),)}),
    Case("an advocate of nowhere", refused("cart_attribute", "unknown_advocate"), {"visits": (visit(advocate_id=uid(99)),)}),
    Case("a version of nowhere", refused("cart_attribute", "not_in_force"), {"visits": (visit(version_id=uid(99)),)}),
    Case("second of two codes", taken("friend_code"), {"codes": (code(WINDOW + SECOND), code(id=uid(51)))}),
]

WINDOWS = [
    Case("visit at the window's last second", taken("cart_attribute"), {"visits": (visit(WINDOW),)}),
    Case("visit one second inside", taken("cart_attribute"), {"visits": (visit(WINDOW - SECOND),)}),
    Case("visit one second too old", refused("cart_attribute", "outside_window"), {"visits": (visit(WINDOW + SECOND),)}),
    Case("claim at the window's last second", taken("friend_code"), {"codes": (code(WINDOW),)}),
    Case("claim one second too old", refused("friend_code", "outside_window"), {"codes": (code(WINDOW + SECOND),)}),
    Case("visit in the very second of the order", taken("cart_attribute"), {"visits": (visit(timedelta(0)),)}),
    Case("visit a fraction after the whole second", taken("cart_attribute"), {"visits": (visit(-timedelta(milliseconds=700)),)}),
    Case("visit one second after the order", refused("cart_attribute", "after_order"), {"visits": (visit(-SECOND),)}),
    Case("claim one second after the order", refused("friend_code", "after_order"), {"codes": (code(-SECOND),)}),
    Case("a typed code has no window", taken("advocate_code"), TYPED, terms={"window": SECOND}),
    Case("the merchant's word has no window", taken("manual"), MANUAL, terms={"window": SECOND}),
    Case("a window of one second", taken("cart_attribute"), {"visits": (visit(SECOND),)}, terms={"window": SECOND}),
]

MODELS = [
    Case("last visit of three", taken("cart_attribute"), visited(9 * DAY, 2 * DAY, 5 * DAY)),
    Case("first visit of three", taken("cart_attribute"), visited(9 * DAY, 2 * DAY, 5 * DAY), terms={"model": "first_visit"}),
    Case("first visit, the oldest is stale", taken("cart_attribute"), visited(40 * DAY, 9 * DAY, DAY),
         terms={"model": "first_visit"}),
    Case("last visit, the newest is after the order", taken("cart_attribute"), visited(-DAY, 3 * DAY)),
    Case("another programme's window closed", refused("cart_attribute", "outside_window"),
         {"visits": (visit(7 * DAY + SECOND, version_id=OTHER_VERSION),)}),
    Case("another programme's window open", taken("cart_attribute"), {"visits": (visit(7 * DAY, version_id=OTHER_VERSION),)}),
    Case("no open visit at all", refused("cart_attribute", "outside_window"), visited(31 * DAY, 50 * DAY)),
]

CONDITIONS = [
    Case("own order by person", refused("friend_code", "own_order"), CODE, {"person_id": cast.ALICE_PERSON}),
    Case("own order by customer", refused("friend_code", "own_order"), CODE, {"customer_id": "100"}),
    Case("own order, nobody is known", taken("friend_code"), CODE, {"customer_id": None, "person_id": None},
         advocate={"customer_id": None, "person_id": None}),
    Case("own order with a typed code", refused("advocate_code", "own_order"), TYPED, {"customer_id": "100"}),
    Case("own code, another's visit", taken("cart_attribute"), {**CODE, "visits": (visit(advocate_id=CARLA),)},
         {"customer_id": "100"}),
    Case("a stopped advocate", refused("friend_code", "advocate_stopped"), CODE, advocate={"stopped_at": NOON}),
    Case("a test of the shop", refused("friend_code", "test_referral"), CODE, advocate={"test": True}),
    Case("a test that would not have counted", refused("friend_code", "below_minimum"), CODE, advocate={"test": True},
         terms={"minimum": Money(10**6, "GBP")}),
    Case("a test never waits", refused("friend_code", "test_referral"), CODE, order={"country": None}, advocate={"test": True},
         terms={"countries": frozenset({"GB"})}),
    Case("an advocate who stopped after the order", taken("friend_code"), CODE, advocate={"stopped_at": NOON + SECOND}),
    Case("before the programme starts", refused("friend_code", "programme_dates"), CODE, terms={"starts_at": NOON + SECOND}),
    Case("in the second it starts", taken("friend_code"), CODE, terms={"starts_at": NOON}),
    Case("in the second it ends", refused("friend_code", "programme_dates"), CODE, terms={"ends_at": NOON}),
    Case("a second before it ends", taken("friend_code"), CODE, terms={"ends_at": NOON + SECOND}),
    Case("one of its countries", taken("friend_code"), CODE, terms={"countries": frozenset({"GB", "IE"})}),
    Case("not one of its countries", refused("friend_code", "country"), CODE, {"country": "FR"}, {"countries": frozenset({"GB"})}),
    Case("country unknown, programme names some", ("hold", "friend_code", "country_unknown"), CODE, {"country": None},
         {"countries": frozenset({"GB"})}),
    Case("country unknown, programme names none", taken("friend_code"), CODE, {"country": None}),
    Case("not one of its currencies", refused("friend_code", "currency"), CODE, terms={"currencies": frozenset({"EUR"})}),
    Case("one of its currencies", taken("friend_code"), CODE, terms={"currencies": frozenset({"EUR", "GBP"})}),
    Case("exactly the minimum", taken("friend_code"), CODE, terms={"minimum": Money(6000, "GBP")}),
    Case("one penny below the minimum", refused("friend_code", "below_minimum"), CODE, {"lines": (line(5999),)},
         {"minimum": Money(6000, "GBP")}),
    Case("the minimum over several pieces", taken("friend_code"), CODE, {"lines": (line(2000, 3),)}, {"minimum": Money(6000, "GBP")}),
    Case("a minimum in yen for an order in pounds", refused("friend_code", "currency"), CODE, terms={"minimum": Money(6000, "JPY")}),
    Case("ordered before", refused("friend_code", "not_new"), {**CODE, "earlier_orders": 1}),
    Case("ordered before, and the programme allows it", taken("friend_code"), {**CODE, "earlier_orders": 3}, terms={"new_only": False}),
    Case("one below the cap", taken("friend_code"), CODE, terms={"cap": 5}, advocate={"counted": 4}),
    Case("at the cap", refused("friend_code", "capped"), CODE, terms={"cap": 5}, advocate={"counted": 5}),
    Case("a cap of nothing", refused("friend_code", "capped"), CODE, terms={"cap": 0}),
    Case("the merchant's word does not lift the minimum", refused("manual", "below_minimum"), MANUAL,
         terms={"minimum": Money(9000, "GBP")}),
]

ORDERS = [
    Case("a test order", refused("friend_code", "test_order"), CODE, {"test": True}),
    Case("a cancelled order", refused("friend_code", "cancelled"), CODE, {"cancelled_at": NOON + DAY}),
    Case("a voided payment", refused("friend_code", "voided"), CODE, {"financial": "voided"}),
    Case("an order of nothing", refused("friend_code", "empty"), CODE, {"lines": ()}),
    Case("an order of free things", refused("friend_code", "empty"), CODE, {"lines": (line(0, 2),)}),
    Case("not paid yet", taken("friend_code"), CODE, {"financial": "pending", "paid_once": False}),
    Case("refunded in full stays attributed", taken("friend_code"), CODE, {"financial": "refunded"}),
    Case("a cancelled order of nobody", ("none", None, None), order={"cancelled_at": NOON}),
]

VERSIONS = [
    Case("typed before the first version", refused("advocate_code", "not_in_force"), TYPED, terms={"since": NOON + SECOND}),
    Case("typed in the second of publication", taken("advocate_code"), TYPED, terms={"since": NOON}),
    Case("typed while paused", refused("advocate_code", "not_in_force"), TYPED, terms={"until": NOON}),
    Case("typed in the last second before the pause", taken("advocate_code"), TYPED, terms={"until": NOON + SECOND}),
    Case("visited before the pause", taken("cart_attribute"), VISIT, terms={"until": NOON - SECOND}),
    Case("claimed before the pause", taken("friend_code"), CODE, terms={"until": NOON - SECOND}),
    Case("manual while paused", refused("manual", "not_in_force"), MANUAL, terms={"until": NOON}),
]

CASES = SOURCES + WINDOWS + MODELS + CONDITIONS + ORDERS + VERSIONS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_decision(case: Case) -> None:
    decision = case.decide()
    assert (decision.verdict, decision.source, decision.reason) == case.expect
    assert decision == case.decide()
    json.dumps([step.plain() for step in decision.trace])


def test_enough_cases() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize(("model", "chosen"), [("first_visit", uid(60)), ("last_visit", uid(61))])
def test_model_chooses_the_visit(model: str, chosen: UUID) -> None:
    decision = Case("", taken("cart_attribute"), visited(9 * DAY, 2 * DAY, 5 * DAY), terms={"model": model}).decide()
    assert decision.visit_id == chosen


def test_a_code_alone_invents_no_visit() -> None:
    assert Case("", taken("friend_code"), CODE).decide().visit_id is None
    assert Case("", taken("friend_code"), {"codes": (code(visit_id=uid(60)),)}).decide().visit_id == uid(60)


def test_each_refusal_stands_in_the_trace() -> None:
    decision = Case("", taken("cart_attribute"), {"codes": (code(WINDOW + SECOND),), **VISIT}).decide()
    told = {(step.step, step.outcome) for step in decision.trace}
    assert {("friend_code", "refused"), ("cart_attribute", "taken"), ("order", "passed"), ("manual", "absent")} <= told


def test_judged_by_the_version_of_the_visit() -> None:
    both = {VERSION: replace(cast.TERMS, until=NOON - DAY), cast.NEXT_VERSION: replace(
        cast.TERMS, version_id=cast.NEXT_VERSION, since=NOON - DAY, minimum=Money(10**6, "GBP"))}
    assert decide(order(), cast.candidates(visits=(visit(2 * DAY),)), both).version_id == VERSION
    assert decide(order(), cast.candidates(typed=(ALICE,)), both).reason == "below_minimum"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"])
@pytest.mark.parametrize("day", [(3, 29), (10, 25), (3, 8), (4, 5)])
@pytest.mark.parametrize(("beyond", "verdict"), [(-1, "attributed"), (0, "attributed"), (1, "refused")])
def test_daylight_saving_changes_no_window(zone: str, day: tuple[int, int], beyond: int, verdict: str) -> None:
    ordered = datetime(2026, *day, 12, tzinfo=ZoneInfo(zone))
    began = (ordered.astimezone(ZoneInfo("UTC")) - WINDOW - timedelta(seconds=beyond)).astimezone(ZoneInfo(zone))
    found = cast.candidates(visits=(visit(at=began),))
    assert decide(order(created_at=ordered), found, cast.terms()).verdict == verdict


SPANS = st.integers(-3 * 86400, 40 * 86400).map(lambda seconds: timedelta(seconds=seconds))
VISITS = st.lists(st.builds(visit, SPANS, id=st.integers(60, 70).map(uid), advocate_id=st.sampled_from([ALICE, CARLA, uid(99)]),
                            version_id=st.sampled_from([VERSION, OTHER_VERSION, uid(98)])), max_size=5).map(tuple)
CODES = st.lists(st.builds(code, SPANS, advocate_id=st.sampled_from([ALICE, CARLA, None])), max_size=3).map(tuple)
FOUND = st.builds(cast.candidates, codes=CODES, visits=VISITS, typed=st.sampled_from([(), (ALICE,), (CARLA, ALICE)]),
                  manual=st.sampled_from([None, ALICE]), earlier_orders=st.integers(0, 2))
TERMS = st.builds(cast.terms, model=st.sampled_from(["first_visit", "last_visit"]), new_only=st.booleans(),
                  minimum=st.sampled_from([None, Money(5000, "GBP"), Money(7000, "GBP")]))


@given(FOUND, TERMS)
def test_replay_answers_the_same(found: Candidates, judged_by: dict[UUID, Terms]) -> None:
    first = decide(order(), found, judged_by)
    shuffled = dict(reversed(list(judged_by.items())))
    assert decide(order(), found, shuffled) == first
    # a visit that was stored twice, or in another order, is the same evidence
    again = replace(found, visits=tuple(reversed(found.visits)))
    assert len({one.id for one in found.visits}) < len(found.visits) or decide(order(), again, judged_by) == first


@given(FOUND, TERMS)
def test_the_answer_is_one_of_the_candidates(found: Candidates, judged_by: dict[UUID, Terms]) -> None:
    decision = decide(order(), found, judged_by)
    assert decision.visit_id in {None, *(one.id for one in found.visits), *(one.visit_id for one in found.codes)}
    assert decision.code_id in {None, *(one.id for one in found.codes)}
    assert (decision.verdict == "none") == (not found.codes and not found.visits and not found.typed and not found.manual)
    if decision.verdict == "attributed":
        assert decision.advocate_id in found.advocates and decision.terms is not None
