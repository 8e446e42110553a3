"""The largest cart and the fullest configuration that must fit: 200 lines and 25 offers of one character or of all."""

import random
from collections.abc import Callable
from dataclasses import replace

from plugin.offers.rules import compiled
from plugin.offers.rules.cart import Line
from plugin.offers.rules.compiled import Amounts, Gain, Needs, Rule, Set, Slot, Step
from tests.function.cast import COLLECTIONS, CUSTOMER_TAGS, FIRST
from tests.offers.cast import FREE, Case, percent, price, shop

TITLE = "Offer number {}: the more, the better"


def tier(number: int, goods: int) -> Rule:
    steps = (Step(2, percent(500)), Step(5, percent(1000)), Step(10, percent(1500)))
    return Rule(number, compiled.TIER, TITLE.format(number), set=goods, scope=number % 3, steps=steps)


def buy_get(number: int, goods: int) -> Rule:
    slots = (Slot(goods, 1, percent(5000)), Slot(0 if number % 2 else goods, 2, Gain()))
    return Rule(number, compiled.GROUP, TITLE.format(number), slots=slots, pick=compiled.CHEAPEST)


def kit(number: int, goods: int) -> Rule:
    slots = (Slot(goods, 2, Gain()), Slot(max(1, goods - 1), 1, Gain()))
    return Rule(number, compiled.GROUP, TITLE.format(number), slots=slots, whole=price(2500))


def basket(number: int, _goods: int) -> Rule:
    return Rule(number, compiled.ORDER, TITLE.format(number), needs=Needs(amounts=Amounts(5000)), gain=percent(500))


def gift(number: int, goods: int) -> Rule:
    needs = Needs(amounts=Amounts(1000 * number))
    return Rule(number, compiled.GIFT, TITLE.format(number), needs=needs, limit=1, pick=compiled.CHOSEN, slots=(Slot(goods, 1, FREE),))


def mix(number: int, goods: int) -> Rule:
    return Rule(number, compiled.GROUP, TITLE.format(number), slots=(Slot(goods, 3, percent(1000)),))


def stacking(number: int, goods: int) -> Rule:
    return replace(mix(number, goods), stacks=True)


CHARACTERS: dict[str, tuple[Callable[[int, int], Rule], ...]] = {
    "mixed": (tier, buy_get, kit, basket, mix), "tiers": (tier,), "buy and get": (buy_get,), "kits": (kit,), "gifts": (gift,),
    "mixes": (mix,), "stacking": (stacking,),
}


def named(case: Case, *, more: int, apart: int) -> Case:
    """Each set names so many more goods, none of which is in the cart; their ids are so far apart."""
    def longer(at: int, one: Set) -> Set:
        return one if one.everything else replace(one, products=(*one.products, *(FIRST + at + (far + 300) * apart for far in range(more))))

    return replace(case, offers=replace(case.offers, sets=tuple(longer(at, one) for at, one in enumerate(case.offers.sets))))


def full(character: str, *, lines: int = 200, offers: int = 25, everything: bool = False) -> Case:
    """``everything``: every offer is about all goods, so that all of them compete for all lines."""
    luck = random.Random(5)
    products = [FIRST + at * 37_113 for at in range(lines)]
    makers = CHARACTERS[character]
    sets = [Set(everything=True)]
    for number in range(1, offers + 1):
        own = tuple(sorted(luck.sample(products, min(lines, 8))))
        sets.append(Set(True, without_marks=256) if everything else Set(products=own, with_marks=1 << number % 4 if number % 3 == 0 else 0))
    rules = [makers[number % len(makers)](number, number) for number in range(1, offers + 1)]
    cart = tuple(Line(f"line-{at}", product + 13, product, luck.randrange(300, 9999), luck.randrange(1, 5), luck.randrange(16))
                 for at, product in enumerate(products))
    return Case(replace(shop(sets, *rules), collections=COLLECTIONS, customer_tags=CUSTOMER_TAGS), cart)
