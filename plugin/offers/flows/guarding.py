"""What the margin guard says of all offers of a shop together: how much of each product they may take, and which cannot be."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.errors import Refused
from plugin.margin import tables as margins
from plugin.margin.rules import Good, Take
from plugin.margin.rules.guard import Beside, Broken, Floors, Room, apart, beside, most_off, room, worst_bundle
from plugin.mirror.rules import Product
from plugin.money import Money
from plugin.offers.rules.model import Goods, Offer
from plugin.offers.rules.taking import Inside, places, takes, wanted
from plugin.referrals import tables as programmes
from plugin.referrals.rules import takes as takes_of_friends
from plugin.shops import tables as shops


def guard(session: Session, shop_id: ShopId, offers: Sequence[Offer], products: Sequence[Product], *, now: datetime) -> Room:
    """What offers on goods may take of each product, and whether a friend's discount may stand beside them.

    Raises Refused("margin") for an offer on the basket, and for a bundle whose paid goods do not carry what it gives, if they break a
    floor even where nothing else stands beside them.
    """
    floors = margins.floors(session, shop_id)
    if not offers or (floors.shop is None and not floors.products and not floors.groups):
        return Room()
    currency = shops.get(session, shop_id).currency
    goods = margins.goods(session, shop_id, currency)
    inside = _inside(goods, {one.id: one for one in products})
    always, others = takes(offers, inside, currency), _others(session, shop_id, now)
    alone, together = apart([*others, *always], always), beside([*others, *always])
    for offer in offers:
        _keep_basket(offer, goods, floors, apart(others))
        if broken := _broken(offer, inside, floors, alone):
            raise _unborne(offer, broken, currency)
    wants = [(good, max((wanted(offer, good) for offer in offers if good in _given(offer, inside)), default=0)) for good in goods]
    found = room(wants, floors, others, always=always)
    if not found.alone and any(_broken(offer, inside, floors, together) for offer in offers):
        return Room(found.cap, found.caps, alone=True, cut=found.cut)
    return found


def _others(session: Session, shop_id: ShopId, now: datetime) -> list[Take]:
    """Everybody's takes but our own: friends' discounts that are open now, and what other programmes published."""
    friends = [take for version in programmes.open_versions(session, shop_id, now) for take in takes_of_friends(version)]
    return friends + margins.published(session, shop_id, but="offers")


def _inside(goods: Sequence[Good], known: Mapping[str, Product]) -> Inside:
    """Which goods a set reaches; each set is looked up once."""
    @lru_cache(maxsize=512)
    def inside(wanted_goods: Goods) -> tuple[Good, ...]:
        return tuple(good for good in goods if good.price > 0 and (
            reached(wanted_goods, known[good.product_id]) if good.product_id in known
            else wanted_goods.everything or good.product_id in wanted_goods.products))

    return inside


def _given(offer: Offer, inside: Inside) -> frozenset[Good]:
    return frozenset(good for goods in named(offer) for good in inside(goods))


def _broken(offer: Offer, inside: Inside, floors: Floors, others: Beside) -> Broken | None:
    found = places(offer, inside)
    return worst_bundle(found, floors, others) if found else None


def _unborne(offer: Offer, broken: Broken, currency: str) -> Refused:
    return Refused("margin", "A bundle would break the floor.", key="offers.refused_bundle_floor", field="parts", title=offer.title,
                   goods=list(dict.fromkeys(good.title for good in broken.goods)), floor_bp=broken.floor_bp,
                   short=Money(broken.short, currency))


def _keep_basket(offer: Offer, goods: Sequence[Good], floors: Floors, others: Beside) -> None:
    """Discounts on the basket are not trimmed by product, so the poorest good must bear them."""
    benefit = offer.benefit
    if offer.own_class != "order" or benefit is None:
        return
    for good in goods:
        floor, least = floors.of(good.product_id), max(good.price, offer.basket.amounts[0].amount if offer.basket.amounts else 0)
        if least <= 0 or floor is None:
            continue
        off = benefit.basis_points if benefit.worth == "percent" else -(-benefit.amounts[0].amount * 10_000 // least)
        most = most_off(good, floor, others)
        if off > most:
            raise Refused("margin", "An offer on the basket would break the floor.", key="offers.refused_floor", field="benefit",
                          title=good.title, most_bp=most, floor_bp=floor)


def reached(goods: Goods, product: Product) -> bool:
    """Does a set of goods name this product, by whatever? Collections are known to Shopify alone and count as reaching all."""
    if product.id in goods.not_products or goods.not_tags.intersection(product.tags):
        return False
    return (goods.everything or product.id in goods.products or bool(goods.tags.intersection(product.tags))
            or product.vendor in goods.vendors or bool(goods.collections)
            or any(variant.id in goods.variants for variant in product.variants))


def named(offer: Offer) -> tuple[Goods, ...]:
    """The goods from which an offer takes."""
    if offer.parts:
        return tuple(part.goods for part in offer.parts if part.benefit or offer.whole)
    return (offer.goods,)
