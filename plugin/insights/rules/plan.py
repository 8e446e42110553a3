"""What a merchant types into the planner, read field by field; what cannot be read is named and the rest still counts. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from plugin.errors import Refused
from plugin.insights.rules.breakeven import Effort, Unit
from plugin.insights.rules.funnel import PER_ADVOCATE, SHARING_BP
from plugin.insights.rules.intervals import ONE_PERCENT, WHOLE
from plugin.money import Money

MONEY = ("hour_cost", "fees", "margin", "reward", "discount")
RATES = ("conversion", "sharing", "anyway")
COUNTS = ("hours", "per_advocate")
FIELDS = ("hours", "hour_cost", "fees", "margin", "reward", "discount", "conversion", "per_advocate", "sharing", "anyway")
MOST_HOURS, MOST_FRIENDS = 744, 1000  # a month has no more hours
_NUMBER = re.compile(r"([0-9]{1,6})(?:[.,]([0-9]{1,4}))?")


@dataclass(frozen=True, slots=True)
class Inputs:
    """``unit`` None: the margin of a referred customer is neither typed nor known. ``faults``: field → a stable word for what is wrong."""

    effort: Effort
    unit: Unit | None
    conversion_bp: int | None
    per_advocate: Fraction
    sharing: Fraction
    anyway_bp: int
    faults: Mapping[str, str] = field(default_factory=dict)


def read(typed: Mapping[str, str], currency: str) -> Inputs:
    """Empty fields are zero, or the assumption of ``rules.funnel``; so are those that cannot be read, beside their fault."""
    faults: dict[str, str] = {}
    money = {name: _money(typed.get(name, ""), currency, name, faults) for name in MONEY}
    rates = {name: _rate(typed.get(name, ""), name, faults) for name in RATES}
    hours = _count(typed.get("hours", ""), "hours", MOST_HOURS, faults)
    per_advocate = _count(typed.get("per_advocate", ""), "per_advocate", MOST_FRIENDS, faults)
    if per_advocate == 0:
        faults["per_advocate"] = "zero"
    for name in ("conversion", "sharing"):
        if rates[name] == 0:
            faults[name] = "zero"
    margin = money["margin"]
    unit = None if margin is None else Unit(margin, money["reward"] or 0, money["discount"] or 0)
    return Inputs(Effort(hours or Fraction(0), money["hour_cost"] or 0, money["fees"] or 0), unit, rates["conversion"] or None,
                  per_advocate or PER_ADVOCATE, Fraction(rates["sharing"] or SHARING_BP, WHOLE), rates["anyway"] or 0, faults)


def _money(text: str, currency: str, name: str, faults: dict[str, str]) -> int | None:
    """Only a margin may be below zero."""
    if not text.strip():
        return None
    try:
        amount = Money.typed(text, currency).amount
    except Refused:
        faults[name] = "money"
        return None
    if amount < 0 and name != "margin":
        faults[name] = "negative"
        return None
    return amount


def _number(text: str) -> Fraction | None:
    found = _NUMBER.fullmatch(text)
    return Fraction(Decimal(f"{found[1]}.{found[2] or 0}")) if found and text.isascii() else None


def _count(text: str, name: str, most: int, faults: dict[str, str]) -> Fraction | None:
    number = _number(text.strip())
    if text.strip() and (number is None or number > most):
        faults[name] = "number"
        return None
    return number


def _rate(text: str, name: str, faults: dict[str, str]) -> int | None:
    """Basis points of a percentage as people write it."""
    stripped = text.strip().removesuffix("%").strip()
    number = _number(stripped)
    if stripped and (number is None or number * ONE_PERCENT > WHOLE):
        faults[name] = "percent"
        return None
    return None if number is None else int(number * ONE_PERCENT)
