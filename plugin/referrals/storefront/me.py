"""The page behind a magic link: asked for by e-mail, opened by GET without consequence, used once by POST."""

import uuid
from typing import NamedTuple

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.messaging import facts
from plugin.messaging import flows as messaging
from plugin.referrals.flows import advocates, magic
from plugin.referrals.storefront.asking import caller_of, notice, page, root_of_store, signer, storefront_of
from plugin.referrals.storefront.bodies import rewards_body, share_body
from plugin.shopify.verify import Visitor
from plugin.shops import tables as shops
from plugin.shops.tables import Shop
from plugin.web.errors import wants_json
from plugin.web.guards import proxy, public
from plugin.web.inputs import is_text, json_object
from plugin.web.state import current_context

LONGEST_ADDRESS = 320


def add_to(blueprint: Blueprint) -> None:
    blueprint.post("/proxy/magic")(ask_magic)
    blueprint.get("/me/<token>")(show_magic)
    blueprint.post("/me/<token>")(use_magic)


class Opened(NamedTuple):
    shop: Shop
    secret: str


@proxy
def ask_magic(shop: Shop, session: Session, visitor: Visitor) -> ResponseReturnValue:
    """A mail to that address if we know it. The answer is the same either way."""
    given = json_object(request).get("email") if request.is_json else request.form.get("email")
    email = given.strip() if isinstance(given, str) and len(given) <= LONGEST_ADDRESS and is_text(given) else ""
    asked = magic.ask(session, shop.id, email=email, address_key=caller_of(session, shop).address_key, now=clock.now())
    if asked is not None:
        token = signer().sign("magic", {"shop": str(shop.id), "secret": asked.secret})
        url = f"{current_context().settings.app_url}/me/{token}"
        messaging.write_mail(session, shop.id, asked.person.id, "magic_link", about=asked.link.id,
                             facts=facts.magic_link(url, minutes=int(magic.LIFE.total_seconds()) // 60), now=clock.now())
    if wants_json():
        return jsonify({"state": "asked"})
    return notice(shop, "me.asked", href=f"{root_of_store()}/", button="me.shop")


@public("the magic link's own secret, single use")
def show_magic(session: Session, token: str) -> ResponseReturnValue:
    """A button. Mail scanners open links; nothing is used up by that."""
    opened = _open(session, token)
    try:
        magic.peek(session, opened.shop.id, opened.secret, now=clock.now())
    except Refused:
        return _used(opened.shop)
    return page("magic.html", opened.shop)


@public("the magic link's own secret, single use")
def use_magic(session: Session, token: str) -> ResponseReturnValue:
    """The person's own page, once."""
    opened = _open(session, token)
    shop = opened.shop
    try:
        person = magic.use(session, shop.id, opened.secret, now=clock.now())
    except Refused:
        return _used(shop)
    after = advocates.enrol_person(session, shop.id, person.id, now=clock.now())
    return page("me.html", shop, share=share_body(shop, after), rewards=rewards_body(session, shop, person),
                shop_url=storefront_of(shop))


def _used(shop: Shop) -> ResponseReturnValue:
    return notice(shop, "me.used", href=storefront_of(shop), button="me.shop"), 410


def _open(session: Session, token: str) -> Opened:
    """Raises Refused("link"), also for a shop that is no longer there."""
    read = signer().read("magic", token, None)
    shop = shops.get(session, ShopId(uuid.UUID(read["shop"])))
    if shop.state != shops.INSTALLED:
        raise Refused("link", "This link is not valid any more.")
    return Opened(shop, read["secret"])
