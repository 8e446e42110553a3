"""Pairs: what a merchant may ask for, what Shopify is told, what the shop's pages read. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from uuid import UUID

from plugin.errors import Refused
from plugin.margin.rules import Take
from plugin.mirror.rules import Product

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
    """Both products, if they may be a pair. Raises Refused("pair") with the first fault."""
    if first is None or second is None:
        raise Refused("pair", "Both products must exist in this shop.", key="errors.pair_missing")
    if first.id == second.id:
        raise Refused("pair", "A pair needs two different products.", key="errors.pair_same")
    if not LEAST_RATE <= basis_points <= MOST_RATE:
        raise Refused("pair", "The discount must be from 1 to 90 per cent.", key="errors.pair_rate")
    return first, second


def title_of(first: str, second: str, taken: Collection[str]) -> str:
    """What shoppers read beside the discount: both products' names, with a number where another pair has that title."""
    title = re.sub(r'["\\]', "", f"{first[:100]} + {second[:100]}")  # it must fit into a quoted search
    numbers = (f"{title} ({number})" for number in count(2))
    return title if title not in taken else next(one for one in numbers if one not in taken)


def tag_of(pair_id: UUID) -> str:
    """The mark by which a discount at Shopify is known as this pair's, after a lost answer."""
    return f"tandem-{pair_id.hex}"


SHARDS = 10
"""Shopify takes 128 KB of JSON a metafield, and a page loads only the one it reads."""
CHOICES = 5
Choice = tuple[str, int, int]
"""The other product's handle, hundredths of a percent off the second, and 1 if this product is the first of the two."""


def placed(pairs: Iterable[PairTerms], handles: Mapping[str, str]) -> dict[str, dict[str, list[Choice]]]:
    """What the product page's block reads: per metafield, by product id, whom to show beside it; pairs that it leads first.

    Everything else (titles, prices, stock, pictures) the page has from Shopify itself, in the shopper's language and currency.
    ``handles``: of the products that are there; a pair with one that is not is left out.
    """
    found: dict[str, list[Choice]] = {}
    for pair in pairs:
        first, second = handles.get(pair.first_product_id), handles.get(pair.second_product_id)
        if first and second:
            found.setdefault(pair.first_product_id, []).append((second, pair.basis_points, 1))
            found.setdefault(pair.second_product_id, []).append((first, pair.basis_points, 0))
    shards: dict[str, dict[str, list[Choice]]] = {f"pairs_{number}": {} for number in range(SHARDS)}
    for product_id, choices in sorted(found.items()):
        shards[f"pairs_{int(product_id) % SHARDS}"][product_id] = sorted(choices, key=lambda choice: -choice[2])[:CHOICES]
    return shards
