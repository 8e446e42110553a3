"""Root connections: searched, sorted, in pages."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLError

from devstore import gid
from devstore.admin_api import search
from devstore.admin_api.call import Call, Info, Node, Resolver, call_of
from devstore.admin_api.nodes import shops
from devstore.admin_api.nodes.bulk import operation_node
from devstore.admin_api.nodes.orders import order_node
from devstore.admin_api.nodes.products import item_node
from devstore.admin_api.paging import Listed, connected, connection
from devstore.state.discounts import Discount
from devstore.state.orders import Order


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
    "chargeback_status": lambda one: [dispute.status for dispute in one.disputes],
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


def orders(info: Info, query: str | None = None, sortKey: str = "PROCESSED_AT", **args: Any) -> Node:  # noqa: ANN401
    call = call_of(info)
    if sortKey not in ("UPDATED_AT", "PROCESSED_AT", "CREATED_AT", "ID", "ORDER_NUMBER"):
        raise GraphQLError(f"devstore cannot sort orders by {sortKey}.", extensions={"code": "BAD_REQUEST"})
    by_update = sortKey == "UPDATED_AT"
    orders = call.shop.orders
    ids = order_ids(call, query, by_update=by_update)
    moments = (lambda number: orders[number].updated_at.isoformat("T", "microseconds")) if by_update else (lambda _: "")
    return _root(call, Listed(ids, lambda number: order_node(call, orders[number]), moments), args)


def count_orders(info: Info, query: str | None = None, limit: int | None = 10_000, **_: object) -> Node:
    count = len(order_ids(call_of(info), query, by_update=False))
    over = limit is not None and count > limit
    return {"count": limit if over else count, "precision": "AT_LEAST" if over else "EXACT"}


def filtered(things: str, fields: dict[str, Callable[[Any], Any]], node: Callable[[Call, Any], Node]) -> Resolver:
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


PRODUCT_FIELDS: dict[str, Callable[[Any], Any]] = {
    "id": lambda one: one.id,
    "title": lambda one: one.title,
    "handle": lambda one: one.handle,
    "status": lambda one: one.status,
    "vendor": lambda one: one.vendor,
    "tag": lambda one: one.tags,
    "created_at": lambda one: one.created_at,
    "updated_at": lambda one: one.updated_at,
}
COLLECTION_FIELDS: dict[str, Callable[[Any], Any]] = {
    "id": lambda one: one.id,
    "title": lambda one: one.title,
    "handle": lambda one: one.handle,
    "updated_at": lambda one: one.updated_at,
}
MARKET_FIELDS: dict[str, Callable[[Any], Any]] = {
    "id": lambda one: one.id,
    "name": lambda one: one.name,
    "status": lambda one: one.status,
}
CUSTOMER_FIELDS: dict[str, Callable[[Any], Any]] = {
    "id": lambda one: one.id,
    "email": lambda one: one.email,
    "tag": lambda one: one.tags,
    "created_at": lambda one: one.created_at,
    "updated_at": lambda one: one.updated_at,
}
VARIANT_FIELDS: dict[str, Callable[[Any], Any]] = {
    "id": lambda one: one.id,
    "sku": lambda one: one.sku,
    "product_id": lambda one: one.product_id,
    "title": lambda one: one.title,
}
ITEM_FIELDS: dict[str, Callable[[Any], Any]] = {
    "id": lambda one: one.inventory_item_id,
    "sku": lambda one: one.sku,
    "updated_at": lambda one: one.item_updated_at,
}


def discount_list(method: str | None, node: Callable[[Call, Discount], Node]) -> Resolver:
    fields: dict[str, Callable[[Any], Any]] = {
        "id": lambda one: one.id,
        "title": lambda one: one.title,
        "created_at": lambda one: one.created_at,
        "updated_at": lambda one: one.updated_at,
    }

    def read(info: Info, query: str | None = None, sortKey: str = "ID", **args: Any) -> Node:  # noqa: ANN401
        call = call_of(info)
        now = call.store.clock.now()
        fits = search.keep(search.terms(query), {**fields, "status": lambda one: one.status(now).lower()})
        found = call.shop.discounts
        ids = [number for number, one in found.items() if not one.deleted and method in (None, one.method) and fits(one)]
        return _root(call, Listed(sorted(ids), lambda number: node(call, found[number])), args)

    return read


def items(info: Info, query: str | None = None, **args: Any) -> Node:  # noqa: ANN401
    call = call_of(info)
    fits = search.keep(search.terms(query), ITEM_FIELDS)
    ids = sorted(item for item, variant in call.shop.items.items() if fits(call.shop.variants[variant]))
    return _root(call, Listed(ids, lambda number: item_node(call, call.shop.variants[call.shop.items[number]])), args)


def operations(info: Info, query: str | None = None, sortKey: str = "CREATED_AT", **args: Any) -> Node:  # noqa: ANN401
    call = call_of(info)
    found = call.shop.bulk_operations
    fits = search.keep(search.terms(query), {"status": lambda one: one.status, "created_at": lambda one: one.created_at})
    ids = sorted(number for number, one in found.items() if fits(one))
    return connected(call, Listed(ids, lambda number: operation_node(call.store, call.shop, found[number])), args)


def subscriptions(info: Info, **args: Any) -> Node:  # noqa: ANN401
    return shops.subscriptions(call_of(info), args)


def publications(info: Info, **args: Any) -> Node:  # noqa: ANN401
    """The online store alone."""
    call = call_of(info)
    number = online_store(call)
    app = {"id": gid.make("App", 2), "handle": "online_store"}
    catalog = {"__typename": "AppCatalog", "id": gid.make("AppCatalog", number),
               "apps": lambda _info, **more: connection(call, [2], more, lambda _: app)}  # fmt: skip
    return connection(call, [number], args, lambda _: {"id": gid.make("Publication", number), "catalog": catalog})


def online_store(call: Call) -> int:
    """The number of its publication."""
    return call.shop.id + 5
