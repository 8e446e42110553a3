"""Following what the orders say by now: another companion comes to the shop by the road on which offers come."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.errors import Refused
from plugin.offers.flows import drawing, publishing
from plugin.offers.flows.configuring import configure
from plugin.offers.mining import tables as mined
from plugin.offers.tables.drawings import drawings

SETTLING = timedelta(minutes=10)
"""Within this many changes are one."""


def is_due(session: Session, shop_id: ShopId) -> bool:
    """Has a product been ranked anew since the companions were looked at, or can one of them not be bought any more?"""
    known = drawings(session, shop_id).values()
    if not known:
        return False
    shown = {one for row in known for mates in row.drawn.values() for one in mates}
    return mined.ranked_since(session, shop_id, min(row.looked_at for row in known)) or drawing.gone(session, shop_id, shown)


def differs(session: Session, shop_id: ShopId, now: datetime) -> bool:
    """Would other companions be told than Shopify was told? Only reads: it takes a moment, and nobody should wait for it."""
    known = drawings(session, shop_id)
    try:
        found = configure(session, shop_id, publishing.live(session, shop_id), now=now, leaving_out=True, anew=True).drawn
    except Refused:  # the offers' page says why; nothing can be told until it is mended
        return False
    return any(row.drawn != {page: list(mates) for page, mates in found.get(offer_id, {}).items()} for offer_id, row in known.items())


def looked(session: Session, shop_id: ShopId, *, differ: bool, now: datetime) -> None:
    """Tell Shopify, if there is something else to tell."""
    if differ:
        publishing.guard_again(session, shop_id, now, wait=SETTLING)
    for row in drawings(session, shop_id).values():
        row.looked_at = now
    session.flush()


def wished(session: Session, shop_id: ShopId, now: datetime) -> None:
    """The merchant has pinned or banned something: what is drawn is told anew at once."""
    if drawings(session, shop_id):
        publishing.guard_again(session, shop_id, now)
