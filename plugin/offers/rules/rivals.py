"""Which other offers may charge for the goods of a box, told so that the page shows what the checkout will take. Pure.

A box names the rounds of offers in which the engine would work out a cart of just its goods (docs/offers.md): in the first those compete
that share no unit, each of the others stacks on what those before leave; 0 is the box's own. A rival is told once, by its number, as
``{"terms": {"parts": [{"count", "gain", "key"}], "whole", "pick", "limit", "steps", "keys"}, "goods": [goods], "single": whether the units
of each product count apart, "held": whether some visitors are held out from it, "needs": needs}``: Liquid finds which rows can fill which
of its parts, the script what all of it saves.

What a page cannot know is not told: offers for segments and campaigns, with a cap or a code, gifts, and what asks for a basket. Where
offers compete for the most the cart then costs less than the page says, or the same. Where they go by their rank it could cost more: such
an offer before the box's own is told as its number below zero, and the box says no price.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from plugin.offers.rules import drawing
from plugin.offers.rules.compiling import in_turn, picked
from plugin.offers.rules.model import OF_SETS, Goods, Offer
from plugin.offers.rules.specs import Json, Shelf, each_share, gain_told, goods_told, hidden, members, needs

Rounds = list[list[int]]
TOLD = 20
"""So many products of a set are named for a rival."""


def rivals(boxes: Iterable[Offer], live: Iterable[Offer], shelf: Shelf) -> Json:
    """``rounds`` of each box that has any, by number; ``rivals``: what they name; ``turns``: offers go by their rank, not for the most.
    ``live``: all that is, none by a code."""
    known = Known(live, shelf)
    rounds = {str(offer.number): known.rounds(offer) for offer in boxes}
    rounds = {number: each for number, each in rounds.items() if any(any(one) for one in each)}
    named = {number for each in rounds.values() for one in each for number in one}
    found = {str(number): told(known.taking[number]) for number in sorted(named) if number > 0}
    return _full({"rounds": rounds, "rivals": found, "turns": not shelf.best})


def told(offer: Offer) -> Json:
    """What a page must know of an offer to charge by it."""
    key = str(offer.number)
    parts = in_turn(offer)
    terms: Json = {
        "parts": [_full({"count": part.count, "gain": gain_told(part.benefit) or each_share(offer.whole), "key": f"{key}.{at}"})
                  for at, part in enumerate(parts)],
        "whole": [] if each_share(offer.whole) else gain_told(offer.whole), "pick": picked(offer), "limit": offer.limit,
        "steps": [[step.least, gain_told(step.benefit)] for step in offer.steps], "keys": [f"{key}.0"] if offer.steps else []}
    return _full({"terms": _full(terms), "goods": [_reach(goods) for goods in _sets(offer)], "needs": needs(offer),
                  "single": _single(offer), "held": offer.audience.holdout_bp > 0})


def _single(offer: Offer) -> bool:
    """Does it count the units of each product apart?"""
    return bool(offer.steps) and offer.scope != "all"


def _takes(offer: Offer) -> bool:
    """Can it take something off a cart of whatever was chosen elsewhere? An upgrade only takes off what was chosen from it."""
    return bool(offer.parts or offer.steps) and offer.kind not in ("gift", "upgrade") and not (offer.marked or offer.recommends)


def _unknown(offer: Offer) -> bool:
    """Can only the checkout say whether it applies?"""
    return bool(hidden(offer) or offer.basket.amounts or offer.basket.quantity)


def _sets(offer: Offer) -> list[Goods]:
    return [part.goods for part in in_turn(offer)] or [offer.goods]


def _units(offer: Offer) -> tuple[int, int]:
    """Of how few units it takes something off, and how many its box can hold."""
    if offer.steps:
        return offer.steps[0].least, max(step.least for step in offer.steps)
    count = 1 + offer.drawn if offer.drawn else sum(part.count for part in offer.parts)
    return count, count


class Known:
    """What may charge whatever was chosen, by number. The products of each set are looked up once. ``unknown``: offers of which who asks
    cannot say whether they apply."""

    def __init__(self, live: Iterable[Offer], shelf: Shelf, unknown: Callable[[Offer], bool] = _unknown) -> None:
        self._drawn, self.turns, self._unknown = shelf.drawn, not shelf.best, unknown
        self.taking = {one.number: one for one in concrete(live, shelf) if _takes(one)}
        self.members = cache(lambda goods: frozenset(members(goods, shelf)))
        self._box = cache(self._held)

    def rounds(self, offer: Offer) -> Rounds:
        mine = [one for one in self.taking.values() if one.number % OF_SETS != offer.number % OF_SETS and self._meets(offer, one)]
        ranked = sorted([*mine, offer], key=lambda one: (-one.priority, one.number))
        certain = [one for one in ranked if one is offer or not self._unknown(one)]
        before = [one for one in ranked[:ranked.index(offer)] if self.turns and self._unknown(one) and not (one.stacks or offer.stacks)]
        competing = [0 if one is offer else one.number for one in certain if not one.stacks]
        return [[-one.number for one in before] + competing, *([0 if one is offer else one.number] for one in certain if one.stacks)]

    def charged(self, offer: Offer, products: Sequence[str]) -> tuple[Json, dict[str, str]]:
        """Of a set of single products, for whoever has no Liquid: ``rounds`` and ``turns`` as the script reads them, and by product the
        parts of the rivals that it can fill. Nothing without rivals; nothing to save where only the checkout can say."""
        rounds = self.rounds(offer)
        if any(number < 0 for number in rounds[0]):
            return {"rounds": [[]]}, {product: "" for product in products}
        if not any(any(one) for one in rounds):
            return {}, {}
        terms = {number: told(self.taking[number]) for one in rounds for number in one if number}
        keys = {number: [(product, f"{number}.{at}" + f".{product}" * self._apart(number)) for at, goods in enumerate(
            _sets(self.taking[number])) for product in products if product in self.members(goods)] for number in terms}
        said = [[{**terms[number]["terms"], **({"keys": [key for _, key in keys[number]]} if self._apart(number) else {})}
                 if number else 0 for number in one] for one in rounds]
        found = {product: " ".join(key for each in keys.values() for one, key in each if one == product) for product in products}
        return _full({"rounds": said, "turns": self.turns}), found

    def _apart(self, number: int) -> bool:
        return _single(self.taking[number])

    def _meets(self, offer: Offer, other: Offer) -> bool:
        """May units of a box be enough for the other?"""
        if _units(other)[0] > _units(offer)[1]:
            return False
        wanted = [self.members(goods) for goods in _sets(other)]
        if offer.steps:
            return bool(self.members(offer.goods).intersection(*wanted))
        return all(not one.isdisjoint(self._box(offer)) for one in wanted)

    def _held(self, offer: Offer) -> frozenset[str]:
        """All that a box can hold."""
        if offer.drawn:
            return frozenset(one for page, mates in self._drawn.get(offer.number, {}).items() for one in (page, *mates))
        return frozenset().union(*(self.members(goods) for goods in _sets(offer)))


def concrete(offers: Iterable[Offer], shelf: Shelf) -> list[Offer]:
    """The sets of those that are drawn in their place."""
    return [one for offer in offers for one in (drawing.sets(offer, shelf.drawn.get(offer.number, {})) if offer.drawn else [offer])]


def _reach(goods: Goods) -> Json:
    """All that decides whether a page's product, and which of its variants, is among these goods. Where many products are named, they are
    not told again: ``at`` of the page's products names the offer."""
    without = Goods(products=goods.not_products, collections=goods.not_collections, tags=goods.not_tags)
    return _goods(goods, "named") | _full({"variants": _digits(goods.variants), "without": _goods(without, "barred"),
                                           "not_variants": _digits(goods.not_variants)})


def _goods(goods: Goods, name: str) -> Json:
    many = len(goods.products) > TOLD
    return goods_told(replace(goods, products=frozenset()) if many else goods) | ({name: True} if many else {})


def _digits(ids: Iterable[str]) -> list[int]:
    return [int(one) for one in sorted(ids, key=int)]


def _full(told: Mapping[str, object]) -> Json:
    """What is empty is not written; a choice of the cheapest, which is 0, is."""
    return {name: value for name, value in told.items() if value or name == "pick"}
