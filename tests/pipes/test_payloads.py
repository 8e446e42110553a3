"""Webhook bodies as values: money, ids, discounts, edits, refunds, and the same from a node of the Admin API."""

import json

import pytest

from plugin.errors import Refused
from plugin.money import Money
from plugin.shopify import payloads
from tests.pipes import bodies
from tests.pipes.bodies import answers

ORDER = bodies.order()


@pytest.mark.parametrize(
    ("currency", "text", "amount"), [("GBP", "12.50", 1250), ("JPY", "1200", 1200), ("KWD", "1.500", 1500), ("GBP", "1.005", 101)]
)
def test_money_has_its_currencys_digits(currency: str, text: str, amount: int) -> None:
    told = payloads.order(
        bodies.raw(bodies.order(currency=currency, lines=[bodies.line(price=text, price_set=bodies.money(text, currency))]))
    )
    assert told.lines[0].price == Money(amount, currency)


def test_a_line_in_another_currency_than_its_order_is_refused() -> None:
    assert answers(payloads.order, bodies.raw(bodies.order(lines=[bodies.line(price_set=bodies.money("1.00", "EUR"))]))) == "payload"


def test_ids_are_taken_from_gids_where_numbers_are_rounded() -> None:
    told = payloads.order(bodies.raw({**ORDER, "id": 820982911946154500, "admin_graphql_api_id": "gid://shopify/Order/820982911946154508"}))
    assert told.id == "820982911946154508"


def test_another_things_gid_is_no_order() -> None:
    assert answers(payloads.order, bodies.raw({**ORDER, "admin_graphql_api_id": "gid://shopify/Product/1"})) == "payload"


def test_a_whole_order_under_the_topic_of_deletion_deletes_nothing() -> None:
    assert answers(payloads.deleted_order, bodies.raw(ORDER)) == "payload"


def test_only_our_own_attributes_and_campaign_parameters_are_kept() -> None:
    told = payloads.order(
        bodies.raw(
            {
                **ORDER,
                "note_attributes": [
                    {"name": "_tandem_visit", "value": "abc"},
                    {"name": "gift note", "value": "for Mum"},
                    {"name": "_tandem_x", "value": None},
                ],
            }
        )
    )
    assert told.attributes == (("_tandem_visit", "abc"),)
    assert told.landing_site == "/products/thing?utm_source=a"


def test_discounts_are_told_apart() -> None:
    told = payloads.order(
        bodies.raw(
            {
                **ORDER,
                "discount_applications": [
                    {"type": "discount_code", "code": "FRIEND1"},
                    {"type": "automatic", "title": "Bundle"},
                    {"type": "manual", "description": "sorry"},
                ],
                "line_items": [
                    bodies.line(
                        discount_allocations=[
                            {"amount": "4.00", "amount_set": bodies.money("4.00"), "discount_application_index": index}
                            for index in (0, 1, 2, 9)
                        ]
                    )
                ],
            }
        )
    )
    assert [(one.kind, one.code, one.title) for one in told.lines[0].discounts] == [
        ("code", "FRIEND1", "FRIEND1"),
        ("automatic", None, "Bundle"),
        ("manual", None, "sorry"),
        ("manual", None, ""),
    ]


def test_an_edit_takes_units_out_beyond_refunds() -> None:
    told = payloads.order(
        bodies.raw(
            {**ORDER, "line_items": [bodies.line(quantity=5, current_quantity=2)], "refunds": [bodies.refund(1, 5, [(1, 1, "40.00")])]}
        )
    )
    assert told.lines[0].removed == 2


def test_a_node_reads_like_its_webhook() -> None:
    amount = {"shopMoney": {"amount": "40.0", "currencyCode": "GBP"}}
    node = {
        "id": "gid://shopify/Order/5501",
        "name": "#1001",
        "createdAt": bodies.when(0),
        "updatedAt": bodies.when(0),
        "currencyCode": "GBP",
        "test": False,
        "displayFinancialStatus": "PENDING",
        "customer": {"id": "gid://shopify/Customer/9001", "firstName": "Fiona"},
        "shippingAddress": {"address1": "1 High Street", "zip": "AB1 2CD", "countryCodeV2": "GB"},
        "lineItems": {
            "nodes": [
                {
                    "id": f"gid://shopify/LineItem/{id}",
                    "title": f"Thing {id}",
                    "quantity": quantity,
                    "currentQuantity": quantity,
                    "product": {"id": f"gid://shopify/Product/{70 + id}"},
                    "variant": {"id": f"gid://shopify/ProductVariant/{80 + id}"},
                    "originalUnitPriceSet": {"shopMoney": {"amount": price, "currencyCode": "GBP"}},
                    "discountAllocations": [],
                }
                for id, price, quantity in ((1, "40.0", 2), (2, "10.0", 1))
            ]
        },
        "refunds": [
            {
                "id": "gid://shopify/Refund/1",
                "createdAt": bodies.when(5),
                "refundLineItems": [{"quantity": 1, "lineItem": {"id": "gid://shopify/LineItem/1"}, "subtotalSet": amount}],
                "orderAdjustments": {"nodes": [{"amountSet": {"shopMoney": {"amount": "-5.0", "currencyCode": "GBP"}}}]},
            }
        ],
    }
    read = payloads.order(bodies.raw(payloads.order_from_node(node)))
    told = payloads.order(bodies.raw({**ORDER, "refunds": [bodies.refund(1, 5, [(1, 1, "40.00")], beyond="5.00")]}))
    assert read.digest == told.digest
    assert read.refunds == told.refunds


def test_a_refund_that_names_no_currency_is_read_only_if_it_gave_back_nothing() -> None:
    told: dict[str, object] = {"id": 5, "order_id": 7, "created_at": "2026-01-01T00:00:00Z"}
    assert not payloads.refund(json.dumps(told).encode()).unassigned
    with pytest.raises(Refused):
        payloads.refund(json.dumps(told | {"refund_line_items": [{"line_item_id": 3, "quantity": 1, "subtotal": "5.00"}]}).encode())
