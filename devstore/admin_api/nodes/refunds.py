"""Refunds and transactions."""

from devstore import gid
from devstore.admin_api.call import Call, Node, bag
from devstore.admin_api.nodes.lines import line_node
from devstore.admin_api.paging import connection
from devstore.clock import zulu
from devstore.currency import half_up
from devstore.state.orders import Order, Refund, RefundLine, Transaction


def refund_node(call: Call, order: Order, refund: Refund) -> Node:
    lines = {one.id: one for one in refund.lines}
    adjustments = {one.id: one for one in refund.adjustments if one.kind == "refund_discrepancy"}
    transactions = {one.id: one for one in refund.transactions}
    return {
        "__typename": "Refund",
        "id": gid.make("Refund", refund.id),
        "legacyResourceId": str(refund.id),
        "createdAt": zulu(refund.created_at),
        "updatedAt": zulu(refund.created_at),
        "note": refund.note,
        "totalRefundedSet": bag(order, refund.amount),
        "refundLineItems": lambda _info, **args: connection(call, list(lines), args, lambda number: _line(order, lines[number])),
        "orderAdjustments": lambda _info, **args: connection(
            call, list(adjustments), args, lambda number: _adjustment(order, adjustments[number].amount, number)
        ),
        "refundShippingLines": lambda _info, **args: connection(
            call, [refund.id] if refund.shipping else [], args, lambda _: _shipping(order, refund)
        ),
        "transactions": lambda _info, **args: connection(
            call, list(transactions), args, lambda number: transaction_node(order, transactions[number])
        ),
    }


def _line(order: Order, one: RefundLine) -> Node:
    line = next(line for line in order.lines if line.id == one.line_id)
    return {
        "id": gid.make("RefundLineItem", one.id),
        "quantity": one.quantity,
        "restocked": one.restock_type != "no_restock",
        "restockType": one.restock_type.upper(),
        "lineItem": line_node(order, line),
        "priceSet": bag(order, half_up(one.subtotal, one.quantity)),
        "subtotalSet": bag(order, one.subtotal),
        "totalTaxSet": bag(order, one.tax),
    }


def _adjustment(order: Order, amount: int, number: int) -> Node:
    return {
        "id": gid.make("OrderAdjustment", number),
        "reason": "REFUND_DISCREPANCY",
        "amountSet": bag(order, amount),
        "taxAmountSet": bag(order, 0),
    }


def _shipping(order: Order, refund: Refund) -> Node:
    return {
        "id": gid.make("RefundShippingLine", refund.id),
        "subtotalAmountSet": bag(order, refund.shipping),
        "taxAmountSet": bag(order, refund.shipping_tax),
        "shippingLine": {"id": gid.make("ShippingLine", order.shipping_lines[0].id)},
    }


def transaction_node(order: Order, one: Transaction) -> Node:
    return {
        "id": gid.make("OrderTransaction", one.id),
        "kind": one.kind.upper(),
        "status": "SUCCESS",
        "gateway": one.gateway,
        "createdAt": zulu(one.created_at),
        "processedAt": zulu(one.created_at),
        "test": order.test,
        "amountSet": bag(order, one.amount),
        "parentTransaction": {"id": gid.make("OrderTransaction", one.parent_id)} if one.parent_id else None,
    }
