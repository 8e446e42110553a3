"""What happens to orders: refunds, edits, cancelling, store credit; in currencies with 0, 2 and 3 digits."""

from decimal import Decimal
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devstore.state.orders import Allocation, Line
from tests.devstore.world import SECONDS, World


def refund(world: World, order: dict[str, Any], **fields: object) -> Any:  # noqa: ANN401  (JSON)
    return world.ask(f"orders/{order['id']}/refund", **fields)


def test_a_partial_refund_gives_its_share_and_the_rest_gives_the_rest(world: World) -> None:
    world.ask("discounts", shop="north", code="X", basis_points=1111)
    order = world.order(codes=["X"], lines=[{"product": "enamel-mug", "quantity": 3}])
    line = order["lines"][0]["id"]
    parts = [refund(world, order, lines={line: 1})["refund_amount"] for _ in range(3)]
    assert sum(parts) == order["subtotal"] and max(parts) - min(parts) <= 1
    left = world.read(f"orders/{order['id']}")
    assert (left["current_subtotal"], left["financial_status"]) == (0, "partially_refunded")
    assert refund(world, order, everything=True)["financial_status"] == "refunded"


@pytest.mark.parametrize("fields", [{}, {"lines": {"1": 1}}, {"shipping": 500}, {"amount": 99_999}])
def test_what_cannot_be_refunded_changes_nothing(world: World, fields: dict[str, object]) -> None:
    order = world.order()
    answer = requests.post(f"{world.url}/_devstore/orders/{order['id']}/refund", json=fields, timeout=SECONDS)
    assert answer.status_code == 422 and answer.json()["error"]
    assert world.read(f"orders/{order['id']}")["updated_at"] == order["updated_at"]


def test_a_bare_amount_is_a_discrepancy(world: World) -> None:
    order = world.order()
    refund(world, order, amount=300)
    payload = world.read(f"orders/{order['id']}/payload")
    (adjustment,) = payload["refunds"][0]["order_adjustments"]
    assert (adjustment["kind"], adjustment["amount"]) == ("refund_discrepancy", "-3.00")
    assert payload["current_total_price"] == "30.99" and payload["total_price"] == "33.99"


def test_cancelling_gives_back_or_voids(world: World) -> None:
    paid, unpaid = world.order(), world.order(paid=False)
    assert world.ask(f"orders/{paid['id']}/cancel")["financial_status"] == "refunded"
    assert world.ask(f"orders/{unpaid['id']}/cancel")["financial_status"] == "voided"


def test_an_edit_keeps_what_was_bought(world: World) -> None:
    order = world.order()
    line = order["lines"][0]
    edited = world.ask(f"orders/{order['id']}/edit", quantities={line["id"]: 1}, add={line["variant_id"]: 3})
    assert (edited["subtotal"], edited["current_subtotal"], edited["outstanding"]) == (2900, 5800, 2900)
    assert edited["financial_status"] == "partially_paid"
    assert world.ask(f"orders/{order['id']}/pay")["financial_status"] == "paid"


def test_store_credit_pays_and_comes_back(world: World) -> None:
    customer = world.ask("customers", shop="north", email="kim@example.com")["id"]
    world.ask(f"customers/{customer}/credit", amount=1000)
    order = world.order(email=None, customer_id=customer, use_store_credit=True)
    assert [(one["gateway"], one["amount"]) for one in order["transactions"]] == [("shopify_store_credit", 1000), ("bogus", 2399)]
    refund(world, order, everything=True)
    assert [one["amount"] for one in world.effects("credit_returned")] == [1000]


@pytest.mark.parametrize(("currency", "shown"), [("JPY", "2610"), ("EUR", "26.10"), ("KWD", "2.610")])
def test_currencies(world: World, currency: str, shown: str) -> None:
    world.ask("shops", handle="other", currency=currency, shipping=0, taxes_included=True)
    variant = world.ask("products", shop="other", title="Mug", price=1450)["variants"][0]["id"]
    world.ask("discounts", shop="other", code="TEN", basis_points=1000)
    order = world.order("other", lines=[{"variant_id": variant, "quantity": 2}], codes=["ten"])
    assert world.read(f"orders/{order['id']}/payload")["total_price"] == shown


def test_presentment_money(world: World) -> None:
    """Prices are rounded one by one, and totals are their sums: not the shop's total by the rate."""
    payload = world.read(f"orders/{world.order(currency='EUR')['id']}/payload")
    assert payload["total_price_set"]["presentment_money"] == {"amount": "39.78", "currency_code": "EUR"}

    def shown(told: dict[str, Any]) -> Decimal:
        return Decimal(told["presentment_money"]["amount"])

    goods = sum(shown(line["price_set"]) * line["quantity"] for line in payload["line_items"])
    assert goods == shown(payload["subtotal_price_set"]) == shown(payload["total_line_items_price_set"])
    assert goods + shown(payload["total_shipping_price_set"]) == shown(payload["total_price_set"])  # taxes are within


def test_a_guest_becomes_a_customer_and_nobody_stays_nobody(world: World) -> None:
    assert world.order(email="New@Example.com")["customer_id"] == world.order(email="new@example.com")["customer_id"]
    assert world.order(email=None)["customer_id"] is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(price=st.integers(1, 9999), quantity=st.integers(1, 40), off=st.integers(0, 9999), data=st.data())
def test_shares_of_a_line_sum_to_the_line(price: int, quantity: int, off: int, data: st.DataObject) -> None:
    line = Line(1, None, None, "x", quantity, quantity, price)
    line.allocations = [Allocation(0, min(off, price * quantity))]
    given_back, left = 0, quantity
    while left:
        count = data.draw(st.integers(1, left))
        given_back += line.share(line.discounted, quantity - left, count)
        left -= count
        line.current_quantity = left
        assert line.current_subtotal == line.discounted - given_back
    assert given_back == line.discounted
