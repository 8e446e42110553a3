"""Shops with many goods and many offers, as the storefront's questions meet them. Every shop has the same product ids, so that an answer
that went to the wrong shop cannot be told by its question: only by what it says."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Connection

from benchmarks.kit.population import NOON, Row, fill
from plugin.db import ShopId
from plugin.margin.tables import MarginFloor
from plugin.mirror.tables import Cost, Product, Variant
from plugin.money import Money
from plugin.offers.rules import plain
from plugin.offers.rules.model import Basket, Benefit, Goods, Offer, Part, Step
from plugin.offers.tables import Configuration, OfferVersion
from plugin.offers.tables import Offer as OfferRow
from plugin.shops.tables import Shop

FIRST = 7_000_000
VARIANTS, VENDORS, TAGS = 3, 20, 40
KINDS = 10
_OFFERS, _VERSIONS, _REVISIONS = (kind << 96 for kind in (11, 12, 13))


def domain(number: int) -> str:
    return f"shop-{number}.myshopify.com"


def shop_id(number: int) -> ShopId:
    return ShopId(UUID(int=number))


def product_id(at: int) -> str:
    return str(FIRST + at)


def handle(shop: int, at: int) -> str:
    """It names its shop: so an answer proves whose it is."""
    return f"s{shop}-lantern-{at}"


def open_shop(connection: Connection, shop: int, *, products: int, offers: int, floor_bp: int | None = 2000) -> None:
    """One shop, its products (each with ``VARIANTS`` variants and their costs) and its offers, all switched on and at Shopify."""
    fill(connection, Shop, [_shop(shop)])
    fill(connection, Product, (_product(shop, at) for at in range(products)))
    fill(connection, Variant, (_variant(shop, at, number) for at in range(products) for number in range(VARIANTS)))
    fill(connection, Cost, (_cost(shop, at, number) for at in range(products) for number in range(VARIANTS)))
    fill(connection, MarginFloor, [{"shop_id": shop_id(shop), "floor_bp": floor_bp, "cost_bp": None, "changed_at": NOON}])
    made = [offer(shop, number, products) for number in range(1, offers + 1)]
    fill(connection, OfferRow, ({"shop_id": shop_id(shop), "id": one.id, "number": one.number, "kind": one.kind, "title": one.title,
                                 "state": "live", "draft": None, "made_at": NOON, "changed_at": NOON} for one in made))
    fill(connection, OfferVersion, ({"shop_id": shop_id(shop), "id": _version_id(shop, one), "offer_id": one.id, "number": 1,
                                     "terms": plain.dump(one), "since": NOON, "until": None} for one in made))
    fill(connection, Configuration, [{"shop_id": shop_id(shop), "revision_id": UUID(int=_REVISIONS + shop), "state": "live",
                                      "external_id": "1", "sent": True, "shown": [str(_version_id(shop, one)) for one in made],
                                      "reason": {}, "changed_at": NOON}])


def offer(shop: int, number: int, products: int) -> Offer:
    """Of ten offers six name their products, two a tag, one a vendor, and one everything. Every rate leaves the shop's number when divided
    by a hundred."""
    id_, title, ids = UUID(int=_OFFERS + (shop << 32) + number), f"Offer {number}", _some(number, products)
    some, more = percent(500 + number % 7 * 100 + shop), percent(2000 + shop)
    match number % KINDS:
        case 0 | 1 | 2:
            return Offer(id_, number, "together", title, parts=(Part(named(ids[0])), Part(named(ids[1]))), whole=some, outcome="basket")
        case 3 | 4:
            return Offer(id_, number, "tiers", title, goods=named(*ids), steps=(Step(3, some), Step(6, more)), outcome="units")
        case 5:
            return Offer(id_, number, "buy_get", title, parts=(Part(named(ids[0])), Part(named(ids[1]), benefit=more)),
                         outcome="units")
        case 6:
            return Offer(id_, number, "tiers", title, goods=Goods(tags=frozenset({f"tag {number % TAGS}"})), steps=(Step(2, some),),
                         outcome="units")
        case 7:
            return Offer(id_, number, "mix", title, parts=(Part(Goods(tags=frozenset({f"tag {number % TAGS}"})), 3),),
                         whole=Benefit("price", amounts=(Money(6000 + number, "GBP"),)), outcome="units")
        case 8:
            return Offer(id_, number, "tiers", title, goods=Goods(vendors=frozenset({f"Vendor {number % VENDORS}"})),
                         steps=(Step(4, some),), outcome="units")
        case _:
            least = Basket(amounts=(Money(9000 + number, "GBP"),))
            return Offer(id_, number, "basket", title, benefit=some, basket=least, outcome="basket")


def named(*ids: str) -> Goods:
    return Goods(products=frozenset(ids))


def percent(basis_points: int) -> Benefit:
    return Benefit("percent", basis_points)


def _some(number: int, products: int) -> tuple[str, ...]:
    """Three products, spread over the catalogue but more at its head, where shoppers are too."""
    return tuple(product_id((number * number + step * 37) % products) for step in range(3))


def _version_id(shop: int, one: Offer) -> UUID:
    return UUID(int=_VERSIONS + (shop << 32) + one.number)


def _shop(shop: int) -> Row:
    return {"id": shop_id(shop), "domain": domain(shop), "state": "installed", "name": f"Shop {shop}", "email": "owner@north.example",
            "currency": "GBP", "timezone": "Europe/London", "locale": "en", "country": "GB", "storefront_url": f"https://{domain(shop)}",
            "plan": "basic", "scopes": "", "seen_at": NOON, "installed_at": NOON, "uninstalled_at": None, "told_at": NOON}


def _product(shop: int, at: int) -> Row:
    return {"shop_id": shop_id(shop), "id": product_id(at), "title": f"Lantern {at}", "handle": handle(shop, at), "status": "active",
            "image": None, "kind": "Lantern", "vendor": f"Vendor {at % VENDORS}", "tags": [f"tag {at % TAGS}", "warm"],
            "updated_at": NOON, "deleted_at": None}


def _variant(shop: int, at: int, number: int) -> Row:
    id_ = f"{FIRST + at}{number}"
    return {"shop_id": shop_id(shop), "id": id_, "product_id": product_id(at), "position": number, "title": f"{number}",
            "sku": f"L-{at}-{number}", "amount": 1500 + at % 50 * 100, "currency": "GBP", "compare_at": None,
            "inventory_item_id": f"9{id_}", "stock": 10, "updated_at": NOON}


def _cost(shop: int, at: int, number: int) -> Row:
    return {"shop_id": shop_id(shop), "inventory_item_id": f"9{FIRST + at}{number}", "amount": 500 + at % 50 * 30, "currency": "GBP",
            "updated_at": NOON}


def numbers(handles: object) -> Iterator[int]:
    """Of which shops an answer speaks, by the handles in it."""
    if isinstance(handles, dict):
        for value in handles.values():
            yield from numbers(value)
    elif isinstance(handles, list):
        for value in handles:
            yield from numbers(value)
    elif isinstance(handles, str) and "-lantern-" in handles:
        yield int(handles.partition("-")[0].removeprefix("s"))
