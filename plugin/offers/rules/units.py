"""Which lines are in which set, and in which order offers reach for their units."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from plugin.offers.rules import compiled
from plugin.offers.rules.cart import Line
from plugin.offers.rules.compiled import Rule, Set


@dataclass(slots=True)
class Places:
    """Where products and variants stand in a cart, and all marks of all its lines."""

    products: dict[int, list[int]] = field(default_factory=dict)
    variants: dict[int, list[int]] = field(default_factory=dict)
    marks: int = 0

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "Places":
        places = cls()
        for at, line in enumerate(lines):
            places.products.setdefault(line.product, []).append(at)
            places.variants.setdefault(line.variant, []).append(at)
            places.marks |= line.marks
        return places


def members(one: Set, lines: Sequence[Line], places: Places) -> tuple[int, ...]:
    """The positions of the lines that are in a set, in canonical order."""
    if one.everything or one.with_marks & places.marks:
        products, variants = frozenset(one.products), frozenset(one.variants)
        found = [at for at, line in enumerate(lines)
                 if one.everything or line.marks & one.with_marks or line.product in products or line.variant in variants]
    else:
        named = {at for product in one.products for at in places.products.get(product, ())}
        found = sorted(named.union(*(places.variants.get(variant, ()) for variant in one.variants)))
    without_products, without_variants = frozenset(one.not_products), frozenset(one.not_variants)
    if one.without_marks & places.marks or without_products or without_variants:
        found = [at for at in found if not lines[at].marks & one.without_marks and lines[at].product not in without_products
                 and lines[at].variant not in without_variants]
    return tuple(found)


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
