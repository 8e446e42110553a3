"""Amounts that the merchant fixed in other currencies: the Function takes them, and converts where none is fixed."""

from dataclasses import replace

import pytest

from plugin.offers.rules.compiled import AMOUNT, GROUP, ORDER, PRICE, SHIPPING, TIER, Amounts, Gain, Needs, Rule, Slot, Step, packed
from tests.function.staging import staged, within
from tests.function.test_parity import compare
from tests.offers.cast import EUR, EVERY, Case, line, shop

FIXED = {packed("JPY"): 700, packed("USD"): 250}


def _gain(kind: int, base: int) -> Gain:
    return Gain(kind, amounts=Amounts(base, FIXED))


@pytest.mark.parametrize(("currency", "rate", "off"), [("EUR", "1", 300), ("USD", "1.0834", 250),
                                                       ("JPY", "161.27", 700), ("KWD", "0.3321", 996)])
@pytest.mark.parametrize("rule", [
    Rule(1, GROUP, "Kit", slots=(Slot(0, 2, Gain()),), whole=_gain(AMOUNT, 300), limit=1), Rule(1, ORDER, "Order", gain=_gain(AMOUNT, 300)),
    Rule(1, SHIPPING, "Delivery", gain=_gain(AMOUNT, 300)), Rule(1, GROUP, "Each", slots=(Slot(0, 1, _gain(AMOUNT, 300)),), limit=1),
    Rule(1, TIER, "Step", set=0, steps=(Step(5, _gain(AMOUNT, 300)),))], ids=lambda rule: rule.title)
def test_what_is_fixed_is_taken(rule: Rule, currency: str, rate: str, off: int) -> None:
    stage = staged(within(Case(shop([EVERY], rule), (line(1, 100_000, 2),)), currency=currency, rate=rate, shipping=5000))
    compare(stage)
    told = stage.said()
    assert sum(told.lines) + told.order + told.shipping == (0 if rule.mechanic == TIER else off)


@pytest.mark.parametrize(("currency", "price", "off"), [("JPY", 699, 0), ("JPY", 700, 70),
                                                        ("USD", 249, 0), ("USD", 250, 25), ("EUR", 299, 0)])
def test_a_goal_is_the_one_that_is_fixed(currency: str, price: int, off: int) -> None:
    rule = Rule(1, ORDER, "Goal", needs=Needs(amounts=Amounts(300, FIXED)), gain=Gain(1, 1000))
    there = replace(EUR, currency=currency, rate="161.27" if currency == "JPY" else "1")
    stage = staged(Case(shop([EVERY], rule), (line(1, price),), there))
    compare(stage)
    assert stage.said().order == off


def test_a_price_is_the_one_that_is_fixed() -> None:
    rule = Rule(1, GROUP, "For", slots=(Slot(0, 1, _gain(PRICE, 300)),), limit=1)
    stage = staged(Case(shop([EVERY], rule), (line(1, 1000),), replace(EUR, currency="USD", rate="1.5")))
    compare(stage)
    assert stage.said().lines == [750]
