"""Offers, goods and carts that the tests of the placements share."""

from datetime import datetime
from typing import Any
from uuid import UUID

from plugin.money import Money
from plugin.offers.rules.model import Benefit, Goods, Kind, Offer, Part, Step
from plugin.offers.rules.specs import Shelf

NOON = datetime(2026, 11, 2, 12)  # noqa: DTZ001 - the shop's wall clock
NUMBERS = [str(number) for number in range(101, 131)]
SHELF = Shelf({one: f"product-{one}" for one in NUMBERS}, {f"{one}1": one for one in NUMBERS},
              vendors={"Kiln": ["101", "102"]}, tags={"blue": ["103", "104"]})


def percent(rate: int) -> Benefit:
    return Benefit("percent", rate)


def off(amount: int, currency: str = "GBP") -> Benefit:
    return Benefit("amount", 0, (Money(amount, currency),))


def price(amount: int, currency: str = "GBP") -> Benefit:
    return Benefit("price", 0, (Money(amount, currency),))


def goods(*products: int) -> Goods:
    return Goods(products=frozenset(str(one) for one in products))


def offer(kind: Kind, *parts: Part, number: int = 1, **more: Any) -> Offer:  # noqa: ANN401 - Offer's own fields
    return Offer(UUID(int=number), number, kind, f"Offer {number}", parts=parts, **more)


KIT = offer("kit", Part(goods(101)), Part(goods(102)), whole=percent(1500), number=1)
TIERS = offer("tiers", number=2, goods=goods(101), steps=(Step(3, percent(1000)), Step(6, percent(2000))))
MIX = offer("mix", Part(goods(103, 104, 105), 3), number=3, whole=price(2500))
GET = offer("buy_get", Part(goods(101)), Part(goods(101), benefit=percent(5000)), number=4)
