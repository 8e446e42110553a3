"""A kit as one product at Shopify: made and changed in the background there, then given its price, its status and its place.

One step is one call, and what it came to is written down before the next, so that a worker that dies goes on where it was. Everything may
be said twice but the making: before it leaves its moment is kept, and after a lost answer the product is looked for, by its title and what
is inside, for as long as it may still be coming.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin import clock, failpoint
from plugin.context import Context
from plugin.errors import Refused
from plugin.money import Money
from plugin.offers import tables
from plugin.offers.flows import bundles as flows
from plugin.offers.flows import publishing
from plugin.offers.tables.bundles import BundleProduct
from plugin.outbox import flows as outbox
from plugin.outbox.rules import Lease
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi
from plugin.shopify.failures import AccessDenied, UserErrors
from plugin.shops import reads as shops
from plugin.shops import tables as shop_tables

log = structlog.get_logger()

POLL_SECONDS, TOKEN_SECONDS = 1.0, 5.0
COMING = timedelta(minutes=2)
"""For so long a bundle whose making was asked for may still appear."""
LONGEST_NAME = 250
INSIDE = ("title", "components")


@dataclass(frozen=True, slots=True)
class Work:
    """The row as it was read. ``number``: the offer's; ``currency``: the shop's."""

    offer_id: UUID
    number: int
    currency: str
    wanted: dict[str, Any]
    said: dict[str, Any]
    product_id: str | None
    operation_id: str | None
    sent_at: datetime | None

    @property
    def sent(self) -> dict[str, Any]:
        """What is inside the one that may have been made."""
        return _inside(self.said) or _inside(self.wanted)

    @property
    def is_away(self) -> bool:
        return bool(self.wanted["status"] == flows.AWAY)


class Later(Exception):
    """Nothing to do but to wait so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Unheld(Exception):
    """What was granted is not in our token yet."""


def publish_bundle(context: Context, leases: Sequence[Lease]) -> None:
    """Subject: a wish of a bundle's row; one that was followed by a newer one says nothing any more. Lane: one for each bundle."""
    for lease in leases:
        try:
            work = _begin(context, lease)
            if work is not None:
                _carry_on(context, lease, shops.admin_api(context, lease.shop_id), work)
        except Unheld:
            shops.renew(context, lease.shop_id)
            with context.transaction() as session:
                outbox.postpone(session, lease, seconds=TOKEN_SECONDS, failed=False)
        except Later as wait:
            with context.transaction() as session:
                outbox.postpone(session, lease, seconds=wait.seconds, failed=False)
        except AccessDenied:
            _close(context, lease, "failed", {"key": "bundles.needs_access"})
        except UserErrors as said:
            _close(context, lease, "failed", {"key": "offers.why_shopify", "said": said.message[:500]})
        except Refused as refused:
            if refused.reason != "bundle":
                raise
            _close(context, lease, "failed", refused.plain())


def _begin(context: Context, lease: Lease) -> Work | None:
    """What is to be done, None where that was overtaken or nothing is. Raises Unheld, or Refused("bundle") where
    access is missing."""
    with context.transaction() as session:
        outbox.hold_on(session, lease)
        row = _row(session, lease)
        if row is None or (row.product_id is None and not row.sent_at and row.wanted["status"] == flows.AWAY):
            if row is not None:
                row.state = "away"
            outbox.finish(session, lease)
            return None
        bundled = "active" if row.wanted["status"] == "ACTIVE" else "draft"
        allowed = flows.access(session, lease.shop_id, bundled)
        if allowed == "soon":
            raise Unheld
        if allowed == "none":
            raise Refused("bundle", "The shop has not granted what this needs.", key="bundles.needs_access")
        offer = tables.offer(session, lease.shop_id, row.offer_id)
        currency = shop_tables.get(session, lease.shop_id).currency
        return Work(row.offer_id, offer.number, currency, row.wanted, row.said, row.product_id, row.operation_id, row.sent_at)


def _row(session: Session, lease: Lease) -> BundleProduct | None:
    return session.scalar(select(BundleProduct).where(BundleProduct.shop_id == lease.shop_id,
                                                      BundleProduct.revision_id == lease.subject_id).with_for_update())


def _carry_on(context: Context, lease: Lease, api: AdminApi, work: Work) -> None:
    product_id = work.product_id
    if work.operation_id is not None:
        product_id = _poll(context, lease, api, work)
    elif product_id is None:
        product_id = _look_up(api, work)
        if product_id is None:
            _make(context, lease, api, work)
        _note(context, lease, product_id=product_id, sent_at=None, said=work.sent)
        if work.sent != _inside(work.wanted):  # it was made as something else
            raise Later(0)
    elif not work.is_away and _inside(work.said) != _inside(work.wanted):
        _change(context, lease, api, work)
    _dress(context, lease, api, work, product_id=product_id)


def _poll(context: Context, lease: Lease, api: AdminApi, work: Work) -> str | None:
    """The product of what Shopify did in the background. Raises Later while it does, UserErrors where it failed."""
    told = api.call("bundle_progress", id=work.operation_id)["productOperation"]
    if told is not None and told["status"] != "COMPLETE":
        raise Later(POLL_SECONDS)
    product_id = gid.digits(told["product"]["id"]) if told and told["product"] else None
    wrong = told["userErrors"] if told else []
    _note(context, lease, operation_id=None, product_id=product_id or work.product_id, **({"said": {}, "sent_at": None} if wrong else {}))
    if wrong:
        raise UserErrors("bundle_progress", wrong, {})
    if product_id is None:
        raise Later(POLL_SECONDS)
    _note(context, lease, sent_at=None)
    if _inside(work.said) != _inside(work.wanted):  # the wish changed while it was made
        raise Later(0)
    return product_id


def _make(context: Context, lease: Lease, api: AdminApi, work: Work) -> None:
    """Raises Later: Shopify makes it in the background."""
    asked = {"title": work.wanted["title"], "components": _components(api, work)}
    _note(context, lease, sent_at=clock.machine_now(), said=_inside(work.wanted))
    failpoint.reach("B1")
    try:
        made = api.call("bundle_create", input=asked)["productBundleCreate"]["productBundleOperation"]["id"]
    except Refused:
        _note(context, lease, sent_at=None, said={})  # answered: surely not made
        raise
    failpoint.reach("B2")
    _note(context, lease, operation_id=made)
    raise Later(POLL_SECONDS)


def _change(context: Context, lease: Lease, api: AdminApi, work: Work) -> None:
    """Raises Later, as making does. Said twice it changes nothing."""
    asked = {"productId": gid.make("Product", work.product_id or ""), "title": work.wanted["title"], "components": _components(api, work)}
    made = api.call("bundle_update", input=asked)["productBundleUpdate"]["productBundleOperation"]["id"]
    _note(context, lease, operation_id=made, said=_inside(work.wanted))
    raise Later(POLL_SECONDS)


def _components(api: AdminApi, work: Work) -> list[dict[str, Any]]:
    """One value of each option, so that one variant is meant. An option needs a name of its own on the bundle. Raises Refused("bundle")."""
    wanted = {variant: (product, count) for product, variant, count in work.wanted["components"]}
    nodes = api.call("bundle_options", ids=[gid.make("ProductVariant", one) for one in wanted])["nodes"]
    known = {gid.digits(node["id"]): node for node in nodes if node}
    if missing := [one for one in wanted if one not in known]:
        raise Refused("bundle", "A part is not at Shopify any more.", key="bundles.why_gone", variants=missing)
    return [{"productId": gid.make("Product", product), "quantity": count, "optionSelections": _selections(known[variant], at)}
            for at, (variant, (product, count)) in enumerate(wanted.items(), 1)]


def _selections(node: dict[str, Any], at: int) -> list[dict[str, Any]]:
    chosen = {one["name"]: one["value"] for one in node["selectedOptions"]}
    return [{"componentOptionId": option["id"], "name": f"{at}. {node['product']['title']}: {option['name']}"[:LONGEST_NAME],
             "values": [chosen[option["name"]]]} for option in node["product"]["options"]]


def _look_up(api: AdminApi, work: Work) -> str | None:
    """The product that an earlier try, or an earlier installation, made: ours by what is inside and by our mark; after a lost answer by no
    mark at all, since it may not have come so far. Raises Later while it may still come."""
    inside = sorted((variant, count) for _, variant, count in work.sent["components"])
    title = str(work.sent["title"]).replace("\\", "").replace('"', "")
    for node in api.call("bundles_by_title", query=f'title:"{title}"')["products"]["nodes"]:
        marks = [tag for tag in node["tags"] if tag.startswith("tandem-offer-")]
        if _contents(node) == inside and (marks == [_mark(work)] or (not marks and work.sent_at is not None)):
            return gid.digits(node["id"])
    if work.sent_at is not None and clock.machine_now() < work.sent_at + COMING:
        raise Later(TOKEN_SECONDS)
    return None


def _contents(node: dict[str, Any]) -> list[tuple[str, int]]:
    variants = node["variants"]["nodes"]
    parts = variants[0]["productVariantComponents"]["nodes"] if len(variants) == 1 else []
    return sorted((gid.digits(one["productVariant"]["id"]), one["quantity"]) for one in parts)


def _mark(work: Work) -> str:
    return f"tandem-offer-{work.number}"


def _dress(context: Context, lease: Lease, api: AdminApi, work: Work, *, product_id: str | None) -> None:
    """Price first, so that nobody meets it at another; then whose it is, its status, its place."""
    node = api.call("bundle_read", id=gid.make("Product", product_id or ""))["product"]
    if node is None:
        _close(context, lease, "away" if work.is_away else "gone", {} if work.is_away else {"key": "bundles.gone"})
        return
    [variant] = node["variants"]["nodes"][:1]
    if not work.is_away:
        price = Money(work.wanted["price"], work.currency).text()
        api.call("variant_price", id=node["id"], variants=[{"id": variant["id"], "price": price}])
        _tell_cost(api, work, node["id"], variant["id"])
        api.call("product_tag", id=node["id"], tags=[_mark(work)])
    failpoint.reach("B3")
    api.call("product_status", product={"id": node["id"], "status": work.wanted["status"]})
    if work.wanted["status"] == "ACTIVE":
        _publish(api, node["id"])
    _close(context, lease, "away" if work.is_away else "live", {}, product_id=gid.digits(node["id"]), variant_id=gid.digits(variant["id"]),
           said=work.wanted)


def _tell_cost(api: AdminApi, work: Work, product: str, variant: str) -> None:
    """What its parts cost, for the margin. A shop where a bundle may have no cost of its own sells it all the same."""
    if work.wanted.get("cost") is None:
        return
    cost = Money(work.wanted["cost"], work.currency).text()
    try:
        api.call("variant_price", id=product, variants=[{"id": variant, "inventoryItem": {"cost": cost}}])
    except UserErrors:
        log.warning("bundle_without_cost", product=product)


def _publish(api: AdminApi, product: str) -> None:
    """In the online store. Raises Refused("bundle") where the shop has none."""
    nodes = api.call("publications")["publications"]["nodes"]
    apps = {node["id"]: [app["handle"] for app in ((node["catalog"] or {}).get("apps") or {"nodes": []})["nodes"]] for node in nodes}
    place = next((id_ for id_, handles in apps.items() if "online_store" in handles), None)
    if place is None:
        raise Refused("bundle", "The shop has no online store.", key="bundles.no_store")
    api.call("product_publish", id=product, input=[{"publicationId": place}])


def _inside(told: dict[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in INSIDE if name in told}


def _note(context: Context, lease: Lease, **facts: Any) -> None:  # noqa: ANN401 - columns of the row
    """What a step came to. A wish that was overtaken meanwhile keeps it too: it is the product's."""
    with context.transaction() as session:
        outbox.hold_on(session, lease)
        _set(session, lease, facts)


def _set(session: Session, lease: Lease, facts: dict[str, Any]) -> BundleProduct | None:
    offer_id = UUID(lease.lane.partition(":")[2])
    row = tables.bundle_product(session, lease.shop_id, offer_id, lock=True)
    for name, value in facts.items() if row is not None else ():
        setattr(row, name, value)
    session.flush()
    return row


def _close(context: Context, lease: Lease, state: str, reason: dict[str, Any], **facts: Any) -> None:  # noqa: ANN401 - columns
    """It has come as far as it comes; what the shop's pages show follows it."""
    now = clock.now()
    with context.transaction() as session:
        outbox.hold_on(session, lease)
        row = _set(session, lease, facts)
        if row is not None and row.revision_id == lease.subject_id:
            flows.came_to(row, state, reason, now)
        outbox.finish(session, lease)
        publishing.guard_again(session, lease.shop_id, now)
