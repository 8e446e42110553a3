"""What was taken from a gift's box is given, whatever else competes for it; the Function as the engine."""

import pytest

from plugin.offers.rules.compiled import CHOSEN, GIFT, TIER, Amounts, Needs, Rule, Slot, Step
from tests.function.staging import staged
from tests.function.test_parity import compare
from tests.offers.cast import EVERY, FREE, Case, line, of, percent, shop

VASE, BOOK = 1, 2


def _gift(number: int, goal: int, *, count: int = 1, quantity: int = 0) -> Rule:
    return Rule(number, GIFT, f"Gift {number}", needs=Needs(amounts=Amounts(goal), quantity=quantity), limit=1, pick=CHOSEN,
                slots=(Slot(1, count, FREE),))


TIERS = Rule(9, TIER, "Two or more", set=0, steps=(Step(2, percent(1000)),))


@pytest.mark.parametrize(("lines", "gift", "off"), [
    ((line(VASE, 3000), line(BOOK, 1000, chosen=1)), _gift(1, 2500), [0, 1000]),
    ((line(VASE, 3000), line(BOOK, 1000)), _gift(1, 2500), [300, 100]),
    ((line(VASE, 3000, 2), line(BOOK, 1000, chosen=1)), _gift(1, 2500), [600, 1000]),
    ((line(VASE, 3000), line(BOOK, 1000, 3, chosen=1)), _gift(1, 2500), [300, 1133]),
    ((line(VASE, 3000), line(BOOK, 1000, chosen=1)), _gift(1, 3500), [300, 100]),
    ((line(VASE, 3000), line(BOOK, 1000, 2, chosen=1)), _gift(1, 2500, count=2), [0, 2000]),
    ((line(VASE, 3000), line(BOOK, 1000, chosen=1)), _gift(1, 0, quantity=1), [0, 1000]),
    ((line(VASE, 3000), line(BOOK, 1000, chosen=1)), _gift(1, 0, quantity=2), [300, 100]),
], ids=["kept", "not-taken-from-the-box", "others-compete", "one-of-three", "goal-too-far", "two", "units", "too-few-units"])
def test_a_gift_keeps_what_was_taken_from_its_box(lines: tuple, gift: Rule, off: list[int]) -> None:  # type: ignore[type-arg]
    stage = staged(Case(shop([EVERY, of(BOOK)], gift, TIERS), lines))
    compare(stage)
    assert stage.said().lines == off


def test_the_first_gift_keeps_it_first() -> None:
    stage = staged(Case(shop([EVERY, of(BOOK)], _gift(1, 2500), _gift(2, 2500), TIERS), (
        line(VASE, 3000), line(BOOK, 1000, chosen=1), line(BOOK, 1000, chosen=2))))
    compare(stage)
    assert stage.said().lines == [0, 1000, 1000]
