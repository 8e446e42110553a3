"""What the shop's orders choose for an offer, as the builder shows it: one page of it, each companion with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.mirror.rules import Product
from plugin.money import Money
from plugin.offers.admin.examples import Example, Shown, Stock
from plugin.offers.flows import drawing
from plugin.offers.flows.configuring import Whole
from plugin.offers.rules.drawing import Drawn, of
from plugin.offers.rules.model import Offer
from plugin.shops.tables import Shop
from plugin.web.errors import words
from plugin.web.shell import translator

CHOICES = 25


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the offer: ``set`` is what stands there as the merchant could have named it, None where nothing does. ``why``: each
    companion with its reason. ``notes``: on all pages together. ``choices``: pages to look at, those first that sell best."""

    product: Product | None
    set: Offer | None
    why: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()

    def example(self, stock: Stock) -> list[Example]:
        """Of one that takes nothing off: its goods at their price."""
        known = {one.id: one for one in stock.products}
        goods = [known[one] for part in self.set.parts for one in part.goods.products if one in known] if self.set else []
        if not goods:
            return []
        prices = [one.variants[0].price for one in goods]
        whole = Money(sum(one.amount for one in prices), stock.currency)
        return [Example(tuple(Shown(one.id, one.title, one.image, 1, price, price) for one, price in zip(goods, prices, strict=True)),
                        whole, whole)]


def page(session: Session, shop: Shop, offer: Offer, whole: Whole | None, products: Sequence[Product]) -> Page:
    """The page that the merchant asks to see, else the first one that shows it."""
    found: Drawn = whole.drawn.get(offer.id, {}) if whole else {}
    choices = drawing.pages_of(session, ShopId(shop.id), offer, products)[:CHOICES]
    known, asked = {one.id: one for one in products}, request.form.get("look_product", "")
    chosen = asked if asked in known else next(iter(found), choices[0].id if choices else "")
    mates = [one for one in found.get(chosen, ()) if one in known][:offer.drawn]
    notes = [translator(shop)("drawn.fits", count=len(found))] + ([] if offer.recommends else [translator(shop)("drawn.room")])
    reasons = _reasons(session, shop, offer, chosen, products) if mates else {}
    return Page(known.get(chosen), of(offer, [chosen, *mates]) if mates else None,
                tuple((known[one].title, reasons.get(one, "")) for one in mates), tuple(notes),
                tuple((one.id, one.title) for one in choices))


def _reasons(session: Session, shop: Shop, offer: Offer, page: str, products: Sequence[Product]) -> dict[str, str]:
    """By companion."""
    looked_at = [one for one in products if one.id == page]
    found = drawing.found_for(session, ShopId(shop.id), offer, looked_at, products, now=clock.now()) if looked_at else {}
    return {one.product_id: words(one.key, **one.facts) for some in found.values() for one in some}
