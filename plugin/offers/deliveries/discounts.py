"""Reading what discounts a shop has of its own: all that are active or scheduled."""

from collections.abc import Iterator, Sequence
from typing import Any

from plugin import clock
from plugin.context import Context
from plugin.errors import Refused
from plugin.margin import codes
from plugin.margin.reads import read_discount
from plugin.margin.rules.codes import ShopDiscount
from plugin.offers.flows import publishing
from plugin.outbox import flows as outbox
from plugin.outbox.rules import Lease
from plugin.shopify.admin_api import AdminApi
from plugin.shops import reads as shops

STATUSES = ("active", "scheduled")
MOST_PAGES = 10
"""Of fifty each, of either status. A shop with more is told so."""


def read_discounts(context: Context, leases: Sequence[Lease]) -> None:
    """Subject: any; lane: one for the shop, so a batch is one reading."""
    shop_id, api = leases[0].shop_id, shops.admin_api(context, leases[0].shop_id)
    found: dict[str, ShopDiscount] = {}
    more = False
    for status in STATUSES:
        for nodes, is_last in _pages(api, status):
            found |= {one.id: one for one in map(_read, nodes) if one is not None}
            more |= is_last
    now = clock.now()
    with context.transaction() as session:
        for lease in leases:
            outbox.hold_on(session, lease)
        if codes.keep(session, shop_id, found.values(), now=now, more=more):
            publishing.guard_again(session, shop_id, now)
        for lease in leases:
            outbox.finish(session, lease)


def _pages(api: AdminApi, status: str) -> Iterator[tuple[list[dict[str, Any]], bool]]:
    """Each page, and whether there are more but no more are read."""
    after: str | None = None
    for at in range(1, MOST_PAGES + 1):
        page = api.call("discounts_listed", query=f"status:{status}", after=after)["discountNodes"]
        goes_on = bool(page["pageInfo"]["hasNextPage"])
        yield page["nodes"], goes_on and at == MOST_PAGES
        if not goes_on:
            return
        after = page["pageInfo"]["endCursor"]


def _read(node: dict[str, Any]) -> ShopDiscount | None:
    """One that cannot be read counts as one of which nothing is known: the rest must not wait for it."""
    try:
        return read_discount(node)
    except Refused:
        return read_discount(node | {"discount": {**node["discount"], "customerGets": {}, "minimumRequirement": None}})
