"""How often a bundle can still be sold: as often as the part allows of which there is least. Pure.

A part that may be any of several products has the stock of all of them. Parts that share goods are counted against the same stock, so
that nothing is promised twice. Stock that is not counted is enough.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from plugin.offers.rules.model import Goods, Offer

BUNDLES = frozenset({"kit", "together", "complete", "mix", "buy_get", "welcome"})


@dataclass(frozen=True, slots=True)
class Left:
    """``times`` so often. ``short``: the products of the part that runs out first."""

    times: int
    short: tuple[str, ...]


def left(offer: Offer, products: Callable[[Goods], Collection[str]], stock: Mapping[str, int | None]) -> Left | None:
    """None where no part's stock is counted, or the offer is no bundle. ``stock``: of each product that a part may be, all variants."""
    if offer.kind not in BUNDLES or not offer.parts:
        return None
    needed: dict[frozenset[str], int] = {}
    for part in offer.parts:
        named = frozenset(products(part.goods))
        needed[named] = needed.get(named, 0) + part.count
    found = []
    for named in needed:
        held = [stock.get(one, 0) for one in named]
        counted = [one for one in held if one is not None]
        if len(counted) == len(held):
            wanted = sum(count for other, count in needed.items() if other <= named)
            found.append(Left(max(0, sum(counted)) // wanted, tuple(sorted(named))))
    return min(found, key=lambda one: one.times, default=None)
