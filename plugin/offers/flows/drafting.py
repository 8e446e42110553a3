"""A proposal becomes a draft: of an offer, or of a programme's next version. Nobody sees it before the merchant switches it on."""

from datetime import datetime

from sqlalchemy.orm import Session

from plugin.clock import zone
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.margin.rules import WHOLE
from plugin.mirror import tables as mirror
from plugin.offers import tables
from plugin.offers.flows.offers import save_offer
from plugin.offers.rules import filling
from plugin.offers.tables import Offer
from plugin.referrals import flows as referrals
from plugin.referrals import tables as programmes
from plugin.referrals.flows.programmes import draft as draft_programme
from plugin.referrals.rules.filling import Values, dated, filled
from plugin.referrals.tables import Programme
from plugin.shops.tables import Shop


def refuse_twin(session: Session, shop_id: ShopId, first: str, second: str) -> None:
    """Raises Refused("pair") where an offer that is switched on pairs the two already."""
    wanted = [frozenset({first}), frozenset({second})]
    for version in tables.in_force(session, shop_id).values():
        offer = version.offer()
        if offer.kind == "buy_get" and [part.goods.products for part in offer.parts] == wanted:
            raise Refused("pair", "These two products are a pair already.", key="errors.pair_twin", title=offer.title)


def draft_bundle(session: Session, shop: Shop, first: str, second: str, bundle_bp: int, *, title: str, now: datetime,
                 by: str | None = None) -> Offer:
    """Whoever buys ``first`` gets ``second`` for so much less. Raises Refused("proposal") for what is none, Refused("offer")."""
    known = {one.id for one in mirror.products(session, shop.id, [first, second])}
    if len(known) < 2 or not 0 < bundle_bp < WHOLE:
        raise Refused("proposal", "Such a bundle cannot be drafted.", key="proposals.refused")
    values = filling.suggested("buy_get", title[:filling.LONGEST_TITLE]) | {
        "goods_a": [f"p:{first}"], "goods_b": [f"p:{second}"], "worth": "percent", "value": _percent(bundle_bp), "outcome": "basket"}
    told = filling.read(values, "buy_get", shop.currency)
    if told.offer is None or told.faults:
        raise Refused("proposal", "Such a bundle cannot be drafted.", key="proposals.refused")
    return save_offer(session, ShopId(shop.id), told.offer, currency=shop.currency, now=now, by=by)


def draft_discount(session: Session, shop: Shop, friend_bp: int, name: str, *, suggested: Values, now: datetime,
                   by: str | None = None) -> Programme:
    """Friends get so much off: as the next version of the oldest programme that runs, unless somebody works on that already; else as a
    new programme called ``name`` with the ``suggested`` rules. Raises Refused("proposal"), or TryAgain before the currency is known."""
    if not 0 < friend_bp <= WHOLE // 2:
        raise Refused("proposal", "Such a discount cannot be drafted.", key="proposals.refused")
    wanted = {"friend_kind": "percentage", "friend_value": _percent(friend_bp)}
    for version in programmes.open_versions(session, ShopId(shop.id), now):
        if programmes.programme(session, ShopId(shop.id), version.programme_id).draft is None:
            values = dated({**filled(version, zone(shop.timezone)), **wanted}, zone(shop.timezone))
            return referrals.save_programme(session, ShopId(shop.id), values, currency=shop.currency, now=now,
                                            programme_id=version.programme_id, by=by)
    return draft_programme(session, ShopId(shop.id), {**suggested, **wanted, "name": name}, now, by=by)


def _percent(basis_points: int) -> str:
    return f"{basis_points // 100}.{basis_points % 100:02}".rstrip("0").rstrip(".")
