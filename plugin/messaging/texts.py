"""Every sentence that a person reads, by locale. ``say("de-AT", "mail.earned.subject", reward=money)``.

The catalogue is ``locales/<locale>/<subject>.json``; a key is ``<subject>.<path inside the file>``. A slice that has something
of its own to say adds its own subject file, in every locale. A value is a text with ``{names}`` or, where it depends on
``count``, an object of plural forms by CLDR category ("one", "other", …).
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from plugin.errors import Broken
from plugin.money import Money

LOCALES = ("en", "de")
FALLBACK = "en"
_FOLDER = Path(__file__).parent / "locales"
_PLURAL_FORMS = frozenset({"zero", "one", "two", "few", "many", "other"})

Text = str | Mapping[str, str]


def say(locale: str | None, key: str, /, **values: object) -> str:
    """The text of ``key`` in ``locale``, else in its language, else in English.

    Money, datetime and int values are written as the locale writes them. ``count`` chooses the plural form.
    Raises Broken for a key that the English catalogue lacks or a value that the text wants and did not get.
    """
    spoken = closest(locale)
    text = _find(spoken, key)
    shown = {name: _shown(value, region(locale)) for name, value in values.items()}
    try:
        return _form(text, spoken, values.get("count")).format_map(shown)
    except KeyError as missing:
        raise Broken("a text lacks a value", key=key, value=str(missing)) from missing


def say_or(locale: str | None, key: str, otherwise: str, /, **values: object) -> str:
    """The text of ``key`` where there is one, else ``otherwise``: for words that are made elsewhere and may be new to us."""
    return say(locale, key, **values) if key in _catalogue(FALLBACK) else otherwise


def closest(locale: str | None) -> str:
    """The locale of ours that serves this one best: "de_AT" → "de", "xx" or None → "en"."""
    language = (locale or "").replace("_", "-").split("-")[0].lower()
    return language if language in LOCALES else FALLBACK


@lru_cache(maxsize=256)
def region(locale: str | None) -> str:
    """How numbers and dates are written: by the reader's own region if it speaks our language ("en-GB"), else by the language."""
    try:
        region = str(Locale.parse((locale or "").replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        return closest(locale)
    return region if region.split("_")[0] in LOCALES else closest(locale)


def preferred(accept_language: str | None) -> str:
    """The locale of ours that an Accept-Language header ranks first; English if none."""
    ranked = sorted(_ranked(accept_language or ""), key=lambda pair: -pair[1])
    return next((code for code, rank in ranked if rank > 0), FALLBACK)


def reward(locale: str | None, kind: str, *, basis_points: int | None = None, amount: Money | None = None) -> str:
    """What a reward is worth, in words: "10% off", "£5.00 store credit", "free shipping"."""
    if kind == "percentage":
        return say(locale, "reward.percentage", rate=percent(locale, basis_points or 0))
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


def _ranked(header: str) -> Iterator[tuple[str, Decimal]]:
    for part in header[:400].split(","):
        tag, _, parameter = part.strip().partition(";")
        language = tag.strip().split("-")[0].lower()
        if language in LOCALES:
            yield language, _rank(parameter)


def _rank(parameter: str) -> Decimal:
    quality = re.fullmatch(r"\s*q=([01](?:\.[0-9]{1,3})?)\s*", parameter)
    return Decimal(quality[1]) if quality else Decimal(0 if parameter.strip() else 1)


def _find(locale: str, key: str) -> Text:
    text = _catalogue(locale).get(key) or _catalogue(FALLBACK).get(key)
    if text is None:
        raise Broken("a text is missing", key=key)
    return text


def _form(text: Text, locale: str, count: object) -> str:
    if isinstance(text, str):
        return text
    if not isinstance(count, int):
        raise Broken("a text wants a count", text=text["other"])
    return text.get(Locale.parse(locale).plural_form(count), text["other"])


def _shown(value: object, locale: str) -> object:
    if isinstance(value, Money):
        return value.display(locale)
    if isinstance(value, datetime):
        return format_date(value.date(), format="long", locale=locale)
    if isinstance(value, int):
        return format_decimal(value, locale=locale)
    return value


@lru_cache(maxsize=len(LOCALES))
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
