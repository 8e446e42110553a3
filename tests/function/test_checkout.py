"""The order's number is the engine's: carts bought at the development store's checkout, whose discount the Function decides."""

import os
from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devstore.currency import convert
from devstore.state.carts import Buyer, Cart, CartLine
from devstore.state.orders import Allocation, Order
from devstore.state.people import Address
from devstore.state.presented import presented
from devstore.state.settings import Settings
from devstore.state.shops import ShippingRate
from devstore.state.store import Store
from plugin.offers.rules.cart import Line
from plugin.offers.rules.compiled import SUBSCRIPTION, packed
from plugin.offers.rules.evaluation import evaluate
from tests.function.cast import SWITCHES, wide_cases
from tests.function.staging import NOW, Stage, staged, within
from tests.function.test_running import tenth
from tests.offers.cast import Case

MANY = int(os.environ.get("PARITY_ORDERS", "50"))
"""``PARITY_ORDERS=500 ./run test tests/function/test_checkout.py`` for the whole number."""
pytestmark = pytest.mark.timeout(max(600, MANY * 10))


def bought(stage: Stage, currency: str = "EUR", rate: str = "1", shipping: int = 0) -> Order:
    """By a guest or the known customer, long after the last switch."""
    store, shop, facts = Store(Settings()), stage.facts.shop, stage.facts
    store.shops[shop.handle], shop.discounts[stage.discount.id] = shop, stage.discount
    shop.shipping_rates = [ShippingRate("standard", "Standard", shipping)]
    shop.rates = {currency: rate}
    if facts.customer:
        shop.customers[facts.customer.id] = facts.customer
    lines = [CartLine(line.key, line.variant_id, line.quantity, facts.properties.get(line.key, {})) for line in facts.lines]
    cart = Cart("cart", lines, dict(facts.attributes), list(facts.codes), currency=currency)
    stage.discount.combines = ["product", "order", "shipping"]
    buyer = Buyer(customer_id=facts.customer.id if facts.customer else None, address=Address(country_code=facts.country or ""))
    return store.place_order(shop, cart, buyer)


currencies = st.sampled_from([
    ("EUR", "EUR", "1"), ("JPY", "JPY", "1"), ("KWD", "KWD", "1"), ("EUR", "USD", "1.0834"), ("EUR", "JPY", "161.27"),
    ("EUR", "KWD", "0.3355"), ("JPY", "EUR", "0.0062"), ("KWD", "JPY", "480.5")])
"""Of the shop; of the cart; what one unit of the first buys of the other."""


def shown(case: Case, own: str, other: str, rate: str) -> Case:
    """What the buyer sees of a case in the shop's own currency, long after the last switch. Nothing is sold by subscription there."""
    there = partial(convert, source=own, target=other, rate=Decimal(rate))
    lines = tuple(replace(line, price=there(line.price), marks=line.marks & ~SUBSCRIPTION) for line in case.lines)
    seen = replace(case, offers=replace(case.offers, currency=packed(own)), lines=lines)
    return within(seen, currency=other, rate=rate, shipping=there(case.context.shipping or 0), passed=len(SWITCHES))


wide = st.one_of(wide_cases(most_lines=60), wide_cases(most_lines=60), wide_cases(least_lines=61))


@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(wide, currencies)
def test_the_order_says_what_the_engine_says(case: Case, money: tuple[str, str, str]) -> None:
    seen = shown(case, *money)
    stage = staged(replace(seen, lines=case.lines))
    order, told = bought(stage, *money[1:], shipping=case.context.shipping or 0), evaluate(seen.offers, _named(seen, stage), seen.context)
    kinds = [one.target_selection for one in order.applications]
    of_goods, of_order = ([sum(_taken(part) for part in line.allocations if kinds[part.application] == kind) for line in order.lines]
                          for kind in ("entitled", "all"))
    names = [line.id for line in stage.case.lines]
    assert of_goods == [told.product(name) for name in names]
    left = [line.price * line.quantity - off for line, off in zip(seen.lines, of_goods, strict=True)]
    assert _rounded(of_order, left) == _rounded([told.order_lines.get(name, 0) for name in names], left)
    assert sum(of_order) == sum(told.order.values())
    assert sum(_taken(part) for one in order.shipping_lines for part in one.allocations) == (told.shipping[1] if told.shipping else 0)
    assert presented(order).subtotal == sum(line.price * line.quantity for line in seen.lines) - told.total


def _rounded(parts: list[int], weights: list[int]) -> tuple[list[int], list[tuple[int, int]]]:
    """Of each part what is certain; and how many of which remainder were rounded up: of equal ones, anyone may be."""
    whole = sum(weights) or 1
    certain = [sum(parts) * weight // whole for weight in weights]
    up = sorted((sum(parts) * weight % whole, part - least) for part, least, weight in zip(parts, certain, weights, strict=True))
    return certain, up


def _named(seen: Case, stage: Stage) -> list[Line]:
    return [replace(line, id=named.id) for line, named in zip(seen.lines, stage.case.lines, strict=True)]


def _taken(part: Allocation) -> int:
    return part.amount if part.shown is None else part.shown


def test_a_discount_that_has_not_begun_takes_nothing() -> None:
    stage = staged(tenth())
    assert bought(stage).applications
    later = staged(tenth())
    later.discount.starts_at = NOW.replace(year=2100)
    assert not bought(later).applications
