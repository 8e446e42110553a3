"""What the shop's pages read of the live offers. Pure: model objects in, metafields of the app's installation out.

Words, prices, pictures and stock are never told: the pages have them from Shopify itself, in the shopper's language and currency.

* ``offers``: ``{"offers": {number: spec}, "order": [numbers], "cap": basis points}``, by priority.
* ``offers_0`` to ``offers_9``, by the last digit of a product's id: ``{"at": {product id: [numbers]}, "caps": {product id: basis
  points}, "mates": {product id: {number: [handles]}}}``. A negative number: this product is excluded from that wide offer. ``mates``: what
  an offer that is drawn from the shop's orders shows beside it; its spec has ``drawn``, how many, and a part for each without choices.

A spec is ``{"kind", "parts": [part], "whole": gain, "steps": [[least, gain]], "pick", "watch": [goods], "replaces": [product ids],
"goods": goods, "benefit": gain, "needs": needs, "arm": [edge, salt],
"bundle": [handle, variant id]}``; a part ``{"count", "gain", "choices": [handles],
"variants": [ids], "pool"}``; a gain ``[kind, basis points, base, {currency: amount}]`` as in ``compiled`` (amounts in minor units). What
is empty is not written.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from plugin.experiments.rules import edge
from plugin.money import Money
from plugin.offers.rules import compiled
from plugin.offers.rules.compiling import amounts, gain, picked
from plugin.offers.rules.drawing import Drawn
from plugin.offers.rules.model import Basket, Benefit, Goods, Offer, Part
from plugin.offers.rules.reaching import folded

SHARDS, CHOICES, SHOWN = 10, 8, 16
"""Shopify gives a page at most twenty products by handle, so a part shows few and an offer at most ``SHOWN``."""
IN_CART = frozenset({"gift", "shipping", "basket"})
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What placing must know of the shop's goods. ``handles``: of the products that may be shown; ``products``: of each variant.

    ``vendors``, ``collections``, ``tags`` (folded): product ids of each, in the order in which they may be shown. ``cap`` and ``caps``:
    the guard's.
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
    caps: Mapping[str, int] = field(default_factory=dict)
    salts: Mapping[int, str] = field(default_factory=dict)
    bundles: Mapping[int, tuple[str, int]] = field(default_factory=dict)
    drawn: Mapping[int, Drawn] = field(default_factory=dict)


def placed(offers: Iterable[Offer], shelf: Shelf) -> dict[str, Json]:
    """Metafields by key; all of them, so that what is no longer live goes away. ``offers`` are live and sound."""
    shown = {offer: spec for offer in sorted(offers, key=_rank) if not hidden(offer) and (spec := _spec(offer, shelf))}
    shards: dict[str, Json] = {f"offers_{number}": {"at": {}, "caps": {}, "mates": {}} for number in range(SHARDS)}
    for offer in shown:
        for product, mark in _marks(offer, shelf):
            numbers = shards[shard(product)]["at"].setdefault(product, [])
            numbers += [mark] if mark not in numbers else []
        for product, mates in beside(offer, shelf).items():
            shards[shard(product)]["mates"].setdefault(product, {})[str(offer.number)] = mates
    for product, cap in shelf.caps.items():
        shards[shard(product)]["caps"][product] = cap
    specs = {str(offer.number): spec for offer, spec in shown.items()}
    return {"offers": {"offers": specs, "order": [offer.number for offer in shown], "cap": shelf.cap}, **shards}


def shard(product: str) -> str:
    """The metafield that knows of a product."""
    return f"offers_{int(product) % SHARDS}"


def hidden(offer: Offer) -> str | None:
    """Why the shop's pages cannot show an offer to the right shoppers: a text's key, None if they can.

    A page without our server knows country, currency, customer tags and whether a friend's link was followed.
    """
    told = offer.audience
    if told.segments or told.campaigns:
        return "segment"
    return "cap" if told.cap else None


def _rank(offer: Offer) -> tuple[int, int]:
    return -offer.priority, offer.number


def _spec(offer: Offer, shelf: Shelf) -> Json | None:
    """None where a part has nothing that could be shown."""
    if offer.drawn:
        return _drawn_spec(offer, shelf)
    if any(not part["choices"] and "pool" not in part for part in _parts(offer, shelf)):
        return None
    told: Json = {
        "kind": offer.kind, **parts_of(offer, shelf),
        "steps": [[step.least, _gain(step.benefit)] for step in offer.steps],
        "watch": [] if offer.kind in IN_CART else [_goods(one) for one in _watched(offer) if _wide(one)],
        "replaces": sorted(int(one) for one in offer.replaces),
        "goods": _goods(offer.goods) if offer.benefit else {}, "benefit": _gain(offer.benefit), "needs": _needs(offer),
        "arm": list(arm(offer, shelf) or ()), "bundle": list(shelf.bundles.get(offer.number, ()))}
    return {name: value for name, value in told.items() if value}


def _drawn_spec(offer: Offer, shelf: Shelf) -> Json | None:
    """None where nothing is drawn."""
    if not beside(offer, shelf):
        return None
    part = {"count": 1, "gain": _percent(offer.whole)} if offer.whole else {"count": 1}
    told: Json = {"kind": offer.kind, "drawn": offer.drawn, "parts": [part] * (1 + offer.drawn), "needs": _needs(offer),
                  "pick": compiled.DEAREST, "arm": list(arm(offer, shelf) or ())}
    return {name: value for name, value in told.items() if value}


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
    told: Json = {"parts": _parts(offer, shelf), "whole": [] if _percent(offer.whole) else _gain(offer.whole),
                  "pick": picked(offer)}
    return {name: value for name, value in told.items() if value}


def _parts(offer: Offer, shelf: Shelf) -> list[Json]:
    """In the order in which both engines fill them, each with its choices. What an earlier part shows is not shown again, so that it is
    certain which unit stands for which part; a part that has nothing left shares the choices of the one with the same goods."""
    seen: dict[str, int] = {}
    found: list[Json] = []
    room = SHOWN
    for part in sorted(offer.parts, key=lambda one: (one.benefit is None and offer.whole is None, _breadth(one))):
        named = [one for one in members(part.goods, shelf) if one in shelf.handles]
        fresh = [one for one in named if one not in seen][: min(CHOICES, room)]
        told: Json = {"count": part.count, "gain": _gain(part.benefit) or _percent(offer.whole),
                      "choices": [shelf.handles[one] for one in fresh], "variants": [int(one) for one in sorted(part.goods.variants)]}
        if not fresh and (shared := [seen[one] for one in named if one in seen]):
            told["pool"] = shared[0]
        seen |= dict.fromkeys(fresh, len(found))
        room -= len(fresh)
        found.append({name: value for name, value in told.items() if value or name in ("count", "choices", "pool")})
    return found


def _breadth(part: Part) -> tuple[bool, bool, int]:
    goods = part.goods
    return goods.everything, _wide(goods), len(goods.products) + len(goods.variants)


def members(goods: Goods, shelf: Shelf) -> list[str]:
    """Products that may be shown for a set, the named ones first; those excluded left out."""
    groups = (sorted(goods.products, key=int), [shelf.products[one] for one in sorted(goods.variants, key=int) if one in shelf.products],
              *(found for known, names in ((shelf.collections, goods.collections), (shelf.tags, folded(goods.tags)),
                                           (shelf.vendors, goods.vendors))
                for name in sorted(names) if (found := list(known.get(name, ())))),
              list(shelf.handles) if goods.everything else [])
    excluded = set(_excluded(goods, shelf))
    return [one for one in dict.fromkeys(one for group in groups for one in group) if one not in excluded]


def _excluded(goods: Goods, shelf: Shelf) -> Iterator[str]:
    yield from goods.not_products
    for known, names in ((shelf.collections, goods.not_collections), (shelf.tags, folded(goods.not_tags))):
        for name in names:
            yield from known.get(name, ())


def _watched(offer: Offer) -> Iterator[Goods]:
    """The goods on whose pages an offer shows: for an upgrade what it stands in for, else whatever takes part in it."""
    if offer.kind == "upgrade":
        yield Goods(products=offer.replaces)
    elif offer.parts:
        yield from (part.goods for part in offer.parts)
    else:
        yield offer.goods


def _marks(offer: Offer, shelf: Shelf) -> Iterator[tuple[str, int]]:
    """Products whose page shows the offer because they are named (or, below zero, does not, because they are excluded)."""
    if offer.kind in IN_CART or offer.benefit is not None:
        return
    if offer.drawn:
        yield from ((page, offer.number) for page in sorted(beside(offer, shelf), key=int))
        return
    for goods in _watched(offer):
        excluded = frozenset(_excluded(goods, shelf))
        if not goods.everything:
            named = {*goods.products, *(shelf.products[one] for one in goods.variants if one in shelf.products)}
            yield from ((one, offer.number) for one in sorted(named - excluded, key=int))
        yield from ((one, -offer.number) for one in sorted(excluded, key=int))


def _wide(goods: Goods) -> bool:
    return goods.everything or bool(goods.collections or goods.tags or goods.vendors)


def _goods(goods: Goods) -> Json:
    """What Liquid can tell of a product by itself."""
    told: Json = {"all": goods.everything, "collections": [int(one) for one in sorted(goods.collections)], "tags": sorted(goods.tags),
                  "vendors": sorted(goods.vendors), "products": [int(one) for one in sorted(goods.products)]}
    return {name: value for name, value in told.items() if value}


def _needs(offer: Offer) -> Json:
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
    return told | {"basket": _goods(basket.goods)} if any(told.values()) else {}


def _amounts(told: Sequence[Money]) -> list[Any]:
    found = amounts(told)
    return [found.base, {compiled.spelt(currency): amount for currency, amount in found.fixed.items()}] if told else []


def _gain(benefit: Benefit | None) -> list[Any]:
    """``[kind, basis points, base, {currency: amount}]``, [] for none."""
    found = gain(benefit)
    fixed = {compiled.spelt(currency): amount for currency, amount in found.amounts.fixed.items()}
    return [found.kind, found.basis_points, found.amounts.base, fixed] if found.kind else []


def _percent(whole: Benefit | None) -> list[Any]:
    """A percentage of the whole is every part's own."""
    return _gain(whole) if whole is not None and whole.worth == "percent" else []
