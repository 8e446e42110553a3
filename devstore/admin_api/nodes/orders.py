"""Orders."""

from typing import Any

from devstore import gid
from devstore.admin_api.call import Call, Node, bag
from devstore.admin_api.nodes.customers import address_node, customer_node
from devstore.admin_api.nodes.lines import application_node, line_node, shipping_node, tax_nodes
from devstore.admin_api.nodes.refunds import refund_node, transaction_node
from devstore.admin_api.nodes.shops import metafield_reader
from devstore.admin_api.paging import connection
from devstore.clock import zulu
from devstore.state.orders import Dispute, Order
from devstore.state.presented import presented

_RECOMMENDATIONS = {"LOW": "ACCEPT", "MEDIUM": "INVESTIGATE", "HIGH": "CANCEL", "NONE": "NONE", "PENDING": "NONE"}


def order_node(call: Call, order: Order) -> Node:
    return {
        **_facts(order),
        **_totals(order),
        **_parts(call, order),
        "metafield": metafield_reader(gid.make("Order", order.id)),
    }


def _facts(order: Order) -> Node:
    return {
        "__typename": "Order",
        "id": gid.make("Order", order.id),
        "legacyResourceId": str(order.id),
        "name": order.name,
        "number": order.number,
        "email": order.email,
        "phone": order.phone,
        "test": order.test,
        "note": order.note,
        "tags": sorted(order.tags),
        "confirmed": True,
        "closed": False,
        "cancelledAt": zulu(order.cancelled_at) if order.cancelled_at else None,
        "cancelReason": order.cancel_reason.upper() if order.cancel_reason else None,
        "createdAt": zulu(order.created_at),
        "updatedAt": zulu(order.updated_at),
        "processedAt": zulu(order.processed_at or order.created_at),
        "currencyCode": order.currency,
        "presentmentCurrencyCode": order.presentment_currency,
        "displayFinancialStatus": order.financial_status.upper(),
        "displayFulfillmentStatus": "UNFULFILLED",
        "discountCode": order.codes[0] if order.codes else None,
        "discountCodes": list(order.codes),
        "taxesIncluded": order.taxes_included,
        "customerLocale": order.locale,
        "clientIp": order.browser_ip,
        "sourceName": order.source_name,
        "paymentGatewayNames": list(dict.fromkeys(one.gateway for one in order.transactions)),
        "statusPageUrl": f"https://shop.example/orders/{order.token}",
        "fullyPaid": order.financial_status == "paid",
        "unpaid": order.received == 0,
        "customAttributes": [{"key": key, "value": value} for key, value in order.attributes.items()],
    }


def _totals(order: Order) -> Node:
    """Sums are made when asked for."""
    amounts = {
        "subtotalPriceSet": "subtotal",
        "totalPriceSet": "total",
        "totalTaxSet": "tax",
        "totalDiscountsSet": "discounts",
        "totalShippingPriceSet": "shipping",
        "currentSubtotalPriceSet": "current_subtotal",
        "currentTotalPriceSet": "current_total",
        "currentTotalTaxSet": "current_tax",
        "currentTotalDiscountsSet": "current_discounts",
        "currentShippingPriceSet": "current_shipping",
        "totalRefundedSet": "refunded",
        "totalReceivedSet": "received",
        "totalOutstandingSet": "outstanding",
    }
    sums = {name: _sum(order, attribute) for name, attribute in amounts.items()}
    return {**sums, "netPaymentSet": lambda _info: bag(order, order.received - order.refunded)}


def _sum(order: Order, attribute: str) -> Any:  # noqa: ANN401  (a resolver)
    """What is still to be paid is known in the shop's currency alone: payments are not rounded price by price."""
    if attribute == "outstanding":
        return lambda _info: bag(order, order.outstanding)
    return lambda _info: bag(order, getattr(order, attribute), getattr(presented(order), attribute))


def _parts(call: Call, order: Order) -> Node:
    lines = {line.id: line for line in order.lines}
    shipping = {line.id: line for line in order.shipping_lines}
    return {
        "customer": lambda _info: _customer(call, order),
        "billingAddress": address_node(order.address),
        "shippingAddress": address_node(order.address),
        "taxLines": lambda _info: tax_nodes(order, order.tax, order.lines[0] if order.lines else None),
        "risk": _risk(order),
        "discountApplications": lambda _info, **args: connection(
            call, list(range(len(order.applications))), args, lambda index: application_node(order, index)
        ),
        "lineItems": lambda _info, **args: connection(call, list(lines), args, lambda number: line_node(order, lines[number])),
        "shippingLine": lambda _info: shipping_node(order, order.shipping_lines[0]) if order.shipping_lines else None,
        "shippingLines": lambda _info, **args: connection(
            call, list(shipping), args, lambda number: shipping_node(order, shipping[number])
        ),
        "refunds": lambda _info, first=None: [refund_node(call, order, one) for one in order.refunds[:first]],
        "disputes": [_dispute(one) for one in order.disputes],
        "transactions": lambda _info, first=None, **_: _transactions(order, first),
        "customerJourneySummary": lambda _info: _journey(call, order),
    }


def _customer(call: Call, order: Order) -> Node | None:
    found = call.shop.customers.get(order.customer_id) if order.customer_id else None
    return customer_node(call, found) if found else None


def _risk(order: Order) -> Node:
    assessment: Node = {"riskLevel": order.risk, "facts": [], "provider": None}
    assessments = [] if order.risk == "PENDING" else [assessment]
    return {"recommendation": _RECOMMENDATIONS[order.risk], "assessments": assessments}


def _dispute(one: Dispute) -> Node:
    kind = "OrderDisputeSummary"
    return {"__typename": kind, "id": gid.make(kind, one.id), "initiatedAs": one.kind, "status": one.status}


def _transactions(order: Order, first: int | None) -> list[Node]:
    everything = [*order.transactions, *(one for refund in order.refunds for one in refund.transactions)]
    return [transaction_node(order, one) for one in everything[:first]]


def _journey(call: Call, order: Order) -> Node:
    customer = call.shop.customers.get(order.customer_id) if order.customer_id else None
    visit = {
        "landingPage": order.landing_site,
        "referrerUrl": order.referring_site or None,
        "source": "direct",
        "occurredAt": zulu(order.created_at),
        "utmParameters": None,
    }
    index = customer.orders.index(order.id) if customer else None
    return {"ready": True, "momentsCount": {"count": 1}, "customerOrderIndex": index, "firstVisit": visit, "lastVisit": visit}
