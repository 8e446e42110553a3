"""What is being typed: in words, as a cart of the shop's own products with the numbers of the engine, and what to think of before it is
switched on. Nothing is kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from flask import render_template, request
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.margin import tables as margins
from plugin.margin.rules import WHOLE
from plugin.margin.rules.guard import Room
from plugin.messaging import texts
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product
from plugin.money import Money
from plugin.offers import flows
from plugin.offers.admin import drawn
from plugin.offers.admin.examples import Example, Stock, examples, on_sale, preferred
from plugin.offers.admin.wording import fault_text, sentences
from plugin.offers.flows import bundles
from plugin.offers.flows.configuring import Whole, configure, known_products, wall
from plugin.offers.flows.guarding import named, reached
from plugin.offers.rules.bundling import bundle, why_not
from plugin.offers.rules.filling import Read
from plugin.offers.rules.model import Goods, Offer
from plugin.offers.rules.placing import IN_CART
from plugin.offers.rules.reaching import Catalogue
from plugin.offers.rules.stock import left
from plugin.offers.rules.whereabouts import whereabouts
from plugin.offers.tables.choosing import is_best
from plugin.shops.tables import Shop
from plugin.web.shell import locale_of, translator

DEVICES = ("phone", "desktop")
MOST_LOOKED_AT, MOST_NAMED, MOST_COUNTED = 1000, 3, 250


@dataclass(frozen=True, slots=True)
class Preview:
    """``faults``: (field, what is wrong). ``warnings``: what the merchant should know, worst first; ``blocked``: why it could not be
    switched on as it is. ``keeps``: what the merchant is left with. ``html``: the screen, a document of its own, None where there is
    nothing to show yet. ``places``: where it shows, and why not in the others, with a ``note`` on them.
    ``page``: of one whose goods the orders choose."""

    device: str
    faults: tuple[tuple[str, str], ...] = ()
    sentences: tuple[str, ...] = ()
    blocked: str | None = None
    warnings: tuple[str, ...] = ()
    keeps: str | None = None
    html: str | None = None
    places: tuple[str, ...] = ()
    note: str | None = None
    page: drawn.Page | None = None


def preview(session: Session, shop: Shop, told: Read, *, own: str | None, now: datetime) -> Preview:
    """``own``: the id of the saved offer that is being changed, so that it does not stand in its own way."""
    device = request.form.get("look_device", "")
    device = device if device in DEVICES else DEVICES[0]
    say = translator(shop)
    wrong = tuple((name, fault_text(say, fault.key, fault.facts)) for name, fault in told.faults.items())
    if told.offer is None or wrong:
        return Preview(device, wrong)
    others = [one for one in flows.live(session, ShopId(shop.id)) if str(one.id) != own]
    offer = replace(told.offer, number=max((one.number for one in others), default=0) + 1)
    try:
        whole, blocked = configure(session, ShopId(shop.id), [*others, offer], now=now), None
    except Refused as refused:
        whole, blocked = None, say(refused.key, **refused.facts)
    products = known_products(session, ShopId(shop.id))
    stock = on_sale(shop.currency, products, whole.room if whole else Room(), now, best=is_best(session, ShopId(shop.id)))
    page = drawn.page(session, shop, offer, whole, products) if offer.drawn else None
    said_of, offer = offer, (page.set if page else None) or offer
    shown = page.example(stock) if page and (said_of.recommends or page.set is None) else examples(offer, stock)
    keeps, below = _left(session, shop, shown[-1]) if shown else (None, None)
    enough, gone = _stock(session, shop, offer, stock)
    warned = (*_nobodys(shop, said_of, products), *(_cuts(shop, whole) if whole else ()), *filter(None, [gone, below]),
              *_beside(shop, offer, others, stock), *_known(shop, offer))
    html = _screen(shop, offer, shown, "drawn" if page else offer.kind) if shown else None
    said = (*sentences(session, shop, said_of), *_carrier(shop, offer, whole), *_bundled(session, shop, offer, whole),
            *filter(None, [enough]))
    return Preview(device, (), said, blocked, warned, keeps, html, *_places(shop, said_of), page)


def _places(shop: Shop, offer: Offer) -> tuple[tuple[str, ...], str | None]:
    """The offer's placements; the others, together where they have one reason; and what Shopify says of the page after the purchase."""
    say, found = translator(shop), whereabouts(offer)
    shown = tuple(say(f"where.{one.place}") for one in found if not one.why)
    reasons = dict.fromkeys(one.why for one in found if one.why)
    absent = tuple(say("where.not_here", places=[say(f"where.{one.place}") for one in found if one.why == why], why=say(f"where.why_{why}"))
                   for why in reasons)
    return shown + absent, say("where.after_note") if any(one.place == "after" and not one.why for one in found) else None


def _carrier(shop: Shop, offer: Offer, whole: Whole | None) -> Iterator[str]:
    """By what the checkout takes it off, where the merchant would rather have one of Shopify's own discounts."""
    if offer.native and whole is not None:
        yield translator(shop)(f"native.why_{whole.unsaid[offer.id]}" if offer.id in whole.unsaid else "native.same")


def _bundled(session: Session, shop: Shop, offer: Offer, whole: Whole | None) -> Iterator[str]:
    """Whether Shopify can sell a kit as one product too, where the merchant would have that."""
    if offer.bundled != "no" and whole is not None:
        say, beside = translator(shop), bundles.surroundings(session, ShopId(shop.id), whole)
        why = why_not(offer, beside)
        price = None if why else bundle(offer, beside, wall(session, ShopId(shop.id), clock.now())).price
        yield say(f"bundles.why_{why}") if price is None else say("bundles.same", price=Money(price, shop.currency))


def _left(session: Session, shop: Shop, example: Example) -> tuple[str | None, str | None]:
    """What is left of the example after what its goods cost, and a warning where that is nothing; (None, None) where a cost is unknown."""
    say, costs = translator(shop), {(one.product_id, one.price): one.cost for one in margins.goods(session, shop.id, shop.currency)}
    known = [(costs.get((line.product_id, line.before.amount // line.quantity)), line.quantity) for line in example.lines]
    if any(cost is None for cost, _ in known):
        return None, None
    cost, paid = sum((cost or 0) * count for cost, count in known), example.after
    left = Money(paid.amount - cost, paid.currency)
    keeps = say("offers.keeps", paid=paid, left=left, rate_bp=left.amount * WHOLE // paid.amount) if paid.amount else None
    below = say("offers.warn_below_cost", cost=Money(cost, paid.currency), paid=paid) if left.amount < 0 else None
    return keeps if left.amount >= 0 else None, below


def _beside(shop: Shop, offer: Offer, others: Sequence[Offer], stock: Stock) -> Iterator[str]:
    """Where it meets the shop's other offers and friends' discounts, and what shoppers then get."""
    say, rivals = translator(shop), conflicts(offer, others, stock.products)
    if rivals:
        best = preferred(offer, rivals, stock)
        either = "either" if stock.best else "first"
        key = {True: "wins", False: "loses", None: either}[best]
        yield say(f"offers.warn_rivals_{key}", names=[one.title for one in rivals])
    apart = [one.title for one in (*others, offer) if "order" not in one.combines]
    if apart:
        yield say("offers.warn_no_friends", names=apart)


def _nobodys(shop: Shop, offer: Offer, products: Sequence[Product]) -> Iterator[str]:
    """Tags and vendors for which the offer is and that no product has: it is sound, and waits for one."""
    say, known = translator(shop), Catalogue(products)
    goods = [offer.goods, offer.basket.goods, *(part.goods for part in offer.parts)]
    tags = sorted({tag for one in goods for tag in one.tags if not known.named(Goods(tags=frozenset({tag})))})
    vendors = sorted({name for one in goods for name in one.vendors if not known.named(Goods(vendors=frozenset({name})))})
    names = [say("offers.say.tag", name=name) for name in tags] + [say("offers.say.vendor", name=name) for name in vendors]
    if names:
        yield say("offers.refused_unknown_group", names=names[:MOST_NAMED])


def _known(shop: Shop, offer: Offer) -> Iterator[str]:
    if offer.kind == "welcome" or offer.audience.referred:
        yield translator(shop)("offers.warn_referred")


def _stock(session: Session, shop: Shop, offer: Offer, stock: Stock) -> tuple[str | None, str | None]:
    """For how many bundles there are goods, and which of them run out first; a warning where there are none."""
    catalogue = Catalogue(stock.products)
    named = {one for part in offer.parts if not part.goods.everything for one in catalogue(part.goods)}
    if not 0 < len(named) <= MOST_COUNTED or any(part.goods.everything for part in offer.parts):
        return None, None
    known = {one.id: one for one in mirror.products(session, shop.id, sorted(named))}
    held = {one.id: None if any(variant.stock is None for variant in one.variants) else sum(variant.stock or 0 for variant in one.variants)
            for one in known.values()}
    found = left(offer, catalogue, held)
    if found is None:
        return None, None
    names = [known[one].title for one in found.short if one in known][:MOST_NAMED]
    told = translator(shop)("stock.left" if found.times else "stock.sold_out", count=found.times, names=names)
    return (told, None) if found.times else (None, told)


def _cuts(shop: Shop, whole: Whole) -> list[str]:
    """What the margin floor leaves of it, and beside what it does not stand for the floor's sake."""
    say = translator(shop)
    found = [say("offers.warn_cut", title=good.title, most_bp=most) for good, most in whole.room.cut[:MOST_NAMED]]
    if len(whole.room.cut) > MOST_NAMED:
        found.append(say("offers.warn_cut_more", count=len(whole.room.cut) - MOST_NAMED))
    found += [say("offers.warn_alone")] if whole.room.alone else []
    return found + ([say("margin.warn_strangers", names=list(whole.strangers[:MOST_NAMED]))] if whole.strangers else [])


def conflicts(offer: Offer, others: Iterable[Offer], products: Sequence[Product]) -> list[Offer]:
    """Live offers of which a shopper gets this one or the other: each unit of goods goes to one, and one is taken on the order and one
    on shipping."""
    if offer.stacks:
        return []
    rivals = [one for one in others if one.own_class == offer.own_class and not one.stacks and not one.code and not offer.code]
    if offer.own_class != "product":
        return rivals
    wanted = [one for one in products[:MOST_LOOKED_AT] if _wants(offer, one)] if rivals else []
    return [rival for rival in rivals if any(_wants(rival, one) for one in wanted)]


def _wants(offer: Offer, product: Product) -> bool:
    return any(reached(goods, product) for goods in named(offer))


def _screen(shop: Shop, offer: Offer, shown: Sequence[Example], block: str) -> str:
    """In the merchant's language, since the words of the shop's pages are those of its theme."""
    locale = locale_of(shop)
    heading = offer.title if offer.kind in IN_CART else texts.say(locale, f"theme.offer.heading_{block}")
    return render_template("offers/screen.html", t=partial(texts.say, locale), locale=locale, shop_name=shop.name or shop.domain,
                           heading=heading, offer=offer, examples=shown)
