"""Whole numbers only: rounding, splits, and what an amount is in the cart's currency. docs/offers.md states each rule once."""

import re
from collections.abc import Sequence

from plugin.errors import Refused
from plugin.offers.rules.compiled import Amounts

WHOLE = 10_000
RATE_DIGITS = 12
_RATE = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,30}))?")


def half_up(top: int, bottom: int) -> int:
    """``top / bottom`` to the nearest whole number, halves up. Both are not negative."""
    return (2 * top + bottom) // (2 * bottom)


def split(whole: int, weights: Sequence[int]) -> list[int]:
    """``whole`` in proportion to ``weights``, summing exactly: what is left of rounding down goes to the largest remainders, the
    earliest first. Nothing where all weights are zero. No part is larger than its weight while ``whole`` is not above their sum."""
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    parts = [whole * weight // total for weight in weights]
    ranked = sorted(range(len(weights)), key=lambda at: (-(whole * weights[at] % total), at))
    for at in ranked[: whole - sum(parts)]:
        parts[at] += 1
    return parts


def rate_of(text: str) -> tuple[int, int]:
    """Decimal text as (top, bottom); digits beyond the twelfth after the point are cut. Raises Refused("rate") else."""
    found = _RATE.fullmatch(text)
    if found is None:
        raise Refused("rate", f"{text[:40]!r} is not a rate of exchange.", key="offers.cart_rate")
    after = (found[2] or "")[:RATE_DIGITS]
    top = int(found[1] + after)
    if top == 0:
        raise Refused("rate", "A rate of exchange cannot be zero.", key="offers.cart_rate")
    return top, int("1" + "0" * len(after))


def converted(amounts: Amounts, currency: int, *, rate: tuple[int, int], shift: int) -> int:
    """Minor units in the cart's currency: fixed where the merchant fixed it, else by the rate, rounded half up.

    ``shift``: digits of the cart's currency minus those of the shop's.
    """
    if currency in amounts.fixed:
        return amounts.fixed[currency]
    top, bottom = rate
    return half_up(amounts.base * top * 10 ** max(0, shift), bottom * 10 ** max(0, -shift))
