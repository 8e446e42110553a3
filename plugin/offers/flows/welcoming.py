"""The bundles that landing pages show, with the price that the checkout will take: of a referral's friends, and of a campaign's shoppers
what is reserved for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from plugin import clock
from plugin.attribution import campaigns
from plugin.attribution.campaigns import Campaign
from plugin.attribution.rules.proofs import REFERRED
from plugin.db import ShopId
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product
from plugin.money import Money
from plugin.offers import tables
from plugin.offers.flows.configuring import wall
from plugin.offers.flows.showing import buyable
from plugin.offers.flows.shown import shown
from plugin.offers.rules import suggesting
from plugin.offers.rules.model import Offer
from plugin.offers.rules.sets import Goods, Where, cuts
from plugin.offers.rules.suggesting import Row
from plugin.offers.tables.choosing import is_best
from plugin.referrals.rules.welcoming import Bundle, Good
from plugin.shops import tables as shops


@dataclass(frozen=True, slots=True)
class Reserved:
    """What a campaign's shoppers get. ``perks``: off the whole order or its delivery; ``ends``: the first moment, by the shop's wall clock,
    at which something of it is over, None where nothing has an end."""

    bundles: Sequence[Bundle] = ()
    perks: Sequence[Offer] = ()
    ends: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.bundles or self.perks)


def welcomes(session: Session, shop_id: ShopId) -> list[Bundle]:
    """By priority: those that stand at Shopify, are open now, and of which everything can be bought. What saves nothing is not shown."""
    local = wall(session, shop_id, clock.now())
    return _priced(session, shop_id, shown(session, shop_id).welcomes, _where(session, shop_id, local, REFERRED))


def reserved(session: Session, shop_id: ShopId, campaign: Campaign) -> Reserved:
    """The same for who came by a campaign's link."""
    local, known, own = wall(session, shop_id, clock.now()), shown(session, shop_id), str(campaign.id)
    where = _where(session, shop_id, local, campaign.number, campaigns.numbers(session, shop_id))
    bundles = _priced(session, shop_id, known.reserved.get(own, ()), where)
    perks = [one for one in known.perks.get(own, ()) if one.schedule.is_open(local)]
    numbers = {one.number for one in bundles}
    schedules = [one.schedule for one in perks] + [one.schedule for one in known.reserved.get(own, ()) if one.number in numbers]
    return Reserved(bundles, perks, min((one.ends for one in schedules if one.ends), default=None))


def _where(session: Session, shop_id: ShopId, local: datetime, mark: int, named: Mapping[str, int] | None = None) -> Where:
    return Where(shops.get(session, shop_id).currency, local, frozenset({mark}), named or {}, shown(session, shop_id).live,
                 is_best(session, shop_id))


def _priced(session: Session, shop_id: ShopId, bundles: Sequence[suggesting.Bundle], where: Where) -> list[Bundle]:
    known = [one for one in bundles if one.schedule.is_open(where.now)]
    if not known:
        return []
    offers = {version.offer().number: version.offer() for version in tables.in_force(session, shop_id).values()}
    products = {one.id: one for one in mirror.products(session, shop_id, [row.product_id for one in known for row in one.rows])}
    found: list[Bundle] = []
    for one in known:
        goods = _goods(products, one.rows)
        if one.number in offers and all(row.product_id in goods for row in one.rows):
            offer = offers[one.number]
            off = cuts(offer, one.rows, goods, where).by_part
            found.append(_bundle(offer, one.rows, goods, off, place=sum(before.number == one.number for before in found)))
    return [one for one in found if one.saved.amount > 0]


def _goods(products: Mapping[str, Product], rows: Sequence[Row]) -> Goods:
    """What can be bought in the number that is asked for."""
    found = {row.product_id: (products[row.product_id], buyable(products[row.product_id], row.count))
             for row in rows if row.product_id in products}
    return {id: (product, variant) for id, (product, variant) in found.items() if variant}


def _bundle(offer: Offer, rows: Sequence[Row], goods: Goods, off: Mapping[int, int], *, place: int) -> Bundle:
    told = []
    for row in rows:
        product, variant = goods[row.product_id]
        before = variant.price.amount * row.count
        title = product.title if len(product.variants) == 1 else f"{product.title} – {variant.title}"
        told.append(Good(title, product.image, row.count, Money(before, variant.price.currency),
                         Money(before - off.get(row.part, 0), variant.price.currency)))
    cart = ",".join(f"{goods[row.product_id][1].id}:{row.count}" for row in rows)
    return Bundle(offer.number, tuple(told), cart, offer.title, place)
