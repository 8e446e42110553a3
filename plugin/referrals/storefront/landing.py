"""The landing page behind an advocate's link. GET shows and counts a visit, POST claims; no script, no cookie, no open redirect. What
is shown of offers is counted where the visit is: once a visit, and not for machines.

A messenger that draws a preview card gets the same page, in the language of whoever shares the link, and is no visit.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution import keys
from plugin.attribution.flows import VISIT_PARAMETER
from plugin.attribution.rules.proofs import PARAMETER, REFERRED
from plugin.attribution.tables import Claim, Link, Visit
from plugin.errors import NotFound, Refused
from plugin.experiments import flows as experiments
from plugin.messaging.filters import zone
from plugin.referrals import flows, sharing
from plugin.referrals.flows import Landing, friends, naming
from plugin.referrals.rules import Version, destination
from plugin.referrals.rules.welcoming import Bundle
from plugin.referrals.storefront.asking import (
    caller_of,
    is_machine,
    kindly,
    locale_of,
    notice,
    page,
    root_of_store,
    signer,
    storefront_of,
    translator,
)
from plugin.referrals.storefront.onward import asking, day_of, picture, place_of, to_cart
from plugin.shopify.verify import Visitor
from plugin.shops.tables import Shop
from plugin.web.guards import proxy
from plugin.web.state import current_context, current_web

PAGE_LIFE = 24 * 3600


def add_to(blueprint: Blueprint) -> None:
    blueprint.get("/proxy/r/<slug>")(land)
    blueprint.post("/proxy/r/<slug>/claim")(claim)
    blueprint.get("/proxy/r/<slug>/claim/<token>")(wait)
    blueprint.get("/proxy/greeting.json")(greet)


@proxy
@kindly
def land(shop: Shop, session: Session, visitor: Visitor, slug: str) -> ResponseReturnValue:
    """What the friend gets, and one button."""
    landing = flows.look(session, shop.id, slug, now=clock.now())
    speak(session, shop, landing.link)
    if landing.state == "closed" or landing.version is None:
        return closed(shop, landing)
    if naming.is_own(session, shop.id, landing.link, visitor.customer_id):
        return _own(shop, landing, landing.version)
    now = clock.now()
    followed = _follow(session, shop, visitor, landing.link, now=now)
    bundles = _bundles(session, shop) if landing.version.gives_code() else []
    if followed.visit and followed.visit.at == now:
        experiments.note_landing(session, shop.id, day_of(shop, now), [one.number for one in bundles])
    said = words(shop, landing.version, locale_of(shop), sender=naming.sender(session, shop.id, landing.link))
    return page("landing.html", shop, link=sharing.link_of(storefront_of(shop), landing.link.slug), action=f"{landing.link.slug}/claim",
                picture=picture(session, shop, visitor.params.get("product")), bundles=bundles, **_button(visitor, followed), **said)


def taken(session: Session, shop: Shop, visitor: Visitor, link: Link, *, source: Literal["link", "card"] = "link") -> dict[str, str]:
    """Counts the visit; the token with which the page's button claims."""
    return _button(visitor, _follow(session, shop, visitor, link, now=clock.now(), source=source))


def _follow(session: Session, shop: Shop, visitor: Visitor, link: Link, *, now: datetime,
            source: Literal["link", "card"] = "link") -> Landing:
    caller = replace(caller_of(session, shop), source=source)
    return flows.follow(session, shop.id, link.slug, caller, place=place_of(visitor), sign=_sign_visit, now=now)


def _button(visitor: Visitor, followed: Landing) -> dict[str, str]:
    return {"claim": _sign_claim(followed, place_of(visitor))}


@proxy
@kindly
def claim(shop: Shop, session: Session, visitor: Visitor, slug: str) -> ResponseReturnValue:
    """Take a code and go shopping; or wait for one. ``visitor`` is the proxy's; nobody need be logged in."""
    token, wanted = request.form.get("claim", ""), request.form.get("bundle", "")[:10]
    landing = flows.look(session, shop.id, slug, now=clock.now())
    page_shown = _read_claim(token, landing)
    if landing.state == "closed":
        return closed(shop, landing)
    visit_id = UUID(page_shown["visit"]) if page_shown["visit"] else None
    bundle, again = _bundle(session, shop, wanted), friends.claim_by_nonce(session, shop.id, page_shown["nonce"])
    try:
        claimed = flows.claim(session, shop.id, landing, nonce=page_shown["nonce"], visit_id=visit_id,
                              device_key=caller_of(session, shop).device_key, now=clock.now())
    except Refused as refused:
        if refused.reason != "too_many":
            raise
        return Response(notice(shop, "landing.many", href=f"{root_of_store()}{destination()}"), 429, {"Retry-After": "86400"})
    if bundle and visit_id and not again:
        experiments.note_landing(session, shop.id, day_of(shop, clock.now()), [bundle.number], added=True)
    if claimed.state == "waiting":
        return redirect(f"claim/{token}" + (f"?bundle={wanted}" if wanted.isdecimal() else ""), 303)
    return _go_shopping(session, shop, claimed, page_shown["place"], bundle)


@proxy
@kindly
def wait(shop: Shop, session: Session, visitor: Visitor, slug: str, token: str) -> ResponseReturnValue:
    """The claim was kept while its code is being made: looks again, and goes on once there is one."""
    landing = flows.look(session, shop.id, slug, now=clock.now())
    page_shown = _read_claim(token, landing)
    kept = friends.claim_by_nonce(session, shop.id, page_shown["nonce"])
    if kept is None:
        raise NotFound("claim")
    if kept.state == "waiting":
        kept = flows.serve(session, shop.id, kept.nonce, friends.version_of(session, shop.id, kept), now=clock.now())
    if kept.state == "waiting":
        return page("waiting.html", shop, page_title=translator(locale_of(shop))("landing.waiting_title"))
    return _go_shopping(session, shop, kept, page_shown["place"], _bundle(session, shop, visitor.params.get("bundle", "")))


@proxy
def greet(shop: Shop, session: Session, visitor: Visitor) -> ResponseReturnValue:
    """What the storefront may say to who carries a visit, asked with consent only: who sent them, what they get, and their code."""
    read = signer().read("visit", visitor.params.get("visit", ""), None)
    greeting = flows.greeting(session, shop.id, UUID(read["v"]))
    if greeting is None:
        return jsonify({})
    locale, sender = locale_of(shop), naming.sender(session, shop.id, greeting.link)
    gets = sharing.gets(locale, greeting.version.friend)
    key = f"landing.greeting{'_from' if sender else ''}{'' if gets else '_plain'}"
    said = translator(locale)(key, sender=sender or "", friend_gets=gets or "", shop=shop.name or shop.domain)
    return jsonify({"words": said, "code": greeting.code, "offer": _proof(session, shop, greeting.claim)})


def words(shop: Shop, version: Version, locale: str, *, sender: str | None = None) -> dict[str, Any]:
    """What the page says of a version; the admin's preview shows the same. ``sender``: a first name that may be read."""
    say, name, friend_gets = translator(locale), shop.name or shop.domain, sharing.gets(locale, version.friend)
    title = say("landing.title", friend_gets=friend_gets, shop=name) if friend_gets else say("landing.title_plain", shop=name)
    lead = say("landing.lead_from", sender=sender, shop=name) if sender else say("landing.lead", shop=name)
    return {"page_title": title, "lead": lead, "friend_gets": friend_gets, "gives_code": version.gives_code(),
            "code_beside": "product" in version.combines, "terms": sharing.friend_terms(version, locale),
            "terms_url": f"{root_of_store()}{sharing.terms_path(version)}"}


def speak(session: Session, shop: Shop, link: Link) -> None:
    """Machines say no language of their own that would count: their card is in that of whoever shares the link."""
    if is_machine():
        g.spoken = naming.spoken(session, shop.id, link)


def closed(shop: Shop, landing: Landing) -> str:
    """Why, and what to do."""
    begins = landing.version and (landing.version.starts_at or landing.version.since)
    values: dict[str, Any] = {"day": begins.astimezone(zone(shop.timezone))} if begins else {}
    return notice(shop, f"landing.{landing.why}", href=f"{root_of_store()}{destination()}", **values)


def _own(shop: Shop, landing: Landing, version: Version) -> str:
    """The advocate looks at their own link: nothing to take, but a friend could."""
    locale = locale_of(shop)
    share = sharing.share_body(landing.link, version, shop=shop.name or shop.domain, storefront=f"{storefront_of(shop)}{root_of_store()}",
                               locale=locale)
    return page("own.html", shop, page_title=translator(locale)("landing.own_title"), share=share)


def _bundles(session: Session, shop: Shop) -> Sequence[Bundle]:
    return current_web().welcomes(session, shop.id)


def _bundle(session: Session, shop: Shop, number: str) -> Bundle | None:
    """The one whose button was pressed; None for none, and for one that is no longer offered."""
    return next((one for one in _bundles(session, shop) if one.key == number), None) if number else None


def _go_shopping(session: Session, shop: Shop, claimed: Claim, place: str, bundle: Bundle | None = None) -> ResponseReturnValue:
    """To the shop's own path in the visitor's language, or to the cart with the bundle in it; with a code through Shopify's /discount,
    which applies it. 303, so that a reload claims nothing."""
    root = root_of_store()
    visit = session.get(Visit, (shop.id, claimed.visit_id)) if claimed.visit_id else None
    proof = _proof(session, shop, claimed)
    onward = asking(f"{root}{place}", {VISIT_PARAMETER: visit.token if visit else None, PARAMETER: proof})
    if bundle:
        onward = to_cart(root, bundle, proof)  # the code tells who sent them
    if claimed.state == "codeless":
        return redirect(onward, 303)
    code = friends.code_of(session, shop.id, claimed)
    if code is None:
        again = f"{root}{sharing.PROXY}/r/{friends.link_of(session, shop.id, claimed).slug}"
        return notice(shop, "landing.lapsed", href=again, button="landing.again")
    return redirect(f"/discount/{quote(code, safe='')}?redirect={quote(onward, safe='')}", 303)


def _proof(session: Session, shop: Shop, claimed: Claim) -> str | None:
    """What the page puts into the cart, so that the discounts know that they were sent, for as long as their code lives. It says nothing
    about who they are, and they asked for it. None where no offer asks."""
    until = friends.holds_until(session, shop.id, claimed).astimezone(zone(shop.timezone)).replace(tzinfo=None)
    return keys.sign(session, current_context().settings, shop.id, {REFERRED}, until)


def _sign_visit(visit_id: UUID) -> str:
    return signer().sign("visit", {"v": str(visit_id)})


def _sign_claim(landing: Landing, place: str) -> str:
    """This page, once: pressing its button twice is one claim. The path inside is one of ours and cannot be changed."""
    visit = str(landing.visit.id) if landing.visit else None
    return signer().sign("claim", {"link": str(landing.link.id), "nonce": secrets.token_hex(16), "visit": visit, "place": place})


def _read_claim(token: str, landing: Landing) -> dict[str, Any]:
    """Raises Refused("link") for a page that we did not show for this link."""
    shown = signer().read("claim", token, PAGE_LIFE)
    if shown.get("link") != str(landing.link.id):
        raise Refused("link", "This page belongs to another link.")
    return shown
