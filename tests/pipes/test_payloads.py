"""Webhook bodies become values, or Refused; nothing else, whatever the bytes are."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.errors import Refused
from plugin.money import Money
from plugin.shopify import payloads
from tests.pipes import bodies

Json = Any  # whatever JSON can hold
Path = tuple[Any, ...]

ORDER, REFUND = bodies.order(), bodies.refund(1, 5, [(1, 1, "40.00")])
PRODUCT: dict[str, Any] = {
    "id": 71,
    "admin_graphql_api_id": "gid://shopify/Product/71",
    "title": "Thing",
    "handle": "thing",
    "status": "active",
    "updated_at": bodies.when(0),
    "image": {"src": "https://cdn.example/thing.png"},
    "variants": [
        {
            "id": 81,
            "admin_graphql_api_id": "gid://shopify/ProductVariant/81",
            "title": "Small",
            "price": "40.00",
            "compare_at_price": "45.00",
            "inventory_item_id": 91,
            "inventory_quantity": -2,
        }
    ],
}
PARSERS: dict[str, tuple[Callable[[bytes], object], Json]] = {
    "order": (payloads.order, ORDER),
    "refund": (payloads.refund, REFUND),
    "product": (lambda raw: payloads.product(raw, "GBP"), PRODUCT),
    "customer": (payloads.customer, {"id": 9001, "email": "a@b.c", "first_name": "A"}),
    "level": (payloads.level, {"inventory_item_id": 91, "location_id": 1, "available": 3, "updated_at": bodies.when(0)}),
    "cost": (lambda raw: payloads.unit_cost(raw, "GBP"), {"id": 91, "cost": "12.50", "updated_at": bodies.when(0)}),
    "edited": (payloads.edited, {"order_edit": {"id": 1, "order_id": 5501}}),
    "deleted": (payloads.deleted_order, {"id": 5501}),
    "redact": (
        payloads.customer_redact,
        {"shop_domain": "north.myshopify.com", "customer": {"id": 1, "email": "a@b.c"}, "orders_to_redact": [1]},
    ),
}
HOSTILE: list[Any] = [
    True,
    0,
    -1,
    2**63,
    2**200,
    1.5,
    "",
    "NaN",
    "1e999999",
    "-1",
    "٣",
    "१२",
    "\x00",
    "\ud800",
    "‮x",
    "x" * 5000,
    [],
    [1],
    {},
    {"a": 1},
    [[]],
    [None],
    "gid://shopify/Product/1",
    "2026-13-45T99:00:00Z",
    "2026-01-01",
    "0001-01-01T00:00:00+14:00",
    "<svg onload=x>",
    "{{7*7}}",
    "=HYPERLINK()",
    "1.005",
    "999999999999999999999.00",
]
BROKEN = {
    "empty": b"",
    "html": b"<html></html>",
    "array": b"[1]",
    "scalar": b"1",
    "null": b"null",
    "not utf-8": b'{"id": "\xff"}',
    "duplicate keys": b'{"id": 1, "id": 2}',
    "duplicate deep": b'{"id": 1, "customer": {"id": 1, "id": 1}}',
    "nan": b'{"id": NaN}',
    "infinity": b'{"id": -Infinity}',
    "5,000 digits": b'{"id": ' + b"9" * 5000 + b"}",
    "deep": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "unfinished": b'{"id": 1',
    "bom": b"\xef\xbb\xbf{}",
    "utf-16": '{"id": 1}'.encode("utf-16"),
    "too long": b'{"a": "' + b"x" * 2_200_000 + b'"}',
}


def answers(parser: Callable[[bytes], object], raw: bytes) -> object:
    """The value, or the reason of a Refused; any other exception fails the test."""
    try:
        return parser(raw)
    except Refused as refused:
        return refused.reason


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_no_json_object_is_refused(name: str, broken: str) -> None:
    assert answers(PARSERS[name][0], BROKEN[broken]) == "payload"


@pytest.mark.parametrize("name", PARSERS)
def test_each_field_missing_null_or_of_a_wrong_kind(name: str) -> None:
    parser, body = PARSERS[name]
    for path in list(paths(body)):
        answers(parser, json.dumps(without(body, path)).encode())
        for value in (None, *HOSTILE):
            answers(parser, json.dumps(replaced(body, path, value)).encode())


def paths(value: Json, here: Path = ()) -> Iterator[Path]:
    """Every place within a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield (*here, key)
        yield from paths(child, (*here, key))


def replaced(body: Json, path: Path, value: Json) -> Json:
    copy = json.loads(json.dumps(body))
    at = copy
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return copy


def without(body: Json, path: Path) -> Json:
    copy = json.loads(json.dumps(body))
    at = copy
    for key in path[:-1]:
        at = at[key]
    del at[path[-1]]
    return copy


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(sorted(ORDER)) | st.text(), inner),
    max_leaves=30,
)


@settings(max_examples=120)
@given(st.dictionaries(st.sampled_from(sorted({*ORDER, *REFUND, *PRODUCT})), JSON), st.sampled_from(sorted(PARSERS)))
def test_any_json_at_all(body: dict[str, Any], name: str) -> None:
    answers(PARSERS[name][0], json.dumps({**PARSERS[name][1], **body}).encode())


@settings(max_examples=120)
@given(st.binary(max_size=300), st.sampled_from(sorted(PARSERS)))
def test_any_bytes_at_all(raw: bytes, name: str) -> None:
    answers(PARSERS[name][0], raw)


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
