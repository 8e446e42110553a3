"""The part of the builder's form that says how much: shares, amounts, and the same in other currencies. Pure.

An amount that is fixed in other currencies is typed beside it, such as "EUR 12.00, USD 13.50"; in all others the checkout converts it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from plugin.errors import Refused
from plugin.money import Money
from plugin.offers.rules.filling_whom import Typed
from plugin.offers.rules.model import Benefit, Worth

AMOUNTS = ("value", *(f"value_{letter}" for letter in "abcde"), "least_amount")
ALSO = tuple(f"{name}_also" for name in AMOUNTS)
"""Beside each field of an amount, what it is in other currencies."""
_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?", re.ASCII)
_AMOUNT = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,4})?", re.ASCII)
_ITEM = re.compile(rf"\s*(?:([A-Za-z]{{3}})\s*({_AMOUNT.pattern})|({_AMOUNT.pattern})\s*([A-Za-z]{{3}}))\s*(?:[,;]|$|(?=\s))", re.ASCII)


class Priced(Typed, Protocol):
    """A form of a shop. ``sold``: the currencies that it sells in, empty where that is not known."""

    currency: str
    sold: frozenset[str]


def benefit(typed: Priced, worth: Worth, name: str) -> Benefit:
    """Faults are kept beside their fields."""
    if worth in ("free", "percent"):
        if typed.text(f"{name}_also"):
            typed.fault(f"{name}_also", "also_share")
        return Benefit("free") if worth == "free" else Benefit("percent", _share(typed, name))
    amount = _money(typed, name)
    if amount is None or amount.amount <= 0:
        typed.fault(name, "worth")
    return Benefit(worth, amounts=_with_others(typed, name, amount))


def least(typed: Priced) -> tuple[Money, ...]:
    """What the cart must come to; nothing where no amount is asked for."""
    amount = _money(typed, "least_amount")
    if amount is None and (typed.text("least_amount") or typed.text("least_amount_also")):
        typed.fault("least_amount", "worth")
    return _with_others(typed, "least_amount", amount if amount and amount.amount else None)


def also(amounts: Sequence[Money]) -> str:
    """As ``benefit`` and ``least`` read it: what is fixed in other currencies than the shop's, which is the first."""
    return ", ".join(f"{one.currency} {one.text()}" for one in amounts[1:])


def _share(typed: Priced, name: str) -> int:
    found = _PERCENT.fullmatch(typed.text(name))
    rate = int(found[1] + (found[2] or "").ljust(2, "0")) if found else 0
    if not 1 <= rate <= 10_000:
        typed.fault(name, "rate")
    return rate


def _money(typed: Priced, name: str) -> Money | None:
    return _parsed(typed.text(name), typed.currency)


def _parsed(text: str, currency: str) -> Money | None:
    """None for what is no amount of this currency, such as half a yen."""
    try:
        return Money.typed(text, currency) if _AMOUNT.fullmatch(text) else None
    except Refused:
        return None


def _with_others(typed: Priced, name: str, amount: Money | None) -> tuple[Money, ...]:
    """The shop's own amount first; the others in the order of their currencies."""
    if amount is None:
        return ()
    items = _items(typed.text(f"{name}_also"))
    found = [_parsed(text, currency) for currency, text in items or ()]
    others = [one for one in found if one is not None and one.amount > 0]
    if items is None or len(others) < len(items):
        typed.fault(f"{name}_also", "also")
    for key, names in _wrong(typed, [one.currency for one in others]):
        typed.fault(f"{name}_also", key, names=names)
        return (amount,)
    return (amount, *sorted(others, key=lambda one: one.currency))


def _items(text: str) -> list[tuple[str, str]] | None:
    """Currencies and what was typed beside each; None where that cannot be told."""
    found, at = [], 0
    while at < len(text):
        item = _ITEM.match(text, at)
        if item is None:
            return None
        found.append(((item[1] or item[4]).upper(), item[2] or item[3]))
        at = item.end()
    return found


def _wrong(typed: Priced, currencies: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    if typed.currency in currencies:
        yield "also_own", [typed.currency]
    if twice := sorted({one for one in currencies if currencies.count(one) > 1}):
        yield "also_twice", twice
    if unsold := sorted(set(currencies) - typed.sold - {typed.currency}) if typed.sold else []:
        yield "also_unsold", unsold
