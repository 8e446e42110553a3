"""The root fields of QueryRoot: name → resolver."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLError

from devstore import gid
from devstore.admin_api import search
from devstore.admin_api.call import Call, Info, Node, Resolver, call_of
from devstore.admin_api.nodes import discounts, shops
from devstore.admin_api.nodes.bulk import operation_node
from devstore.admin_api.nodes.customers import account_node, customer_node
from devstore.admin_api.nodes.orders import order_node
from devstore.admin_api.nodes.products import item_node, product_node, variant_node
from devstore.admin_api.paging import Listed, connected
from devstore.admin_api.schema import VERSION
from devstore.state.background import run_due
from devstore.state.discounts import Discount
from devstore.state.orders import Order

Finder = Callable[[Call, int], Node | None]


def _order(call: Call, number: int) -> Node | None:
    found = call.shop.orders.get(number)
    return order_node(call, found) if found and call.readable(found) else None


def _product(call: Call, number: int) -> Node | None:
    found = call.shop.products.get(number)
    return product_node(call, found) if found else None


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


FINDERS: dict[str, Finder] = {
    "Order": _order,
    "Product": _product,
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
}


def _by_id(*kinds: str) -> Resolver:
    """A resolver that finds one thing by a gid of one of ``kinds``; a gid of another kind is an error, as at Shopify."""

    def find(info: Info, id: str) -> Node | None:
        number = gid.read(id, *kinds)
        if number is None:
            raise GraphQLError(f"Invalid id: {id}", extensions={"code": "RESOURCE_NOT_FOUND"})
        return FINDERS[kinds[0]](call_of(info), number)

    return find


def _node(info: Info, id: str) -> Node | None:
    kind, number = gid.kind(id), gid.read(id)
    if kind is None or number is None:
        raise GraphQLError(f"Invalid global id '{id}'", extensions={"code": "INVALID_FIELD_ARGUMENTS"})
    finder = FINDERS.get(kind)
    return finder(call_of(info), number) if finder else None


def _nodes(info: Info, ids: list[str]) -> list[Node | None]:
    if len(ids) > 250:
        raise GraphQLError(
            f"The input array size of {len(ids)} is greater than the maximum allowed of 250.",
            extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"},
        )
    return [_node(info, one) for one in ids]


def _root(call: Call, listed: Listed, args: dict[str, Any]) -> Node:
    """A root connection. A bulk operation reads it in windows."""
    if call.window is not None:
        listed = Listed(listed.ids[slice(*call.window)], listed.node, listed.value)
    return connected(call, listed, args)


_ORDER_FIELDS: dict[str, Callable[[Order], Any]] = {
    "id": lambda one: one.id,
    "name": lambda one: one.name,
    "created_at": lambda one: one.created_at,
    "updated_at": lambda one: one.updated_at,
    "processed_at": lambda one: one.processed_at,
    "financial_status": lambda one: one.financial_status,
    "status": lambda one: "cancelled" if one.cancelled_at else "open",
    "email": lambda one: one.email,
    "customer_id": lambda one: one.customer_id,
    "discount_code": lambda one: one.codes,
    "test": lambda one: str(one.test).lower(),
    "tag": lambda one: one.tags,
}


def order_ids(call: Call, query: str | None, *, by_update: bool) -> list[int]:
    """Readable orders that fit the search, by update or by id. A lower bound of updated_at is found without a scan."""
    terms = search.terms(query)
    fits = search.keep(terms, _ORDER_FIELDS)
    entries, since = call.shop.changed_orders.entries, 0
    bounds = [term for term in terms if term.key == "updated_at" and term.op in (">", ">=")]
    if bounds:
        since = call.shop.changed_orders.at_or_after((max(term.moment for term in bounds), 0))
    found = [number for _, number in entries[since:]]
    orders = call.shop.orders
    kept = [number for number in found if fits(orders[number]) and call.readable(orders[number])]
    return kept if by_update else sorted(kept)


def _orders(info: Info, query: str | None = None, sortKey: str = "PROCESSED_AT", **args: Any) -> Node:  # noqa: ANN401
    call = call_of(info)
    if sortKey not in ("UPDATED_AT", "PROCESSED_AT", "CREATED_AT", "ID", "ORDER_NUMBER"):
        raise GraphQLError(f"devstore cannot sort orders by {sortKey}.", extensions={"code": "BAD_REQUEST"})
    by_update = sortKey == "UPDATED_AT"
    orders = call.shop.orders
    ids = order_ids(call, query, by_update=by_update)
    moments = (lambda number: orders[number].updated_at.isoformat("T", "microseconds")) if by_update else (lambda _: "")
    return _root(call, Listed(ids, lambda number: order_node(call, orders[number]), moments), args)


def _count(info: Info, query: str | None = None, limit: int | None = 10_000, **_: object) -> Node:
    count = len(order_ids(call_of(info), query, by_update=False))
    over = limit is not None and count > limit
    return {"count": limit if over else count, "precision": "AT_LEAST" if over else "EXACT"}


def _filtered(things: str, fields: dict[str, Callable[[Any], Any]], node: Callable[[Call, Any], Node]) -> Resolver:
    """A root connection over one of the shop's dictionaries, sorted by id or by update."""

    def read(info: Info, query: str | None = None, sortKey: str = "ID", **args: Any) -> Node:  # noqa: ANN401
        call = call_of(info)
        found = getattr(call.shop, things)
        fits = search.keep(search.terms(query), fields)
        ids = sorted(number for number, thing in found.items() if fits(thing))
        if sortKey not in ("ID", "UPDATED_AT", "CREATED_AT", "RELEVANCE", "UPDATE"):
            raise GraphQLError(f"devstore cannot sort {things} by {sortKey}.", extensions={"code": "BAD_REQUEST"})
        if sortKey != "UPDATED_AT":
            return _root(call, Listed(ids, lambda number: node(call, found[number])), args)
        moments = {number: found[number].updated_at.isoformat("T", "microseconds") for number in ids}
        ids.sort(key=lambda number: (moments[number], number))
        return _root(call, Listed(ids, lambda number: node(call, found[number]), moments.__getitem__), args)

    return read


_PRODUCT_FIELDS: dict[str, Callable[[Any], Any]] = {
    "id": lambda one: one.id,
    "title": lambda one: one.title,
    "handle": lambda one: one.handle,
    "status": lambda one: one.status,
    "vendor": lambda one: one.vendor,
    "tag": lambda one: one.tags,
    "created_at": lambda one: one.created_at,
    "updated_at": lambda one: one.updated_at,
}
_CUSTOMER_FIELDS: dict[str, Callable[[Any], Any]] = {
    "id": lambda one: one.id,
    "email": lambda one: one.email,
    "tag": lambda one: one.tags,
    "created_at": lambda one: one.created_at,
    "updated_at": lambda one: one.updated_at,
}
_VARIANT_FIELDS: dict[str, Callable[[Any], Any]] = {
    "id": lambda one: one.id,
    "sku": lambda one: one.sku,
    "product_id": lambda one: one.product_id,
    "title": lambda one: one.title,
}


def _discount_list(method: str | None, node: Callable[[Call, Discount], Node]) -> Resolver:
    fields: dict[str, Callable[[Any], Any]] = {
        "id": lambda one: one.id,
        "title": lambda one: one.title,
        "created_at": lambda one: one.created_at,
        "updated_at": lambda one: one.updated_at,
    }

    def read(info: Info, query: str | None = None, sortKey: str = "ID", **args: Any) -> Node:  # noqa: ANN401
        call = call_of(info)
        fits = search.keep(search.terms(query), fields)
        found = call.shop.discounts
        ids = [number for number, one in found.items() if not one.deleted and method in (None, one.method) and fits(one)]
        return _root(call, Listed(sorted(ids), lambda number: node(call, found[number])), args)

    return read


def _by_code(info: Info, code: str) -> Node | None:
    call = call_of(info)
    found = call.shop.code(code)
    return _code_discount(call, found.discount_id) if found else None


def _items(info: Info, query: str | None = None, **args: Any) -> Node:  # noqa: ANN401
    call = call_of(info)
    fits = search.keep(search.terms(query), {"id": lambda one: one.inventory_item_id, "sku": lambda one: one.sku})
    ids = sorted(item for item, variant in call.shop.items.items() if fits(call.shop.variants[variant]))
    return _root(call, Listed(ids, lambda number: item_node(call, call.shop.variants[call.shop.items[number]])), args)


def _identified_customer(info: Info, identifier: dict[str, Any]) -> Node | None:
    call = call_of(info)
    if "id" in identifier:
        number = gid.read(identifier["id"], "Customer")
        return _customer(call, number) if number else None
    if "emailAddress" in identifier:
        found = call.shop.customer_by_email(identifier["emailAddress"])
        return customer_node(call, found) if found else None
    raise GraphQLError("devstore finds customers by id or emailAddress.", extensions={"code": "BAD_REQUEST"})


def _identified_product(info: Info, identifier: dict[str, Any]) -> Node | None:
    call = call_of(info)
    number = gid.read(identifier["id"], "Product") if "id" in identifier else call.shop.handles.get(identifier.get("handle", ""))
    return _product(call, number) if number else None


def _identified_order(info: Info, identifier: dict[str, Any]) -> Node | None:
    number = gid.read(identifier.get("id", ""), "Order")
    return _order(call_of(info), number) if number else None


def _operations(info: Info, query: str | None = None, sortKey: str = "CREATED_AT", **args: Any) -> Node:  # noqa: ANN401
    call = call_of(info)
    found = call.shop.bulk_operations
    fits = search.keep(search.terms(query), {"status": lambda one: one.status, "created_at": lambda one: one.created_at})
    ids = sorted(number for number, one in found.items() if fits(one))
    return connected(call, Listed(ids, lambda number: operation_node(call.store, call.shop, found[number])), args)


def _subscriptions(info: Info, **args: Any) -> Node:  # noqa: ANN401
    return shops.subscriptions(call_of(info), args)


QUERIES: dict[str, Resolver] = {
    "shop": lambda info: shops.shop_node(call_of(info)),
    "shopLocales": lambda info, published=False: shops.locales(call_of(info)),
    "currentAppInstallation": lambda info: shops.installation_node(call_of(info)),
    "appInstallation": lambda info, id=None: shops.installation_node(call_of(info)),
    "publicApiVersions": lambda info: [{"handle": VERSION, "displayName": f"{VERSION} (Latest)", "supported": True}],
    "webhookSubscriptions": _subscriptions,
    "node": _node,
    "nodes": _nodes,
    "order": _by_id("Order"),
    "orders": _orders,
    "ordersCount": _count,
    "orderByIdentifier": _identified_order,
    "product": _by_id("Product"),
    "products": _filtered("products", _PRODUCT_FIELDS, product_node),
    "productByIdentifier": _identified_product,
    "productVariant": _by_id("ProductVariant"),
    "productVariants": _filtered("variants", _VARIANT_FIELDS, variant_node),
    "inventoryItem": _by_id("InventoryItem"),
    "inventoryItems": _items,
    "customer": _by_id("Customer"),
    "customers": _filtered("customers", _CUSTOMER_FIELDS, customer_node),
    "customerByIdentifier": _identified_customer,
    "storeCreditAccount": _by_id("StoreCreditAccount"),
    "codeDiscountNode": _by_id("DiscountCodeNode", "DiscountNode"),
    "codeDiscountNodeByCode": _by_code,
    "codeDiscountNodes": _discount_list("code", discounts.code_node),
    "automaticDiscountNode": _by_id("DiscountAutomaticNode", "DiscountNode"),
    "automaticDiscountNodes": _discount_list("automatic", discounts.automatic_node),
    "discountNode": _by_id("DiscountNode", "DiscountCodeNode", "DiscountAutomaticNode"),
    "discountNodes": _discount_list(None, discounts.any_node),
    "discountRedeemCodeBulkCreation": _by_id("DiscountRedeemCodeBulkCreation"),
    "discountCodesCount": lambda info, **_: {"count": len(call_of(info).shop.codes), "precision": "EXACT"},
    "job": _by_id("Job"),
    "bulkOperation": _by_id("BulkOperation"),
    "bulkOperations": _operations,
}
