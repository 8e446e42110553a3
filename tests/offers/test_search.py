"""Best for the shopper: exact where it says so, never less than greedy promises, and the same whatever the order of the lines."""

from hypothesis import given, settings

from plugin.offers.rules import compiled, search
from plugin.offers.rules.applying import Entry
from plugin.offers.rules.compiled import GROUP, Gain, Rule, Slot
from plugin.offers.rules.conditions import ranked
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.table import Table
from tests.offers import brute
from tests.offers.cast import EUR, FREE, Case, cases, line, of, percent, shop


def _ready(case: Case) -> tuple[Table, list[int], list[Entry]]:
    table = Table.laid(case.offers, case.lines, case.context)
    prices = table.prices()
    return table, prices, [table.entry(rule, rank, prices) for rank, rule in enumerate(ranked(case.offers.rules))]


small = cases(most_offers=3, most_lines=4, most_quantity=3, competing=True)


@settings(max_examples=150, deadline=None)
@given(small)
def test_exact_is_exact(case: Case) -> None:
    """Against every sequence of single applications."""
    table, prices, entries = _ready(case)
    plan = search.best(entries, table.free, prices)
    truth = brute.best(entries, list(table.free), prices)
    if truth is not None and plan.exact:
        assert plan.saving == truth.saving


@settings(max_examples=150, deadline=None)
@given(small)
def test_nothing_saves_more_than_was_said(case: Case) -> None:
    """Whatever the offers pick, and even where the search ends after its first path."""
    table, prices, entries = _ready(case)
    plans = [search._Search(part, table.free, prices, 0).run() for part in search.components(entries)]
    truth = brute.best(entries, list(table.free), prices)
    assert all(plan.saving <= plan.most for plan in plans)
    if truth is not None:
        assert truth.saving <= sum(plan.most for plan in plans)


@settings(max_examples=150, deadline=None)
@given(small)
def test_the_rest_is_within_its_bound(case: Case) -> None:
    """Greedy: at least 1/k of the best, k the most units of one application, where every application takes the dearest goods."""
    dearest = [rule for rule in case.offers.rules if rule.pick == compiled.DEAREST and rule.mechanic == GROUP]
    table, prices, _ = _ready(case)
    entries = [table.entry(rule, rank, prices) for rank, rule in enumerate(dearest)]
    greedy = [search._Search(part, table.free, prices, 0).run() for part in search.components(entries)]
    truth = brute.best(entries, list(table.free), prices)
    k = max((sum(slot.count for slot in rule.slots) for rule in dearest), default=1)
    if truth is not None:
        assert sum(plan.saving for plan in greedy) * k >= truth.saving


def test_a_trimmed_choice_does_not_call_itself_exact() -> None:
    """The first rule would save 7.00 and is trimmed to 2.00; the second would have saved 3.00."""
    sets = [of(1), of(2), of(3)]
    first = Rule(1, GROUP, "First", slots=(Slot(0, 1, percent(5000)), Slot(1, 1, FREE)))
    second = Rule(2, GROUP, "Second", slots=(Slot(2, 1, FREE), Slot(1, 1, Gain())))
    cart = (line(1, 1000), line(2, 200), line(3, 300))
    free, capped = (evaluate(shop(sets, first, second, caps=caps), cart, EUR) for caps in ({}, {1: 0}))
    assert (free.total, free.exact) == (700, True)
    assert (capped.total, capped.exact, capped.most) == (200, False, 7_000_000)
