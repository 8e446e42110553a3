"""The part of the builder's form that says for whom an offer is. Pure."""

import re
from collections.abc import Sequence
from typing import Any, Protocol

from plugin.offers.rules.checks import MOST_DAYS, MOST_HELD
from plugin.offers.rules.kinds import MOST_COUNT
from plugin.offers.rules.model import Audience, Cap

LONGEST_NAME, MOST_NAMES = 80, 250
_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,20}", re.ASCII)
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


class Typed(Protocol):
    """A form as ``filling`` reads it."""

    def text(self, name: str) -> str: ...
    def several(self, name: str) -> set[str]: ...
    def fault(self, name: str, key: str, **facts: object) -> None: ...
    def one_of(self, name: str, allowed: Sequence[Any]) -> Any: ...  # noqa: ANN401 - a word of a Literal
    def whole_number(self, name: str, *, least: int, most: int, otherwise: int = 0) -> int: ...


def audience(typed: Typed) -> Audience:
    """Faults are kept beside their fields."""
    who = typed.one_of("who", ("any", "referred", "not_referred"))
    return Audience(countries=frozenset(one.upper() for one in _names(typed, "countries")),
                    currencies=frozenset(one.upper() for one in _names(typed, "currencies")),
                    customer_tags=frozenset(_names(typed, "customer_tags")),
                    not_customer_tags=frozenset(_names(typed, "not_customer_tags")),
                    referred={"referred": True, "not_referred": False}.get(who or ""), holdout_bp=_share(typed, "holdout"),
                    markets=_markets(typed), campaigns=_ids(typed, "campaigns"), segments=_ids(typed, "segments"), cap=_cap(typed))


def _ids(typed: Typed, name: str) -> frozenset[str]:
    """Of campaigns and segments; whether the shop has them is found out when the offers are compiled."""
    told = typed.several(name)
    if len(told) > MOST_NAMES or not all(_ID.fullmatch(one) for one in told):
        typed.fault(name, "choice")
        return frozenset()
    return frozenset(told)


def _markets(typed: Typed) -> frozenset[str]:
    """By Shopify's digits; whether the shop has them is found out when the offers are configured."""
    told = typed.several("markets")
    if len(told) > MOST_NAMES or not all(_DIGITS.fullmatch(one) for one in told):
        typed.fault("markets", "choice")
        return frozenset()
    return frozenset(told)


def _cap(typed: Typed) -> Cap | None:
    times = typed.whole_number("cap_times", least=1, most=MOST_COUNT)
    days = typed.whole_number("cap_days", least=1, most=MOST_DAYS, otherwise=MOST_DAYS)
    return Cap(times, days) if times else None


def _share(typed: Typed, name: str) -> int:
    """Basis points; nothing is 0."""
    text = typed.text(name)
    found = _PERCENT.fullmatch(text)
    if text and not found:
        typed.fault(name, "holdout", most_bp=MOST_HELD)
    return int(found[1] + (found[2] or "").ljust(2, "0")) if found else 0


def _names(typed: Typed, name: str) -> list[str]:
    told = [" ".join(one.split()) for one in typed.text(name).split(",")]
    if len(told) > MOST_NAMES or any(len(one) > LONGEST_NAME or "\0" in one for one in told):
        typed.fault(name, "names")
    return [one for one in told if one]
