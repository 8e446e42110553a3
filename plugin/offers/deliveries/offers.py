"""Bringing Shopify in line with all live offers: one automatic app discount with its configuration, then the shop's pages.

What leaves the shop leaves its pages first and the discount after; what comes, comes to the discount first. So a page never shows what
the checkout does not know.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from plugin import clock
from plugin.context import Context
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.offers import tables
from plugin.offers.deliveries.pairs import GONE, NAMESPACE
from plugin.offers.flows import publishing
from plugin.offers.flows.configuring import Whole, configure, shelf
from plugin.offers.rules.placing import placed
from plugin.outbox import flows as outbox
from plugin.outbox.rules import Lease
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi
from plugin.shopify.failures import UserErrors
from plugin.shops import reads as shops

FUNCTION, TITLE, TAG, APP = "tandem-discount", "Tandem offers", "tandem-offers", "$app"
CLASSES = ("order", "product", "shipping")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The newest wish, as it was read. ``fewer`` and ``pages``: metafields of the shop's pages before and after the discount follows;
    ``fewer`` is empty where nothing goes. ``versions``: ids of what is live."""

    revision_id: UUID
    external_id: str | None
    was_sent: bool
    whole: Whole
    versions: tuple[str, ...]
    fewer: dict[str, Any]
    pages: dict[str, Any]
    now: datetime


def publish_offers(context: Context, leases: Sequence[Lease]) -> None:
    """Subject: any; lane: one for the shop. Whatever was leased, the newest wish is what is followed, so a batch is one round of calls.

    What cannot be compiled any more (a product group that went away, a floor that was raised) is told to the merchant and buried.
    """
    shop_id = leases[0].shop_id
    try:
        with context.transaction() as session:
            for lease in leases:
                outbox.hold_on(session, lease)
            wanted = _read(session, shop_id, clock.now())
    except Refused as refused:
        _give_up(context, leases, refused)
        return
    if wanted is not None:
        api = shops.admin_api(context, shop_id)
        try:
            external_id = _follow(api, wanted)
        except UserErrors as said:
            _give_up(context, leases, said)
            return
        _record(context, leases, wanted, external_id)
        return
    _close(context, leases, outbox.finish)


def _read(session: Session, shop_id: ShopId, now: datetime) -> Wanted | None:
    """None if no offer was ever published here."""
    row = tables.configuration(session, shop_id, lock=True)
    if row is None:
        return None
    versions = tables.in_force(session, shop_id)
    offers = [version.offer() for version in versions.values()]
    whole = configure(session, shop_id, offers, now=now)
    known, ids = shelf(session, shop_id, whole.room), tuple(str(version.id) for version in versions.values())
    staying = [version.offer() for version in versions.values() if str(version.id) in row.shown]
    goes = any(one not in ids for one in row.shown)
    wanted = Wanted(row.revision_id, row.external_id, row.sent, whole, ids, placed(staying, known) if goes else {},
                    placed(offers, known), now)
    publishing.sending_offers(session, row)
    return wanted


def _follow(api: AdminApi, wanted: Wanted) -> str | None:
    owner = api.call("installation_read")["currentAppInstallation"]["id"]
    if wanted.fewer:
        api.call("metafields_set", metafields=_metafields(owner, NAMESPACE, wanted.fewer))
    known = wanted.external_id or (_look_up(api) if wanted.was_sent else None)
    external_id = _bring(api, wanted, known) if wanted.versions else _remove(api, known)
    api.call("metafields_set", metafields=_metafields(owner, NAMESPACE, wanted.pages))
    return external_id


def _bring(api: AdminApi, wanted: Wanted, known: str | None) -> str:
    """Change or make the discount. The configuration is whole in one call, so that it is never a mixture."""
    if known is not None and _change(api, wanted, known):
        api.call("metafields_set", metafields=_metafields(gid.make("DiscountAutomaticNode", known), APP, _configuration(wanted.whole)))
        return known
    given = {**discount_input(wanted.whole), "functionHandle": FUNCTION, "startsAt": wanted.now.isoformat(), "metafields": [
        {name: value for name, value in one.items() if name != "ownerId"} for one in _metafields("", APP, _configuration(wanted.whole))]}
    made = api.call("discount_app_create", discount=given)["discountAutomaticAppCreate"]["automaticAppDiscount"]["discountId"]
    return gid.digits(made)


def _change(api: AdminApi, wanted: Wanted, known: str) -> bool:
    """False where the merchant has deleted the discount at Shopify, so that another must be made."""
    try:
        api.call("discount_app_update", id=gid.make("DiscountAutomaticNode", known), discount=discount_input(wanted.whole))
    except UserErrors as refused:
        if GONE.intersection(refused.codes) and _look_up(api) is None:
            return False
        raise
    return True


def _remove(api: AdminApi, known: str | None) -> str | None:
    """Nothing is live: no discount either. Deleting what is gone already is done. Nothing stands afterwards."""
    try:
        if known is not None:
            api.call("discount_automatic_delete", id=gid.make("DiscountAutomaticNode", known))
    except UserErrors as refused:
        if not GONE.intersection(refused.codes):
            raise
    return None


def _look_up(api: AdminApi) -> str | None:
    """The discount that an earlier try made, if it did: ours by its tag, for a merchant may give the same title."""
    nodes = api.call("discounts_by_title", query=f'title:"{TITLE}"')["discountNodes"]["nodes"]
    return next((gid.digits(node["id"]) for node in nodes if TAG in node["discount"].get("tags", [])), None)


def discount_input(whole: Whole) -> dict[str, Any]:
    """What the discount says of itself at Shopify, made or changed."""
    return {"title": TITLE, "tags": ["tandem", TAG], "discountClasses": [one.upper() for one in whole.classes],
            "combinesWith": {f"{one}Discounts": one in whole.combines for one in CLASSES}}


def _configuration(whole: Whole) -> dict[str, Any]:
    return {**{f"config_{at}": json.loads(page) for at, page in enumerate(whole.pages)}, "variables": whole.variables}


def _metafields(owner: str, namespace: str, values: dict[str, Any]) -> list[dict[str, str]]:
    return [{"ownerId": owner, "namespace": namespace, "key": key, "type": "json", "value": json.dumps(value, separators=(",", ":"))}
            for key, value in values.items()]


def _record(context: Context, leases: Sequence[Lease], wanted: Wanted, external_id: str | None) -> None:
    with context.transaction() as session:
        for lease in leases:
            outbox.hold_on(session, lease)
        publishing.followed(session, leases[0].shop_id, wanted.revision_id, external_id, told=wanted.whole, shown=wanted.versions,
                            now=clock.now())
        for lease in leases:
            outbox.finish(session, lease)


def _give_up(context: Context, leases: Sequence[Lease], refused: Refused) -> None:
    """Said to the merchant on the offers' page; trying again changes nothing."""
    shopify = isinstance(refused, UserErrors)
    reason: dict[str, object] = {"key": "offers.why_shopify", "said": refused.message[:500]} if shopify else refused.plain()
    with context.transaction() as session:
        row = tables.configuration(session, leases[0].shop_id, lock=True)
        if row is not None:
            publishing.refused_by_shopify(session, leases[0].shop_id, row.revision_id, reason, now=clock.now())
    _close(context, leases, partial(outbox.bury, error=refused.message))


def _close(context: Context, leases: Sequence[Lease], how: Callable[[Session, Lease], None]) -> None:
    with context.transaction() as session:
        for lease in leases:
            how(session, lease)
