"""The order's number is the engine's: carts bought at the development store's checkout, whose discount the Function decides."""

import os

import pytest
from hypothesis import HealthCheck, given, settings

from devstore.state.carts import Buyer, Cart, CartLine
from devstore.state.orders import Order
from devstore.state.people import Address
from devstore.state.settings import Settings
from devstore.state.shops import ShippingRate
from devstore.state.store import Store
from tests.function.cast import SWITCHES, wide_cases
from tests.function.staging import NOW, Stage, staged, within
from tests.function.test_running import tenth
from tests.offers.cast import Case

MANY = int(os.environ.get("PARITY_ORDERS", "50"))
"""``PARITY_ORDERS=500 ./run test tests/function/test_checkout.py`` for the whole number."""
pytestmark = pytest.mark.timeout(max(600, MANY * 10))


def bought(stage: Stage) -> Order:
    """By a guest or the known customer, long after the last switch."""
    store, shop, facts = Store(Settings()), stage.facts.shop, stage.facts
    store.shops[shop.handle], shop.discounts[stage.discount.id] = shop, stage.discount
    shop.shipping_rates = [ShippingRate("standard", "Standard", facts.shipping or 0)]
    if facts.customer:
        shop.customers[facts.customer.id] = facts.customer
    lines = [CartLine(line.key, line.variant_id, line.quantity, facts.properties.get(line.key, {})) for line in facts.lines]
    cart = Cart("cart", lines, dict(facts.attributes), list(facts.codes))
    stage.discount.combines = ["product", "order", "shipping"]
    buyer = Buyer(customer_id=facts.customer.id if facts.customer else None, address=Address(country_code=facts.country or ""))
    return store.place_order(shop, cart, buyer)


@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(wide_cases(most_lines=60))
def test_the_order_says_what_the_engine_says(case: Case) -> None:
    stage = staged(within(case, currency="EUR", passed=len(SWITCHES)))
    order, told = bought(stage), stage.told()
    kinds = [one.target_selection for one in order.applications]
    of_goods = [sum(part.amount for part in line.allocations if kinds[part.application] == "entitled") for line in order.lines]
    assert of_goods == [told.product(line.id) for line in stage.case.lines]
    assert sum(part.amount for line in order.lines for part in line.allocations) == told.total


def test_a_discount_that_has_not_begun_takes_nothing() -> None:
    stage = staged(tenth())
    assert bought(stage).applications
    later = staged(tenth())
    later.discount.starts_at = NOW.replace(year=2100)
    assert not bought(later).applications
