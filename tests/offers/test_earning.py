"""Rewards that ask for a bundle or a basket, and that grow with it."""

from dataclasses import replace

import pytest

from plugin.errors import Refused
from plugin.margin.rules.earning import Ask, Height, bundles_of, check_steps, height, lacks
from plugin.mirror.rules import Line, LineDiscount, Order
from plugin.money import Money
from tests.rules.cast import NOON


def euros(cents: int) -> Money:
    return Money(cents, "EUR")


KIT = LineDiscount("automatic", None, "Tea set + More cups", euros(200))
LINE = Line("1", "11", "111", "Mug", 2, euros(2000), (KIT,), 0, euros(0), 2)
ORDER = Order("1", "#1", "EUR", NOON, NOON, None, "paid", False, None, None, None, None, None, (LINE,), euros(0), (), euros(3800),
              euros(3800), (), {}, None, None, None, ())
GONE = replace(ORDER, lines=(replace(LINE, refunded_quantity=2, refunded=euros(3800), current_quantity=0),), net=euros(0))
STEPS = (Height(euros(5000), amount=euros(1000)), Height(euros(2000), amount=euros(400)))


@pytest.mark.parametrize(("order", "ask", "expected"), [
    (ORDER, Ask(), None), (ORDER, Ask(frozenset({"Tea set"})), None), (ORDER, Ask(frozenset({"More cups", "Other"})), None),
    (ORDER, Ask(frozenset({"Other"})), "bundle"), (ORDER, Ask(least=euros(3800)), None), (ORDER, Ask(least=euros(3801)), "basket"),
    (GONE, Ask(frozenset({"Tea set"})), "bundle"), (GONE, Ask(least=euros(1)), "basket")])
def test_what_an_order_lacks(order: Order, ask: Ask, expected: str | None) -> None:
    assert lacks(order, ask) == expected


def test_codes_are_no_bundles() -> None:
    coded = replace(ORDER, lines=(replace(LINE, discounts=(replace(KIT, kind="code", code="X"),)),))
    assert bundles_of(coded) == frozenset()


@pytest.mark.parametrize(("net", "expected"), [(1999, None), (2000, 400), (4999, 400), (5000, 1000)])
def test_the_height_follows_what_remains(net: int, expected: int | None) -> None:
    found = height(replace(ORDER, net=euros(net)), STEPS)
    assert (found.amount.amount if found and found.amount else None) == expected


@pytest.mark.parametrize("steps", [
    (STEPS[0], STEPS[0]), (Height(euros(1)),), (Height(euros(1), 100, euros(1)),),
    (Height(euros(1), amount=euros(5)), Height(euros(2), amount=euros(4))), (Height(euros(1), 100), Height(euros(2), 100))])
def test_steps_that_contradict_themselves(steps: tuple[Height, ...]) -> None:
    with pytest.raises(Refused):
        check_steps(steps)
    check_steps(STEPS)


def test_another_currency_is_not_compared() -> None:
    with pytest.raises(Refused):
        lacks(ORDER, Ask(least=Money(1, "USD")))
