"""What Shopify allows a Function, at 200 lines and 25 offers on the real query. The figures are shown, not only compared."""

import sys

import pytest

from devstore.functions.query import MOST_BYTES, MOST_COST
from plugin.errors import Refused
from plugin.offers.rules import budget
from tests.function.load import CHARACTERS, full
from tests.function.staging import extension, staged, within
from tests.offers.cast import Case

FUEL, GOAL = 9_000_000, 4_000_000
INPUT, LINE, MODULE, OUTPUT = 128_000, 600, 64_000, 20_000


def _case(character: str) -> Case:
    return within(full(character), marks=frozenset({1}))


@pytest.mark.parametrize("character", CHARACTERS)
def test_a_full_cart_fits(character: str, capsys: pytest.CaptureFixture[str]) -> None:
    stage = staged(_case(character))
    given, ran = stage.input(), stage.ran()
    with capsys.disabled():
        sys.stdout.write(f"\n  {character}: fuel {ran.fuel:,} (goal {GOAL:,}), input {len(given):,} B, output {len(ran.output):,} B")
    assert ran.fuel <= FUEL
    assert len(given) <= INPUT and len(given) / 200 <= LINE + 10_000 / 200
    assert len(ran.output) <= OUTPUT
    assert stage.said().lines == [stage.told().product(line.id) for line in stage.case.lines]


def test_a_line_fits() -> None:
    """Without the configuration, which is there once."""
    longer, shorter = (len(staged(within(full("mixes", lines=lines, offers=1), marks=frozenset({1}))).input()) for lines in (200, 100))
    assert (longer - shorter) / 100 <= LINE


@pytest.mark.parametrize("target", range(2))
def test_the_queries_fit(target: int, capsys: pytest.CaptureFixture[str]) -> None:
    query = extension().targets[target].query
    with capsys.disabled():
        sys.stdout.write(f"\n  {extension().targets[target].name}: {query.size:,} B of {MOST_BYTES:,}, cost {query.cost} of {MOST_COST}")
    assert query.document
    assert query.size <= MOST_BYTES and query.cost <= MOST_COST


def test_the_module_is_small() -> None:
    assert extension().module.stat().st_size <= MODULE


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize("everything", [False, True])
def test_what_may_be_switched_on_fits(character: str, everything: bool) -> None:
    """As many offers as the model of rules/budget.py lets through, up to 25."""
    allowed = next(case for count in range(25, 0, -1) if _is_let_through(case := full(character, offers=count, everything=everything)))
    assert staged(within(allowed, marks=frozenset({1}))).ran().fuel <= FUEL


def _is_let_through(case: Case) -> bool:
    try:
        budget.check(case.offers)
    except Refused:
        return False
    return True
