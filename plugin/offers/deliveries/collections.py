"""Reading collections from Shopify: all of them by name, and the products of those that may have changed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from plugin import clock
from plugin.context import Context
from plugin.db import ShopId
from plugin.mirror.tables import stale_collections
from plugin.offers.flows import collecting
from plugin.outbox import flows as outbox
from plugin.outbox.rules import Lease
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi
from plugin.shopify.payloads import CollectionTold
from plugin.shops import reads as shops

AT_ONCE, MOST_PAGES = 20, 1_000
"""So many collections a delivery; what is left is another's."""


def list_collections(context: Context, leases: Sequence[Lease]) -> None:
    """Subject: any. What is new or was changed is read after it."""
    shop_id = leases[0].shop_id
    found = [_told(node) for node in _pages(shops.admin_api(context, shop_id), "collections_listed", ("collections",))]
    with context.transaction() as session:
        for lease in leases:
            outbox.hold_on(session, lease)
        collecting.listed(session, shop_id, found, clock.now())
        collecting.read_soon(session, shop_id, clock.now())
        for lease in leases:
            outbox.finish(session, lease)


def read_collections(context: Context, leases: Sequence[Lease]) -> None:
    """Subject: any. One collection a transaction."""
    shop_id = leases[0].shop_id
    with context.reading() as session:
        ids = stale_collections(session, shop_id, limit=AT_ONCE)
    api = shops.admin_api(context, shop_id)
    for one in ids:
        members = [gid.digits(node["id"]) for node in _pages(api, "collection_products", ("collection", "products"), id=one)]
        _keep(context, shop_id, one, members)
    with context.transaction() as session:
        for lease in leases:
            outbox.hold_on(session, lease)
            outbox.finish(session, lease)
        if len(ids) == AT_ONCE:
            collecting.read_soon(session, shop_id, clock.now())


def _keep(context: Context, shop_id: ShopId, collection_id: str, members: Sequence[str]) -> None:
    with context.transaction() as session:
        collecting.keep_members(session, shop_id, collection_id, members, clock.now())


def _pages(api: AdminApi, operation: str, path: Sequence[str], *, id: str | None = None) -> Iterator[dict[str, Any]]:
    """Every node of a connection; none of what is not there any more."""
    asked: dict[str, Any] = {"id": gid.make("Collection", id)} if id else {}
    after: str | None = None
    for _ in range(MOST_PAGES):
        page: Any = api.call(operation, after=after, **asked)
        for name in path:
            page = page and page[name]
        if page is None:
            return
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def _told(node: dict[str, Any]) -> CollectionTold:
    return CollectionTold(gid.digits(node["id"]), node["title"], node["handle"], datetime.fromisoformat(node["updatedAt"]))
