"""Whatever the bytes of a webhook are, they become values, or Refused; nothing else."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.shopify import payloads
from tests.pipes import bodies
from tests.pipes.bodies import answers

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
    "customer tags": (payloads.customer_tags, {"customerId": "gid://shopify/Customer/9001", "tags": ["VIP"], "occurredAt": bodies.when(0)}),
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
