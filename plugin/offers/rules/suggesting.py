"""What goes with goods that a shopper has or has just bought: the one part of a set that is missing. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from plugin.offers.rules import drawing
from plugin.offers.rules.model import Audience, Offer, Schedule
from plugin.offers.rules.rivals import Known
from plugin.offers.rules.specs import Shelf, arm, parts_of

SETS = frozenset({"kit", "complete", "together", "buy_get"})
WELCOME, UPGRADE = frozenset({"welcome"}), frozenset({"upgrade"})
MOST = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One product of a set. ``part``: the part of the spec that it stands for; ``cap``: the most basis points that may come off; ``keys``:
    the parts of other offers that it can fill, between spaces."""

    product_id: str
    count: int
    part: int
    cap: int
    keys: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``missing`` would complete the set of offer ``number``; ``had`` is the rest of it. From ``spec`` its price is worked out.

    ``replaces``: for an upgrade, the product that is held and whose place it takes; ``arm``: see ``Bundle``."""

    number: int
    missing: Row
    had: tuple[Row, ...]
    spec: Mapping[str, Any]
    replaces: str | None = None
    arm: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """An offer of which each part is one product: ``rows``. ``replaces``: for an upgrade, whose place it takes. ``arm``: edge and salt
    where some visitors are held out. ``beside``: only the other one is suggested, to who has this product."""

    number: int
    rows: tuple[Row, ...]
    spec: Mapping[str, Any]
    schedule: Schedule
    replaces: frozenset[str] = frozenset()
    arm: tuple[int, str] | None = None
    beside: str | None = None


def bundles(offers: Iterable[Offer], shelf: Shelf, kinds: frozenset[str] = SETS, live: Iterable[Offer] = ()) -> list[Bundle]:
    """Those of these kinds, by priority, that ask neither who the shopper is (but a welcome's friend) nor for a basket. The same for
    every cart. A landing page cannot tell who is held out, so a welcome that holds some out is none of them.

    ``live``: others that may charge for the same goods, of which those count that are for everybody."""
    by_handle = {handle: product for product, handle in shelf.handles.items()}
    known = Known(live, shelf, unknown=lambda one: one.audience != Audience() or bool(one.basket.amounts or one.basket.quantity))
    return [_charged(found, one, known) for offer in sorted(offers, key=lambda one: (-one.priority, one.number)) if offer.kind in kinds
            for one, beside in _concrete(offer, shelf) if (found := _bundle(one, shelf, by_handle, beside))]


def _charged(found: Bundle, offer: Offer, known: Known) -> Bundle:
    """With what else may charge for its goods."""
    rounds, keys = known.charged(offer, [row.product_id for row in found.rows])
    if not rounds:
        return found
    return replace(found, spec={**found.spec, **rounds}, rows=tuple(replace(row, keys=keys[row.product_id]) for row in found.rows))


def _concrete(offer: Offer, shelf: Shelf) -> list[tuple[Offer, str | None]]:
    """Of one that is drawn its sets; where nothing is taken off, each companion by itself, the closest of all pages first, and beside
    which product."""
    if not offer.drawn:
        return [(offer, None)]
    drawn = shelf.drawn.get(offer.number, {})
    if offer.whole:
        sets = dict.fromkeys(frozenset((page, *mates)) for page, mates in drawn.items())
        return [(drawing.of(offer, sorted(one, key=int)), None) for one in sets]
    pairs = sorted((at, place, page, mate) for place, (page, mates) in enumerate(drawn.items()) for at, mate in enumerate(mates))
    return [(drawing.of(offer, (page, mate)), page) for _, _, page, mate in pairs]


def suggest(known: Iterable[Bundle], held: Mapping[str, int], most: int = MOST) -> list[Suggestion]:
    """At most ``most``, in the order of ``known``. ``held``: units by product id. Never what is held already, and no product twice."""
    found: dict[str, Suggestion] = {}
    for one in known:
        made = _of(one, held)
        if made is not None and len(found) < most:
            found.setdefault(made.missing.product_id, made)
    return list(found.values())


def _bundle(offer: Offer, shelf: Shelf, by_handle: Mapping[str, str], beside: str | None) -> Bundle | None:
    least = 1 if offer.kind in WELCOME | UPGRADE else 2
    who, is_welcome, drawn = offer.audience, offer.kind in WELCOME, arm(offer, shelf)
    asks = replace(who, referred=None if is_welcome else who.referred, holdout_bp=0 if drawn and not is_welcome else who.holdout_bp)
    if asks != Audience() or offer.basket.amounts or offer.basket.quantity:
        return None
    told = parts_of(offer, shelf)
    rows = tuple(_rows(told["parts"], shelf, by_handle))
    if len(rows) != len(offer.parts) or len(rows) < least:
        return None
    return Bundle(offer.number, rows, {"kind": offer.kind, **told}, offer.schedule, offer.replaces, drawn, beside)


def _rows(parts: Iterable[Mapping[str, Any]], shelf: Shelf, by_handle: Mapping[str, str]) -> Iterator[Row]:
    for at, part in enumerate(parts):
        if len(part["choices"]) == 1 and "variants" not in part and "pool" not in part:
            product = by_handle[part["choices"][0]]
            yield Row(product, part["count"], at, shelf.caps.get(product, shelf.cap))


def _of(bundle: Bundle, held: Mapping[str, int]) -> Suggestion | None:
    """None unless exactly one product of it is missing."""
    missing = [row for row in bundle.rows if not held.get(row.product_id)]
    if bundle.replaces:
        old = next((one for one in sorted(bundle.replaces, key=int) if held.get(one)), None)
        return Suggestion(bundle.number, missing[0], (), bundle.spec, old, bundle.arm) if old and missing else None
    had = tuple(row for row in bundle.rows if row not in missing)
    if len(missing) != 1 or (bundle.beside and not held.get(bundle.beside)) or any(held[row.product_id] < row.count for row in had):
        return None
    return Suggestion(bundle.number, missing[0], had, bundle.spec, arm=bundle.arm)
