"""What Shopify allows a Function, at 200 lines and 25 offers on the real query. The figures are shown, not only compared."""

import sys
from dataclasses import replace

import pytest

from devstore.functions.query import MOST_BYTES, MOST_COST
from plugin.attribution.rules.proofs import ATTRIBUTE, new_key, signed
from plugin.errors import Refused
from plugin.offers.rules import budget, pages
from plugin.offers.rules.compiled import GROUP, Gain, Rule, Set, Slot
from tests.function.load import CHARACTERS, full, named
from tests.function.staging import NOW, Stage, extension, staged, within
from tests.offers.cast import Case, percent, price

FUEL, GOAL = 9_000_000, 4_000_000
INPUT, LINE, MODULE, OUTPUT = 128_000, 600, 64_000, 20_000


CODES = [f"ABCDE{one}ABCDEF" for one in range(7)]
"""One more than a checkout takes, each of the shape of a friend's code."""
PROOF = {ATTRIBUTE: signed(range(1, 21), NOW, new_key())}
"""As long as one may be, and not by our key."""


def _loaded(case: Case) -> Stage:
    """With everything that a shopper may bring for us to prove."""
    stage = staged(within(case, marks=frozenset({1})))
    return replace(stage, facts=replace(stage.facts, codes=[*stage.facts.codes, *CODES][:7], attributes=stage.facts.attributes | PROOF))


@pytest.mark.parametrize("character", CHARACTERS)
def test_a_full_cart_fits(character: str, capsys: pytest.CaptureFixture[str]) -> None:
    stage = _loaded(full(character))
    given, ran = stage.input(), stage.ran()
    with capsys.disabled():
        sys.stdout.write(f"\n  {character}: fuel {ran.fuel:,} (goal {GOAL:,}), input {len(given):,} B, output {len(ran.output):,} B")
    assert ran.fuel <= FUEL
    assert len(given) <= INPUT and len(given) / 200 <= LINE + 10_000 / 200
    assert len(ran.output) <= OUTPUT
    assert stage.said().lines == [stage.told().product(line.id) for line in stage.case.lines]


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize(("more", "apart"), [(80, 32_768), (26, 10**11)])
def test_two_full_pages_fit(character: str, more: int, apart: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Many goods made one after the other, or fewer whose ids are far apart: as many offers as may be switched on together."""
    cases = (named(full(character, offers=count), more=more, apart=apart) for count in range(25, 0, -1))
    case = next(one for one in cases if _is_let_through(one))
    stage = _loaded(case)
    given, ran, sizes = stage.input(), stage.ran(), [len(page) for page in pages.pages(case.offers)]
    with capsys.disabled():
        sys.stdout.write(f"\n  {character}, {len(case.offers.rules)} offers, pages {sizes}: fuel {ran.fuel:,}, input {len(given):,} B")
    assert len(sizes) == pages.PAGES
    assert ran.fuel <= 1_000 * budget.expected(case.offers) <= FUEL and len(given) <= INPUT
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
def test_the_model_is_above_what_is_measured(character: str, everything: bool) -> None:
    """And not by far, but for the mixture, of which most offers find their units used by others: one cart among many."""
    for offers in (1, 4, 10, 16 if everything else 25):
        case = full(character, offers=offers, everything=everything)
        told = 1_000 * budget.expected(case.offers)
        fuel = _loaded(case).ran().fuel
        assert fuel <= told <= fuel * (2.3 if character == "mixed" else 1.75)


@pytest.mark.parametrize("whole", [True, False])
def test_many_slots_about_everything_are_refused(whole: bool) -> None:
    """A dozen bundles of three goods each, whichever: what the checkout would stop, or nearly so."""
    gain = Gain() if whole else percent(1000)
    rules = [Rule(number, GROUP, f"Bundle {number}", slots=(Slot(0, 3, gain),) * 3, whole=price(3000) if whole else Gain())
             for number in range(1, 16)]
    made = replace(full("kits", offers=1).offers, sets=(Set(everything=True),), rules=tuple(rules))
    with pytest.raises(Refused):
        budget.check(made)


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize("everything", [False, True])
def test_what_may_be_switched_on_fits(character: str, everything: bool) -> None:
    """As many offers as the model of rules/budget.py lets through, up to 25."""
    allowed = next(case for count in range(25, 0, -1) if _is_let_through(case := full(character, offers=count, everything=everything)))
    assert _loaded(allowed).ran().fuel <= FUEL


def _is_let_through(case: Case) -> bool:
    try:
        budget.check(case.offers)
        pages.pages(case.offers)
    except Refused:
        return False
    return True
