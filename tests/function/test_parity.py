"""The engine and the Function say the same number, to the minor unit."""

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from devstore.functions.inputs import Facts
from plugin.attribution.rules.proofs import ATTRIBUTE, friends_code, signed
from plugin.offers.rules.compiled import GROUP, Needs, Rule, Slot
from tests.function.cast import wide_cases
from tests.function.staging import KEY, NOW, Stage, staged, within
from tests.offers.cast import EVERY, Case, cases, line, percent, shop

MANY = int(os.environ.get("PARITY_CARTS", "2000"))
"""``PARITY_CARTS=20000 ./run test tests/function/test_parity.py`` for the whole number; one cart in ten is a large one."""
pytestmark = pytest.mark.timeout(max(600, MANY))


def carts(share: float) -> settings:
    return settings(max_examples=int(MANY * share), deadline=None, suppress_health_check=list(HealthCheck))


def compare(stage: Stage) -> None:
    said, told = stage.said(), stage.told()
    assert not said.problems
    assert said.lines == [told.product(line.id) for line in stage.case.lines]
    assert said.order == sum(told.order.values())
    assert said.shipping == (told.shipping[1] if told.shipping else 0)


@carts(0.9)
@given(cases())
def test_engine_and_function_agree(case: Case) -> None:
    compare(staged(case))


@carts(0.1)
@given(wide_cases())
def test_engine_and_function_agree_on_large_carts(case: Case) -> None:
    compare(staged(case))


def _for_friends() -> Case:
    rule = Rule(1, GROUP, "Welcome", needs=Needs(clauses=((6,),)), slots=(Slot(0, 1, percent(1000)),))
    return Case(shop([EVERY], rule), (line(1, 1000),))


@pytest.mark.parametrize(("value", "off"), [
    (signed([6], NOW + timedelta(days=1), KEY), 100),
    (signed([5, 6, 123], NOW + timedelta(days=1), KEY), 100),
    (signed([5], NOW + timedelta(days=1), KEY), 0),
    (signed([6], NOW - timedelta(minutes=1), KEY), 0),
    (signed([6], NOW + timedelta(days=1), "another key"), 0),
    (signed([6], NOW + timedelta(days=1), KEY).replace("6;", "66;", 1), 0),
    (signed([6], NOW + timedelta(days=1), KEY)[:-1], 0),
    (signed([6], NOW + timedelta(days=1), KEY).upper(), 0),
    ("6", 0), ("", 0), (";" * 80, 0), ("6;202612312359;" + "0" * 64, 0), ("é" * 60, 0),
])
def test_an_attribute_counts_only_if_we_signed_it(value: str, off: int) -> None:
    stage = staged(_for_friends())
    facts = Facts(stage.facts.shop, stage.facts.lines, NOW, attributes={ATTRIBUTE: value})
    given = Stage(stage.case, facts, stage.discount).said()
    assert (given.lines, given.problems) == ([off], [])


@pytest.mark.parametrize(("code", "off"), [
    (friends_code(KEY), 100), (friends_code(KEY).lower(), 100), (friends_code("f" * 32), 0), (friends_code(KEY)[:-1], 0),
    (friends_code(KEY) + "0", 0), ("0" * 12, 0), ("", 0), ("é" * 6, 0), ("\\" * 6, 0),
], ids=["ours", "small", "other-key", "shorter", "longer", "noughts", "empty", "accents", "backslashes"])
def test_a_friends_code_counts_only_if_we_made_it(code: str, off: int) -> None:
    rule = Rule(1, GROUP, "Welcome", needs=Needs(clauses=((5,),)), slots=(Slot(0, 1, percent(1000)),))
    stage = staged(Case(shop([EVERY], rule), (line(1, 1000),)))
    facts = Facts(stage.facts.shop, stage.facts.lines, NOW, codes=["SUMMER", code])
    given = Stage(stage.case, facts, stage.discount).said()
    assert (given.lines, given.problems) == ([off], [])


def test_the_marks_of_a_case_reach_the_function() -> None:
    compare(staged(within(_for_friends(), marks=frozenset({6}))))
    assert staged(within(_for_friends(), marks=frozenset({6}))).said().lines == [100]
