"""Pairs: what a merchant may ask for, what Shopify is told, what a shopper sees. Pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, TypedDict
from uuid import UUID

from plugin.errors import Refused
from plugin.margin.rules import Take
from plugin.mirror.rules import Product, Variant
from plugin.money import Money

LEAST_RATE, MOST_RATE = 100, 9000
BESIDE: frozenset[str] = frozenset({"order", "shipping"})
"""The discounts that may stand beside a pair's while the margin allows it: a friend's welcome and free shipping."""


@dataclass(frozen=True, slots=True)
class PairTerms:
    """Buy the first, get the second at ``basis_points`` off. ``combines``: discount classes that may stand beside it."""

    id: UUID
    first_product_id: str
    second_product_id: str
    basis_points: int
    combines: frozenset[str]
    title: str
    starts_at: datetime

    def take(self) -> Take:
        return Take(programme=self.title, kind="bundle", rate_bp=self.basis_points, own_class="product", combines=self.combines,
                    pair=(self.first_product_id, self.second_product_id))


def check(first: Product | None, second: Product | None, basis_points: int) -> tuple[Product, Product]:
    """Both products, if they may be a pair. Raises Refused("pair") with every fault."""
    faults = []
    if not LEAST_RATE <= basis_points <= MOST_RATE:
        faults.append("The discount must be from 1 to 90 per cent.")
    if first is not None and second is not None:
        if first.id == second.id:
            faults.append("A pair needs two different products.")
        if not faults:
            return first, second
    else:
        faults.append("Both products must exist in this shop.")
    raise Refused("pair", " ".join(faults))


def title_of(first: str, second: str, taken: Collection[str]) -> str:
    """What shoppers read beside the discount: both products' names, with a number where another pair has that title."""
    title = re.sub(r'["\\]', "", f"{first[:100]} + {second[:100]}")  # it must fit into a quoted search
    numbers = (f"{title} ({number})" for number in count(2))
    return title if title not in taken else next(one for one in numbers if one not in taken)


def tag_of(pair_id: UUID) -> str:
    """The mark by which a discount at Shopify is known as this pair's, after a lost answer."""
    return f"tandem-{pair_id.hex}"


class Price(TypedDict):
    amount: int
    display: str


def shown(pair: PairTerms, products: Sequence[Product], locale: str) -> dict[str, Any] | None:
    """What the product page's block shows, from the mirror: real titles, prices and pictures. None while either of the two
    cannot be bought, so that nothing is offered in vain."""
    known = {product.id: product for product in products}
    first, second = known.get(pair.first_product_id), known.get(pair.second_product_id)
    first_variant, second_variant = _buyable(first), _buyable(second)
    if first is None or second is None or first_variant is None or second_variant is None:
        return None
    saving = second_variant.price.percent(pair.basis_points)
    total = first_variant.price + second_variant.price - saving
    return {"first": _half(first, first_variant, locale), "second": _half(second, second_variant, locale),
            "discount_bp": pair.basis_points, "saving": _price(saving, locale), "total": _price(total, locale), "currency": total.currency}


def _buyable(product: Product | None) -> Variant | None:
    """The first variant that is in stock, or not counted, of a published product."""
    if product is None or product.status != "active":
        return None
    return next((variant for variant in product.variants if variant.stock is None or variant.stock > 0), None)


def _half(product: Product, variant: Variant, locale: str) -> dict[str, Any]:
    before = variant.compare_at if variant.compare_at and variant.compare_at > variant.price else None
    return {"product_id": product.id, "variant_id": variant.id, "title": product.title, "url": f"/products/{product.handle}",
            "image": product.image, "price": _price(variant.price, locale), "compare_at": _price(before, locale) if before else None}


def _price(money: Money, locale: str) -> Price:
    return {"amount": money.amount, "display": money.display(locale)}
