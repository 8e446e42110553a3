"""The form of a segment: a few rows, each a test and a value. What was typed, as conditions; conditions, as the form shows them. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import cast

from babel.core import get_global

from plugin.errors import Refused
from plugin.money import Money
from plugin.offers.rules.segments import COUNTED, FACTS, FOLDED, LARGEST, LONGEST_WORD, Condition, Fact, How
from plugin.offers.rules.segments import load as load
from plugin.people.rules import folded

ROWS = 4
TESTS = tuple(f"{fact}_{how}" for fact in FACTS for how in (("least", "most") if fact in COUNTED else ("any", "none")))
MONEY = frozenset({"spent", "average"})
FIELDS = ("name", *(f"{name}_{row}" for row in range(ROWS) for name in ("test", "value")))
_COMMAS = re.compile("[,\u060c\u3001\uff0c]")
"""Also those of Arabic and of East Asia."""
_WHOLE, _AMOUNT = re.compile(r"[0-9]{1,9}", re.ASCII), re.compile(r"[0-9]{1,10}(?:[.,][0-9]{1,4})?", re.ASCII)


def read(values: Mapping[str, str], currency: str) -> tuple[tuple[Condition, ...], tuple[str, ...]]:
    """The conditions that can be read, and the fields that cannot. A row says nothing where neither a test is chosen nor a value typed."""
    found: list[Condition] = []
    wrong: list[str] = []
    for row in range(ROWS):
        test, text = values.get(f"test_{row}", ""), values.get(f"value_{row}", "").strip()
        if not test and not text:
            continue
        if test not in TESTS:
            wrong.append(f"test_{row}")
            continue
        one = _condition(test, text, currency)
        if one is None:
            wrong.append(f"value_{row}")
        else:
            found.append(one)
    return tuple(found), tuple(wrong)


def filled(name: str, conditions: Sequence[Condition], currency: str) -> dict[str, str]:
    """The form of a segment; ``read`` of it is the same again."""
    values = {"name": name}
    for row, one in enumerate(conditions[:ROWS]):
        values |= {f"test_{row}": f"{one.fact}_{one.how}", f"value_{row}": _text(one, currency)}
    return values


def _condition(test: str, text: str, currency: str) -> Condition | None:
    named, _, how = test.rpartition("_")
    fact = cast(Fact, named)
    if fact in FOLDED:
        words = tuple(sorted({folded(word): " ".join(word.split()) for word in _COMMAS.split(text) if word.strip()}.values()))
        return Condition(fact, cast(How, how), words=words) if words and all(len(word) <= LONGEST_WORD for word in words) else None
    if fact not in COUNTED:
        words = tuple(sorted({word.strip().upper() for word in _COMMAS.split(text) if word.strip()}))
        known = words and set(words) <= set(get_global("territory_currencies"))
        return Condition(fact, cast(How, how), words=words) if known else None
    number = _amount(text, currency) if fact in MONEY else int(text) if _WHOLE.fullmatch(text) else None
    return None if number is None or number > LARGEST else Condition(fact, cast(How, how), number)


def _amount(text: str, currency: str) -> int | None:
    try:
        return Money.typed(text, currency).amount if _AMOUNT.fullmatch(text) else None
    except Refused:
        return None


def _text(one: Condition, currency: str) -> str:
    if one.fact not in COUNTED:
        return ", ".join(one.words)
    return Money(one.number, currency).text() if one.fact in MONEY else str(one.number)
