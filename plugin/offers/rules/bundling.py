"""May a kit be sold as one product of its own, and at what price? Pure.

Shopify's bundle (``productBundleCreate``) is a product with a price of its own, made of fixed variants; its stock is the least over them.
It says what the kit says only if every buyer may have it, as often as they like and with whatever else they buy: a product asks nobody
who they are. Its price is what the engine comes to for the kit's parts alone, within what the margin guard leaves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from plugin.errors import Refused
from plugin.margin.rules.guard import Room
from plugin.mirror.rules import Product, Variant
from plugin.offers.rules.cart import Context, Line
from plugin.offers.rules.compiling import Shop, compile_offers
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.model import Audience, Basket, Goods, Offer, Part, Schedule

Why = Literal["kind", "whole", "code", "audience", "basket", "marked", "stacks", "limit", "currencies", "combines", "parts", "choice",
              "gone", "beside", "price"]
LONG_AGO = datetime(2000, 1, 1)  # noqa: DTZ001 - a shop's wall clock has no zone
MOST_OF_ONE = 2000
"""Units of one component, as Shopify allows."""


@dataclass(frozen=True, slots=True)
class Component:
    """``count`` units of one variant in each bundle."""

    product_id: str
    variant_id: str
    count: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """What Shopify is to make: ``price`` in minor units of the shop's currency; ``open``: on sale now, not before or after its time.
    ``listed``: what a unit of each component costs by itself, by variant."""

    title: str
    components: tuple[Component, ...]
    price: int
    open: bool = True
    listed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beside:
    """The shop around it. ``loose``: discounts of the merchant's that take from goods and that nobody could keep from a product, where
    there is a floor to keep; ``room``: what the margin guard leaves."""

    currency: str
    products: Mapping[str, Product]
    bundles: frozenset[str] = frozenset()
    loose: bool = False
    room: Room = Room()


def why_not(offer: Offer, beside: Beside) -> Why | None:
    """The first reason why it is sold as its parts alone; None if one product says the same."""
    return next(_reasons(offer, beside), None)


def bundle(offer: Offer, beside: Beside, now: datetime) -> Bundle:
    """Of an offer against which ``why_not`` has nothing. ``now``: the shop's wall clock. Raises Refused("offer")."""
    components = tuple(_merged(_components(offer, beside)))
    prices = _prices(beside)
    return Bundle(offer.title, components, _price(offer, components, beside), offer.schedule.is_open(now),
                  {one.variant_id: prices[one.variant_id] for one in components})


def _reasons(offer: Offer, beside: Beside) -> Iterator[Why]:
    if offer.kind != "kit":
        yield "kind"
        return
    yield from _terms(offer)
    yield from _parts(offer, beside)
    if beside.loose or beside.room.alone:
        yield "beside"


def _terms(offer: Offer) -> Iterator[Why]:
    if offer.whole is None:
        yield "whole"
    elif len(offer.whole.amounts) > 1:
        yield "currencies"
    if offer.code:
        yield "code"
    if offer.audience != Audience():
        yield "audience"
    if offer.basket != Basket():
        yield "basket"
    if offer.marked:
        yield "marked"
    if offer.stacks:
        yield "stacks"
    if offer.limit:
        yield "limit"
    if not {"order", "shipping"} <= offer.combines:
        yield "combines"


def _parts(offer: Offer, beside: Beside) -> Iterator[Why]:
    """Each part is one product with one variant, or one variant; the goods are there, and none is a bundle itself."""
    for part in offer.parts:
        named = part.goods
        plain = Goods(products=named.products, variants=named.variants, subscriptions=named.subscriptions)
        if named != plain or len(named.products) + len(named.variants) != 1:
            yield "parts"
            return
    found = [_fitting(part, beside) for part in offer.parts]
    if any(not one for one in found):
        yield "gone"
    elif any(len(one) > 1 for one in found):
        yield "choice"
    elif any(product.id in beside.bundles for [(product, _)] in found):
        yield "parts"
    elif any(one.count > MOST_OF_ONE for one in _merged(_components(offer, beside))):
        yield "limit"
    elif not _is_sellable(offer, beside):
        yield "price"


def _is_sellable(offer: Offer, beside: Beside) -> bool:
    try:
        return _price(offer, tuple(_merged(_components(offer, beside))), beside) > 0
    except Refused:
        return False


def _fitting(part: Part, beside: Beside) -> list[tuple[Product, Variant]]:
    """Variants on sale that the part may be."""
    goods = part.goods
    return [(product, one) for product in beside.products.values() if product.status == "active" for one in product.variants
            if product.id in goods.products or one.id in goods.variants]


def _components(offer: Offer, beside: Beside) -> Iterator[Component]:
    for part in offer.parts:
        for product, variant in _fitting(part, beside)[:1]:
            yield Component(product.id, variant.id, part.count)


def _merged(components: Iterator[Component]) -> list[Component]:
    """A variant that stands for several parts is one component."""
    found: dict[str, Component] = {}
    for one in components:
        before = found.get(one.variant_id)
        found[one.variant_id] = one if before is None else replace(one, count=one.count + before.count)
    return list(found.values())


def _price(offer: Offer, components: tuple[Component, ...], beside: Beside) -> int:
    """What the checkout would take for the parts of one kit, to the minor unit."""
    room, prices = beside.room, _prices(beside)
    facts = Shop(beside.currency, LONG_AGO, cap=room.cap, caps={int(one): most for one, most in room.caps.items()})
    made = compile_offers([replace(offer, number=1, audience=Audience(), schedule=Schedule())], facts)
    lines = [Line(str(at), int(one.variant_id), int(one.product_id), prices[one.variant_id], one.count, chosen=1)
             for at, one in enumerate(components)]
    outcome = evaluate(made, lines, Context(beside.currency))
    return sum(line.price * line.quantity - outcome.product(line.id) for line in lines)


def _prices(beside: Beside) -> dict[str, int]:
    return {one.id: one.price.amount for product in beside.products.values() for one in product.variants}


# -- no discount of ours on top ------------------------------------------------------------------------------------------


def spared(offer: Offer, bundles: frozenset[str]) -> Offer:
    """The offer without the shop's bundles among the goods that it takes from or counts: their price is an offer's already.

    Offers on the whole order reach a bundle as they reach a kit in the cart."""
    if not bundles or offer.own_class != "product":
        return offer
    parts = tuple(replace(part, goods=_without(part.goods, bundles)) for part in offer.parts)
    return replace(offer, parts=parts, goods=_without(offer.goods, bundles) if offer.steps else offer.goods)


def _without(goods: Goods, bundles: frozenset[str]) -> Goods:
    wide = goods.everything or goods.collections or goods.tags or goods.vendors
    hit = bundles if wide else bundles & goods.products
    return replace(goods, not_products=goods.not_products | hit) if hit else goods
