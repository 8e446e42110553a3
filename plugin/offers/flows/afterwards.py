"""What a purchase that has just been paid may be added to; see ``rules.afterwards``."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product, Variant
from plugin.money import Money
from plugin.offers import tables
from plugin.offers.flows import showing
from plugin.offers.flows.configuring import wall
from plugin.offers.rules.afterwards import Extra, Paid, extra, in_turn
from plugin.offers.rules.drawing import of
from plugin.offers.rules.model import Offer
from plugin.offers.rules.sets import Where
from plugin.offers.rules.suggesting import Suggestion
from plugin.shopify.verify import Bought, Purchase
from plugin.shops import tables as shops

LOOKED_AT = 10
"""Offers that are worked out to find one and a smaller one."""


def extras(session: Session, shop_id: ShopId, bought: Purchase) -> list[Extra]:
    """At most two. None in another currency than the shop's: Shopify shows no such page there, and the amounts would not be ours."""
    currency = shops.get(session, shop_id).currency
    if {bought.currency, bought.shown} != {currency}:
        return []
    held: dict[str, int] = {}
    for line in bought.lines:
        held[line.product_id] = held.get(line.product_id, 0) + line.quantity
    known = {one.id: one for one in mirror.products(session, shop_id, list(held))}
    variants = _bought(bought.lines, known)
    paid = Paid(_full(bought, variants), Where(currency, wall(session, shop_id, clock.now())))
    offers = {version.offer().number: version.offer() for version in tables.in_force(session, shop_id).values()}
    found = []
    for one, product, variant in showing.suggestions(session, shop_id, held, LOOKED_AT):
        goods = {id: (known[id], variants[id]) for id in held if id in variants} | {product.id: (product, variant)}
        if all(row.product_id in goods for row in one.had):
            found.append(extra(_concrete(offers[one.number], one), one, goods, paid))
    return in_turn([one for one in found if one])


def _concrete(offer: Offer, found: Suggestion) -> Offer:
    """Of one that is drawn, the set that is looked at."""
    return of(offer, [row.product_id for row in (*found.had, found.missing)]) if offer.drawn else offer


def chosen(session: Session, shop_id: ShopId, bought: Purchase, number: int, price: str) -> Extra:
    """The offer that was shown at this price. Raises Refused("gone") if it is no longer so."""
    for one in extras(session, shop_id, bought):
        if one.number == number and one.price.text() == price:
            return one
    raise Refused("gone", "This is no longer offered as it was shown.", key="errors.not_found")


def _bought(lines: Sequence[Bought], known: Mapping[str, Product]) -> dict[str, Variant]:
    """By product the variant that was bought; of several the cheapest, so that no offer gives more than any of them would."""
    found: dict[str, Variant] = {}
    for line in lines:
        of = known[line.product_id].variants if line.product_id in known else ()
        mine = next((one for one in of if one.id == line.variant_id), None)
        if mine and (line.product_id not in found or mine.price.amount < found[line.product_id].price.amount):
            found[line.product_id] = mine
    return found


def _full(bought: Purchase, variants: Mapping[str, Variant]) -> frozenset[str]:
    """Products of which every line cost its price. A second variant counts as less: its price is not looked at."""
    less = {line.product_id for line in bought.lines if line.product_id not in variants or line.variant_id != variants[line.product_id].id
            or Money.parse(line.paid, bought.currency).amount < variants[line.product_id].price.amount * line.quantity}
    return frozenset(variants) - less
