"""Carts of the shop's own products that just reach an offer, with the numbers of the engine: what the preview shows, and who wins where
two offers want the same goods. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from plugin.attribution.rules.proofs import REFERRED
from plugin.errors import Refused
from plugin.margin.rules.guard import Room
from plugin.mirror.rules import Product
from plugin.money import Money
from plugin.offers.rules.cart import Context, Line, Outcome
from plugin.offers.rules.compiled import Compiled
from plugin.offers.rules.compiling import Shop, compile_offers
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.model import Audience, Goods, Offer, Part, Schedule
from plugin.offers.rules.reaching import marks, reached, tagged

Cart = list[tuple[Product, int]]
SOME_SHIPPING = 1_000
"""What shipping is taken to cost, so that an offer on it can be seen to apply; the amount is never shown."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the example cart. ``after``: what its units cost with the offer."""

    product_id: str
    title: str
    image: str | None
    quantity: int
    before: Money
    after: Money


@dataclass(frozen=True, slots=True)
class Example:
    """``shipping``: the offer takes shipping down. ``between``: of a volume discount, a number that reaches no step of its own."""

    lines: tuple[Shown, ...]
    before: Money
    after: Money
    shipping: bool = False
    between: bool = False

    @property
    def saved(self) -> Money:
        return Money(self.before.amount - self.after.amount, self.before.currency)


@dataclass(frozen=True, slots=True)
class Stock:
    """What can be bought: ``products`` on sale, and what the margin guard leaves of each. ``best``: of several offers that fit, the one
    counts that saves the shopper most, else the one with the highest priority."""

    currency: str
    now: datetime
    products: Sequence[Product]
    room: Room
    best: bool = True

    def compiled(self, offers: Sequence[Offer]) -> Compiled:
        """For everybody and at once, whatever the offers' conditions and dates. Raises Refused("offer")."""
        facts = Shop(self.currency, self.now, vendors=_ids((one.vendor, one.id) for one in self.products if one.vendor),
                     tags=_ids(tagged(self.products)),
                     collections=_ids((inside, one.id) for one in self.products for inside in one.collections), cap=self.room.cap,
                     best=self.best, caps={int(one): most for one, most in self.room.caps.items()})
        return compile_offers([replace(one, audience=Audience(), schedule=Schedule()) for one in offers], facts)



def on_sale(currency: str, products: Iterable[Product], room: Room, now: datetime, *, best: bool = True) -> Stock:
    sold = [one for one in products if one.status == "active" and one.variants and one.variants[0].price.amount > 0]
    return Stock(currency, now.replace(tzinfo=None), sold, room, best)


def examples(offer: Offer, stock: Stock) -> list[Example]:
    """For volume tiers one at each step and one between the first two, else one; none where the shop has no goods that fit."""
    try:
        compiled = stock.compiled([offer])
    except Refused:
        return []
    return [_example(offer, cart, compiled, stock.currency) for cart in _carts(offer, stock.products)]


def preferred(offer: Offer, rivals: Sequence[Offer], stock: Stock) -> bool | None:
    """Would a shopper with the example's goods get this offer (True), or one of its rivals in its place (False)? None where that is
    not certain: both apply, or neither."""
    carts = _carts(offer, stock.products)
    if not carts:
        return None
    try:
        compiled = stock.compiled([*rivals, offer])
    except Refused:
        return None
    taken = {one.number for one in _outcome(offer, carts[-1], compiled, stock.currency).told if one.taken}
    others = taken & {one.number for one in rivals}
    return None if (offer.number in taken) == bool(others) else offer.number in taken


def _example(offer: Offer, cart: Cart, compiled: Compiled, currency: str) -> Example:
    outcome = _outcome(offer, cart, compiled, currency)
    shown = tuple(_shown(product, count, outcome.product(str(at)) + outcome.order_lines.get(str(at), 0), currency)
                  for at, (product, count) in enumerate(cart))
    between = offer.kind == "tiers" and cart[0][1] not in {step.least for step in offer.steps}
    return Example(shown, _sum((one.before for one in shown), currency), _sum((one.after for one in shown), currency),
                   outcome.shipping is not None, between)


def _outcome(offer: Offer, cart: Cart, compiled: Compiled, currency: str) -> Outcome:
    lines = [Line(str(at), int(product.variants[0].id), int(product.id), product.variants[0].price.amount, count,
                  marks(product, compiled), offer.number) for at, (product, count) in enumerate(cart)]
    return evaluate(compiled, lines, Context(currency, marks=frozenset({REFERRED}), shipping=SOME_SHIPPING))


def _carts(offer: Offer, products: Sequence[Product]) -> list[Cart]:
    if offer.kind == "tiers":
        product = _first(offer.goods, products)
        return [[(product, count)] for count in _counts(offer)] if product else []
    cart: dict[str, tuple[Product, int]] = {}
    for part in offer.parts:
        for product, count in _filling(offer, part, products, frozenset(cart)):
            cart[product.id] = (product, cart.get(product.id, (product, 0))[1] + count)
        if not cart:
            return []
    return [_filled_up(offer, [*cart.values()], products)] if cart or products else []


def _counts(offer: Offer) -> list[int]:
    """Every step, and what is just below the second, where the first one's price counts for all."""
    steps = [step.least for step in offer.steps]
    return sorted({*steps, *(least - 1 for least in steps[1:2] if least - 1 > steps[0])})


def _filling(offer: Offer, part: Part, products: Sequence[Product], used: frozenset[str]) -> Cart:
    """What a shopper puts there: of a choice different goods, as far as there are; else one that is not in the cart yet."""
    if offer.kind == "mix":
        fitting = [one for one in products if reached(part.goods, one)][: part.count]
        return [(one, part.count // len(fitting) + (at < part.count % len(fitting))) for at, one in enumerate(fitting)]
    product = _first(part.goods, products, but=used) or _first(part.goods, products)
    return [(product, part.count)] if product else []


def _filled_up(offer: Offer, cart: Cart, products: Sequence[Product]) -> Cart:
    """With as much else as the offer's least amount and number ask."""
    given = {product.id for product, _ in cart} if offer.kind == "gift" else frozenset[str]()
    counted = [(product, count) for product, count in cart if product.id not in given and reached(offer.basket.goods, product)]
    least = offer.basket.amounts[0].amount if offer.basket.amounts else 0
    amount = least - sum(product.variants[0].price.amount * count for product, count in counted)
    units = offer.basket.quantity - sum(count for _, count in counted)
    other = _reaching(amount, units, [one for one in products if one.id not in {product.id for product, _ in cart}
                                      and reached(offer.basket.goods, one)])
    if other is None or (amount <= 0 and units <= 0 and cart):
        return cart
    return [(other, max(1, units, -(-amount // other.variants[0].price.amount))), *cart]


def _reaching(amount: int, units: int, products: Sequence[Product]) -> Product | None:
    """The product of which the fewest are needed, so that the example is a cart that somebody could have."""
    return min(products, key=lambda one: (max(1, units, -(-amount // one.variants[0].price.amount)), one.variants[0].price.amount),
               default=None)


def _first(goods: Goods, products: Sequence[Product], but: frozenset[str] = frozenset()) -> Product | None:
    return next((one for one in products if one.id not in but and reached(goods, one)), None)


def _shown(product: Product, count: int, off: int, currency: str) -> Shown:
    before = product.variants[0].price.amount * count
    return Shown(product.id, product.title, product.image, count, Money(before, currency), Money(before - off, currency))


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return Money(sum(one.amount for one in amounts), currency)


def _ids(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, product_id in pairs:
        found.setdefault(name, set()).add(product_id)
    return {name: frozenset(ids) for name, ids in found.items()}
