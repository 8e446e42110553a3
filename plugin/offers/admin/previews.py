"""What is being typed: in words, as a cart of the shop's own products with the numbers of the engine, and what to think of before it is
switched on. Nothing is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from flask import render_template, request
from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.errors import Refused
from plugin.messaging import texts
from plugin.mirror.rules import Product
from plugin.money import Money
from plugin.offers import flows
from plugin.offers.admin.wording import fault_text, sentences
from plugin.offers.flows.configuring import Whole, configure, known_products
from plugin.offers.flows.guarding import named, reached
from plugin.offers.rules.cart import Context, Line
from plugin.offers.rules.compiling import REFERRED, compile_offers
from plugin.offers.rules.compiling import Shop as Facts
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.filling import Read
from plugin.offers.rules.model import Audience, Goods, Offer, Schedule
from plugin.shops.tables import Shop
from plugin.web.shell import locale_of, translator

DEVICES = ("phone", "desktop")
MOST_LOOKED_AT, MOST_NAMED = 1000, 3


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the example cart. ``after``: what its units cost with the offer."""

    title: str
    image: str | None
    quantity: int
    before: Money
    after: Money


@dataclass(frozen=True, slots=True)
class Example:
    """``shipping``: the offer takes shipping down by this rate."""

    lines: tuple[Shown, ...]
    before: Money
    after: Money
    shipping: bool = False

    @property
    def saved(self) -> Money:
        return Money(self.before.amount - self.after.amount, self.before.currency)


@dataclass(frozen=True, slots=True)
class Preview:
    """``faults``: (field, what is wrong). ``warnings``: what the merchant should know, worst first; ``blocked``: why it could not be
    switched on as it is. ``html``: the screen, a document of its own, None where there is nothing to show yet."""

    device: str
    faults: tuple[tuple[str, str], ...] = ()
    sentences: tuple[str, ...] = ()
    blocked: str | None = None
    warnings: tuple[str, ...] = ()
    html: str | None = None


def preview(session: Session, shop: Shop, told: Read, *, own: str | None, now: datetime) -> Preview:
    """``own``: the id of the saved offer that is being changed, so that it does not stand in its own way."""
    device = request.form.get("look_device", "")
    device = device if device in DEVICES else DEVICES[0]
    say = translator(shop)
    wrong = tuple((name, fault_text(say, fault.key, fault.facts)) for name, fault in told.faults.items())
    if told.offer is None or wrong:
        return Preview(device, wrong)
    offer, others = told.offer, [one for one in flows.live(session, ShopId(shop.id)) if str(one.id) != own]
    offer = replace(offer, number=max((one.number for one in others), default=0) + 1)
    blocked, warned = _judged(session, shop, offer, others, now=now)
    shown = examples(session, shop, offer, now)
    return Preview(device, (), tuple(sentences(session, shop, offer)), blocked, warned, _screen(shop, offer, shown) if shown else None)


def _judged(session: Session, shop: Shop, offer: Offer, others: Sequence[Offer], *, now: datetime) -> tuple[str | None, tuple[str, ...]]:
    """As it would be if it were switched on now."""
    say, warned = translator(shop), []
    rivals = conflicts(session, shop, offer, others)
    if rivals:
        warned.append(say("offers.warn_rivals", names=rivals))
    if offer.kind == "welcome" or offer.audience.referred:
        warned.append(say("offers.warn_referred"))
    try:
        whole = configure(session, ShopId(shop.id), [*others, offer], now=now)
    except Refused as refused:
        return say(refused.key, **refused.facts), tuple(warned)
    return None, (*_cuts(shop, whole), *warned)


def _cuts(shop: Shop, whole: Whole) -> list[str]:
    """What the margin floor leaves of it."""
    say = translator(shop)
    found = [say("offers.warn_cut", title=good.title, most_bp=most) for good, most in whole.room.cut[:MOST_NAMED]]
    if len(whole.room.cut) > MOST_NAMED:
        found.append(say("offers.warn_cut_more", count=len(whole.room.cut) - MOST_NAMED))
    return [*found, say("offers.warn_alone")] if whole.room.alone else found


def conflicts(session: Session, shop: Shop, offer: Offer, others: Iterable[Offer]) -> list[str]:
    """Titles of live offers that want the same goods; each unit goes to one of them."""
    if offer.stacks or offer.own_class != "product":
        return []
    rivals = [one for one in others if one.own_class == "product" and not one.stacks]
    products = known_products(session, ShopId(shop.id))[:MOST_LOOKED_AT] if rivals else []
    wanted = [one for one in products if _wants(offer, one)]
    return [rival.title for rival in rivals if any(_wants(rival, one) for one in wanted)]


def _wants(offer: Offer, product: Product) -> bool:
    return any(reached(goods, product) for goods in named(offer))


def examples(session: Session, shop: Shop, offer: Offer, now: datetime) -> list[Example]:
    """Carts that just reach the offer: one for each step of a tier, one else. Empty where the shop has no goods that fit."""
    products = [one for one in known_products(session, ShopId(shop.id)) if one.variants and one.variants[0].price.amount > 0]
    free = replace(offer, audience=Audience(), schedule=Schedule(), marked=False)
    facts = Facts(shop.currency, now.replace(tzinfo=None), vendors=_ids((one.vendor, one.id) for one in products),
                  tags=_ids((tag, one.id) for one in products for tag in one.tags))
    try:
        compiled = compile_offers([free], facts)
    except Refused:
        return []
    found = []
    for cart in _carts(offer, products):
        lines = [Line(str(at), int(product.variants[0].id), int(product.id), product.variants[0].price.amount, count,
                      _marks(product, compiled.tags), offer.number) for at, (product, count) in enumerate(cart)]
        outcome = evaluate(compiled, lines, Context(shop.currency, marks=frozenset({REFERRED})))
        shown = tuple(_shown(product, line, outcome.product(line.id) + outcome.order_lines.get(line.id, 0), shop.currency)
                      for (product, _), line in zip(cart, lines, strict=True))
        found.append(Example(shown, _sum((one.before for one in shown), shop.currency), _sum((one.after for one in shown), shop.currency),
                             outcome.shipping is not None))
    return found


def _carts(offer: Offer, products: Sequence[Product]) -> list[list[tuple[Product, int]]]:
    if offer.kind == "tiers":
        product = _first(offer.goods, products)
        return [[(product, step.least)] for step in offer.steps] if product else []
    cart: dict[str, tuple[Product, int]] = {}
    for part in offer.parts:
        product = _first(part.goods, products, but=frozenset(cart)) or _first(part.goods, products)
        if product is None:
            return []
        cart[product.id] = (product, cart.get(product.id, (product, 0))[1] + part.count)
    return [_filled_up(offer, [*cart.values()], products)] if cart or products else []


def _filled_up(offer: Offer, cart: list[tuple[Product, int]], products: Sequence[Product]) -> list[tuple[Product, int]]:
    """With as much else as the offer's least amount and number ask."""
    given = {product.id for product, _ in cart} if offer.kind == "gift" else frozenset[str]()
    counted = [(product, count) for product, count in cart if product.id not in given]
    least = offer.basket.amounts[0].amount if offer.basket.amounts else 0
    amount = least - sum(product.variants[0].price.amount * count for product, count in counted)
    units = offer.basket.quantity - sum(count for _, count in counted)
    other = next((one for one in products if one.id not in {product.id for product, _ in cart}), None)
    if other is None or (amount <= 0 and units <= 0 and cart):
        return cart
    count = max(1, units, -(-amount // other.variants[0].price.amount))
    return [(other, count), *cart]


def _first(goods: Goods, products: Sequence[Product], but: frozenset[str] = frozenset()) -> Product | None:
    return next((one for one in products if one.id not in but and reached(goods, one)), None)


def _marks(product: Product, tags: Sequence[str]) -> int:
    return sum(1 << 4 + at for at, tag in enumerate(tags) if tag in product.tags)


def _shown(product: Product, line: Line, off: int, currency: str) -> Shown:
    before = line.price * line.quantity
    return Shown(product.title, product.image, line.quantity, Money(before, currency), Money(before - off, currency))


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return Money(sum(one.amount for one in amounts), currency)


def _ids(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, product_id in pairs:
        found.setdefault(name, set()).add(product_id)
    return {name: frozenset(ids) for name, ids in found.items()}


def _screen(shop: Shop, offer: Offer, shown: Sequence[Example]) -> str:
    """In the merchant's language, since the words of the shop's pages are those of its theme."""
    locale = locale_of(shop)
    return render_template("offers/screen.html", t=partial(texts.say, locale), locale=locale, shop_name=shop.name or shop.domain,
                           offer=offer, examples=shown)
