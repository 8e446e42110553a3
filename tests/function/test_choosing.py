"""Where several offers fit: what saves most, or what has the highest priority first; engine and Function alike, for every class."""

from dataclasses import replace

import pytest

from plugin.offers.rules.compiled import GROUP, ORDER, SHIPPING, TIER, Rule, Slot, Step
from tests.function.staging import staged
from tests.function.test_parity import compare
from tests.offers.cast import EUR, EVERY, Case, line, of, off, percent, shop

TEA, CUP = 1, 2
SMALL, LARGE = percent(1000), percent(3000)
CART = (line(TEA, 1000), line(CUP, 1000))
KITS = (Rule(1, GROUP, "Small", 5, slots=(Slot(1, 1, SMALL),)), Rule(2, GROUP, "Large", slots=(Slot(0, 1, LARGE),), limit=1))
TIERS = (Rule(1, TIER, "Large", set=0, steps=(Step(1, LARGE),)), Rule(2, TIER, "Small", 1, set=0, steps=(Step(1, SMALL),)))
ORDERS = (Rule(1, ORDER, "Large", gain=LARGE), Rule(2, ORDER, "Small", 1, gain=SMALL),
          Rule(3, ORDER, "On top", 9, stacks=True, gain=off(100)))
PARCELS = (Rule(1, SHIPPING, "Large", gain=LARGE), Rule(2, SHIPPING, "Small", 1, gain=SMALL))
NOTHING_FIRST = (Rule(1, ORDER, "Nothing", 9, gain=percent(1000), set=2), *ORDERS[:2])


@pytest.mark.parametrize(("rules", "best", "first"), [
    (KITS, 300 + 100, 300 + 100), (KITS[:1] + (replace(KITS[1], slots=(Slot(1, 1, LARGE),)),), 300, 100),
    (TIERS, 600, 200), (ORDERS, 600 + 100, 200 + 100), (PARCELS, 150, 50), (NOTHING_FIRST, 600, 200)],
    ids=["apart", "goods", "tiers", "order", "shipping", "nothing"])
def test_both_ways_are_the_engine_s(rules: tuple[Rule, ...], best: int, first: int) -> None:
    for way, expected in ((True, best), (False, first)):
        made = shop([EVERY, of(TEA), of(99)], *rules, best=way)
        stage = staged(Case(made, CART, replace(EUR, shipping=500)))
        compare(stage)
        told = stage.said()
        assert sum(told.lines) + told.order + told.shipping == expected
