"""``/apps/tandem/c/SLUG``: a campaign's link. It opens a landing page with what is reserved for who comes by it, or sends on to the shop;
either way the proof of the campaign reaches the cart.

The proof names a campaign and nobody, and goes with a button that the shopper presses, so it waits for no consent. The visit is counted as
that of a referral's link is. ``?to=`` and ``?product=`` choose among the shop's own pages.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution import campaigns, keys
from plugin.attribution.campaigns import Campaign, CampaignVisit
from plugin.attribution.rules.proofs import PARAMETER
from plugin.db import new_id
from plugin.experiments import flows as experiments
from plugin.offers.flows import welcoming
from plugin.offers.flows.configuring import wall
from plugin.offers.flows.welcoming import Reserved
from plugin.offers.storefront.perks import said
from plugin.referrals.flows import following
from plugin.referrals.rules.cards import Picture, card
from plugin.referrals.storefront.asking import caller_of, locale_of, page, root_of_store, storefront_of, translator
from plugin.referrals.storefront.onward import asking, day_of, picture, place_of, to_cart
from plugin.shopify.verify import Visitor
from plugin.shops.tables import Shop
from plugin.web.guards import proxy
from plugin.web.state import current_context

HOLDS = timedelta(days=30)
"""From the link on. Longer than the configuration at Shopify is old, shorter than a key lives."""


def add_to(blueprint: Blueprint) -> None:
    blueprint.get("/proxy/c/<slug>")(arrive)
    blueprint.post("/proxy/c/<slug>/cart")(take)


@proxy
def arrive(shop: Shop, session: Session, visitor: Visitor, slug: str) -> ResponseReturnValue:
    """A link that is over or never was leads to the shop too, and proves nothing."""
    found = campaigns.by_slug(session, shop.id, slug)
    if found is None:
        return _shop(visitor, None)
    now = clock.now()
    visit = _followed(session, shop, found, now)
    proof = _proof(session, shop, found, now)
    reserved = welcoming.reserved(session, shop.id, found) if proof and found.opens == "landing" else Reserved()
    if not reserved:
        return _shop(visitor, proof)
    if visit and visit.at == now:
        experiments.note_landing(session, shop.id, day_of(shop, now), _numbers(reserved))
    action = asking(f"{found.slug}/cart", {name: visitor.params.get(name) for name in ("to", "product")})
    return page("campaign.html", shop, action=action, claim=None, link=f"{storefront_of(shop)}{root_of_store()}/apps/tandem/c/{found.slug}",
                picture=_picture(session, shop, visitor, reserved), **_words(session, shop, found, reserved, now))


@proxy
def take(shop: Shop, session: Session, visitor: Visitor, slug: str) -> ResponseReturnValue:
    """The page's buttons: on to the shop, or to the cart with a bundle in it. What is over meanwhile leads to the shop. 303, so that a
    reload changes nothing."""
    found, wanted, now = campaigns.by_slug(session, shop.id, slug), request.form.get("bundle", "")[:16], clock.now()
    if found is None:
        return _shop(visitor, None, 303)
    proof = _proof(session, shop, found, now)
    known = welcoming.reserved(session, shop.id, found).bundles if wanted and proof else ()
    bundle = next((one for one in known if one.key == wanted), None)
    if bundle is None:
        return _shop(visitor, proof, 303)
    visit = following.recent(session, shop.id, caller_of(session, shop), _link(found), table=CampaignVisit, now=now)
    if visit and visit.taken_at is None:
        visit.taken_at = now
        experiments.note_landing(session, shop.id, day_of(shop, now), [bundle.number], added=True)
    return redirect(to_cart(root_of_store(), bundle, proof), 303)


def _link(found: Campaign) -> ColumnElement[bool]:
    return CampaignVisit.campaign_id == found.id


def _followed(session: Session, shop: Shop, found: Campaign, now: datetime) -> CampaignVisit | None:
    caller = caller_of(session, shop)

    def make() -> CampaignVisit:
        return CampaignVisit(shop_id=shop.id, id=new_id(), campaign_id=found.id, device_key=caller.device_key,
                             address_key=caller.address_key, at=now)

    return following.counted(session, shop.id, caller, _link(found), table=CampaignVisit, make=make, now=now)


def _proof(session: Session, shop: Shop, found: Campaign, now: datetime) -> str | None:
    """None where no offer at Shopify asks for any: nothing would be taken off then, and nothing is promised."""
    return keys.sign(session, current_context().settings, shop.id, {found.number}, wall(session, shop.id, now + HOLDS))


def _shop(visitor: Visitor, proof: str | None, status: int = 302) -> ResponseReturnValue:
    return redirect(asking(f"{root_of_store()}{place_of(visitor)}", {PARAMETER: proof}), status)


def _words(session: Session, shop: Shop, found: Campaign, reserved: Reserved, now: datetime) -> dict[str, Any]:
    """What the page says. What is worth most to know stands in the preview card too."""
    locale, name = locale_of(shop), shop.name or shop.domain
    say, perks = translator(locale), [said(locale, one) for one in reserved.perks]
    title = say("campaigns.title_from", sender=found.public_name, shop=name) if found.public_name else say("campaigns.title", shop=name)
    ends = min(filter(None, (reserved.ends, wall(session, shop.id, now + HOLDS))))
    intro, best = say("campaigns.lead"), max(reserved.bundles, key=lambda one: one.saved.amount, default=None)
    worth = [f"{best.title}: {say('campaigns.sum', total=best.after, saving=best.saved)}"] if best else []
    return {"page_title": title, "intro": intro, "lead": " · ".join((*perks, *worth, intro)), "perks": perks,
            "bundles": reserved.bundles, "friend_gets": None, "terms": say("campaigns.terms", day=ends - timedelta(microseconds=1))}


def _numbers(reserved: Reserved) -> list[int]:
    return sorted({one.number for one in reserved.bundles} | {one.number for one in reserved.perks})


def _picture(session: Session, shop: Shop, visitor: Visitor, reserved: Reserved) -> Picture | None:
    """Of the first goods that the page shows, unless the link leads to a product's page."""
    shown = next((good for one in reserved.bundles for good in one.goods if good.image), None)
    if shown and shown.image and not visitor.params.get("product"):
        return card(shown.title, shown.image)
    return picture(session, shop, visitor.params.get("product"))
