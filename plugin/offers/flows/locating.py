"""Where the markets that offers name are."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.mirror.tables import markets as mirror
from plugin.offers.rules import markets as rules
from plugin.offers.rules.markets import Located, Market
from plugin.offers.rules.model import Offer


def known(session: Session, shop_id: ShopId) -> Mapping[str, Market]:
    """The shop's markets by id."""
    return {one.id: Market(one.name, None if one.everywhere else frozenset(one.countries), one.active and one.by_country)
            for one in mirror.markets(session, shop_id)}


def located(session: Session, shop_id: ShopId, offers: Sequence[Offer], *, asked: Offer | None = None) -> Located:
    """These offers with countries for markets. ``asked``: the one that a merchant is looking at; Refused("offer") if any market that it
    names is gone or holds nobody."""
    if not any(offer.audience.markets for offer in offers):
        return Located(tuple(offers))
    markets = known(session, shop_id)
    fault = rules.empty(asked, markets) if asked else None
    if fault:
        raise fault.refused()
    return rules.located(offers, markets)
