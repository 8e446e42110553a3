"""What is done to an offer with one button: switch on and off, undo, copy, put away; and to all of them: tell Shopify again."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.desk.acting import add_acts, seen_revision
from plugin.errors import Refused
from plugin.offers import flows, tables
from plugin.offers.admin.offers import LIST, ONE, edit_page, refused_form, switched_on
from plugin.offers.flows import publishing
from plugin.offers.flows.offers import LONGEST_TITLE
from plugin.offers.rules.filled import filled
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import moved, translator
from plugin.web.state import staff


def add_to(blueprint: Blueprint) -> None:
    for name, view in (("publication", publish), ("undoing", undo), ("copy", copy)):
        blueprint.post(f"{ONE}/{name}", endpoint=f"offer_{name}")(view)
    add_acts(blueprint, ONE, {"pause": (flows.pause_offer, "paused"), "archiving": (flows.archive, "archived"),
                              "discarding": (flows.discard, "discarded")})
    blueprint.post(f"{LIST}/telling")(tell_again)


@embedded
def publish(shop: Shop, session: Session, offer_id: UUID) -> ResponseReturnValue:
    """What stands in the way is said above the form and at its field; nothing is changed then."""
    try:
        return switched_on(session, shop, offer_id, seen_revision())
    except Refused as refused:
        return _refused(session, shop, offer_id, refused)


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
def tell_again(shop: Shop, session: Session) -> ResponseReturnValue:
    """Where Shopify refused, or the merchant deleted the discount there: all live offers once more."""
    publishing.wish(session, shop.id, clock.now())
    return moved(LIST, said="told")


def _refused(session: Session, shop: Shop, offer_id: UUID, refused: Refused) -> ResponseReturnValue:
    """Raises what is not about what the offer says."""
    row = tables.offer(session, shop.id, offer_id)
    offer = flows.newest(session, ShopId(shop.id), row)
    form, trouble = refused_form(refused, offer.kind, filled(offer))
    return edit_page(session, shop, row, form, trouble=trouble), 422
