"""What Shopify tells when we ask: what changed, each as a whole, and bulk files of all orders and products.

No transaction is open here. Everything comes back in the shape of webhook bodies. Raises what AdminApi.call raises.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests

from plugin.context import Context
from plugin.errors import Broken, TryAgain
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi
from plugin.shopify.operations import load
from plugin.shopify.payloads import cost_from_node, customer_from_node, disputes_from_node, order_from_node, product_from_node

MOST_PAGES = 2_000
FILE_SECONDS = 60.0
ORDER_TOPIC, PRODUCT_TOPIC = "orders/updated", "products/update"
TOPICS = {"orders": ORDER_TOPIC, "products": PRODUCT_TOPIC, "customers": "customers/update", "costs": "inventory_items/update"}
OPEN_DISPUTES = ("needs_response", "under_review")
ROOTS = {"orders": "orders", "products": "products", "customers": "customers", "costs": "inventoryItems"}
TOLD: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {"customers": customer_from_node, "costs": cost_from_node}
"""Kinds that are told whole in the list of what changed."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Something that changed at Shopify, by its digits; ``body`` is the webhook's, where the list tells all."""

    id: str
    updated_at: datetime
    body: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a bulk operation. ``status``: Shopify's, in capitals. ``url`` of the result, None if there is none."""

    status: str
    url: str | None
    objects: int
    error: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One object of a bulk file, its children within it, and the number of lines up to its end."""

    node: Mapping[str, Any]
    lines: int


# -- what changed ------------------------------------------------------------------------------------------------------


def changed(api: AdminApi, kind: str, since: datetime) -> Iterator[Changed]:
    """What of a kind (a key of TOPICS) has an ``updated_at`` at or after ``since``; oldest change first, but for costs."""
    operations = {"orders": "orders_changed", "products": "products_changed", "customers": "customers_changed", "costs": "costs_changed"}
    tell, operation = TOLD.get(kind), operations[kind]
    query = f"updated_at:>='{since:%Y-%m-%dT%H:%M:%SZ}'"
    for page in _pages(api, operation, ROOTS[kind], query):
        for node in page["nodes"]:
            yield Changed(gid.digits(node["id"]), datetime.fromisoformat(node["updatedAt"]), tell(node) if tell else None)


def _pages(api: AdminApi, operation: str, root: str, query: str) -> Iterator[Mapping[str, Any]]:
    after: str | None = None
    for _ in range(MOST_PAGES):
        page = api.call(operation, after=after, query=query)[root]
        yield page
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]
    raise Broken("Shopify's pages do not end.", operation=operation)


def order(api: AdminApi, order_id: str) -> dict[str, Any] | None:
    """The whole order with all lines and refunds; None if this shop has no such order."""
    node = _whole(api, "order_read", gid.make("Order", order_id), root="order", connection="lineItems")
    if node is None:
        return None
    seen = {refund["id"]: refund for refund in node["firstRefunds"]}
    return order_from_node({**node, "refunds": [_refund(api, one["id"], seen.get(one["id"])) for one in node["refunds"]]})


def product(api: AdminApi, product_id: str) -> dict[str, Any] | None:
    """The whole product with all variants and their costs; None if this shop has no such product."""
    node = _whole(api, "product_read", gid.make("Product", product_id), root="product", connection="variants")
    return product_from_node(node) if node else None


def disputed(api: AdminApi) -> Iterator[dict[str, Any]]:
    """Every dispute that is open now, as its webhook would tell it. The webhook itself needs a scope more than the orders do."""
    for status in OPEN_DISPUTES:
        for page in _pages(api, "orders_disputed", "orders", f"chargeback_status:{status}"):
            for node in page["nodes"]:
                yield from disputes_from_node(node)


def whole(api: AdminApi, kind: str, change: Changed) -> dict[str, Any] | None:
    """What changed as the body of its webhook; None if it is gone by now."""
    if change.body is not None:
        return change.body
    return order(api, change.id) if kind == "orders" else product(api, change.id)


def _whole(api: AdminApi, operation: str, id: str, *, root: str, connection: str) -> dict[str, Any] | None:
    """One object with every page of one of its connections."""
    node: dict[str, Any] | None = None
    found: list[Mapping[str, Any]] = []
    after: str | None = None
    while True:
        page = api.call(operation, id=id, after=after)[root]
        if page is None:
            return None
        node = node or page
        found += page[connection]["nodes"]
        if not page[connection]["pageInfo"]["hasNextPage"]:
            return {**node, connection: found}
        after = page[connection]["pageInfo"]["endCursor"]


def _refund(api: AdminApi, id: str, seen: dict[str, Any] | None) -> dict[str, Any]:
    """As the order told it, if that was all of it; else read on its own. All within the order's costs more than Shopify allows."""
    if seen is not None and not seen["refundLineItems"]["pageInfo"]["hasNextPage"]:
        return seen
    node = _whole(api, "refund_read", id, root="node", connection="refundLineItems")
    if node is None:
        raise TryAgain("A refund was there and is gone.", refund_id=id)
    return node


# -- bulk --------------------------------------------------------------------------------------------------------------


def start_bulk(api: AdminApi, kind: str, since: datetime | None) -> str:
    """Let Shopify collect all orders, products or customers (created since). Returns the operation's gid."""
    text = load({"orders": "bulk_orders", "products": "bulk_products", "customers": "bulk_customers"}[kind]).text
    if since is not None:
        text = text.replace(f"{kind} {{", f'{kind}(query: "created_at:>=\'{since:%Y-%m-%dT%H:%M:%SZ}\'") {{', 1)
    operation: str = api.call("bulk_run", query=text)["bulkOperationRunQuery"]["bulkOperation"]["id"]
    return operation


def bulk_progress(api: AdminApi, operation_id: str) -> Progress:
    """How far it is."""
    told = api.call("bulk_progress", id=operation_id)["bulkOperation"]
    if told is None:
        return Progress("EXPIRED", None, 0, "Shopify does not know the operation any more.")
    return Progress(told["status"], told["url"], int(told["objectCount"] or 0), told["errorCode"])


def bulk_file(context: Context, url: str, *, done: int) -> Iterator[Entry]:
    """The objects of a result file after the first ``done`` lines. Raises TryAgain if it cannot be had (any more)."""
    try:
        with context.http.get(url, stream=True, timeout=FILE_SECONDS) as answer:
            if answer.status_code != 200:
                raise TryAgain("The result of a bulk operation cannot be had.", status=answer.status_code)
            yield from _entries(answer.iter_lines(chunk_size=65536), done)
    except requests.RequestException as fault:
        raise TryAgain("The result of a bulk operation broke off.") from fault


def _entries(lines: Iterator[bytes], done: int) -> Iterator[Entry]:
    """Children follow their parent; a line without a parent begins the next object."""
    parent: dict[str, Any] | None = None
    count = 0
    for count, line in enumerate(lines, start=1):
        if count <= done:
            continue
        node = json.loads(line)
        if "__parentId" not in node:
            if parent is not None:
                yield Entry(parent, count - 1)
            parent = node
        elif parent is not None:
            parent.setdefault(_connection(node), []).append(node)
    if parent is not None:
        yield Entry(parent, count)


def _connection(node: Mapping[str, Any]) -> str:
    kinds = {"LineItem": "lineItems", "ProductVariant": "variants"}
    kind = str(node.get("id", "")).removeprefix("gid://shopify/").partition("/")[0]
    return kinds.get(kind, "shippingLines")


def in_webhook_shape(api: AdminApi, kind: str, node: Mapping[str, Any]) -> dict[str, Any] | None:
    """A bulk node as a webhook's body. Bulk files cannot hold a refund's lines: an order with refunds is read as a whole."""
    if kind == "products":
        return product_from_node(node)
    if kind == "customers":
        return customer_from_node(node)
    return order(api, gid.digits(node["id"])) if node.get("refunds") else order_from_node(node)
