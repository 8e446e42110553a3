"""All offers of a shop as one configuration: what the Function reads, what the guard allows, and beside what it may stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.margin import tables as margins
from plugin.margin.rules import Good
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product
from plugin.offers.rules import floor, pages
from plugin.offers.rules.compiled import Compiled
from plugin.offers.rules.compiling import Shop as Facts
from plugin.offers.rules.compiling import compile_offers
from plugin.offers.rules.conditions import CLASS_OF
from plugin.offers.rules.floor import Room
from plugin.offers.rules.model import Goods, Offer
from plugin.offers.rules.placing import Shelf
from plugin.referrals import tables as programmes
from plugin.referrals.rules import takes
from plugin.shops import tables as shops

ALL = 100_000
"""More products than the largest shop that the mirror holds."""


@dataclass(frozen=True, slots=True)
class Whole:
    """``pages`` and ``variables`` are what the Function reads; ``classes`` and ``combines`` what the discount says at Shopify."""

    compiled: Compiled
    room: Room
    pages: tuple[str, ...] = ()
    variables: dict[str, object] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    combines: tuple[str, ...] = ()


def wall(session: Session, shop_id: ShopId, now: datetime) -> datetime:
    """What a clock on the shop's wall shows."""
    return now.astimezone(clock.zone(shops.get(session, shop_id).timezone)).replace(tzinfo=None)


def configure(session: Session, shop_id: ShopId, offers: Sequence[Offer], *, now: datetime) -> Whole:
    """These offers together. Raises Refused("offer") for what would not fit or has no carrier, Refused("margin") where an offer on the
    whole basket breaks the floor even alone."""
    products = known_products(session, shop_id) if offers else []
    room = guard(session, shop_id, offers, products, now=now)
    shop = shops.get(session, shop_id)
    local = wall(session, shop_id, now)
    facts = Facts(shop.currency, local, vendors=_ids((one.vendor, one.id) for one in products if one.vendor),
                  tags=_ids((tag, one.id) for one in products for tag in one.tags), cap=room.cap,
                  caps={int(one): most for one, most in room.caps.items()})
    made = compile_offers(offers, facts)
    combines = frozenset({"product", "order", "shipping"}).intersection(*(offer.combines for offer in offers)) - (
        {"order"} if room.alone else set())
    return Whole(made, room, tuple(pages.pages(made, made=int(local.strftime("%Y%m%d%H%M")))), pages.variables(made),
                 tuple(sorted({CLASS_OF[rule.mechanic] for rule in made.rules})), tuple(sorted(combines)))


def known_products(session: Session, shop_id: ShopId) -> list[Product]:
    """Everything that the mirror has of this shop."""
    return mirror.search(session, shop_id, limit=ALL)


def shelf(session: Session, shop_id: ShopId, room: Room) -> Shelf:
    """What placing must know of the shop's goods: those on sale."""
    products = [one for one in known_products(session, shop_id) if one.status == "active"]
    return Shelf({one.id: one.handle for one in products}, {variant.id: one.id for one in products for variant in one.variants},
                 vendors=_lists((one.vendor, one.id) for one in products if one.vendor),
                 tags=_lists((tag, one.id) for one in products for tag in one.tags), cap=room.cap, caps=dict(room.caps))


def guard(session: Session, shop_id: ShopId, offers: Sequence[Offer], products: Sequence[Product], *, now: datetime) -> Room:
    """What offers on goods may take of each product. Raises Refused("margin") for one on the basket that takes too much."""
    kept = margins.floor(session, shop_id)
    if kept is None or kept.floor_bp is None or not offers:
        return Room()
    shop, known = shops.get(session, shop_id), {one.id: one for one in products}
    goods = margins.goods(session, shop_id, shop.currency)
    beside = [take for version in programmes.open_versions(session, shop_id, now) for take in takes(version)]
    for offer in offers:
        _keep_floor(offer, goods, kept.floor_bp)
    wants = [(good, max((floor.wanted(offer, good) for offer in offers if _reaches(offer, good, known)), default=0)) for good in goods]
    return floor.room([(good, want) for good, want in wants if want], kept.floor_bp, beside)


def _keep_floor(offer: Offer, goods: Sequence[Good], floor_bp: int) -> None:
    """Discounts on the basket are not trimmed by product, so the poorest good must bear them."""
    benefit = offer.benefit
    if offer.own_class != "order" or benefit is None:
        return
    for good in goods:
        least = max(good.price, offer.basket.amounts[0].amount if offer.basket.amounts else 0)
        if least <= 0:
            continue
        off = benefit.basis_points if benefit.worth == "percent" else -(-benefit.amounts[0].amount * 10_000 // least)
        most = floor.most_off(good, floor_bp)
        if off > most:
            raise Refused("margin", "An offer on the basket would break the floor.", key="offers.refused_floor", field="benefit",
                          title=good.title, most_bp=most, floor_bp=floor_bp)


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


def _reaches(offer: Offer, good: Good, known: Mapping[str, Product]) -> bool:
    product = known.get(good.product_id)
    return any(reached(goods, product) if product else goods.everything or good.product_id in goods.products for goods in named(offer))


def _lists(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, product_id in pairs:
        found.setdefault(name, []).append(product_id)
    return found


def _ids(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(ids) for name, ids in _lists(pairs).items()}


def moments(made: Compiled) -> list[datetime]:
    """When the configuration must be made anew: at each switch that it carries."""
    return [datetime.strptime(str(one), "%Y%m%d%H%M") for one in made.switches]  # noqa: DTZ007 - the shop's wall clock has no zone
