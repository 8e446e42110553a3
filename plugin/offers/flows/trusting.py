"""Believing no signed link any more: for the day on which a key is in wrong hands."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from plugin.attribution import keys
from plugin.config import Settings
from plugin.db import ShopId
from plugin.desk import flows as desk
from plugin.desk.flows import Ask
from plugin.desk.tables import Note, notes
from plugin.offers.flows import publishing

SUBJECT = "keys"

log = structlog.get_logger()


def distrust(session: Session, settings: Settings, shop_id: ShopId, *, now: datetime, by: str | None) -> None:
    """What carts carry counts no more as soon as Shopify has heard; links that are followed then are signed with a key of their own. The
    offers stay, friends' codes too: those are made with another key."""
    keys.change(session, settings, shop_id, now, distrust=True)
    desk.note(session, shop_id, SUBJECT, "distrusted", Ask(by, "", now))
    publishing.guard_again(session, shop_id, now)
    log.warning("signed_links_distrusted", shop_id=str(shop_id), staff=by)


def distrusted(session: Session, shop_id: ShopId) -> Sequence[Note]:
    """When that was done, newest first, and by whom."""
    return notes(session, shop_id, SUBJECT, limit=5)
