"""What is done to an offer with one button: switch on and off, undo, copy, put away; and to all of them: tell Shopify again."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.offers import flows, tables
from plugin.offers.admin.offers import LIST, ONE, edit_page
from plugin.offers.admin.typed import OfferForm, seen_revision
from plugin.offers.flows import publishing
from plugin.offers.flows.configuring import Whole, wall
from plugin.offers.flows.offers import LONGEST_TITLE
from plugin.offers.rules.filled import filled
from plugin.offers.rules.filling import field_of
from plugin.shops.tables import Shop
from plugin.web.errors import words
from plugin.web.guards import embedded
from plugin.web.shell import moved, translator
from plugin.web.state import staff


def add_to(blueprint: Blueprint) -> None:
    for name, view in (("publication", publish), ("pause", pause), ("undoing", undo), ("copy", copy), ("archiving", archive),
                       ("discarding", discard)):
        blueprint.post(f"{ONE}/{name}", endpoint=f"offer_{name}")(view)
    blueprint.post(f"{LIST}/telling")(tell_again)


@embedded
def publish(shop: Shop, session: Session, offer_id: UUID) -> ResponseReturnValue:
    """What stands in the way is said above the form and at its field; nothing is changed then."""
    now = clock.now()
    try:
        row, whole = flows.publish_offer(session, shop.id, offer_id, currency=shop.currency, now=now, by=staff(), revision=seen_revision())
    except Refused as refused:
        return _refused(session, shop, offer_id, refused)
    starts = tables.in_force(session, shop.id)[row.id].offer().schedule.starts
    scheduled = starts is not None and starts > wall(session, ShopId(shop.id), now)
    return moved(f"{LIST}/{offer_id}", said="scheduled" if scheduled else _said(whole))


@embedded
def pause(shop: Shop, session: Session, offer_id: UUID) -> ResponseReturnValue:
    flows.pause_offer(session, shop.id, offer_id, now=clock.now(), by=staff(), revision=seen_revision())
    return moved(f"{LIST}/{offer_id}", said="paused")


@embedded
def undo(shop: Shop, session: Session, offer_id: UUID) -> ResponseReturnValue:
    """The newest change that this merchant saw is taken back."""
    try:
        flows.undo_offer(session, shop.id, offer_id, currency=shop.currency, now=clock.now(), by=staff(), revision=seen_revision())
    except Refused as refused:
        return _refused(session, shop, offer_id, refused)
    return moved(f"{LIST}/{offer_id}", said="undone")


@embedded
def copy(shop: Shop, session: Session, offer_id: UUID) -> ResponseReturnValue:
    known = tables.offer(session, shop.id, offer_id)
    title = translator(shop)("programmes.copy_of", name=known.title[: LONGEST_TITLE - 20])
    made = flows.duplicate(session, shop.id, offer_id, title=title, currency=shop.currency, now=clock.now(), by=staff())
    return moved(f"{LIST}/{made.id}", said="duplicated")


@embedded
def archive(shop: Shop, session: Session, offer_id: UUID) -> ResponseReturnValue:
    flows.archive(session, shop.id, offer_id, now=clock.now(), by=staff(), revision=seen_revision())
    return moved(f"{LIST}/{offer_id}", said="archived")


@embedded
def discard(shop: Shop, session: Session, offer_id: UUID) -> ResponseReturnValue:
    flows.discard(session, shop.id, offer_id, now=clock.now(), by=staff(), revision=seen_revision())
    return moved(f"{LIST}/{offer_id}", said="discarded")


@embedded
def tell_again(shop: Shop, session: Session) -> ResponseReturnValue:
    """Where Shopify refused, or the merchant deleted the discount there: all live offers once more."""
    publishing.wish(session, shop.id, clock.now())
    return moved(LIST, said="told")


def _said(whole: Whole) -> str:
    return "cut" if whole.room.cut or whole.room.alone else "published"


def _refused(session: Session, shop: Shop, offer_id: UUID, refused: Refused) -> ResponseReturnValue:
    """Raises what is not about what the offer says."""
    if refused.reason not in ("offer", "margin"):
        raise refused
    row = tables.offer(session, shop.id, offer_id)
    offer = flows.newest(session, ShopId(shop.id), row)
    sentence, at = words(refused.key, **refused.facts), str(refused.facts.get("field") or "")
    errors = {field_of(at, offer.kind): sentence} if at else {}
    return edit_page(session, shop, row, OfferForm(values=filled(offer), errors=errors), trouble=sentence), 422
