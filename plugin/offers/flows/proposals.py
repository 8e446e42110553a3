"""What friends' discount and which bundle the shop's own orders speak for. Nothing is written."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.errors import Refused
from plugin.margin import tables as margins
from plugin.margin.rules import Good
from plugin.margin.rules.guard import beside
from plugin.offers.rules.proposing import LEAST_ORDERS, Lift, Proposal, propose
from plugin.offers.tables.baskets import baskets
from plugin.shops import tables as shops

PERIOD, MOST_ORDERS = timedelta(days=180), 5_000


@dataclass(frozen=True, slots=True)
class Proposals:
    """``orders`` were read; ``unknown``: so many products were bought of which no cost is known, which are left out."""

    found: tuple[Proposal, ...]
    orders: int
    unknown: int
    friend_bp: int
    floor_bp: int


def proposals(session: Session, shop_id: ShopId, *, now: datetime, floor_bp: int | None = None, lift: Lift | None = None) -> Proposals:
    """For the floor that the shop has, or one to be tried, beside what codes, gifts and whoever is paid for an order take.

    Raises Refused("floor") without either, Refused("orders") with too few.
    """
    floors = margins.floors(session, shop_id)
    floors = replace(floors, shop=floor_bp) if floor_bp is not None else floors
    if floors.shop is None:
        raise Refused("floor", "A proposal needs a margin floor.", key="proposals.no_floor")
    bought = baskets(session, shop_id, since=now - PERIOD, limit=MOST_ORDERS)
    if len(bought) < LEAST_ORDERS:
        raise Refused("orders", "There are too few orders to learn from.", key="proposals.too_few", count=LEAST_ORDERS - len(bought))
    goods = _goods(session, shop_id)
    takes = margins.published(session, shop_id, now)
    friend_bp, others = (beside(take for take in takes if take.kind == "friend_discount").rate_bp,
                         [take for take in takes if take.kind != "friend_discount"])
    unknown = {product for order in bought for product, _ in order.units} - {good.product_id for good in goods}
    found = propose(bought, goods, floors, friend_bp=friend_bp, lift=lift, others=others)
    return Proposals(tuple(found), len(bought), len(unknown), friend_bp, floors.shop)


def _goods(session: Session, shop_id: ShopId) -> list[Good]:
    """One good a product: of its variants the one that earns the smallest share."""
    found: dict[str, Good] = {}
    for good in margins.goods(session, shop_id, shops.get(session, shop_id).currency):
        kept = found.get(good.product_id)
        if good.price > 0 and (kept is None or good.cost * kept.price > kept.cost * good.price):
            found[good.product_id] = good
    return list(found.values())
