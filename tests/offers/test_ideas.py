"""The first offer of each kind, made of a shop's own goods: sound as it is, or none."""

from datetime import UTC, datetime

import pytest

from plugin.mirror.rules import Product, Variant
from plugin.money import Money
from plugin.offers.rules.checks import check_ready
from plugin.offers.rules.filling import read
from plugin.offers.rules.ideas import FEWEST, Known, idea, rounded_up
from plugin.offers.rules.model import KINDS, Kind

NOW = datetime(2026, 11, 2, tzinfo=UTC)


def product(number: int, price: int, currency: str = "GBP") -> Product:
    variant = Variant(str(number * 10), "Default Title", None, Money(price, currency), None, None, None)
    return Product(str(number), f"Goods {number}", f"goods-{number}", "active", None, NOW, (variant,))


def known(count: int, currency: str = "GBP") -> Known:
    goods = [product(number, number * 700, currency) for number in range(1, count + 1)]
    return Known(goods, goods[0] if goods else None, goods[1:3], Money(2_000, currency))


@pytest.mark.parametrize("currency", ["GBP", "JPY"])
@pytest.mark.parametrize("count", [2, 3, 8])
@pytest.mark.parametrize("kind", KINDS)
def test_it_could_be_switched_on_as_it_is(kind: Kind, count: int, currency: str) -> None:
    values = idea(kind, "Ours", known(count, currency))
    assert values is not None
    told = read(values, kind, currency)
    assert told.faults == {} and told.offer is not None
    check_ready(told.offer, currency)


@pytest.mark.parametrize("kind", KINDS)
def test_without_goods_there_is_none(kind: Kind) -> None:
    assert (idea(kind, "Ours", known(0)) is None) == (FEWEST[kind] > 0)
    assert (idea(kind, "Ours", known(1)) is None) == (FEWEST[kind] > 1)


@pytest.mark.parametrize("kind", KINDS)
def test_before_the_goods_have_come_no_goal_of_a_penny_is_proposed(kind: Kind) -> None:
    assert idea(kind, "Ours", Known([], None, [], Money(0, "GBP"))) is None


def test_the_dearest_product_is_no_simpler_one() -> None:
    goods = [product(1, 500), product(2, 900)]
    values = idea("upgrade", "Ours", Known(goods, goods[1], [goods[0]], Money(900, "GBP")))
    assert values is not None and (values["goods_a"], values["goods_b"]) == (["p:2"], ["p:1"])


@pytest.mark.parametrize(("amount", "tenths", "expected"), [
    (2000, 12, 2400), (2001, 12, 2500), (2600, 12, 3500), (8400, 12, 11000), (9999, 12, 12000), (873, 10, 900), (1, 12, 1), (0, 12, 1)])
def test_a_goal_is_a_number_that_people_choose(amount: int, tenths: int, expected: int) -> None:
    assert rounded_up(Money(amount, "GBP"), tenths) == Money(expected, "GBP")
