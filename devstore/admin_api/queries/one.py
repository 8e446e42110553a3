"""One thing: by its id, its code, its email, its handle."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLError

from devstore import gid
from devstore.admin_api.call import Call, Info, Node, Resolver, call_of
from devstore.admin_api.nodes import discounts
from devstore.admin_api.nodes.bulk import operation_node
from devstore.admin_api.nodes.customers import account_node, customer_node
from devstore.admin_api.nodes.markets import market_node
from devstore.admin_api.nodes.orders import order_node
from devstore.admin_api.nodes.products import collection_node, item_node, product_node, variant_node
from devstore.admin_api.nodes.refunds import refund_node
from devstore.state.background import run_due
from devstore.state.discounts import Discount
from devstore.state.products import Bundling

Finder = Callable[[Call, int], Node | None]


def _order(call: Call, number: int) -> Node | None:
    found = call.shop.orders.get(number)
    return order_node(call, found) if found and call.readable(found) else None


def _refund(call: Call, number: int) -> Node | None:
    found = ((order, refund) for order in call.shop.orders.values() for refund in order.refunds if refund.id == number)
    order, refund = next(found, (None, None))
    return refund_node(call, order, refund) if order and refund and call.readable(order) else None


def _product(call: Call, number: int) -> Node | None:
    found = call.shop.products.get(number)
    return product_node(call, found) if found else None


def _collection(call: Call, number: int) -> Node | None:
    found = call.shop.collections.get(number)
    return collection_node(call, found) if found else None


def _market(call: Call, number: int) -> Node | None:
    found = call.shop.markets.get(number)
    return market_node(call, found) if found else None


def _variant(call: Call, number: int) -> Node | None:
    found = call.shop.variants.get(number)
    return variant_node(call, found) if found else None


def _item(call: Call, number: int) -> Node | None:
    found = call.shop.items.get(number)
    return item_node(call, call.shop.variants[found]) if found else None


def _customer(call: Call, number: int) -> Node | None:
    found = call.shop.customers.get(number)
    return customer_node(call, found) if found else None


def _account(call: Call, number: int) -> Node | None:
    found = call.shop.accounts.get(number)
    return account_node(call, found) if found else None


def _live(call: Call, number: int) -> Discount | None:
    found = call.shop.discounts.get(number)
    return found if found and not found.deleted else None


def _code_discount(call: Call, number: int) -> Node | None:
    found = _live(call, number)
    return discounts.code_node(call, found) if found and found.method == "code" else None


def _automatic(call: Call, number: int) -> Node | None:
    found = _live(call, number)
    return discounts.automatic_node(call, found) if found and found.method == "automatic" else None


def _discount(call: Call, number: int) -> Node | None:
    found = _live(call, number)
    return discounts.any_node(call, found) if found else None


def _bulk(call: Call, number: int) -> Node | None:
    run_due(call.store)
    found = call.shop.bulks.get(number)
    return discounts.bulk_node(call, found) if found else None


def _job(call: Call, number: int) -> Node | None:
    run_due(call.store)
    found = call.shop.jobs.get(number)
    return {"__typename": "Job", "id": gid.make("Job", number), "done": found.done} if found else None


def _operation(call: Call, number: int) -> Node | None:
    found = call.shop.bulk_operations.get(number)
    return operation_node(call.store, call.shop, found) if found else None


def _bundling(call: Call, number: int) -> Node | None:
    run_due(call.store)
    found = call.shop.bundlings.get(number)
    return bundling_node(call, found) if found else None


def bundling_node(call: Call, found: Bundling) -> Node:
    faults = {"PRODUCT_DOES_NOT_EXIST": "Product does not exist."}
    return {"__typename": "ProductBundleOperation", "id": gid.make("ProductBundleOperation", found.id),
            "status": "COMPLETE" if found.done else "ACTIVE", "product": _product(call, found.product_id) if found.product_id else None,
            "userErrors": [{"field": None, "message": faults[found.fault], "code": found.fault}] if found.fault else []}  # fmt: skip


FINDERS: dict[str, Finder] = {
    "Order": _order,
    "Refund": _refund,
    "Product": _product,
    "Collection": _collection,
    "Market": _market,
    "ProductVariant": _variant,
    "InventoryItem": _item,
    "Customer": _customer,
    "StoreCreditAccount": _account,
    "DiscountCodeNode": _code_discount,
    "DiscountAutomaticNode": _automatic,
    "DiscountNode": _discount,
    "DiscountRedeemCodeBulkCreation": _bulk,
    "Job": _job,
    "BulkOperation": _operation,
    "ProductBundleOperation": _bundling,
}


def by_id(*kinds: str) -> Resolver:
    """A resolver that finds one thing by a gid of one of ``kinds``; a gid of another kind is an error, as at Shopify."""

    def find(info: Info, id: str) -> Node | None:
        number = gid.read(id, *kinds)
        if number is None:
            raise GraphQLError(f"Invalid id: {id}", extensions={"code": "RESOURCE_NOT_FOUND"})
        return FINDERS[kinds[0]](call_of(info), number)

    return find


def product_operation(info: Info, id: str) -> Node | None:
    """devstore does bundles alone in the background."""
    number = gid.read(id, "ProductBundleOperation")
    return _bundling(call_of(info), number) if number else None


def node(info: Info, id: str) -> Node | None:
    kind, number = gid.kind(id), gid.read(id)
    if kind is None or number is None:
        raise GraphQLError(f"Invalid global id '{id}'", extensions={"code": "INVALID_FIELD_ARGUMENTS"})
    finder = FINDERS.get(kind)
    return finder(call_of(info), number) if finder else None


def nodes(info: Info, ids: list[str]) -> list[Node | None]:
    if len(ids) > 250:
        raise GraphQLError(
            f"The input array size of {len(ids)} is greater than the maximum allowed of 250.",
            extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"},
        )
    return [node(info, one) for one in ids]


def identified_customer(info: Info, identifier: dict[str, Any]) -> Node | None:
    call = call_of(info)
    if "id" in identifier:
        number = gid.read(identifier["id"], "Customer")
        return _customer(call, number) if number else None
    if "emailAddress" in identifier:
        found = call.shop.customer_by_email(identifier["emailAddress"])
        return customer_node(call, found) if found else None
    raise GraphQLError("devstore finds customers by id or emailAddress.", extensions={"code": "BAD_REQUEST"})


def identified_product(info: Info, identifier: dict[str, Any]) -> Node | None:
    call = call_of(info)
    number = gid.read(identifier["id"], "Product") if "id" in identifier else call.shop.handles.get(identifier.get("handle", ""))
    return _product(call, number) if number else None


def identified_order(info: Info, identifier: dict[str, Any]) -> Node | None:
    number = gid.read(identifier.get("id", ""), "Order")
    return _order(call_of(info), number) if number else None


def by_code(info: Info, code: str) -> Node | None:
    call = call_of(info)
    found = call.shop.code(code)
    return _code_discount(call, found.discount_id) if found else None
