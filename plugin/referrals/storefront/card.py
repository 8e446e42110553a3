"""An advocate's card: who shows it, how many friends they brought, what those saved; and the way in for the next one."""

from typing import Any, TypedDict

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution.tables import Link
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.messaging import texts
from plugin.messaging.channels import for_sms
from plugin.messaging.share import ShareTexts
from plugin.people import tables as people
from plugin.referrals import flows, sharing
from plugin.referrals.flows import cards, naming
from plugin.referrals.rules.cards import Impact, Picture
from plugin.referrals.storefront.asking import kindly, locale_of, page, root_of_store, storefront_of
from plugin.referrals.storefront.landing import closed, speak, taken, words
from plugin.shopify.verify import Identity, Visitor
from plugin.shops.tables import Shop
from plugin.web.guards import extension, proxy
from plugin.web.inputs import json_object, yes_or_no
from plugin.web.state import current_context


class CardBody(TypedDict):
    """What stands on a card. ``saved`` is None where too few friends came to tell; ``badge`` the tier, ``badge_name`` its name."""

    title: str
    saved: str | None
    friends: int
    badge: int
    badge_name: str


class Own(TypedDict):
    """The card as its advocate sees it; where it is and how to send it, None before it was made."""

    body: CardBody
    named: bool
    link: str | None
    text: str | None
    urls: dict[str, str] | None


class PanelBody(TypedDict):
    """The same for the account's panel, in words alone."""

    badge: str
    title: str
    saved: str | None
    link: str | None
    text: str | None


def add_to(blueprint: Blueprint) -> None:
    blueprint.get("/proxy/card/<secret>")(show_card)
    blueprint.post("/extension/card")(card_in_extension)


@proxy
@kindly
def show_card(shop: Shop, session: Session, visitor: Visitor, secret: str) -> ResponseReturnValue:
    """The card, and the same button as behind the link; a visit from here is told apart. Advocates see theirs as others do."""
    link = cards.link_behind(session, shop.id, secret)
    landing = flows.look(session, shop.id, link.slug, now=clock.now())
    speak(session, shop, link)
    if landing.state == "closed" or landing.version is None:
        return closed(shop, landing)
    sender = naming.sender(session, shop.id, link)
    body = card_body(shop, cards.impact(session, shop.id, link.id), sender)
    is_own = naming.is_own(session, shop.id, link, visitor.customer_id)
    told: dict[str, Any] = words(shop, landing.version, locale_of(shop), sender=sender)
    told |= {"claim": None} if is_own else taken(session, shop, visitor, link, source="card")
    told |= {"page_title": body["title"], "offer": told["page_title"], "lead": " ".join(filter(None, (body["saved"], told["page_title"])))}
    return page("card.html", shop, card=body, picture=_picture(body), link=address(shop, secret), action=f"../r/{link.slug}/claim", **told)


@extension
def card_in_extension(shop: Shop, session: Session, identity: Identity) -> ResponseReturnValue:
    """``{"shown": true}`` makes the card of whoever is logged in, ``false`` takes it back. Nobody can do so for somebody else."""
    shown = yes_or_no(json_object(request).get("shown"))
    person = people.by_customer(session, shop.id, identity.subject) if identity.subject else None
    after = flows.standing(session, shop.id, person.id, now=clock.now()) if person else None
    if after is None or after.link is None:
        raise Refused("signature", "Nobody is logged in who shares.")
    keep(session, shop.id, after.link, shown=shown)
    return jsonify(panel_body(session, shop, after.link))


def panel_body(session: Session, shop: Shop, link: Link) -> PanelBody | None:
    """None before the first friend: there is nothing to show."""
    own = own_card(session, shop, link)
    if not own["body"]["friends"] and own["link"] is None:
        return None
    return PanelBody(badge=own["body"]["badge_name"], title=own["body"]["title"], saved=own["body"]["saved"], link=own["link"],
                     text=own["text"])


def card_body(shop: Shop, impact: Impact, sender: str | None) -> CardBody:
    """In the reader's language. Of the friends nothing is told but how many they are and, of several together, what they saved."""
    locale, name = locale_of(shop), shop.name or shop.domain
    if not impact.friends:
        title = texts.say(locale, "cards.title_none", shop=name)
    elif sender:
        title = texts.say(locale, "cards.title_from", count=impact.friends, sender=sender, shop=name)
    else:
        title = texts.say(locale, "cards.title", count=impact.friends, shop=name)
    sums = [one.display(locale) for one in impact.saved]
    return CardBody(title=title, saved=texts.say(locale, "cards.saved", saved=sums) if sums else None, friends=impact.friends,
                    badge=impact.badge, badge_name=texts.say(locale, f"cards.badge_{impact.badge}"))


def own_card(session: Session, shop: Shop, link: Link) -> Own:
    """For the advocate's own page: what the card says or would say, and where it is."""
    impact, locale = cards.impact(session, shop.id, link.id), locale_of(shop)
    sender = naming.sender(session, shop.id, link)
    body, made = card_body(shop, impact, sender), cards.card_of(session, shop.id, link.id)
    if made is None:
        return Own(body=body, named=bool(sender), link=None, text=None, urls=None)
    where = address(shop, made.secret)
    text = texts.say(locale, "cards.share", count=impact.friends, shop=shop.name or shop.domain, link=where)
    sent = ShareTexts(whatsapp=text, native=text, x=text, sms=for_sms(text), facebook=where, email={"subject": body["title"], "body": text})
    return Own(body=body, named=bool(sender), link=where, text=text, urls=sharing.addresses(sent))


def address(shop: Shop, secret: str) -> str:
    return f"{storefront_of(shop)}{root_of_store()}{sharing.PROXY}/card/{secret}"


def keep(session: Session, shop_id: ShopId, link: Link, *, shown: bool) -> None:
    """The advocate makes the card, or takes it back."""
    if shown:
        cards.make(session, shop_id, link.id, now=clock.now())
    else:
        cards.take_back(session, shop_id, link.id)


def _picture(body: CardBody) -> Picture | None:
    """The badge as messengers draw it: of a tier, so that nobody's number lies in a file."""
    if not body["badge"]:
        return None
    return Picture(f"{current_context().settings.app_url}/static/badges/{body['badge']}.png", body["badge_name"])
