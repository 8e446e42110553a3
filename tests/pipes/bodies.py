"""Webhook bodies for tests: small, complete, and told in the shop's own words."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from plugin.errors import Refused

START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
ORDER_ID = "5501"


def when(minutes: int) -> str:
    return (START + timedelta(minutes=minutes)).isoformat()


def money(amount: str, currency: str = "GBP") -> dict[str, Any]:
    return {"shop_money": {"amount": amount, "currency_code": currency}, "presentment_money": {"amount": "1.00", "currency_code": "USD"}}


def line(id: int = 1, *, price: str = "40.00", quantity: int = 2, **told: object) -> dict[str, Any]:
    return {
        "id": id,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{id}",
        "title": f"Thing {id}",
        "quantity": quantity,
        "current_quantity": quantity,
        "price": price,
        "price_set": money(price),
        "product_id": 70 + id,
        "variant_id": 80 + id,
        "discount_allocations": [],
        **told,
    }


def order(minutes: int = 0, *, id: str = ORDER_ID, lines: Sequence[dict[str, Any]] | None = None, **told: object) -> dict[str, Any]:
    return {
        "id": int(id),
        "admin_graphql_api_id": f"gid://shopify/Order/{id}",
        "name": "#1001",
        "currency": "GBP",
        "created_at": when(0),
        "updated_at": when(minutes),
        "cancelled_at": None,
        "financial_status": "pending",
        "test": False,
        "email": "Fiona.Friend+shop@googlemail.com",
        "contact_email": "fiona.friend@gmail.com",
        "browser_ip": "203.0.113.7",
        "client_details": {"user_agent": "Mozilla/5.0"},
        "customer_locale": "en-GB",
        "customer": {"id": 9001, "admin_graphql_api_id": "gid://shopify/Customer/9001", "first_name": "Fiona", "email": "fiona@gmail.com"},
        "line_items": list(lines) if lines is not None else [line(1), line(2, price="10.00", quantity=1)],
        "discount_codes": [],
        "discount_applications": [],
        "note_attributes": [],
        "refunds": [],
        "shipping_lines": [],
        "shipping_address": {"address1": "1 High Street", "zip": "AB1 2CD", "country_code": "GB"},
        "payment_gateway_names": ["bogus"],
        "landing_site": "/products/thing?utm_source=a&email=x%40y.z",
        "order_status_url": "https://north.myshopify.com/1/orders/abc/authenticate?key=k",
        **told,
    }


def refund(
    id: int, minutes: int, lines: Sequence[tuple[int, int, str]], *, order_id: str = ORDER_ID, beyond: str | None = None
) -> dict[str, Any]:
    """``lines``: (line, units, goods given back). ``beyond``: an amount without lines."""
    return {
        "id": id,
        "admin_graphql_api_id": f"gid://shopify/Refund/{id}",
        "order_id": int(order_id),
        "created_at": when(minutes),
        "refund_line_items": [
            {"id": id * 10 + n, "line_item_id": line_id, "quantity": quantity, "subtotal": float(amount), "subtotal_set": money(amount)}
            for n, (line_id, quantity, amount) in enumerate(lines)
        ],
        "order_adjustments": [{"kind": "refund_discrepancy", "amount": f"-{beyond}", "amount_set": money(f"-{beyond}")}] if beyond else [],
    }


def raw(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


def answers(parser: Callable[[bytes], object], raw: bytes) -> object:
    """The value, or the reason of a Refused; any other exception fails the test."""
    try:
        return parser(raw)
    except Refused as refused:
        return refused.reason
