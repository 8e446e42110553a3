"""Bringing Shopify in line with all live offers: one automatic app discount with its configuration, then the shop's pages.

What leaves the shop leaves its pages first and the discount after; what comes, comes to the discount first. So a page never shows what
the checkout does not know.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution import keys as signing
from plugin.attribution.keys import Keys
from plugin.context import Context
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.offers import tables
from plugin.offers.deliveries import coded, native
from plugin.offers.deliveries.found import delete, first_changed
from plugin.offers.flows import bundles, drawing, finding, publishing
from plugin.offers.flows.arms import new_salts, salts
from plugin.offers.flows.configuring import Whole, configure, known_products, shelf, zone
from plugin.offers.rules import model
from plugin.offers.rules.drawing import unchanged
from plugin.offers.rules.placing import placed
from plugin.offers.rules.specs import Shelf
from plugin.outbox import flows as outbox
from plugin.outbox.rules import Lease
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi
from plugin.shopify.failures import UserErrors
from plugin.shops import reads as shops

FUNCTION, TITLE, TAG, APP, NAMESPACE = "tandem-discount", "Tandem offers", "tandem-offers", "$app", "tandem"
CLASSES = ("order", "product", "shipping")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The newest wish, as it was read. ``fewer`` and ``pages``: metafields of the shop's pages before and after the discount follows;
    ``fewer`` is empty where nothing goes. ``versions``: ids of what is live. ``keys``: what signs from then on. ``natives``: what is to
    become of Shopify's own discounts; ``codes``: of those with a code."""

    revision_id: UUID
    external_id: str | None
    was_sent: bool
    whole: Whole
    versions: tuple[str, ...]
    fewer: dict[str, Any]
    pages: dict[str, Any]
    keys: Keys
    now: datetime
    natives: Sequence[native.Step] = ()
    codes: Sequence[coded.Step] = ()


def publish_offers(context: Context, leases: Sequence[Lease]) -> None:
    """Subject: any; lane: one for the shop. Whatever was leased, the newest wish is what is followed, so a batch is one round of calls.

    What cannot be compiled any more (a product group that went away) is told to the merchant and buried; an offer that breaks a floor
    that was raised leaves the shop, and the others stay.
    """
    shop_id = leases[0].shop_id
    try:
        wanted = _wanted(context, leases, clock.now())
    except Refused as refused:
        _give_up(context, leases, refused)
        return
    if wanted is not None:
        api = shops.admin_api(context, shop_id)
        try:
            external_id, stand, codes = _follow(api, wanted)
        except UserErrors as said:
            _give_up(context, leases, said)
            return
        _record(context, leases, wanted, external_id=external_id, stand=stand, codes=codes)
        return
    _close(context, leases, outbox.finish)


def _wanted(context: Context, leases: Sequence[Lease], now: datetime) -> Wanted | None:
    """None if no offer was ever published here. In a large shop it takes a moment to work out, for which nobody need wait who writes: it
    only reads, and what is about to be sent is written down after it."""
    shop_id = leases[0].shop_id
    with context.transaction() as session:
        for lease in leases:
            outbox.hold_on(session, lease)
        if tables.configuration(session, shop_id) is None:
            return None
        keys = signing.keys(session, context.settings, shop_id, now)
        new_salts(session, shop_id, publishing.live(session, shop_id))
    with context.reading() as session:
        wanted = _read(session, shop_id, keys, now)
    if wanted is None:
        return None
    with context.transaction() as session:
        for lease in leases:
            outbox.hold_on(session, lease)
        return _written_down(session, shop_id, wanted)


def _read(session: Session, shop_id: ShopId, keys: Keys, now: datetime) -> Wanted | None:
    row = tables.configuration(session, shop_id)
    if row is None:
        return None
    switched_on = tables.in_force(session, shop_id)
    whole = configure(session, shop_id, [version.offer() for version in switched_on.values()], now=now, leaving_out=True, keys=keys,
                      anew=True)
    offers = whole.weighed.offers
    versions = {offer.id: switched_on[offer.id] for offer in offers}
    known = replace(shelf(known_products(session, shop_id), whole.room, best=whole.compiled.best), salts=salts(session, shop_id, offers),
                    drawn={offer.number: whole.drawn[offer.id] for offer in offers if offer.id in whole.drawn},
                    bundles=bundles.handles(session, shop_id))
    ids = (*(str(version.id) for version in versions.values()), *drawing.stamps(whole.drawn))
    staying = [offer for offer in offers if str(versions[offer.id].id) in row.shown]
    meanwhile = placed(_open(staying), _staying(session, shop_id, staying, known)) if any(one not in ids for one in row.shown) else {}
    return Wanted(row.revision_id, row.external_id, row.sent, whole, ids, meanwhile, placed(_open(offers), known), keys, now)


def _written_down(session: Session, shop_id: ShopId, wanted: Wanted) -> Wanted:
    """With what is to become of the discounts beside the Function's: from here on Shopify may have them."""
    whole, now = wanted.whole, wanted.now
    finding.note(session, shop_id, whole.weighed, whole.drawn, now=now)
    natives = native.plan(session, shop_id, whole.natives, zone=zone(session, shop_id), now=now)
    codes = coded.plan(session, shop_id, whole.coded, now)
    row = tables.configuration(session, shop_id, lock=True)
    if row is not None:
        publishing.sending_offers(session, row)
    return replace(wanted, natives=natives, codes=codes)


def _staying(session: Session, shop_id: ShopId, offers: Iterable[model.Offer], known: Shelf) -> Shelf:
    """With only those drawn companions that stand there already."""
    before = drawing.told(session, shop_id, offers)
    return replace(known, drawn={number: unchanged(before.get(number, {}), after) for number, after in known.drawn.items()})


def _open(offers: Iterable[model.Offer]) -> list[model.Offer]:
    """Those that pages show: a code is not told to everybody."""
    return [offer for offer in offers if not offer.code]


def _follow(api: AdminApi, wanted: Wanted) -> tuple[str | None, dict[UUID, str], dict[UUID, str]]:
    """Returns the app's discount, and the native ones and those with a code by offer. One of them goes before the Function takes its
    offer over for everybody, and comes after the Function has let it go."""
    owner = api.call("installation_read")["currentAppInstallation"]["id"]
    if wanted.fewer:
        api.call("metafields_set", metafields=_metafields(owner, NAMESPACE, wanted.fewer))
    known = wanted.external_id or (_look_up(api) if wanted.was_sent else None)
    native.take_away(api, wanted.natives)
    coded.take_away(api, wanted.codes)
    external_id = _bring(api, wanted, known) if wanted.whole.compiled.rules else _remove(api, known)
    stand = native.bring(api, wanted.natives)
    api.call("metafields_set", metafields=_metafields(owner, NAMESPACE, wanted.pages))
    return external_id, stand, coded.bring(api, wanted.codes, wanted.now)


def _bring(api: AdminApi, wanted: Wanted, known: str | None) -> str:
    """Change or make the discount."""
    said = discount_input(wanted.whole)
    found = first_changed(_standing(api, known), lambda id: api.call(
        "discount_app_update", id=gid.make("DiscountAutomaticNode", id), discount=said), lambda id: _look_up(api) == id)
    if found is not None:
        return found
    given = {**said, "functionHandle": FUNCTION, "startsAt": wanted.now.isoformat()}
    made = api.call("discount_app_create", discount=given)["discountAutomaticAppCreate"]["automaticAppDiscount"]["discountId"]
    return gid.digits(made)


def _remove(api: AdminApi, known: str | None) -> str | None:
    """Nothing is live: no discount either. Nothing stands afterwards."""
    delete(api, native.DELETE, _standing(api, known))
    return None


def _standing(api: AdminApi, known: str | None) -> Iterator[str]:
    """What is ours; where the merchant has deleted it at Shopify, what an earlier try has made in its place."""
    if known is not None:
        yield known
        if (found := _look_up(api)) is not None:
            yield found


def _look_up(api: AdminApi) -> str | None:
    """The discount that an earlier try made, if it did: ours by its tag, for a merchant may give the same title."""
    nodes = api.call("discounts_by_title", query=f'title:"{TITLE}"')["discountNodes"]["nodes"]
    return next((gid.digits(node["id"]) for node in nodes if TAG in node["discount"].get("tags", [])), None)


def discount_input(whole: Whole) -> dict[str, Any]:
    """What the discount says of itself at Shopify, made or changed, and what its Function reads: in one call, for new offers under the old
    classes, or beside what only the old ones may stand beside, would be neither the one nor the other."""
    fields = _metafields("", APP, _configuration(whole))
    return {"metafields": [{name: value for name, value in one.items() if name != "ownerId"} for one in fields],
            "title": TITLE, "tags": ["tandem", TAG], "discountClasses": [one.upper() for one in whole.classes],
            "combinesWith": {f"{one}Discounts": one in whole.combines for one in CLASSES}}


def _configuration(whole: Whole) -> dict[str, Any]:
    return {**{f"config_{at}": json.loads(page) for at, page in enumerate(whole.pages)}, "variables": whole.variables}


def _metafields(owner: str, namespace: str, values: dict[str, Any]) -> list[dict[str, str]]:
    return [{"ownerId": owner, "namespace": namespace, "key": key, "type": "json", "value": json.dumps(value, separators=(",", ":"))}
            for key, value in values.items()]


def _record(context: Context, leases: Sequence[Lease], wanted: Wanted, *, external_id: str | None, stand: Mapping[UUID, str],
            codes: Mapping[UUID, str]) -> None:
    with context.transaction() as session:
        for lease in leases:
            outbox.hold_on(session, lease)
        publishing.followed(session, leases[0].shop_id, wanted.revision_id, external_id, told=wanted.whole, shown=wanted.versions,
                            now=clock.now())
        drawing.keep(session, leases[0].shop_id, wanted.whole.weighed.offers, wanted.whole.drawn, clock.now())
        native.record(session, leases[0].shop_id, wanted.natives, stand, clock.now())
        bundles.follow(session, leases[0].shop_id, wanted.whole, clock.now())
        coded.record(session, leases[0].shop_id, wanted.codes, codes, clock.now())
        if external_id is not None or codes:
            asked = any(offer.asks_proof for offer in wanted.whole.weighed.offers)
            signing.told(session, leases[0].shop_id, wanted.keys.ids if asked else (), clock.now())
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
