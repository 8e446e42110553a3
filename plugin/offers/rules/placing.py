"""What the shop's pages read of the live offers. Pure: model objects in, metafields of the app's installation out.

Words, prices, pictures and stock are never told: the pages have them from Shopify itself, in the shopper's language and currency.

* ``offers``: ``{"offers": {number: spec}, "order": [numbers], "cap": basis points, "rounds", "rivals", "turns"}``, by priority; the last
  three as ``rivals`` tells them.
* ``offers_0`` to ``offers_9``, by the last digit of a product's id: ``{"at": {product id: [numbers]}, "caps": {product id: basis
  points}, "mates": {product id: {number: [handles]}}}``. A negative number: this product is excluded from that wide offer. ``mates``: what
  an offer that is drawn from the shop's orders shows beside it; its spec has ``drawn``, how many, and a part for each without choices.

A spec is ``{"kind", "parts": [part], "whole": gain, "steps": [[least, gain]], "pick", "watch": [goods], "replaces": [product ids],
"goods": goods, "benefit": gain, "needs": needs, "arm": [edge, salt],
"bundle": [handle, variant id]}``; a part ``{"count", "gain", "choices": [handles],
"variants": [ids], "pool"}``; a gain ``[kind, basis points, base, {currency: amount}]`` as in ``compiled`` (amounts in minor units). What
is empty is not written.
"""

from collections.abc import Iterable, Iterator

from plugin.offers.rules import compiled
from plugin.offers.rules.model import Goods, Offer
from plugin.offers.rules.rivals import rivals
from plugin.offers.rules.specs import (
    Json,
    Shelf,
    arm,
    beside,
    each_share,
    gain_told,
    goods_told,
    hidden,
    left_out,
    needs,
    parts,
    parts_of,
    wide,
)

SHARDS = 10
IN_CART = frozenset({"gift", "shipping", "basket"})


def placed(offers: Iterable[Offer], shelf: Shelf) -> dict[str, Json]:
    """Metafields by key; all of them, so that what is no longer live goes away. ``offers`` are live and sound."""
    live = sorted(offers, key=_rank)
    shown = {offer: spec for offer in live if not hidden(offer) and (spec := _spec(offer, shelf))}
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
    boxes = [offer for offer in shown if offer.kind not in IN_CART and offer.benefit is None]
    told = {"offers": specs, "order": [offer.number for offer in shown], "cap": shelf.cap, **rivals(boxes, live, shelf)}
    return {"offers": told, **shards}


def shard(product: str) -> str:
    """The metafield that knows of a product."""
    return f"offers_{int(product) % SHARDS}"


def _rank(offer: Offer) -> tuple[int, int]:
    return -offer.priority, offer.number


def _spec(offer: Offer, shelf: Shelf) -> Json | None:
    """None where a part has nothing that could be shown."""
    if offer.drawn:
        return _drawn_spec(offer, shelf)
    if any(not part["choices"] and "pool" not in part for part in parts(offer, shelf)):
        return None
    told: Json = {
        "kind": offer.kind, **parts_of(offer, shelf),
        "steps": [[step.least, gain_told(step.benefit)] for step in offer.steps],
        "watch": [] if offer.kind in IN_CART else [goods_told(one) for one in _watched(offer) if wide(one)],
        "replaces": sorted(int(one) for one in offer.replaces),
        "goods": goods_told(offer.goods) if offer.benefit else {}, "benefit": gain_told(offer.benefit), "needs": needs(offer),
        "arm": list(arm(offer, shelf) or ()), "bundle": list(shelf.bundles.get(offer.number, ()))}
    return {name: value for name, value in told.items() if value}


def _drawn_spec(offer: Offer, shelf: Shelf) -> Json | None:
    """None where nothing is drawn."""
    if not beside(offer, shelf):
        return None
    part = {"count": 1, "gain": each_share(offer.whole)} if offer.whole else {"count": 1}
    told: Json = {"kind": offer.kind, "drawn": offer.drawn, "parts": [part] * (1 + offer.drawn), "needs": needs(offer),
                  "pick": compiled.DEAREST, "arm": list(arm(offer, shelf) or ())}
    return {name: value for name, value in told.items() if value}


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
        excluded = frozenset(left_out(goods, shelf))
        if not goods.everything:
            named = {*goods.products, *(shelf.products[one] for one in goods.variants if one in shelf.products)}
            yield from ((one, offer.number) for one in sorted(named - excluded, key=int))
        yield from ((one, -offer.number) for one in sorted(excluded, key=int))
