"""After another installation: Shopify's own discounts that carry offers stayed in the shop without us, which no discount of our Function
does. Those that we know are ours again, those that nobody knows any more end, and those that are gone are made anew.

In the lane of the offers and before them, so that no offer is in force twice.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from plugin import clock
from plugin.context import Context
from plugin.db import ShopId
from plugin.offers.deliveries.found import delete
from plugin.offers.deliveries.native import DELETE
from plugin.offers.flows import publishing
from plugin.offers.tables.natives import numbered
from plugin.outbox import flows as outbox
from plugin.outbox.rules import Lease
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi
from plugin.shops import reads as shops

STATUSES = ("active", "scheduled", "expired")
MOST_PAGES = 100
_TAG = re.compile(r"tandem-offer-([0-9]{1,4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Found:
    """``kept``: the discount of each row that is still there, by offer's number; ``orphans`` are nobody's."""

    kept: Mapping[int, str]
    orphans: Sequence[str]


def adopt_natives(context: Context, leases: Sequence[Lease]) -> None:
    """Subject: any; lane: the offers'."""
    shop_id = leases[0].shop_id
    api = shops.admin_api(context, shop_id)
    there = dict(_listed(api))
    with context.reading() as session:
        found = sort_out(_known(session, shop_id), there)
    delete(api, DELETE, found.orphans)
    with context.transaction() as session:
        for lease in leases:
            outbox.hold_on(session, lease)
        _adopt(session, shop_id, found)
        publishing.guard_again(session, shop_id, clock.now())
        for lease in leases:
            outbox.finish(session, lease)


def sort_out(known: Mapping[int, str | None], there: Mapping[str, int]) -> Found:
    """``known``: by offer's number its discount, None where the answer to its making was never heard. ``there``: the offer's number of each
    discount at Shopify. Of two for one offer the known one stays."""
    kept: dict[int, str] = {}
    for external_id, number in sorted(there.items(), key=lambda one: (known.get(one[1]) != one[0], int(one[0]))):
        if number in known and number not in kept and known[number] in (None, external_id):
            kept[number] = external_id
    return Found(kept, sorted(there.keys() - set(kept.values()), key=int))


def _known(session: Session, shop_id: ShopId) -> dict[int, str | None]:
    return {number: row.external_id for number, row in numbered(session, shop_id)}


def _adopt(session: Session, shop_id: ShopId, found: Found) -> None:
    """A row whose discount is gone goes too, so that it is made anew."""
    for number, row in numbered(session, shop_id):
        if number in found.kept:
            row.external_id = found.kept[number]
        else:
            session.delete(row)
    session.flush()


def _listed(api: AdminApi) -> Iterator[tuple[str, int]]:
    """Ours, with the number of the offer that each carries."""
    for status in STATUSES:
        after: str | None = None
        for _ in range(MOST_PAGES):
            page = api.call("natives_listed", query=f"status:{status}", after=after)["discountNodes"]
            yield from ((gid.digits(node["id"]), number) for node in page["nodes"] if (number := _number(node["discount"])))
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]


def _number(discount: Mapping[str, Any]) -> int | None:
    """Only discounts that can carry an offer are told with their tags."""
    return next((int(told[1]) for tag in discount.get("tags", []) if (told := _TAG.fullmatch(tag))), None)
