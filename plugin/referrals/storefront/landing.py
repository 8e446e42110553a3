"""The landing page behind an advocate's link. GET shows and counts a visit, POST claims; no script, no cookie, no open redirect."""

import secrets
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution.flows import VISIT_PARAMETER
from plugin.attribution.tables import Claim, Visit
from plugin.errors import NotFound, Refused
from plugin.referrals import flows, sharing
from plugin.referrals.flows import Landing, friends
from plugin.referrals.rules import Version, destination
from plugin.referrals.storefront.asking import (
    caller_of,
    kindly,
    locale_of,
    notice,
    page,
    root_of_store,
    signer,
    storefront_of,
    translator,
)
from plugin.shopify.verify import Visitor
from plugin.shops.tables import Shop
from plugin.web.guards import proxy

PAGE_LIFE = 24 * 3600


def add_to(blueprint: Blueprint) -> None:
    blueprint.get("/proxy/r/<slug>")(show)
    blueprint.post("/proxy/r/<slug>/claim")(claim)
    blueprint.get("/proxy/r/<slug>/claim/<token>")(wait)


@proxy
@kindly
def show(shop: Shop, session: Session, visitor: Visitor, slug: str) -> ResponseReturnValue:
    """What the friend gets, and one button."""
    place = destination(visitor.params.get("to"), visitor.params.get("product"))
    landing = flows.follow(session, shop.id, slug, caller_of(session, shop), place=place, sign=_sign_visit, now=clock.now())
    if landing.state == "closed" or landing.version is None:
        return notice(shop, "landing.closed", href=f"{root_of_store()}{destination()}")
    return page("landing.html", shop, link=sharing.link_of(storefront_of(shop), landing.link.slug), action=f"{landing.link.slug}/claim",
                claim=_sign_claim(landing, place), **words(shop, landing.version, locale_of(shop)))


@proxy
@kindly
def claim(shop: Shop, session: Session, visitor: Visitor, slug: str) -> ResponseReturnValue:
    """Take a code and go shopping; or wait for one. ``visitor`` is the proxy's; nobody need be logged in."""
    token, landing = request.form.get("claim", ""), flows.look(session, shop.id, slug, now=clock.now())
    page_shown = _read_claim(token, landing)
    if landing.state == "closed":
        return notice(shop, "landing.closed", href=f"{root_of_store()}{destination()}")
    visit_id = UUID(page_shown["visit"]) if page_shown["visit"] else None
    try:
        claimed = flows.claim(session, shop.id, landing, nonce=page_shown["nonce"], visit_id=visit_id,
                              device_key=caller_of(session, shop).device_key, now=clock.now())
    except Refused as refused:
        if refused.reason != "too_many":
            raise
        return Response(notice(shop, "landing.many", href=f"{root_of_store()}{destination()}"), 429, {"Retry-After": "86400"})
    if claimed.state == "waiting":
        return redirect(f"claim/{token}", 303)
    return _go_shopping(session, shop, claimed, page_shown["place"])


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
    return _go_shopping(session, shop, kept, page_shown["place"])


def words(shop: Shop, version: Version, locale: str) -> dict[str, Any]:
    """What the page says of a version; the admin's preview shows the same."""
    say, name, friend_gets = translator(locale), shop.name or shop.domain, sharing.gets(locale, version.friend)
    title = say("landing.title", friend_gets=friend_gets, shop=name) if friend_gets else say("landing.title_plain", shop=name)
    return {"page_title": title, "friend_gets": friend_gets, "gives_code": version.gives_code(),
            "terms": sharing.friend_terms(version, locale),
            "terms_url": f"{root_of_store()}{sharing.terms_path(version)}"}


def _go_shopping(session: Session, shop: Shop, claimed: Claim, place: str) -> ResponseReturnValue:
    """To the shop's own path in the visitor's language; with a code through Shopify's /discount, which applies it. 303, so that a
    reload claims nothing."""
    root = root_of_store()
    visit = session.get(Visit, (shop.id, claimed.visit_id)) if claimed.visit_id else None
    onward = f"{root}{place}" + (f"?{urlencode({VISIT_PARAMETER: visit.token})}" if visit and visit.token else "")
    if claimed.state == "codeless":
        return redirect(onward, 303)
    code = friends.code_of(session, shop.id, claimed)
    if code is None:
        again = f"{root}{sharing.PROXY}/r/{friends.link_of(session, shop.id, claimed).slug}"
        return notice(shop, "landing.lapsed", href=again, button="landing.again")
    return redirect(f"/discount/{quote(code, safe='')}?redirect={quote(onward, safe='')}", 303)


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
