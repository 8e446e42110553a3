"""The page behind a magic link: asked for by e-mail, opened by GET without consequence, used once by POST.

The page that it opens carries a key of its own for an hour: with it settings are kept, and the page is shown again.
"""

import re
import uuid
from typing import Any, NamedTuple

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.errors import NotFound, Refused
from plugin.messaging import facts
from plugin.messaging import flows as messaging
from plugin.people import flows as people
from plugin.people import tables as people_tables
from plugin.people.tables import Person
from plugin.referrals import sharing
from plugin.referrals.flows import advocates, magic, naming
from plugin.referrals.storefront import card
from plugin.referrals.storefront.asking import caller_of, locale_of, notice, page, root_of_store, signer, storefront_of, translator
from plugin.referrals.storefront.bodies import goal_body, rewards_body, share_body
from plugin.shopify.verify import Visitor
from plugin.shops import tables as shops
from plugin.shops.tables import Shop
from plugin.web.errors import wants_json
from plugin.web.guards import proxy, public
from plugin.web.inputs import is_text, json_object
from plugin.web.state import current_context

LONGEST_ADDRESS = 320
_ADDRESS = re.compile(r"""[^\s@<>"\u200b-\u206f]+@[^\s@<>"\u200b-\u206f]+\.[^\s@<>".\u200b-\u206f]{2,}""")
"""What a browser's own field takes for an address, and a dot in its domain: whoever slipped is told, whoever has an odd one is not."""
PAGE_LIFE = 3600
BLANK: dict[str, Any] = {"key": None, "name": None, "own_words": None, "typed": None, "said": None, "mail_on": True, "goal": None,
                         "card": None, "longest": naming.LONGEST_WORDS}
"""What the page has beside its link and its rewards where nobody in particular looks at it."""


def add_to(blueprint: Blueprint) -> None:
    blueprint.get("/proxy/magic")(show_asking)
    blueprint.post("/proxy/magic")(ask_magic)
    blueprint.get("/me/<token>")(show_magic)
    blueprint.post("/me/<token>")(use_magic)
    blueprint.post("/me/keep/<what>")(keep)


class Opened(NamedTuple):
    shop: Shop
    secret: str


@proxy
def ask_magic(shop: Shop, session: Session, visitor: Visitor) -> ResponseReturnValue:
    """A mail to that address if we know it. The answer is the same either way; only what is no address is told so, where it was typed."""
    given = json_object(request).get("email") if request.is_json else request.form.get("email")
    email = given.strip() if isinstance(given, str) and len(given) <= LONGEST_ADDRESS and is_text(given) else ""
    if _ADDRESS.fullmatch(email) is None or people.key_of_email(session, shop.id, email) is None:
        return _no_address(shop, given if isinstance(given, str) else "")
    asked = magic.ask(session, shop.id, email=email, address_key=caller_of(session, shop).address_key, now=clock.now())
    if asked is not None:
        token = signer().sign("magic", {"shop": str(shop.id), "secret": asked.secret})
        url = f"{current_context().settings.app_url}/me/{token}"
        messaging.write_mail(session, shop.id, asked.person.id, "magic_link", about=asked.link.id,
                             facts=facts.magic_link(url, minutes=int(magic.LIFE.total_seconds()) // 60), now=clock.now())
    if wants_json():
        return jsonify({"state": "asked"})
    return notice(shop, "me.asked", href=f"{root_of_store()}/", button="me.shop")


@proxy
def show_asking(shop: Shop, session: Session, visitor: Visitor) -> str:
    """The form of the store's blocks as a page of its own."""
    return _asking(shop)


def _no_address(shop: Shop, typed: str) -> ResponseReturnValue:
    fault = translator(locale_of(shop))("me.no_address")
    return (jsonify({"state": "wrong", "text": fault}) if wants_json() else _asking(shop, typed=typed, fault=fault)), 422


def _asking(shop: Shop, *, typed: str = "", fault: str = "") -> str:
    title = translator(locale_of(shop))("me.title", shop=shop.name or shop.domain)
    return page("ask.html", shop, page_title=title, typed=typed, fault=fault, longest=LONGEST_ADDRESS)


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
    return _mine(session, shop, person)


@public("the key that the person's own page carries, for an hour")
def keep(session: Session, what: str) -> ResponseReturnValue:
    """``words``: the text to send; ``card``: made or taken back; ``wishes``: whether the name is shown and mail is wanted. Answers the
    page as it is then."""
    key = request.form.get("key", "")
    try:
        read = signer().read("mine", key, PAGE_LIFE)
    except Refused:
        return _too_old(_installed(session, signer().read("mine", key, None)["shop"]))
    shop = _installed(session, read["shop"])
    person = people_tables.get(session, shop.id, uuid.UUID(read["person"]))
    if person.redacted_at is not None:
        raise Refused("link", "This link is not valid any more.")
    if what == "words":
        return _keep_words(session, shop, person)
    if what == "card":
        return _keep_card(session, shop, person)
    if what != "wishes":
        raise NotFound("page")
    naming.agree(session, shop.id, person.id, shown=request.form.get("shown") == "on")
    keep_mail = people.subscribe if request.form.get("mail") == "on" else people.unsubscribe
    keep_mail(session, shop.id, person.id)
    return _mine(session, shop, person, said="me.saved")


def _keep_words(session: Session, shop: Shop, person: Person) -> ResponseReturnValue:
    """A text that cannot be kept comes back as it was typed."""
    typed = "" if request.form.get("ours") else request.form.get("words", "").replace("\r\n", "\n")  # one letter, as its field counts
    after = advocates.enrol_person(session, shop.id, person.id, now=clock.now())
    if after.link is None:
        return _mine(session, shop, person)
    if not is_text(typed) or len(typed) > naming.LONGEST_WORDS:
        return _mine(session, shop, person, said="me.too_long" if is_text(typed) else "me.unreadable", typed=typed), 422
    naming.write(session, shop.id, after.link.id, typed)
    return _mine(session, shop, person, said="me.saved")


def _keep_card(session: Session, shop: Shop, person: Person) -> str:
    after, shown = advocates.enrol_person(session, shop.id, person.id, now=clock.now()), request.form.get("shown") == "on"
    if after.link is None:
        return _mine(session, shop, person)
    card.keep(session, shop.id, after.link, shown=shown)
    return _mine(session, shop, person, said="cards.made" if shown else "cards.taken_back")


def _mine(session: Session, shop: Shop, person: Person, *, said: str | None = None, typed: str | None = None) -> str:
    """The page itself. ``said``: what just happened, in words; ``typed``: a text that was not kept."""
    after = advocates.enrol_person(session, shop.id, person.id, now=clock.now())
    name = naming.offered(session, shop.id, after.link.id) if after.link else None
    words = naming.words_of(session, shop.id, after.link.id) if after.link else None
    own = card.own_card(session, shop, after.link) if after.link else None
    key = signer().sign("mine", {"shop": str(shop.id), "person": str(person.id)})
    told = {**BLANK, "key": key, "name": name, "own_words": words, "typed": typed, "said": said, "mail_on": person.mail_state != "no",
            "goal": goal_body(session, shop, after), "card": own}
    return page("me.html", shop, share=share_body(shop, after, words), rewards=rewards_body(session, shop, person),
                shop_url=storefront_of(shop), **told)


def _used(shop: Shop) -> ResponseReturnValue:
    return notice(shop, "me.used", href=_where_to_ask(shop), button="me.ask_again"), 410


def _too_old(shop: Shop) -> ResponseReturnValue:
    """Nothing can be kept with this page any more; what was written is there to be taken along."""
    return notice(shop, "me.old", href=_where_to_ask(shop), button="me.ask_again", typed=request.form.get("words", "")), 410


def _where_to_ask(shop: Shop) -> str:
    return f"{storefront_of(shop)}{sharing.PROXY}/magic"


def _open(session: Session, token: str) -> Opened:
    """Raises Refused("link"), also for a shop that is no longer there."""
    read = signer().read("magic", token, None)
    return Opened(_installed(session, read["shop"]), read["secret"])


def _installed(session: Session, shop_id: str) -> Shop:
    """Raises Refused("link") for a shop that has left."""
    shop = shops.get(session, ShopId(uuid.UUID(shop_id)))
    if shop.state != shops.INSTALLED:
        raise Refused("link", "This link is not valid any more.")
    return shop
