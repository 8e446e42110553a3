"""Bringing Shopify in line with a pair: a native automatic discount, made once, changed, or deleted."""

from collections.abc import Sequence

from plugin import clock
from plugin.context import Context
from plugin.offers import flows, rules, tables
from plugin.offers.tables import Pair
from plugin.outbox import flows as outbox
from plugin.outbox.rules import Lease
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi
from plugin.shopify.failures import UserErrors
from plugin.shops import reads as shops

GONE = frozenset({"NOT_FOUND", "INVALID"})


def publish_pair(context: Context, leases: Sequence[Lease]) -> None:
    """Subject: a Pair's ``revision_id``; lane: the pair, so that its wishes are followed one after the other."""
    for lease in leases:
        _follow(context, lease)


def _follow(context: Context, lease: Lease) -> None:
    with context.transaction() as session:
        outbox.hold_on(session, lease)
        pair = tables.by_revision(session, lease.shop_id, lease.subject_id, lock=True)
        if pair is None or pair.state in ("live", "removed", "failed"):
            outbox.finish(session, lease)
            return
        was_sent, before = pair.sent, pair.at_shopify
        flows.sending(session, pair)
    api = shops.admin_api(context, lease.shop_id)
    known = pair.external_id or (_look_up(api, pair) if was_sent else None)
    try:
        external_id = _bring(api, pair, known, before)
    except UserErrors as refused:
        _give_up(context, lease, refused)
        return
    with context.transaction() as session:
        outbox.hold_on(session, lease)
        flows.recorded(session, lease.shop_id, lease.subject_id, external_id, clock.now())
        outbox.finish(session, lease)


def _look_up(api: AdminApi, pair: Pair) -> str | None:
    """The discount that an earlier try made, if it did: ours by its unique title."""
    answer = api.call("discounts_by_title", query=f'title:"{pair.title}"')["discountNodes"]["nodes"]
    return next((gid.digits(node["id"]) for node in answer if node["discount"].get("title") == pair.title), None)


def _bring(api: AdminApi, pair: Pair, known: str | None, before: rules.Sides) -> str | None:
    """Delete, make or change. Returns the id of the discount that stands now."""
    if pair.state == "removing":
        return _remove(api, known)
    terms = pair.terms()
    if known is None:
        answer = api.call("discount_bxgy_create", discount=rules.discount_input(terms))["discountAutomaticBxgyCreate"]
    else:
        answer = api.call("discount_bxgy_update", id=gid.make("DiscountAutomaticNode", known),
                          discount=rules.changed_input(terms, before))["discountAutomaticBxgyUpdate"]
    return gid.digits(answer["automaticDiscountNode"]["id"])


def _remove(api: AdminApi, known: str | None) -> str | None:
    """Deleting what is gone already is done. Nothing stands afterwards."""
    try:
        if known is not None:
            api.call("discount_automatic_delete", id=gid.make("DiscountAutomaticNode", known))
    except UserErrors as refused:
        if not GONE.intersection(refused.codes):
            raise
    return None


def _give_up(context: Context, lease: Lease, refused: UserErrors) -> None:
    with context.transaction() as session:
        flows.failed(session, lease.shop_id, lease.subject_id, refused.message)
        outbox.bury(session, lease, refused.message)
