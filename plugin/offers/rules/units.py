"""Which lines are in which set, and in which order offers reach for their units."""

from collections.abc import Iterable, Sequence

from plugin.offers.rules import compiled
from plugin.offers.rules.cart import Line
from plugin.offers.rules.compiled import Rule, Set


def members(one: Set, lines: Sequence[Line]) -> tuple[int, ...]:
    """The positions of the lines that are in a set, in canonical order."""
    products, variants = frozenset(one.products), frozenset(one.variants)
    without_products, without_variants = frozenset(one.not_products), frozenset(one.not_variants)
    return tuple(at for at, line in enumerate(lines)
                 if (one.everything or line.marks & one.with_marks or line.product in products or line.variant in variants)
                 and not line.marks & one.without_marks
                 and line.product not in without_products and line.variant not in without_variants)


def reach(rule: Rule, slot: int, inside: Iterable[int], *, lines: Sequence[Line], prices: Sequence[int]) -> tuple[int, ...]:
    """The slot's lines in the order in which its units are taken; equal prices in canonical order.

    Slots that gain follow the offer's pick; slots that are paid in full take from the other end, so that both do not want the same.
    """
    gains = rule.whole.kind != 0 or rule.slots[slot].gain.kind != 0
    if gains and rule.marked:
        inside = [at for at in inside if lines[at].chosen == rule.number]
    if gains and rule.pick == compiled.CHOSEN:
        return tuple(sorted(inside, key=lambda at: (lines[at].chosen != rule.number, prices[at], at)))
    if gains == (rule.pick == compiled.DEAREST):
        return tuple(sorted(inside, key=lambda at: (-prices[at], at)))
    return tuple(sorted(inside, key=lambda at: (prices[at], at)))
