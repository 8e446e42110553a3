"""What merchants say, in few words, and what a cart then gets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from plugin.money import Money
from plugin.offers.rules.cart import Context, Line, Outcome
from plugin.offers.rules.checks import check
from plugin.offers.rules.compiling import Shop, compile_offers
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.model import Benefit, Goods, Offer, Part
from tests.offers.cast import EUR

NOW = datetime.fromisoformat("2026-11-22T12:00")
SHOP = Shop("EUR", NOW)


def euros(cents: int) -> Money:
    return Money(cents, "EUR")


def rate(basis_points: int) -> Benefit:
    return Benefit("percent", basis_points)


def off(cents: int, *others: Money) -> Benefit:
    return Benefit("amount", amounts=(euros(cents), *others))


def price(cents: int, *others: Money) -> Benefit:
    return Benefit("price", amounts=(euros(cents), *others))


FREE = Benefit("free")


def goods(*products: int, **more: Any) -> Goods:  # noqa: ANN401 - fields of Goods
    return Goods(products=frozenset(map(str, products)), **more)


def part(*products: int, count: int = 1, benefit: Benefit | None = None) -> Part:
    return Part(goods(*products), count, benefit)


def offer(kind: str, number: int = 1, **more: Any) -> Offer:  # noqa: ANN401 - fields of Offer
    return Offer(UUID(int=number), number, kind, f"Offer {number}", **more)  # type: ignore[arg-type]


def given(offers: Offer | Sequence[Offer], *lines: Line, shop: Shop = SHOP, context: Context = EUR) -> Outcome:
    """Checked, compiled and evaluated."""
    said = [offers] if isinstance(offers, Offer) else list(offers)
    return evaluate(compile_offers([check(one, shop.currency) for one in said], shop), lines, context)


def taken(outcome: Outcome) -> dict[int, int]:
    """Amount by product of ``cast.line``; nothing where nothing is taken."""
    return {int(line.split("-")[1]): sum(parts.values()) for line, parts in outcome.lines.items()}


def why(outcome: Outcome, number: int = 1) -> tuple[str, dict[str, int]]:
    told = next(one for one in outcome.told if one.number == number)
    return told.key, dict(told.facts)
