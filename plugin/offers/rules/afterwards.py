"""What a shopper may add to an order that is paid already, and what Shopify must be told for it to cost what was shown. Pure.

The missing part of a set costs what the checkout would have taken for it; what was bought stays as it was paid. Shopify charges the
difference, and no code that the shopper used is touched.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from plugin.mirror.rules import Product, Variant
from plugin.money import Money
from plugin.offers.rules.model import Offer
from plugin.offers.rules.sets import Goods, Where, cuts
from plugin.offers.rules.suggesting import Suggestion

SHOWN, UNITS = 2, 5
"""At most one offer and one smaller one after it; at most so many units, each of them a line of its own."""


@dataclass(frozen=True, slots=True)
class Extra:
    """``count`` units of ``variant`` for less. ``cuts``: off each unit, in minor units of the shop's currency."""

    number: int
    reason: str
    product: Product
    variant: Variant
    cuts: tuple[int, ...]

    @property
    def before(self) -> Money:
        return Money(self.variant.price.amount * len(self.cuts), self.variant.price.currency)

    @property
    def price(self) -> Money:
        return Money(self.before.amount - sum(self.cuts), self.before.currency)


@dataclass(frozen=True, slots=True)
class Paid:
    """``full``: products whose units were all bought at their price, so that nothing else took from them."""

    full: frozenset[str]
    where: Where


def extra(offer: Offer, found: Suggestion, goods: Goods, paid: Paid) -> Extra | None:
    """None where nothing would come off, or where what was bought should pay for it and was sold for less."""
    missing = found.missing
    if not 0 < missing.count <= UNITS:
        return None
    told = cuts(offer, (*found.had, missing), goods, paid.where)
    off = told.by_part.get(missing.part, 0)
    if not off or (told.carried and not paid.full.issuperset(row.product_id for row in found.had)):
        return None
    product, variant = goods[missing.product_id]
    units = Money(off, paid.where.currency).split([1] * missing.count)
    return Extra(offer.number, offer.title, product, variant, tuple(one.amount for one in units))


def in_turn(extras: Sequence[Extra]) -> list[Extra]:
    """The first, and for those who decline it the next one that costs less."""
    smaller = [one for one in extras[1:] if one.price.amount < extras[0].price.amount]
    return [*extras[:1], *smaller][:SHOWN]


def changes(found: Extra) -> str:
    """What Shopify is asked to add, as JSON. One unit a change: it is nowhere said whether a fixed amount is meant for a unit or a line.

    Written by hand, since amounts are JSON numbers with exactly the currency's digits.
    """
    title = json.dumps(found.reason)
    return "[" + ",".join(
        f'{{"type":"add_variant","variantId":{int(found.variant.id)},"quantity":1'
        + (f',"discount":{{"value":{Money(cut, found.before.currency).text()},"valueType":"fixed_amount","title":{title}}}' if cut else "")
        + "}" for cut in found.cuts) + "]"


def changeset(found: Extra, *, issuer: str, domain: str, reference: str, at: datetime) -> str:
    """The claims to sign. The same purchase and offer always have the same ``jti``, and Shopify applies a changeset once: a second tap, a
    repeated request or a copied token adds nothing. ``at`` must not lie before the purchase."""
    unique = uuid5(NAMESPACE_URL, f"https://{domain}/{reference}#{found.number}")
    told = json.dumps({"iss": issuer, "sub": reference, "jti": str(unique), "iat": int(at.timestamp())}, separators=(",", ":"))
    return f'{told[:-1]},"changes":{changes(found)}}}'

