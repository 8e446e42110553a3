"""What holds for every cart and every set of offers, whatever they are."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.offers.rules import search
from plugin.offers.rules.amounts import half_up, split
from plugin.offers.rules.cart import Outcome
from plugin.offers.rules.compiled import SHIPPING, carried
from plugin.offers.rules.conditions import ranked
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.pages import pages, read
from plugin.offers.rules.table import Table
from tests.offers.cast import Case, cases

whatever = cases()


def _outcome(case: Case) -> Outcome:
    return evaluate(case.offers, case.lines, case.context)


@settings(max_examples=100, deadline=None)
@given(whatever)
def test_never_negative_never_above_the_line(case: Case) -> None:
    outcome = _outcome(case)
    for line in case.lines:
        parts = outcome.lines.get(line.id, {})
        order = outcome.order_lines.get(line.id, 0)
        assert all(amount > 0 for amount in parts.values())
        assert 0 <= sum(parts.values()) + order <= line.price * line.quantity


@settings(max_examples=100, deadline=None)
@given(whatever)
def test_sums_are_exact(case: Case) -> None:
    """What the offers are told to have taken is what the lines have lost, in every currency."""
    outcome = _outcome(case)
    off = Counter[int]()
    for parts in outcome.lines.values():
        off.update(parts)
    off.update(outcome.order)
    of_shipping = {rule.number for rule in case.offers.rules if rule.mechanic == SHIPPING}
    assert {told.number: told.amount for told in outcome.told if told.amount and told.number not in of_shipping} == dict(off)
    assert sum(outcome.order_lines.values()) == sum(outcome.order.values())


@settings(max_examples=100, deadline=None)
@given(whatever, st.randoms(use_true_random=False))
def test_the_order_of_lines_and_offers_does_not_matter(case: Case, luck: "st.Random") -> None:  # type: ignore[name-defined]
    lines = list(case.lines)
    luck.shuffle(lines)
    assert evaluate(case.offers, lines, case.context) == _outcome(case)


@settings(max_examples=100, deadline=None)
@given(whatever)
def test_caps_hold(case: Case) -> None:
    """On what offers that other goods pay for leave of the line."""
    outcome = _outcome(case)
    given_away = {rule.number for rule in case.offers.rules if carried(rule)}
    for line in case.lines:
        cap = case.offers.caps.get(line.product, case.offers.cap)
        parts = outcome.lines.get(line.id, {})
        left = line.price * line.quantity - sum(amount for number, amount in parts.items() if number in given_away)
        assert sum(amount for number, amount in parts.items() if number not in given_away) <= left * cap // 10_000


@settings(max_examples=100, deadline=None)
@given(cases(competing=True))
def test_a_unit_is_used_by_one_offer_only(case: Case) -> None:
    table = Table.laid(case.offers, case.lines, case.context)
    prices = table.prices()
    entries = [table.entry(rule, rank, prices) for rank, rule in enumerate(ranked(case.offers.rules))]
    before = list(table.free)
    plan = search.best(entries, table.free, prices)
    used = Counter[int]()
    for _, found, times in plan.steps:
        for at, count, _ in found.units:
            used[at] += count * times
    assert all(used[at] <= count for at, count in enumerate(before))
    assert table.free == before


@settings(max_examples=100, deadline=None)
@given(cases(competing=True))
def test_best_is_never_less_than_by_priority(case: Case) -> None:
    table = Table.laid(case.offers, case.lines, case.context)
    prices = table.prices()
    entries = [table.entry(rule, rank, prices) for rank, rule in enumerate(ranked(case.offers.rules))]
    plan = search.best(entries, table.free, prices)
    if plan.exact:
        assert plan.saving >= search.in_turn(entries, table.free, prices).saving


@settings(max_examples=100, deadline=None)
@given(whatever)
def test_every_offer_is_explained(case: Case) -> None:
    outcome = _outcome(case)
    assert Counter(told.number for told in outcome.told) == Counter(rule.number for rule in case.offers.rules)
    assert all(not told.amount for told in outcome.told if not told.taken)


@settings(max_examples=100, deadline=None)
@given(whatever)
def test_a_configuration_is_read_as_it_was_written(case: Case) -> None:
    written = pages(case.offers)
    assert read(written) == case.offers
    assert all(len(page.encode()) < 10_000 for page in written)


@given(st.integers(0, 10**15), st.lists(st.integers(0, 10**12), min_size=1, max_size=30))
def test_a_split_is_exact_and_no_part_exceeds_its_weight(whole: int, weights: list[int]) -> None:
    parts = split(whole, weights)
    assert sum(parts) == (whole if sum(weights) else 0)
    if whole <= sum(weights):
        assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))


@given(st.integers(0, 10**15), st.integers(1, 10**12))
def test_half_up_is_the_nearest_whole_number(top: int, bottom: int) -> None:
    assert 2 * top - bottom < 2 * bottom * half_up(top, bottom) <= 2 * top + bottom
