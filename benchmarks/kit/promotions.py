"""Carts and offers that Tandem, Medusa and django-oscar can all be asked, and what is right where others are known to have been wrong.

An offer is ``{"products": […], "percent" | "amount": …}`` for each unit; with ``"buy": n, "get": n`` and perhaps ``"targets": […]`` it is a
buy X get Y. Amounts are cents.
"""

import random
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from plugin.offers.rules.cart import Line
from plugin.offers.rules.compiled import AMOUNT, CHEAPEST, GROUP, PERCENT, Amounts, Compiled, Gain, Rule, Set, Slot, packed
from tests.offers.cast import Case

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """``lines``: product, price, quantity. ``cents``: what must come off, in whatever order the lines are. ``source``: who reported it."""

    name: str
    source: str
    lines: tuple[tuple[int, int, int], ...]
    offers: tuple[Row, ...]
    cents: int


def _get(products: list[int], buy: int, get: int, **more: object) -> Row:
    """Free, if nothing else is said."""
    return {"products": products, "buy": buy, "get": get, **(more if "amount" in more else {"percent": 100} | more)}


KNOWN = (
    Known("buy 2, get 1 free: nine of one kind", "django-oscar 3344", ((1, 1000, 9),), (_get([1], 2, 1),), 3000),
    Known("buy 2, get the cheapest free: two kinds", "django-oscar 3344", ((1, 2000, 2), (2, 10000, 5)), (_get([1, 2], 2, 1),), 4000),
    Known("5.00 off each of three", "django-oscar 3649", ((1, 1200, 3),), ({"products": [1], "amount": 500},), 1500),
    Known("buy 2, get 5.00 off the third", "medusa 14934", ((1, 1200, 3),), (_get([1], 2, 1, amount=500),), 500),
    Known("buy 3, get 1 free: four added at once", "medusa 14432", ((1, 2300, 4),), (_get([1], 3, 1),), 2300),
    Known("buy 2, get 1 free: repeated", "medusa 13265", ((1, 1000, 6),), (_get([1], 2, 1),), 2000),
    Known("buy 4 of all, get the shirt free", "medusa 13431", ((1, 1000, 1), (2, 3000, 4)), (_get([1, 2], 4, 1, targets=[1]),), 1000),
    Known("buy 2 of three kinds, get one of them at 61 % off", "medusa 16396", ((1, 125, 1), (2, 125, 1), (3, 125, 1)),
          (_get([1, 2, 3], 2, 1, targets=[1], percent=61),), 76),
    Known("10 % off 25 at 0.11: whole cents", "", ((1, 11, 25),), ({"products": [1], "percent": 10},), 28),
    Known("a unit for one offer, and the better one stands second", "", ((1, 1000, 1), (2, 1000, 1)),
          ({"products": [1, 2], "percent": 10}, {"products": [1], "percent": 20}), 300),
    Known("one lamp, two offers that want it, and the better one stands second", "", ((1, 5000, 1), (2, 100, 1), (3, 2000, 1)),
          (_get([1], 1, 1, targets=[2]), _get([1], 1, 1, targets=[3], percent=50)), 1000),
)


def asked(one: Known) -> list[Row]:
    """One row for each order of the lines."""
    return [row(lines, one.offers) for lines in permutations(one.lines)]


def row(lines: tuple[tuple[int, int, int], ...], offers: tuple[Row, ...], rounds: int = 1) -> Row:
    told = [{"id": f"line-{at}", "product": product, "price": price, "quantity": count} for at, (product, price, count) in enumerate(lines)]
    return {"lines": told, "offers": list(offers), "rounds": rounds}


def crowded(lines: int, offers: int, rounds: int) -> Row:
    """Every offer is about a quarter of the goods: half of them buy 2 get 1 free, half so many percent off. All compete."""
    goods = [sorted(random.Random(at).sample(range(1, lines + 1), max(3, lines // 4))) for at in range(offers)]
    said = tuple(_get(own, 2, 1) if at % 2 else {"products": own, "percent": 5 + at} for at, own in enumerate(goods))
    return row(_cart(lines), said, rounds)


def open_to_all(lines: int, offers: int, rounds: int) -> Row:
    """Every offer is about all goods: buy 2, 3 or 4, get one at so many percent off."""
    goods = list(range(1, lines + 1))
    return row(_cart(lines), tuple(_get(goods, 2 + at % 3, 1, percent=100 - 3 * at) for at in range(offers)), rounds)


def _cart(lines: int) -> tuple[tuple[int, int, int], ...]:
    luck = random.Random(lines)
    return tuple((at + 1, luck.randrange(300, 9999), luck.randrange(1, 5)) for at in range(lines))


def case(one: Row) -> Case:
    """The same for our engine and for the Function."""
    lines = tuple(Line(line["id"], line["product"] * 10, line["product"], line["price"], line["quantity"]) for line in one["lines"])
    sets: list[Set] = [Set(everything=True)]
    rules = tuple(_rule(number, offer, sets) for number, offer in enumerate(one["offers"], 1))
    return Case(Compiled(packed("EUR"), {}, tuple(sets), rules), lines)


def _rule(number: int, offer: Row, sets: list[Set]) -> Rule:
    gain = Gain(PERCENT, offer["percent"] * 100) if "percent" in offer else Gain(AMOUNT, 0, Amounts(offer["amount"]))
    products: list[int] = offer["products"]
    slots = [Slot(_set(offer.get("targets") or products, sets), offer.get("get", 1), gain)]
    if "buy" in offer:
        slots.append(Slot(_set(products, sets), offer["buy"], Gain()))
    return Rule(number, GROUP, f"Offer {number}", slots=tuple(slots), pick=CHEAPEST)


def _set(products: list[int], sets: list[Set]) -> int:
    sets.append(Set(products=tuple(products)))
    return len(sets) - 1
