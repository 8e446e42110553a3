"""What goes with goods that a shopper has or has just bought: the one part of a set that is missing. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plugin.offers.rules.model import Audience, Offer
from plugin.offers.rules.placing import Shelf, parts_of

SETS = frozenset({"kit", "complete", "together", "buy_get"})
MOST = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One product of a set. ``part``: the part of the spec that it stands for; ``cap``: the most basis points that may come off."""

    product_id: str
    count: int
    part: int
    cap: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``missing`` would complete the set of offer ``number``; ``had`` is the rest of it. From ``spec`` its price is worked out."""

    number: int
    missing: Row
    had: tuple[Row, ...]
    spec: Mapping[str, Any]


def suggest(offers: Iterable[Offer], held: Mapping[str, int], shelf: Shelf) -> list[Suggestion]:
    """At most ``MOST``, by priority. ``held``: units by product id. Never what is held already, and no product twice."""
    found: dict[str, Suggestion] = {}
    for offer in sorted(offers, key=lambda one: (-one.priority, one.number)):
        made = _of(offer, held, shelf)
        if made is not None and len(found) < MOST:
            found.setdefault(made.missing.product_id, made)
    return list(found.values())


def _of(offer: Offer, held: Mapping[str, int], shelf: Shelf) -> Suggestion | None:
    """None unless every part is one product and exactly one of them is missing; nor where it asks who the shopper is or for a basket."""
    if offer.kind not in SETS or offer.audience != Audience() or offer.basket.amounts or offer.basket.quantity:
        return None
    rows = list(_rows(offer, shelf))
    missing = [row for row in rows if not held.get(row.product_id)]
    if len(rows) != len(offer.parts) or len(missing) != 1 or len(rows) < 2 or any(
            held[row.product_id] < row.count for row in rows if row not in missing):
        return None
    spec = {"kind": offer.kind, **parts_of(offer, shelf)}
    return Suggestion(offer.number, missing[0], tuple(row for row in rows if row not in missing), spec)


def _rows(offer: Offer, shelf: Shelf) -> Iterator[Row]:
    by_handle = {handle: product for product, handle in shelf.handles.items()}
    for at, part in enumerate(parts_of(offer, shelf)["parts"]):
        if len(part["choices"]) == 1 and "variants" not in part and "pool" not in part:
            product = by_handle[part["choices"][0]]
            yield Row(product, part["count"], at, shelf.caps.get(product, shelf.cap))

