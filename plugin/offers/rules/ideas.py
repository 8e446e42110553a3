"""A first offer of each kind from the shop's own goods, filled in as the builder's form has it, so that it could be switched on as it is.
Pure; the merchant changes what they like."""

from collections.abc import Sequence
from dataclasses import dataclass

from plugin.mirror.rules import Product
from plugin.money import Money
from plugin.offers.rules.filling import Values, suggested
from plugin.offers.rules.model import Kind

MOST_MIXED = 5
FEWEST: dict[Kind, int] = {"shipping": 0, "basket": 0, "tiers": 1, "gift": 1, "mix": 2, "together": 2, "kit": 2, "buy_get": 2, "upgrade": 2,
                           "complete": 2, "welcome": 2}
"""So many different products a kind's first offer names."""


@dataclass(frozen=True, slots=True)
class Known:
    """``products`` on sale. ``first``: what to begin with, a product that sells; ``beside``: what goes with it, closest first; ``typical``:
    what a basket usually comes to, in minor units."""

    products: Sequence[Product]
    first: Product | None
    beside: Sequence[Product]
    typical: Money


def idea(kind: Kind, title: str, known: Known) -> Values | None:
    """None where the shop has too few goods on sale for it, or none whose price could say what a basket comes to."""
    if len(known.products) < FEWEST[kind] or (FEWEST[kind] and known.first is None) or not known.typical:
        return None
    values = suggested(kind, title)
    values |= {f"goods_{letter}": [] for letter in "abcd"}
    return values | (_goods(kind, known, known.first) if known.first else {}) | _numbers(kind, known)


def _goods(kind: Kind, known: Known, first: Product) -> Values:
    cheap = sorted(known.products, key=_price)
    beside = [one for one in (*known.beside, *cheap) if one.id != first.id]
    if kind == "tiers":
        return _named([[first]])
    if kind == "mix":
        return _named([cheap[:MOST_MIXED]]) | {"count_a": "3"}
    if kind == "gift":
        return _named([cheap[:1]])
    if kind == "upgrade":
        better = next((one for one in cheap if _price(one) > _price(first)), None)
        return _named([[better], [first]]) if better else _named([[first], beside[-1:]])
    if kind == "together":
        return _named([[first], beside[:1], [one for one in beside[1:] if one.id != beside[0].id][:1]])
    return _named([[first], beside[:1]]) if kind in ("kit", "buy_get", "complete", "welcome") else {}


def _numbers(kind: Kind, known: Known) -> Values:
    """Goals lie a little above what a basket usually comes to, so that they move somebody and are within reach."""
    if kind == "buy_get":
        return {"worth": "percent", "value": "50"}
    if kind in ("gift", "shipping"):
        return {"least_amount": rounded_up(known.typical, 12).text()}
    return {"least_amount": rounded_up(known.typical, 15).text(), "value": "5"} if kind == "basket" else {}


def rounded_up(amount: Money, tenths: int) -> Money:
    """``tenths`` tenths of it, up to a number that people choose: two digits, from thirty on the second 0 or 5."""
    whole, power = max(1, amount.amount * tenths // 10), 1
    while whole >= 100 * power:
        power *= 10
    step = power if whole < 30 * power else 5 * power
    return Money(-(-whole // step) * step, amount.currency)


def _named(places: Sequence[Sequence[Product]]) -> Values:
    return {f"goods_{letter}": [f"p:{one.id}" for one in goods] for letter, goods in zip("abcd", places, strict=False)}


def _price(product: Product) -> int:
    return product.variants[0].price.amount
