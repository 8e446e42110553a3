"""Does one of Shopify's own automatic discounts say exactly what an offer says? Pure.

*Exactly*: for every cart in the shop's currency the same number, whatever Shopify's rounding is (its own is not documented, and observed
not to be half up: Shopify/function-examples, issue 371). So a percentage must come out even on the price of every unit it can meet. What
cannot be said natively, or would stand beside our other offers otherwise than they stand beside each other, is carried by the Function.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from plugin.margin.rules.guard import Room
from plugin.offers.rules.model import EVERYTHING, Audience, Basket, Benefit, Goods, Offer

Form = Literal["bxgy", "basic", "free_shipping"]
Why = Literal["kind", "goods", "pick", "worth", "steps", "goal", "audience", "marked", "stacks", "currencies", "rounding", "margin",
              "beside", "code"]
FORMS: Mapping[str, Form] = {"buy_get": "bxgy", "tiers": "basic", "basket": "basic", "shipping": "free_shipping"}
MOST_GOODS = 100
WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Around:
    """What else decides. ``others``: the offers that are switched on beside it. ``products``: which of the shop's products a set names;
    ``prices``: of each product's variants, in minor units. ``room``: what the margin guard leaves of offers on goods."""

    others: Sequence[Offer]
    products: Callable[[Goods], Collection[str]]
    prices: Mapping[str, Collection[int]] = field(default_factory=dict)
    room: Room = Room()


def why_not(offer: Offer, around: Around) -> Why | None:
    """The first reason why it must be carried by the Function; None if a native discount says the same."""
    return next(_reasons(offer, around), None)


def _reasons(offer: Offer, around: Around) -> Iterator[Why]:
    if offer.kind not in FORMS:
        yield "kind"
        return
    yield from {"bxgy": _buy_get, "basic": _basic, "free_shipping": _shipping}[FORMS[offer.kind]](offer)
    asked = replace(offer.audience, countries=frozenset()) if offer.kind == "shipping" else offer.audience
    if asked != Audience():
        yield "audience"
    if offer.code:
        yield "code"
    if offer.marked:
        yield "marked"
    if offer.stacks:
        yield "stacks"
    if len(offer.basket.amounts) > 1 or any(len(one.amounts) > 1 for one in _benefits(offer)):
        yield "currencies"
    yield from _numbers(offer, around)
    yield from _beside(offer, around)


def _buy_get(offer: Offer) -> Iterator[Why]:
    """The cheapest goods are given, the dearest count as bought: so does Shopify. Bought and given goods are the same, or no product is
    among both (``_numbers`` asks that, since only the shop's products tell)."""
    if len(offer.parts) != 2 or offer.parts[0].benefit is not None or offer.parts[1].benefit is None:
        yield "kind"
        return
    if offer.parts[1].benefit.worth not in ("percent", "free"):
        yield "worth"
    if not all(_listed(part.goods) for part in offer.parts):
        yield "goods"
    if offer.pick != "cheapest":
        yield "pick"
    if offer.basket != Basket():
        yield "goal"


def _basic(offer: Offer) -> Iterator[Why]:
    if offer.kind == "tiers":
        if len(offer.steps) != 1 or (offer.steps[0].least > 1 and offer.scope != "all"):
            yield "steps"
        if offer.steps[0].benefit.worth not in ("percent", "amount"):
            yield "worth"
        if not _listed(offer.goods):
            yield "goods"
        if offer.basket != Basket():
            yield "goal"
        return
    if not _all_goods(offer.goods):
        yield "goods"
    yield from _goal(offer)


def _shipping(offer: Offer) -> Iterator[Why]:
    if offer.benefit is None or not (offer.benefit.worth == "free" or offer.benefit.basis_points == WHOLE):
        yield "worth"
    yield from _goal(offer)


def _goal(offer: Offer) -> Iterator[Why]:
    """An amount or a number of all goods, not both."""
    if not _all_goods(offer.basket.goods) or (offer.basket.amounts and offer.basket.quantity):
        yield "goal"


def _listed(goods: Goods) -> bool:
    """Products and variants by name, and nothing else."""
    plain = Goods(products=goods.products, variants=goods.variants)
    return goods == plain and 0 < len(goods.products) + len(goods.variants) <= MOST_GOODS


def _all_goods(goods: Goods) -> bool:
    return replace(goods, subscriptions=True) == EVERYTHING


def _benefits(offer: Offer) -> Iterator[Benefit]:
    yield from (part.benefit for part in offer.parts if part.benefit)
    yield from (step.benefit for step in offer.steps)
    if offer.benefit:
        yield offer.benefit


def given(offer: Offer) -> Goods:
    """The goods that it makes cheaper."""
    return next((part.goods for part in offer.parts if part.benefit), offer.goods)


def _numbers(offer: Offer, around: Around) -> Iterator[Why]:
    if offer.own_class == "shipping":
        return
    reached = set(around.products(given(offer)))
    rates = [benefit.basis_points for benefit in _benefits(offer) if benefit.worth == "percent"]
    if any(price * rate % WHOLE for rate in rates for one in reached for price in around.prices.get(one, ())):
        yield "rounding"
    if offer.own_class == "product" and any(around.room.caps.get(one, around.room.cap) < WHOLE for one in reached):
        yield "margin"
    if offer.parts:
        bought = set(around.products(offer.parts[0].goods))
        if bought & reached and offer.parts[0].goods != offer.parts[1].goods:
            yield "goods"


def _beside(offer: Offer, around: Around) -> Iterator[Why]:
    if around.room.alone:
        yield "margin"
    if any(_differs(offer, other, around) for other in around.others):
        yield "beside"


def _differs(one: Offer, other: Offer, around: Around) -> bool:
    """Would it make a difference that these two are discounts of their own? Natively both must allow the other's class, of one class for
    the order or for shipping only one is taken, and neither a goal nor a share of what is left sees what the other takes."""
    if other.own_class not in one.combines or one.own_class not in other.combines or _sees(one, other) or _sees(other, one):
        return True
    if one.own_class != other.own_class:
        return False
    return one.own_class != "product" or one.stacks or other.stacks or not _reached(one, around).isdisjoint(_reached(other, around))


def _sees(one: Offer, other: Offer) -> bool:
    """Is what ``one`` does worked out from what ``other`` has left of the goods' prices?"""
    after = one.own_class == "order" or (bool(one.basket.amounts) and (one.own_class == "shipping" or one.kind == "gift"))
    return other.own_class == "product" and after


def _reached(offer: Offer, around: Around) -> frozenset[str]:
    sets = [part.goods for part in offer.parts] or [offer.goods]
    return frozenset(one for goods in sets for one in around.products(goods))
