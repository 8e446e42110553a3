"""Markets that offers name: when they are read again, and what follows from it."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.mirror.tables import markets as mirror
from plugin.offers import tables
from plugin.offers.flows import publishing
from plugin.offers.rules.model import Offer
from plugin.outbox import flows as outbox
from plugin.shops import tables as shops

LIST, LANE, SCOPE = "markets_list", "markets", "read_markets"
GATHERED = timedelta(seconds=5)
"""So long many changes are one."""


def list_all(session: Session, shop_id: ShopId, now: datetime, *, wait: timedelta = timedelta()) -> None:
    """Ask Shopify for all markets, if the merchant lets us: they are few, and no webhook is sure to name their countries."""
    if not may_read(session, shop_id) or (wait and outbox.is_coming(session, shop_id, LIST, LANE, within=wait.total_seconds())):
        return
    outbox.put(session, shop_id, LIST, new_id(), now=now, lane=LANE, not_before=now + wait)


def may_read(session: Session, shop_id: ShopId) -> bool:
    return SCOPE in {scope.strip().replace("write_", "read_") for scope in shops.get(session, shop_id).scopes.split(",")}


def listed(session: Session, shop_id: ShopId, found: Collection[mirror.Market], now: datetime) -> None:
    """All that the shop has, as Shopify said; the offers that name one that says something else now are told anew."""
    changed = mirror.keep_markets(session, shop_id, found)
    if changed & used(version.offer() for version in tables.in_force(session, shop_id).values()):
        publishing.guard_again(session, shop_id, now)


def used(offers: Iterable[Offer]) -> frozenset[str]:
    return frozenset().union(*(offer.audience.markets for offer in offers))
