"""Every sentence that a person reads, by locale. ``say("de-AT", "mail.earned.subject", reward=money)``.

The catalogue is ``locales/<locale>/<subject>.json``; a key is ``<subject>.<path inside the file>``. A slice that has something
of its own to say adds its own subject file, in every locale. A value is a text with ``{names}`` or, where it depends on
``count``, an object of plural forms by CLDR category ("one", "other", …).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from plugin.errors import Broken
from plugin.locales import FALLBACK
from plugin.locales import LOCALES as LOCALES
from plugin.locales import closest as closest
from plugin.locales import region as region
from plugin.money import Money

_FOLDER = Path(__file__).parent / "locales"
_PLURAL_FORMS = frozenset({"zero", "one", "two", "few", "many", "other"})

Text = str | Mapping[str, str]


def say(locale: str | None, key: str, /, **values: object) -> str:
    """The text of ``key`` in ``locale``, else in its language, else in English.

    Money, datetime and int values are written as the locale writes them, ``…_bp`` as a percentage, lists as its enumerations.
    ``count`` chooses the plural form by the rules of the language that speaks.
    Raises Broken for a key that the English catalogue lacks or a value that the text wants and did not get.
    """
    spoken, text = _find(closest(locale), key)
    shown = {name: _shown(name, value, region(locale)) for name, value in values.items()}
    try:
        return _form(text, spoken, values.get("count")).format_map(shown)
    except KeyError as missing:
        raise Broken("a text lacks a value", key=key, value=str(missing)) from missing


def say_or(locale: str | None, key: str, otherwise: str, /, **values: object) -> str:
    """The text of ``key`` where there is one, else ``otherwise``: for words that are made elsewhere and may be new to us."""
    return say(locale, key, **values) if key in _catalogue(FALLBACK) else otherwise


def tell(locale: str | None, told: Mapping[str, Any]) -> str:
    """A stored sentence: ``key`` and the facts that it names, as ``Refused.plain`` keeps them."""
    return say(locale, told["key"], **{name: value for name, value in told.items() if name != "key"})


def reward(locale: str | None, kind: str, *, basis_points: int | None = None, amount: Money | None = None) -> str:
    """What a reward is worth, in words: "10% off", "£5.00 store credit", "5% store credit", "free shipping"."""
    if kind == "percentage":
        return say(locale, "reward.percentage", rate=percent(locale, basis_points or 0))
    if kind == "store_credit" and amount is None:
        return say(locale, "reward.store_credit", amount=percent(locale, basis_points or 0))
    return say(locale, f"reward.{kind}", amount=amount)


def percent(locale: str | None, basis_points: int) -> str:
    """1250 as the locale writes it: "12.5%", "12,5 %"."""
    return format_percent(Decimal(basis_points) / 10_000, locale=region(locale), decimal_quantization=False)


def keys(locale: str) -> frozenset[str]:
    """Every key of one locale's catalogue."""
    return frozenset(_catalogue(locale))


def raw(locale: str, key: str) -> Text:
    """A text with its ``{names}`` still in it, for tests of the catalogue."""
    return _catalogue(locale)[key]


def _find(locale: str, key: str) -> tuple[str, Text]:
    """The text and the locale that it is in: English where this one has not said it yet."""
    for spoken in (locale, FALLBACK):
        if key in _catalogue(spoken):
            return spoken, _catalogue(spoken)[key]
    raise Broken("a text is missing", key=key)


def _form(text: Text, locale: str, count: object) -> str:
    if isinstance(text, str):
        return text
    if not isinstance(count, int):
        raise Broken("a text wants a count", text=text["other"])
    return text.get(Locale.parse(locale, sep="-").plural_form(count), text["other"])


def _shown(name: str, value: object, locale: str) -> object:
    if isinstance(value, Money):
        return value.display(locale)
    if isinstance(value, datetime):
        return format_date(value.date(), format="long", locale=locale)
    if isinstance(value, int):
        return percent(locale, value) if name.endswith("_bp") else format_decimal(value, locale=locale)
    if isinstance(value, list | tuple):
        return format_list([str(one) for one in value], locale=locale)
    return value


@lru_cache(maxsize=16)
def _catalogue(locale: str) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for path in sorted((_FOLDER / locale).glob("*.json")):
        found.update(_flat(json.loads(path.read_text(encoding="utf-8")), path.stem))
    return found


def _flat(node: Any, key: str) -> Iterator[tuple[str, Text]]:  # noqa: ANN401 - whatever JSON holds
    if isinstance(node, str) or (isinstance(node, dict) and node and _PLURAL_FORMS.issuperset(node)):
        yield key, node
        return
    for name, child in node.items():
        yield from _flat(child, f"{key}.{name}")
