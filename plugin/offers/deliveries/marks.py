"""Customers' marks, as a metafield that only this app reads and writes and the discount Function sees."""

import json
from collections.abc import Mapping, Sequence

from plugin.context import Context
from plugin.offers.flows import marking
from plugin.offers.tables import segments
from plugin.outbox import flows as outbox
from plugin.outbox.rules import Lease
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi
from plugin.shopify.failures import UserErrors
from plugin.shops import reads as shops

NAMESPACE, NAME = "$app", "marks"
BATCH = 25
"""Shopify takes so many metafields at once, all or none."""


def set_marks(context: Context, leases: Sequence[Lease]) -> None:
    """Subject: a wish of a customer's row; one that was followed by a newer one says nothing any more."""
    shop_id = leases[0].shop_id
    with context.transaction() as session:
        for lease in leases:
            outbox.hold_on(session, lease)
        rows = segments.by_revisions(session, shop_id, [lease.subject_id for lease in leases])
        wanted = {row.customer_id: tuple(row.marks) for row in rows if row.told != row.marks}
    sent = _send(shops.admin_api(context, shop_id), wanted) if wanted else {}
    with context.transaction() as session:
        for lease in leases:
            outbox.hold_on(session, lease)
        found = [row for one in sent if (row := segments.marks(session, shop_id, one)) is not None]
        marking.told(session, shop_id, found, [sent[row.customer_id] for row in found])
        for lease in leases:
            outbox.finish(session, lease)


def _send(api: AdminApi, wanted: Mapping[str, Sequence[int | str]]) -> Mapping[str, Sequence[int | str]]:
    """What Shopify has now. Where it refuses one of several (the customer is gone), the others go alone."""
    try:
        api.call("metafields_set", metafields=[_metafield(customer_id, marks) for customer_id, marks in wanted.items()])
    except UserErrors:
        if len(wanted) == 1:
            return {}
        return {one: marks for customer_id, told in wanted.items() for one, marks in _send(api, {customer_id: told}).items()}
    return wanted


def _metafield(customer_id: str, marks: Sequence[int | str]) -> dict[str, str]:
    return {"ownerId": gid.make("Customer", customer_id), "namespace": NAMESPACE, "key": NAME, "type": "json",
            "value": json.dumps(list(marks), separators=(",", ":"))}
