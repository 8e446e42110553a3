"""What a set of single products costs as the checkout would charge it, whoever asks for it outside a cart. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from plugin.errors import Refused
from plugin.mirror.rules import Product, Variant
from plugin.offers.rules.cart import Context, Line
from plugin.offers.rules.compiled import Compiled, carried
from plugin.offers.rules.compiling import Shop, compile_offers
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.model import OF_SETS, Offer
from plugin.offers.rules.reaching import marks, reached, tagged
from plugin.offers.rules.suggesting import Row

Goods = Mapping[str, tuple[Product, Variant]]
"""By product id, with the variant that is meant."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """``by_part``: minor units off all units of a row, by its ``part``. ``carried``: other goods of the set pay for what it gives."""

    by_part: Mapping[int, int]
    carried: bool


@dataclass(frozen=True, slots=True)
class Where:
    """The shop's currency and what its wall clock shows; ``marks``: what the shopper proves (docs/offers.md); ``named``: the marks of
    campaigns, by the ids under which offers name them. ``others``: what else is live, and ``best``, how it competes."""

    currency: str
    now: datetime
    marks: frozenset[int] = frozenset()
    named: Mapping[str, int] = field(default_factory=dict)
    others: Sequence[Offer] = ()
    best: bool = True


def cuts(offer: Offer, rows: Sequence[Row], goods: Goods, where: Where) -> Cuts:
    """What a cart of just these goods is charged less, by whichever offers. Nothing off where the engine refuses such a cart."""
    known = [goods[row.product_id][0] for row in rows]
    offers = [offer, *(one for one in where.others if one.number % OF_SETS != offer.number and _may_charge(one, known, where))]
    try:
        made = compile_offers(offers, _facts(offers, rows, goods, where))
        outcome = evaluate(made, [_line(row, goods, offer.number, made) for row in rows], Context(where.currency, marks=where.marks))
    except Refused:
        return Cuts({}, carried=False)
    own = next(rule for rule in made.rules if rule.number == offer.number)
    return Cuts({row.part: outcome.product(str(row.part)) for row in rows}, carried(own))


def _may_charge(offer: Offer, known: Sequence[Product], where: Where) -> bool:
    """Segments, tags and markets of a shopper are not known here; nor does a line come from another offer."""
    told = offer.audience
    if told.segments or told.customer_tags or told.not_customer_tags or told.markets or told.campaigns - set(where.named):
        return False
    sets = [part.goods for part in offer.parts] or [offer.goods]
    return not offer.marked and offer.kind != "upgrade" and all(any(reached(goods, one) for one in known) for goods in sets)


def _facts(offers: Sequence[Offer], rows: Sequence[Row], goods: Goods, where: Where) -> Shop:
    known = [goods[row.product_id][0] for row in rows]
    vendors = {vendor: frozenset(one.id for one in known if one.vendor == vendor) for vendor in {one.vendor for one in known} if vendor}
    tags = {tag: frozenset(id_ for other, id_ in tagged(known) if other == tag) for tag, _ in tagged(known)}
    asked = frozenset[str]().union(*(offer.collections for offer in offers))
    gathered = {one: frozenset(product.id for product in known if one in product.collections) for one in asked}
    return Shop(where.currency, where.now, vendors=vendors, tags=tags, collections=gathered, marks=where.named, best=where.best,
                caps={int(row.product_id): row.cap for row in rows})


def _line(row: Row, goods: Goods, number: int, made: Compiled) -> Line:
    product, variant = goods[row.product_id]
    return Line(str(row.part), int(variant.id), int(product.id), variant.price.amount, row.count, marks(product, made), number)
