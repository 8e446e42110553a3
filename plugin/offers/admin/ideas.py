"""What to start from: of each kind an offer of the shop's own goods, with its sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.margin.rules.guard import Room
from plugin.mirror.rules import Product
from plugin.money import Money
from plugin.offers.admin.examples import on_sale
from plugin.offers.admin.wording import sentence
from plugin.offers.flows.configuring import known_products
from plugin.offers.mining import flows as mining
from plugin.offers.rules import filling, ideas
from plugin.offers.rules.filling import Values
from plugin.offers.rules.model import KINDS, Kind
from plugin.offers.tables.baskets import baskets
from plugin.shops.tables import Shop
from plugin.web.shell import translator

LATELY, MOST_BASKETS, USUAL = timedelta(days=60), 200, 3
"""Without orders a basket is taken to be three middling products."""


@dataclass(frozen=True, slots=True)
class Start:
    """``words``: what the idea says; None where the shop has no goods for it."""

    kind: Kind
    words: str | None


def starts(session: Session, shop: Shop, kinds: Sequence[Kind] = KINDS, *, now: datetime) -> list[Start]:
    known = _known(session, shop, now)
    return [Start(kind, _words(session, shop, kind, ideas.idea(kind, _title(shop, kind), known))) for kind in kinds]


def idea(session: Session, shop: Shop, kind: Kind, *, now: datetime) -> Values | None:
    return ideas.idea(kind, _title(shop, kind), _known(session, shop, now))


def _title(shop: Shop, kind: Kind) -> str:
    return translator(shop)(f"offers.kind_{kind}")


def _words(session: Session, shop: Shop, kind: Kind, values: Values | None) -> str | None:
    offer = filling.read(values, kind, shop.currency).offer if values else None
    return sentence(session, shop, offer) if offer else None


def _known(session: Session, shop: Shop, now: datetime) -> ideas.Known:
    products = list(on_sale(shop.currency, known_products(session, ShopId(shop.id)), Room(), now).products)
    by_id, by_price = {one.id: one for one in products}, sorted(products, key=lambda one: (one.variants[0].price.amount, one.id))
    middle = by_price[len(by_price) // 2] if by_price else None
    sold = _suggested(session, shop, [], by_id) if products else []
    first = sold[0] if sold else middle
    beside = _suggested(session, shop, [first.id], by_id) if first else []
    return ideas.Known(products, first, beside, _typical(session, shop, by_id, middle, now))


def _suggested(session: Session, shop: Shop, ids: list[str], by_id: dict[str, Product]) -> list[Product]:
    return [by_id[one.product_id] for one in mining.suggest(session, ShopId(shop.id), ids, market=None, limit=3) if one.product_id in by_id]


def _typical(session: Session, shop: Shop, by_id: dict[str, Product], middle: Product | None, now: datetime) -> Money:
    """The middle one of the last baskets, at today's prices."""
    lately = baskets(session, shop.id, since=now - LATELY, limit=MOST_BASKETS)
    sums = sorted(filter(None, (sum(by_id[one].variants[0].price.amount * count for one, count in basket.units if one in by_id)
                                for basket in lately)))
    usual = USUAL * middle.variants[0].price.amount if middle else 0
    return Money(sums[len(sums) // 2] if sums else usual, shop.currency)
