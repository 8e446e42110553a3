"""What cannot be is refused with its reason; what is said is read back as it was said."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.errors import Refused
from plugin.money import Money
from plugin.offers.rules import model, pages, plain
from plugin.offers.rules.cart import Context, Line
from plugin.offers.rules.checks import check_ready, faults
from plugin.offers.rules.compiling import Shop, compile_offers, uncarried
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.model import Audience, Basket, Benefit, Cap, Goods, Offer, Schedule, Step
from tests.offers.cast import EUR, line, shop
from tests.offers.said import FREE, NOW, euros, goods, off, part, price, rate
from tests.offers.test_kinds import BASKET, BUY_TWO, GIFT, KIT, SHIPPING, TIERS, UPGRADE, WELCOME

ALL = (KIT, TIERS, BUY_TWO, UPGRADE, GIFT, SHIPPING, BASKET, WELCOME)


@pytest.mark.parametrize("said", ALL)
def test_an_offer_is_read_as_it_was_written(said: Offer) -> None:
    assert plain.load(plain.dump(said)) == said
    assert not list(faults(said, "EUR"))


def _with(**changes: Any) -> Callable[[dict[str, Any]], object]:  # noqa: ANN401
    return lambda told: {**told, **changes}


@pytest.mark.parametrize("spoilt", [
    lambda _: None, lambda _: [], lambda _: "kit", lambda _: {}, _with(schema=2), _with(kind="cruise"), _with(number="1"),
    _with(number=True),
    _with(number=10**13), _with(title=7), _with(title="x" * 256), _with(surprise=1), _with(parts={}), _with(parts=[7]), _with(id="1"),
    _with(parts=[{"goods": {"products": ["1"] * 2001}}]), _with(parts=[{"goods": {"products": "12"}}]), _with(limit=1.5),
    _with(schedule={"starts": "yesterday"}), _with(schedule={"starts": "2026-01-01T00:00:00+00:00"}), _with(stacks="yes"),
    _with(whole={"worth": "price", "amounts": [{"amount": "1e9", "currency": "EUR"}]}), _with(scope=None),
    _with(whole={"worth": "price", "amounts": [{"amount": "5", "currency": "EURO"}]}), _with(whole={"basis_points": 5}),
    _with(whole={"worth": "price", "amounts": [{"amount": "-5", "currency": "EUR"}]}),
    _with(whole={"worth": "price", "amounts": ["5 EUR"]})])
def test_shapes_that_are_refused(spoilt: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(Refused) as refused:
        plain.load(spoilt(plain.dump(KIT)))
    assert refused.value.key == "offers.refused_shape"


anything = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3)
                        | st.dictionaries(st.sampled_from([*model.Offer.__slots__, "goods", "worth", "amount"]), inner, max_size=4))


@settings(max_examples=100, deadline=None)
@given(anything)
def test_whatever_is_sent_is_read_or_refused(told: object) -> None:
    with pytest.raises(Refused):
        plain.load({"schema": 1, **told} if isinstance(told, dict) else told)


A, B = part(1), part(2)


@pytest.mark.parametrize(("said", "field", "key"), [
    (replace(KIT, title=" "), "title", "title"), (replace(KIT, number=0), "number", "number"), (replace(KIT, limit=-1), "limit", "limit"),
    (replace(KIT, steps=TIERS.steps), "steps", "field"), (replace(TIERS, marked=True), "marked", "field"),
    (replace(KIT, parts=(A,)), "parts", "too_few"), (replace(KIT, whole=None), "whole", "no_benefit"),
    (replace(KIT, whole=FREE), "whole", "all_free"),
    (replace(KIT, parts=(A, part(2, benefit=rate(1)))), "whole", "both"),
    (replace(KIT, parts=(part(1, count=0), B)), "parts.0.count", "count"),
    (replace(KIT, parts=(part(1, count=101), B)), "parts.0.count", "count"), (replace(KIT, parts=(part(), B)), "parts.0.goods", "goods"),
    (replace(KIT, parts=(model.Part(goods(1, not_products=frozenset({"1"}))), B)), "parts.0.goods", "excluded"),
    (replace(KIT, parts=(model.Part(Goods(products=frozenset({"one"}))), B)), "parts.0.goods", "id"),
    (replace(KIT, parts=(model.Part(goods(1, everything=True)), B)), "parts.0.goods", "everything"),
    (replace(KIT, whole=rate(0)), "whole", "rate"), (replace(KIT, whole=rate(50_000)), "whole", "rate"),
    (replace(KIT, whole=off(0)), "whole", "worth"),
    (replace(KIT, whole=Benefit("amount")), "whole", "currencies"),
    (replace(KIT, whole=Benefit("amount", amounts=(Money(5, "USD"),))), "whole", "currencies"),
    (replace(KIT, whole=off(5, euros(6))), "whole", "currencies"), (replace(KIT, whole=Benefit("amount", 5,
    (euros(5),))), "whole", "worth"),
    (replace(BUY_TWO, parts=(part(1, benefit=FREE), part(2, benefit=rate(1)))), "parts", "nothing_bought"),
    (replace(UPGRADE, replaces=frozenset()), "replaces", "replaces"), (replace(UPGRADE, replaces=frozenset({"3"})), "replaces", "itself"),
    (replace(UPGRADE, parts=(A, B)), "parts", "one_part"), (replace(GIFT, basket=Basket()), "basket", "goal"),
    (replace(TIERS, steps=()), "steps", "steps"), (replace(TIERS, steps=(Step(5, rate(1)), Step(5, rate(2)))), "steps", "order"),
    (replace(TIERS, steps=(Step(5, rate(2)), Step(6, rate(1)))), "steps", "worse"),
    (replace(TIERS, steps=(Step(0, rate(2)),)), "steps", "least"),
    (replace(TIERS, steps=(Step(5, price(100)), Step(6, price(200)))), "steps", "worse"),
    (replace(TIERS, steps=(Step(5, rate(2)), Step(6, off(1)))), "steps", "mixed"),
    (replace(BASKET, benefit=price(5)), "benefit", "of_order"),
    (replace(BASKET, benefit=rate(10_000)), "benefit", "of_order"), (replace(BASKET, benefit=None), "benefit", "no_benefit"),
    (replace(WELCOME, benefit=rate(5)), "parts", "both"),
    (replace(WELCOME, audience=Audience(referred=False)), "audience.referred", "welcome"),
    (replace(KIT, basket=Basket(quantity=-1)), "basket.quantity", "least"), (replace(KIT, audience=Audience(countries=frozenset({"XX"}))),
                                                                            "audience.countries", "country"),
    (replace(KIT, audience=Audience(currencies=frozenset({"EURO"}))), "audience.currencies", "currency"),
    (replace(KIT, audience=Audience(customer_tags=frozenset("a"), not_customer_tags=frozenset("a"))), "audience.not_customer_tags",
    "tag_twice"),
    (replace(KIT, audience=Audience(referred=False, campaigns=frozenset("a"))), "audience.campaigns", "campaign"),
    (replace(KIT, audience=Audience(cap=Cap(0, 7))), "audience.cap", "cap"), (replace(KIT, audience=Audience(holdout_bp=9999)),
                                                                             "audience.holdout_bp", "holdout"),
    (replace(KIT, schedule=Schedule(NOW, NOW)), "schedule.ends", "schedule")])
def test_offers_that_contradict_themselves(said: Offer, field: str, key: str) -> None:
    assert (field, key) in [(fault.at, fault.key) for fault in faults(said, "EUR")]


def test_without_an_outcome_it_is_not_switched_on() -> None:
    with pytest.raises(Refused) as refused:
        check_ready(KIT, "EUR")
    assert refused.value.key == "offers.refused_outcome"
    assert check_ready(replace(KIT, outcome="basket"), "EUR")


NONE = shop(())


@pytest.mark.parametrize(("lines", "key"), [
    ([line(1, 100, 0)], "quantity"), ([line(1, 100, -1)], "quantity"), ([line(1, 100, 1_000_001)], "quantity"), ([line(1, -1)], "price"),
    ([line(1, 10**12, 2)], "price"), ([line(1, 1), line(1, 1)], "twice"), ([line(number, 1) for number in range(501)], "lines")])
def test_carts_that_cannot_be(lines: list[Line], key: str) -> None:
    with pytest.raises(Refused) as refused:
        evaluate(NONE, lines, EUR)
    assert refused.value.key == f"offers.cart_{key}"


@pytest.mark.parametrize("context", [Context("XXX9"), Context(""), Context("eur"), Context("USD", ""), Context("USD", "0"),
    Context("USD", "-1"),
                                     Context("USD", "1e3"), Context("USD", "1,1"), Context("USD", "NaN"), Context("USD", "1" * 10)])
def test_currencies_and_rates_that_cannot_be(context: Context) -> None:
    with pytest.raises(Refused):
        evaluate(NONE, [line(1, 100)], context)


def test_too_many_offers_say_how_many_to_drop() -> None:
    with pytest.raises(Refused) as refused:
        compile_offers([replace(KIT, number=number) for number in range(1, 28)], Shop("EUR", NOW))
    assert refused.value.facts["count"] == 2


def test_what_has_no_carrier_is_named() -> None:
    told = replace(KIT, audience=Audience(customer_tags=frozenset("abcde"), segments=frozenset({"vip"})))
    assert [fault.key for fault in uncarried([told], Shop("EUR", NOW))] == ["customer_tags", "no_carrier"]


def test_a_configuration_that_is_too_large_says_by_how_much() -> None:
    many = [replace(TIERS, number=number, title=f"Tiers {number}",
                    goods=goods(*range(10**12 * number, 10**12 * number + (70 + number) * 10**9, 10**9))) for number in range(1, 25)]
    with pytest.raises(Refused) as refused:
        pages.pages(compile_offers(many, Shop("EUR", NOW)))
    assert refused.value.key == "offers.refused_size" and refused.value.facts["names"] == ["Tiers 24", "Tiers 23", "Tiers 22"]


def test_an_empty_cart_gets_nothing_and_every_reason() -> None:
    outcome = evaluate(compile_offers([KIT], Shop("EUR", NOW)), [], EUR)
    assert (outcome.total, [told.key for told in outcome.told]) == (0, ["units"])
