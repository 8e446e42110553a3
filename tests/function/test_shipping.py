"""What comes off shipping is asked by a query of its own, which knows less: neither ids of lines nor the discount's classes."""

from dataclasses import replace

import pytest

from plugin.offers.rules.compiled import CHOSEN, GROUP, ORDER, SHIPPING, Amounts, Needs, Rule, Slot
from tests.function.cast import SWITCHES
from tests.function.staging import staged, within
from tests.function.test_parity import compare
from tests.offers.cast import EUR, EVERY, Case, line, percent, shop

COST = 499


def _free(**needs: object) -> Rule:
    return Rule(9, SHIPPING, "Free delivery", needs=Needs(**needs), gain=percent(10_000))  # type: ignore[arg-type]


def _case(*rules: Rule) -> Case:
    made = replace(shop([EVERY], *rules), switches=SWITCHES)
    return Case(made, (line(1, 5000),), replace(EUR, shipping=COST))


@pytest.mark.parametrize("passed", range(3))
@pytest.mark.parametrize("opens", range(1, 8))
def test_both_switches_are_asked(opens: int, passed: int) -> None:
    stage = staged(within(_case(_free(opens=opens)), passed=passed))
    compare(stage)
    assert stage.said().shipping == (COST if opens >> passed & 1 else 0)


@pytest.mark.parametrize(("off_goods", "off_order", "shipping"), [(0, 0, COST), (0, 2000, COST), (1, 0, 0), (2000, 2000, 0)])
def test_only_discounts_on_goods_lower_the_amount(off_goods: int, off_order: int, shipping: int) -> None:
    goods = [Rule(1, GROUP, "Goods", slots=(Slot(0, 1, percent(off_goods)),))] if off_goods else []
    order = [Rule(2, ORDER, "Order", gain=percent(off_order))] if off_order else []
    stage = staged(_case(*goods, *order, _free(amounts=Amounts(5000))))
    compare(stage)
    assert stage.said().shipping == shipping


def test_lines_of_the_same_goods_pay_the_same_in_any_order() -> None:
    """Without ids the delivery's cart comes as it lies there; what one of such lines has more than another must not depend on that."""
    third = Rule(1, GROUP, "Third", pick=CHOSEN, limit=1, slots=(Slot(0, 3, percent(3333)),))
    for least in range(960, 1000):
        case = _case(third, _free(amounts=Amounts(least)))
        same = (line(1, 101, 3), line(1, 101, 2, chosen=1), line(1, 101, 5, chosen=2))
        for lines in (same, same[::-1], (same[1], same[2], same[0])):
            compare(staged(replace(case, lines=lines)))


@pytest.mark.parametrize("parcels", [(COST,), (0, COST), (100, 399), (1, 1, COST - 2), (COST, 0, 0)], ids=str)
@pytest.mark.parametrize("off", [10_000, 3333, 100])
def test_every_delivery_is_discounted_in_proportion(parcels: tuple[int, ...], off: int) -> None:
    """A subscription goes apart from the rest of its cart: what comes off is the engine's amount, however many parcels there are."""
    stage = staged(_case(Rule(9, SHIPPING, "Less for delivery", gain=percent(off))))
    parted = replace(stage, facts=replace(stage.facts, parcels=parcels))
    assert parted.said().shipping == stage.said().shipping > 0
    compare(parted)
