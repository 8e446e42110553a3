"""How an offer is told to a page: its parts, what they gain, and for whom it is. Pure; ``placing`` has the format."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from plugin.experiments.rules import edge
from plugin.money import Money
from plugin.offers.rules import compiled
from plugin.offers.rules.compiling import amounts, gain, in_turn, picked
from plugin.offers.rules.drawing import Drawn
from plugin.offers.rules.model import Basket, Benefit, Goods, Offer
from plugin.offers.rules.reaching import folded

CHOICES, SHOWN = 8, 16
"""Shopify gives a page at most twenty products by handle, so a part shows few and an offer at most ``SHOWN``."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What placing must know of the shop's goods. ``handles``: of the products that may be shown; ``products``: of each variant.

    ``vendors``, ``collections``, ``tags`` (folded): product ids of each, in the order in which they may be shown. ``cap`` and ``caps``:
    the guard's. ``best``: offers compete for the most, else by priority.
    ``salts``: of offers that hold visitors out, by number; ``bundles``: of kits that are one product too, its handle and variant;
    ``drawn``: what stands on which page of
    those whose companions the orders choose.
    """

    handles: Mapping[str, str]
    products: Mapping[str, str] = field(default_factory=dict)
    vendors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    collections: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tags: Mapping[str, Sequence[str]] = field(default_factory=dict)
    cap: int = 10_000
    best: bool = True
    caps: Mapping[str, int] = field(default_factory=dict)
    salts: Mapping[int, str] = field(default_factory=dict)
    bundles: Mapping[int, tuple[str, int]] = field(default_factory=dict)
    drawn: Mapping[int, Drawn] = field(default_factory=dict)


def hidden(offer: Offer) -> str | None:
    """Why the shop's pages cannot show an offer to the right shoppers: a text's key, None if they can.

    A page without our server knows country, currency, customer tags and whether a friend's link was followed.
    """
    told = offer.audience
    if told.segments or told.campaigns:
        return "segment"
    return "cap" if told.cap else None


def beside(offer: Offer, shelf: Shelf) -> dict[str, list[str]]:
    """Page → handles of what is drawn for it, of what may be shown; a discount's set only as a whole."""
    found = {page: [shelf.handles[one] for one in mates if one in shelf.handles]
             for page, mates in shelf.drawn.get(offer.number, {}).items() if page in shelf.handles}
    lacking = {page for page, mates in shelf.drawn.get(offer.number, {}).items() if offer.whole and len(found.get(page, ())) < len(mates)}
    return {page: handles for page, handles in found.items() if handles and page not in lacking}


def arm(offer: Offer, shelf: Shelf) -> tuple[int, str] | None:
    """Who draws below the edge with this salt is held out; see ``experiments.rules``. None where nobody is."""
    salt, held = shelf.salts.get(offer.number), offer.audience.holdout_bp
    return (edge(held), salt) if held and salt else None


def parts_of(offer: Offer, shelf: Shelf) -> Json:
    """What the price of chosen goods is worked out from: ``parts``, ``whole`` and ``pick``."""
    told: Json = {"parts": parts(offer, shelf), "whole": [] if each_share(offer.whole) else gain_told(offer.whole),
                  "pick": picked(offer)}
    return {name: value for name, value in told.items() if value}


def parts(offer: Offer, shelf: Shelf) -> list[Json]:
    """In the order in which both engines fill them, each with its choices. What an earlier part shows is not shown again, so that it is
    certain which unit stands for which part; a part that has nothing left shares the choices of the one with the same goods."""
    seen: dict[str, int] = {}
    found: list[Json] = []
    room = SHOWN
    for part in in_turn(offer):
        named = [one for one in members(part.goods, shelf) if one in shelf.handles]
        fresh = [one for one in named if one not in seen][: min(CHOICES, room)]
        told: Json = {"count": part.count, "gain": gain_told(part.benefit) or each_share(offer.whole),
                      "choices": [shelf.handles[one] for one in fresh], "variants": [int(one) for one in sorted(part.goods.variants)]}
        if not fresh and (shared := [seen[one] for one in named if one in seen]):
            told["pool"] = shared[0]
        seen |= dict.fromkeys(fresh, len(found))
        room -= len(fresh)
        found.append({name: value for name, value in told.items() if value or name in ("count", "choices", "pool")})
    return found


def members(goods: Goods, shelf: Shelf) -> list[str]:
    """Products that may be shown for a set, the named ones first; those excluded left out."""
    groups = (sorted(goods.products, key=int), [shelf.products[one] for one in sorted(goods.variants, key=int) if one in shelf.products],
              *(found for known, names in ((shelf.collections, goods.collections), (shelf.tags, folded(goods.tags)),
                                           (shelf.vendors, goods.vendors))
                for name in sorted(names) if (found := list(known.get(name, ())))),
              list(shelf.handles) if goods.everything else [])
    without = set(left_out(goods, shelf))
    return [one for one in dict.fromkeys(one for group in groups for one in group) if one not in without]


def left_out(goods: Goods, shelf: Shelf) -> Iterator[str]:
    yield from goods.not_products
    for known, names in ((shelf.collections, goods.not_collections), (shelf.tags, folded(goods.not_tags))):
        for name in names:
            yield from known.get(name, ())


def wide(goods: Goods) -> bool:
    return goods.everything or bool(goods.collections or goods.tags or goods.vendors)


def goods_told(goods: Goods) -> Json:
    """What Liquid can tell of a product by itself."""
    told: Json = {"all": goods.everything, "collections": [int(one) for one in sorted(goods.collections)], "tags": sorted(goods.tags),
                  "vendors": sorted(goods.vendors), "products": [int(one) for one in sorted(goods.products)]}
    return {name: value for name, value in told.items() if value}


def needs(offer: Offer) -> Json:
    told, when = offer.audience, offer.schedule
    said: Json = {
        "countries": sorted(told.countries), "currencies": sorted(told.currencies),
        "tags": sorted(told.customer_tags), "not_tags": sorted(told.not_customer_tags),
        "friend": 1 if told.referred or offer.kind == "welcome" else 2 if told.referred is False else 0,
        "from": _minute(when.starts), "to": _minute(when.ends), **_basket(offer.basket)}
    return {name: value for name, value in said.items() if value}


def _minute(moment: datetime | None) -> int:
    return int(moment.strftime("%Y%m%d%H%M")) if moment else 0


def _basket(basket: Basket) -> Json:
    told: Json = {"amount": _amounts(basket.amounts), "quantity": basket.quantity}
    return told | {"basket": goods_told(basket.goods)} if any(told.values()) else {}


def _amounts(told: Sequence[Money]) -> list[Any]:
    found = amounts(told)
    return [found.base, {compiled.spelt(currency): amount for currency, amount in found.fixed.items()}] if told else []


def gain_told(benefit: Benefit | None) -> list[Any]:
    """``[kind, basis points, base, {currency: amount}]``, [] for none."""
    found = gain(benefit)
    fixed = {compiled.spelt(currency): amount for currency, amount in found.amounts.fixed.items()}
    return [found.kind, found.basis_points, found.amounts.base, fixed] if found.kind else []


def each_share(whole: Benefit | None) -> list[Any]:
    """A percentage of the whole is every part's own."""
    return gain_told(whole) if whole is not None and whole.worth == "percent" else []
