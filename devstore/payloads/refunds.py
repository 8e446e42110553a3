"""refunds/create, and the refunds inside an order."""

from typing import Any

from devstore import gid
from devstore.clock import iso
from devstore.payloads.lines import line_payload
from devstore.payloads.money import Purse
from devstore.state.orders import Adjustment, Order, Refund, RefundLine, Transaction
from devstore.state.shops import Shop


def refund_payload(shop: Shop, order: Order, refund: Refund) -> dict[str, Any]:
    purse = Purse(order.currency, order.presentment_currency, order.rate)
    lines = {line.id: line for line in order.lines}
    return {
        "id": refund.id,
        "admin_graphql_api_id": gid.make("Refund", refund.id),
        "order_id": order.id,
        "created_at": iso(refund.created_at),
        "processed_at": iso(refund.created_at),
        "note": refund.note or "",
        "user_id": shop.id,
        "duties": [],
        "total_duties_set": purse.set(0),
        "return": None,
        "restock": refund.restock,
        "refund_shipping_lines": [_shipping(order, refund, purse)] if refund.shipping else [],
        "order_adjustments": [_adjustment(one, refund, order, purse) for one in refund.adjustments],
        "refund_line_items": [{**_line(one, purse), "line_item": line_payload(lines[one.line_id], purse)} for one in refund.lines],
        "transactions": [_transaction(one, order, purse) for one in refund.transactions],
    }


def _line(one: RefundLine, purse: Purse) -> dict[str, Any]:
    """``subtotal`` and ``total_tax`` are JSON numbers here, as at Shopify."""
    return {
        "id": one.id,
        "line_item_id": one.line_id,
        "location_id": None,
        "quantity": one.quantity,
        "restock_type": one.restock_type,
        "subtotal": _number(purse.text(one.subtotal)),
        "total_tax": _number(purse.text(one.tax)),
        "subtotal_set": purse.set(one.subtotal),
        "total_tax_set": purse.set(one.tax),
    }


def _number(shown: str) -> float | int:
    """A decimal text as the JSON number that prints the same. Nothing is ever computed with it."""
    value = float(shown)
    return int(value) if value.is_integer() else value


def _adjustment(one: Adjustment, refund: Refund, order: Order, purse: Purse) -> dict[str, Any]:
    return {
        "id": one.id,
        "order_id": order.id,
        "refund_id": refund.id,
        "kind": one.kind,
        "reason": one.reason,
        **purse.pair("amount", one.amount),
        "tax_amount": purse.text(one.tax),
        "tax_amount_set": purse.set(one.tax),
    }


def _shipping(order: Order, refund: Refund, purse: Purse) -> dict[str, Any]:
    line = order.shipping_lines[0]
    return {
        "id": refund.id,
        "shipping_line_id": line.id,
        "subtotal_amount_set": purse.set(refund.shipping),
        "tax_amount_set": purse.set(refund.shipping_tax),
    }


def _transaction(one: Transaction, order: Order, purse: Purse) -> dict[str, Any]:
    nothing = {"presentment_money": {"amount": "0.0", "currency": purse.shown}, "shop_money": {"amount": "0.0", "currency": purse.currency}}
    empty = ("authorization", "location_id", "user_id", "device_id", "error_code", "amount_rounding")
    return {
        **dict.fromkeys(empty),
        "id": one.id,
        "admin_graphql_api_id": gid.make("OrderTransaction", one.id),
        "order_id": order.id,
        "parent_id": one.parent_id,
        "kind": one.kind,
        "gateway": one.gateway,
        "status": "success",
        "message": "Refunded",
        "created_at": iso(one.created_at),
        "processed_at": iso(one.created_at),
        "test": order.test,
        "source_name": order.source_name,
        "receipt": {},
        "amount": purse.text(one.amount),
        "currency": order.currency,
        "payment_id": f"{order.name}.1",
        "total_unsettled_set": nothing,
        "manual_payment_gateway": False,
    }
