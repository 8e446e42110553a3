"""Bringing Shopify in line with a pair (a native automatic discount, made once, changed, or deleted), and its pages with all pairs."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from plugin import clock
from plugin.context import Context
from plugin.offers import flows, tables
from plugin.offers.rules import pairs as rules
from plugin.offers.tables import Pair
from plugin.outbox import flows as outbox
from plugin.outbox.rules import Lease
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi
from plugin.shopify.failures import UserErrors
from plugin.shops import reads as shops

NAMESPACE = "tandem"
GONE = frozenset({"NOT_FOUND", "INVALID"})
Sides = dict[str, list[str]]
"""Product ids that a discount at Shopify may name as ``first`` and as ``second``."""


def publish_pair(context: Context, leases: Sequence[Lease]) -> None:
    """Subject: a Pair's ``revision_id``; lane: the pair, so that its wishes are followed one after the other."""
    for lease in leases:
        _follow(context, lease)


def show_pairs(context: Context, leases: Sequence[Lease]) -> None:
    """Tell the shop's pages which pairs stand: metafields of our installation, which only we may write and our blocks read.

    One call for all leases, since each says everything. A refusal is a dead letter: our value was wrong.
    """
    shop_id = leases[0].shop_id
    with context.transaction() as session:
        for lease in leases:
            outbox.hold_on(session, lease)
        standing = flows.standing(session, shop_id)
    api = shops.admin_api(context, shop_id)
    owner = api.call("installation_read")["currentAppInstallation"]["id"]
    try:
        api.call("metafields_set", metafields=[
            {"ownerId": owner, "namespace": NAMESPACE, "key": key, "type": "json", "value": json.dumps(value, separators=(",", ":"))}
            for key, value in standing.items()])
    except UserErrors as refused:
        _close(context, leases, partial(outbox.bury, error=refused.message))
        return
    _close(context, leases, outbox.finish)


def _close(context: Context, leases: Sequence[Lease], how: Callable[[Session, Lease], None]) -> None:
    with context.transaction() as session:
        for lease in leases:
            how(session, lease)


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
    """The discount that an earlier try made, if it did: ours by its tag, for a merchant may give the same title."""
    answer = api.call("discounts_by_title", query=f'title:"{pair.title}"')["discountNodes"]["nodes"]
    return next((gid.digits(node["id"]) for node in answer if rules.tag_of(pair.id) in node["discount"].get("tags", [])), None)


def _bring(api: AdminApi, pair: Pair, known: str | None, before: Sides) -> str | None:
    """Delete, make or change. Returns the id of the discount that stands now."""
    if pair.state == "removing":
        return _remove(api, known)
    answer = _change(api, pair, known, before) if known is not None else None
    if answer is None:
        answer = api.call("discount_bxgy_create", discount=discount_input(pair.terms()))["discountAutomaticBxgyCreate"]
    return gid.digits(answer["automaticDiscountNode"]["id"])


def _change(api: AdminApi, pair: Pair, known: str, before: Sides) -> dict[str, Any] | None:
    """None where the merchant has deleted the discount at Shopify, so that another must be made."""
    try:
        answer = api.call("discount_bxgy_update", id=gid.make("DiscountAutomaticNode", known), discount=changed_input(pair.terms(), before))
    except UserErrors as refused:
        if GONE.intersection(refused.codes) and _look_up(api, pair) is None:
            return None
        raise
    changed: dict[str, Any] = answer["discountAutomaticBxgyUpdate"]
    return changed


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
        flows.failed(session, lease.shop_id, lease.subject_id, refused.message, now=clock.now())
        outbox.bury(session, lease, refused.message)


def discount_input(pair: rules.PairTerms) -> dict[str, Any]:
    """Shopify's input: one of the first gives one of the second at a discount, as often as both are in the cart."""
    return {
        "title": pair.title, "startsAt": pair.starts_at.isoformat(), "tags": ["tandem", rules.tag_of(pair.id)],
        "combinesWith": {f"{name}Discounts": name in pair.combines for name in ("order", "product", "shipping")},
        "customerBuys": {"items": _products(pair.first_product_id), "value": {"quantity": "1"}},
        # The wire wants a fraction of one; it is a rate and no money.
        "customerGets": {"items": _products(pair.second_product_id), "value": {"discountOnQuantity": {
            "quantity": "1", "effect": {"percentage": pair.basis_points / 10_000}}}}}


def changed_input(pair: rules.PairTerms, before: Sides) -> dict[str, Any]:
    """The same for an update, which adds and removes products instead of setting them. ``before``: what may stand there."""
    told = discount_input(pair)
    for side, name, wanted in (("customerBuys", "first", pair.first_product_id), ("customerGets", "second", pair.second_product_id)):
        gone = [gid.make("Product", old) for old in before.get(name, []) if old != wanted]
        if gone:
            told[side]["items"]["products"]["productsToRemove"] = gone
    return told


def _products(product_id: str) -> dict[str, Any]:
    return {"products": {"productsToAdd": [gid.make("Product", product_id)]}}
