"""A reward that grows with the basket, as it is typed: from which basket on, and what it is then. Pure."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from plugin.errors import Refused
from plugin.margin.rules.earning import Height, check_steps
from plugin.money import Money
from plugin.rewards.rules import RewardTerms

Wrong = tuple[str, str, str]
"""Field, reason, plain English."""
_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?", re.ASCII)


def read_steps(typed: Iterable[tuple[str, str, str]], base: RewardTerms, currency: str) -> tuple[tuple[Height, ...], list[Wrong]]:
    """``typed``: (letter, from which basket on, what it is then), empty ones left out. All faults, and the steps where there are none,
    smallest first. ``base``: the reward below the first."""
    found: list[Height] = []
    wrong: list[Wrong] = []
    last = ""
    for letter, least, worth in typed:
        if least or worth:
            last = letter
            wrong += _one(letter, least, worth, base, currency=currency, into=found)
    if wrong or not found:
        return (), wrong
    ranked = sorted(found, key=lambda step: step.least.amount)
    try:
        check_steps([Height(Money.zero(currency), base.basis_points, base.amount), *ranked])
    except Refused as refused:
        return (), [(f"worth_{last}", refused.reason, refused.message)]
    return tuple(ranked), []


def _one(letter: str, least: str, worth: str, base: RewardTerms, *, currency: str, into: list[Height]) -> Sequence[Wrong]:
    if base.kind not in ("percentage", "fixed", "store_credit"):
        return [(f"worth_{letter}", "grows", "Only a percentage, an amount or store credit can grow with the basket.")]
    from_basket = _amount(least, currency)
    value = RewardTerms(base.kind, _share(worth)) if base.basis_points is not None and _share(worth) else None
    if base.amount is not None and (amount := _amount(worth, currency)) is not None:
        value = RewardTerms(base.kind, amount=amount)
    wrong = [] if from_basket else [(f"from_{letter}", "basket", "From which basket on? An amount such as 50.00.")]
    if value is None:
        wrong.append((f"worth_{letter}", "sort", "A step is of the same sort as the reward itself: a percentage or an amount."))
    elif from_basket:
        into.append(Height(from_basket, value.basis_points, value.amount))
    return wrong


def _amount(text: str, currency: str) -> Money | None:
    """None for what is no amount above zero."""
    try:
        amount = Money.typed(text, currency)
    except Refused:
        return None
    return amount if amount.amount > 0 else None


def _share(text: str) -> int | None:
    """Basis points above zero, at most all of it."""
    found = _PERCENT.fullmatch(text)
    share = int(Decimal(f"{found[1]}.{found[2] or 0}").scaleb(2)) if found else 0
    return share if 0 < share <= 10_000 else None
