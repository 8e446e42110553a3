"""All offers of a shop as one configuration: what the Function reads, what the guard allows, and beside what it may stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.margin.rules.guard import Room
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product
from plugin.offers.flows.guarding import guard
from plugin.offers.flows.guarding import named as named
from plugin.offers.flows.guarding import reached as reached
from plugin.offers.rules import pages
from plugin.offers.rules.compiled import Compiled
from plugin.offers.rules.compiling import Shop as Facts
from plugin.offers.rules.compiling import compile_offers
from plugin.offers.rules.conditions import CLASS_OF
from plugin.offers.rules.model import Offer
from plugin.offers.rules.placing import Shelf
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
    """These offers together. Raises Refused("offer") for what would not fit or has no carrier, Refused("margin") where one breaks the
    floor even alone."""
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
