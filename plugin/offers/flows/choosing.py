"""The merchant says which offer counts where several fit; everything that works out a price follows."""

from datetime import datetime

from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.errors import Refused
from plugin.offers.flows import publishing
from plugin.offers.tables.choosing import Choosing, choosings, is_best
from plugin.shops import tables as shops


def choose(session: Session, shop_id: ShopId, *, best: bool, now: datetime, by: str | None = None) -> bool:
    """Was it another than before? Shopify hears of it with all live offers."""
    shops.lock(session, shop_id)
    if is_best(session, shop_id) == best:
        return False
    session.add(Choosing(shop_id=shop_id, id=new_id(), at=now, staff=by, best=best))
    session.flush()
    publishing.guard_again(session, shop_id, now)
    return True


def undo_choice(session: Session, shop_id: ShopId, *, seen: str, now: datetime, by: str | None = None) -> None:
    """Back to what held before the choice ``seen``; that is a choice too. Raises Refused("stale") where it is not the newest any more,
    Refused("nothing_to_undo")."""
    shops.lock(session, shop_id)
    newest = next(iter(choosings(session, shop_id, limit=1)), None)
    if newest is None:
        raise Refused("nothing_to_undo", "Nothing was chosen yet.", key="offers.refused_nothing_to_undo")
    if str(newest.id) != seen:
        raise Refused("stale", "Somebody else has chosen meanwhile.")
    choose(session, shop_id, best=not newest.best, now=now, by=by)
