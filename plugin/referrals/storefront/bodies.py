"""JSON for the theme blocks and the checkout extension. An order id gets a link and nothing more; the rest needs a credential."""

import re
from functools import partial
from typing import TypedDict

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.errors import Refused
from plugin.messaging import silence, texts
from plugin.people import tables as people
from plugin.people.tables import Person
from plugin.referrals import earnings, flows, mine, sharing
from plugin.referrals.flows import After, goals, naming
from plugin.referrals.flows.naming import Naming
from plugin.referrals.storefront.asking import locale_of, root_of_store, storefront_of
from plugin.referrals.storefront.card import PanelBody, panel_body
from plugin.shopify.verify import Identity, Visitor
from plugin.shops.tables import Shop
from plugin.web.guards import extension, proxy
from plugin.web.inputs import json_object, yes_or_no

WAIT_SECONDS = 2
_ORDER = re.compile(r"(?:gid://shopify/Order(?:Identity)?/)?([0-9]{1,20})", re.ASCII)


def add_to(blueprint: Blueprint) -> None:
    blueprint.post("/extension/share")(share_in_extension)
    blueprint.get("/extension/rewards")(rewards_in_extension)
    blueprint.get("/proxy/share.json")(share_in_theme)
    blueprint.get("/proxy/rewards.json")(rewards_in_theme)
    blueprint.post("/extension/name")(name_in_extension)
    blueprint.post("/proxy/name")(name_in_theme)


@extension
def share_in_extension(shop: Shop, session: Session, identity: Identity) -> ResponseReturnValue:
    """After checkout by the order's id, in the account by the customer who is logged in."""
    order_id = _order_id(json_object(request).get("order_id"))
    if order_id is not None:
        after = flows.enrol_after_order(session, shop.id, order_id, now=clock.now())
        # It comes up by itself: after a bad moment it does not. In their own account people find it all the same.
        hurt = after.link is not None and silence.hurt(session, shop.id, after.link.person_id, clock.now())
        return answer(shop, After("none") if hurt else after)
    return _of_customer(shop, session, identity.subject)


@proxy
def share_in_theme(shop: Shop, session: Session, visitor: Visitor) -> ResponseReturnValue:
    return _of_customer(shop, session, visitor.customer_id)


@extension
def rewards_in_extension(shop: Shop, session: Session, identity: Identity) -> ResponseReturnValue:
    return _rewards_of_customer(shop, session, identity.subject)


@proxy
def rewards_in_theme(shop: Shop, session: Session, visitor: Visitor) -> ResponseReturnValue:
    return _rewards_of_customer(shop, session, visitor.customer_id)


@extension
def name_in_extension(shop: Shop, session: Session, identity: Identity) -> ResponseReturnValue:
    return _agree(shop, session, identity.subject)


@proxy
def name_in_theme(shop: Shop, session: Session, visitor: Visitor) -> ResponseReturnValue:
    return _agree(shop, session, visitor.customer_id)


def _agree(shop: Shop, session: Session, customer_id: str | None) -> ResponseReturnValue:
    """``{"shown": true}`` lets friends read the first name, ``false`` takes that back. Nobody can say so for somebody else."""
    shown = yes_or_no(json_object(request).get("shown"))
    person = people.by_customer(session, shop.id, customer_id) if customer_id else None
    if person is None:
        raise Refused("signature", "Nobody is logged in.")
    naming.agree(session, shop.id, people.get(session, shop.id, person.id).id, shown=shown)
    return jsonify({"shown": shown})


class GoalBody(TypedDict):
    """What comes next, in words; ``target`` is None where no goal is set and the next reward stands there."""

    title: str
    text: str
    counted: int
    target: int | None


class Own(TypedDict, total=False):
    """What a share panel has for its advocate alone."""

    name: Naming | None
    words: str | None
    goal: GoalBody | None
    card: PanelBody | None


def answer(shop: Shop, after: After, own: Own | None = None) -> ResponseReturnValue:
    """``ready`` with everything to share, ``waiting`` until the order has reached us, ``none``."""
    if after.link is not None and after.version is not None:
        mine = own or {}
        return jsonify({**(share_body(shop, after, mine.get("words")) or {}), "name": mine.get("name"), "goal": mine.get("goal"),
                        "card": mine.get("card")})
    if after.state == "waiting":
        return jsonify({"state": "waiting", "retry_after": WAIT_SECONDS}), 202, {"Retry-After": str(WAIT_SECONDS)}
    return jsonify({"state": "none"})


def share_body(shop: Shop, after: After, words: str | None = None) -> sharing.ShareBody | None:
    """None where there is nothing to share."""
    if after.link is None or after.version is None:
        return None
    return sharing.share_body(after.link, after.version, shop=shop.name or shop.domain,
                              storefront=f"{storefront_of(shop)}{root_of_store()}", locale=locale_of(shop), words=words)


def rewards_body(session: Session, shop: Shop, person: Person) -> dict[str, object]:
    """The person's rewards, each with its code while it may be used, and what did not count."""
    return earnings.rewards_body(mine.earned(session, shop.id, person), locale_of(shop), mine.refused(session, shop.id, person))


def goal_body(session: Session, shop: Shop, after: After) -> GoalBody | None:
    """For the advocate's own eyes. None where nothing can be earned."""
    if after.link is None or after.version is None or after.version.advocate.kind == "none":
        return None
    locale, say = locale_of(shop), partial(texts.say, locale_of(shop))
    goal = goals.progress(session, shop.id, after.link.id, clock.now())
    if goal is not None and goal["left"]:
        return GoalBody(title=say("goals.title", target=goal["target"]), counted=goal["counted"], target=goal["target"],
                        text=say("goals.text", counted=goal["counted"], count=goal["left"], until=goal["until"]))
    reward = sharing.gets(locale, after.version.advocate)
    return GoalBody(title=say("goals.next_title", reward=reward), text=say("goals.next_text"), counted=0, target=None)


def _of_customer(shop: Shop, session: Session, customer_id: str | None) -> ResponseReturnValue:
    if customer_id is None:
        return answer(shop, After("none"))
    after = flows.enrol_customer(session, shop.id, customer_id, now=clock.now())
    if after.link is None:
        return answer(shop, after)
    return answer(shop, after, Own(name=naming.offered(session, shop.id, after.link.id), goal=goal_body(session, shop, after),
                                   words=naming.words_of(session, shop.id, after.link.id), card=panel_body(session, shop, after.link)))


def _rewards_of_customer(shop: Shop, session: Session, customer_id: str | None) -> Response:
    """What they earned, and how near the next one is."""
    person = people.by_customer(session, shop.id, customer_id) if customer_id else None
    if person is None:
        return jsonify({**earnings.rewards_body((), locale_of(shop)), "goal": None})
    goal = goal_body(session, shop, flows.standing(session, shop.id, person.id, now=clock.now()))
    return jsonify({**rewards_body(session, shop, person), "goal": goal})


def _order_id(given: object) -> str | None:
    """Digits or a gid, of an order or of its identity on the thank-you page. Raises Refused("input")."""
    if given is None:
        return None
    found = _ORDER.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        raise Refused("input", "This is not an order.")
    return found[1]
