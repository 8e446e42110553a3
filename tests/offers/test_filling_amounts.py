"""Amounts in other currencies: what is typed, what is wrong with it, and what the engine and the guard make of it."""

from dataclasses import replace
from typing import Any

import pytest

from plugin.locales import LOCALES
from plugin.margin.rules import WHOLE, Good
from plugin.messaging.texts import say
from plugin.money import Money
from plugin.offers.rules.cart import Context
from plugin.offers.rules.compiling import Shop, compile_offers
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.filled import filled
from plugin.offers.rules.filling import Values, read, suggested
from plugin.offers.rules.model import Kind, Offer
from plugin.offers.rules.taking import unweighed, wanted
from tests.offers.cast import line
from tests.offers.said import NOW

SOLD = frozenset({"GBP", "EUR", "USD", "JPY", "KWD"})
TEA, CUP = 1, 2


def typed(kind: Kind, **more: Any) -> Values:  # noqa: ANN401
    goods = {"kit": {"goods_a": [f"p:{TEA}"], "goods_b": [f"p:{CUP}"]}, "tiers": {"goods_a": ["everything"]},
             "buy_get": {"goods_a": [f"p:{TEA}"], "goods_b": [f"p:{CUP}"]}, "gift": {"goods_a": [f"p:{TEA}"]}}
    return {**suggested(kind, "Less"), **goods.get(kind, {}), **more}


def offer(kind: Kind, **more: Any) -> Offer:  # noqa: ANN401
    told = read(typed(kind, **more), kind, "GBP", sold=SOLD)
    assert not told.faults and told.offer is not None
    return replace(told.offer, number=1)


@pytest.mark.parametrize(("text", "expected"), [
    ("", []), ("EUR 12.00, USD 13.50", ["EUR 12.00", "USD 13.50"]), ("usd 13,50; eur 12", ["EUR 12.00", "USD 13.50"]),
    ("12 EUR 1850 JPY", ["EUR 12.00", "JPY 1850"]), ("KWD 3.125", ["KWD 3.125"]), ("EUR12,USD13", ["EUR 12.00", "USD 13.00"])])
def test_amounts_are_read_as_people_write_them(text: str, expected: list[str]) -> None:
    told = offer("kit", worth="amount", value="10", value_also=text)
    assert told.whole is not None
    assert [f"{one.currency} {one.text()}" for one in told.whole.amounts] == ["GBP 10.00", *expected]
    assert filled(told)["value_also"] == ", ".join(expected)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_examples_beside_the_fields_can_be_typed(locale: str) -> None:
    told = offer("kit", worth="amount", value="5,00", value_also=say(locale, "offers.also_example"))
    assert told.whole is not None
    assert [f"{one.currency} {one.text()}" for one in told.whole.amounts] == ["GBP 5.00", "EUR 12.00", "USD 13.50"]


@pytest.mark.parametrize(("text", "key"), [
    ("EUR", "also"), ("12", "also"), ("EUR 0", "also"), ("EUR -3", "also"), ("JPY 1.5", "also"), ("XXQ 5", "also"), ("EUR 1e9", "also"),
    ("EUR 12 and USD 3", "also"), ("€ 12", "also"), ("EUR ٣", "also"), ("EUR 12,15 USD", "also"), ("x" * 400, "also"),
    ("EUR 12, EUR 13", "also_twice"), ("GBP 9", "also_own"), ("CHF 12", "also_unsold")])
def test_what_cannot_be_is_said_at_its_field(text: str, key: str) -> None:
    told = read(typed("kit", worth="amount", value="10", value_also=text), "kit", "GBP", sold=SOLD)
    assert {name: fault.key for name, fault in told.faults.items()} == {"value_also": key}


def test_a_share_needs_none_and_a_least_amount_has_its_own() -> None:
    assert read(typed("kit", value_also="EUR 5"), "kit", "GBP").faults["value_also"].key == "also_share"
    lonely = read(typed("shipping", least_quantity="2", least_amount_also="EUR 5"), "shipping", "GBP").faults
    assert lonely["least_amount"].key == "worth"
    told = offer("shipping", least_amount="50", least_amount_also="EUR 60")
    assert told.basket.amounts == (Money(5000, "GBP"), Money(6000, "EUR"))
    assert filled(told)["least_amount_also"] == "EUR 60.00"


def test_steps_have_their_own_and_stay_in_order() -> None:
    steps = {"worth": "amount", "least_a": "2", "value_a": "1", "value_a_also": "EUR 2", "least_b": "4", "value_b": "2"}
    told = offer("tiers", **steps, value_b_also="EUR 3")
    assert [one.benefit.amounts[1].amount for one in told.steps] == [200, 300]
    assert (filled(told)["value_a_also"], filled(told)["value_b_also"]) == ("EUR 2.00", "EUR 3.00")
    worse = read(typed("tiers", **steps, value_b_also="EUR 1"), "tiers", "GBP", sold=SOLD).faults
    assert {name: fault.key for name, fault in worse.items()} == {"value_b": "worse"}


@pytest.mark.parametrize(("currency", "rate", "off"), [("GBP", "1", 1000), ("EUR", "1.17", 1200), ("USD", "1.31", 1310)])
def test_the_engine_takes_what_was_typed_and_converts_the_rest(currency: str, rate: str, off: int) -> None:
    made = compile_offers([offer("kit", worth="amount", value="10", value_also="EUR 12")], Shop("GBP", NOW))
    assert evaluate(made, [line(TEA, 9000), line(CUP, 9000)], Context(currency, rate)).total == off


def test_the_guard_expects_the_worst_of_what_it_cannot_convert() -> None:
    """Lines are trimmed to the floor whatever the currency; what is not trimmed cannot have such amounts beside a floor."""
    good = Good("1", "Tea", 10_000, 5_000)
    plain = {"worth": "amount", "least_a": "2", "value_a": "1", "least_b": "", "value_b": ""}
    assert wanted(offer("tiers", **plain), good) == 100
    assert wanted(offer("tiers", **plain, value_a_also="EUR 2"), good) == WHOLE
    assert unweighed(offer("tiers", **plain, value_a_also="EUR 2")) is None
    assert unweighed(offer("buy_get", worth="amount", value="3", value_also="EUR 4")) == "benefit"
    assert unweighed(offer("gift", worth="free", least_amount="50", least_amount_also="EUR 60")) == "basket"
    assert unweighed(offer("basket", worth="amount", value="5", least_amount="50", least_amount_also="EUR 60")) == "basket"
    assert unweighed(offer("basket", worth="percent", value="5", least_amount="50", least_amount_also="EUR 60")) is None
    assert unweighed(offer("shipping", worth="amount", value="5", value_also="EUR 6", least_amount="50")) is None
