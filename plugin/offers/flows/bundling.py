"""Bundles that a referral programme may ask for."""

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.errors import Refused
from plugin.offers import tables
from plugin.referrals.rules import Version

NAMED = frozenset({"kit", "mix", "tiers", "buy_get", "together", "upgrade", "complete", "welcome"})
"""Kinds that take from goods, so that the goods of an order tell by whose title."""


def bundles(session: Session, shop_id: ShopId) -> list[tuple[str, str]]:
    """(id, title) of those that are switched on, by title."""
    offers = [version.offer() for version in tables.in_force(session, shop_id).values()]
    return sorted(((str(one.id), one.title) for one in offers if one.kind in NAMED and one.own_class == "product" and not one.recommends),
                  key=lambda told: (told[1].casefold(), told[0]))


def insist(session: Session, shop_id: ShopId, version: Version) -> None:
    """Raises Refused("bundles") where a programme asks for what nobody can buy."""
    known = {id for id, _ in bundles(session, shop_id)}
    gone = sorted(one.title for one in version.bundles if one.offer_id not in known)
    if gone:
        raise Refused("bundles", "It asks for bundles that are not switched on.", key="programmes.refused.bundles", names=gone)
