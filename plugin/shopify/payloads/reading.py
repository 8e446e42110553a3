"""Reading JSON that anybody may have written: each field with its type and its limits, every fault a Refused.

Nothing here raises anything but Refused("payload"), whatever the bytes are.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from plugin.errors import Refused
from plugin.money import Money, exponent
from plugin.shopify import gid

LONGEST = 2 * 1024 * 1024
LONGEST_NUMBER = 20
MOST_ITEMS = 5_000
_MOST_UNITS = 10_000_000
MOST_TAGS, LONGEST_TAG = 250, 255
"""As many, and as long, as Shopify lets a product or a customer have."""


class Number(str):
    """A JSON number with a point or an exponent, as written: money must not pass through binary fractions."""

    __slots__ = ()


def refuse(where: str, why: str) -> NoReturn:
    raise Refused("payload", f"{where}: {why}.")


def parse(raw: bytes) -> "Fields":
    """The JSON object in ``raw``: UTF-8, no duplicate keys, no NaN, no numbers beyond 20 digits."""
    if len(raw) > LONGEST:
        refuse("body", "too long")
    try:
        told = json.loads(raw.decode("utf-8"), object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer,
                          parse_float=_fraction)
    except (UnicodeDecodeError, ValueError, RecursionError):
        refuse("body", "not JSON")
    if not isinstance(told, dict):
        refuse("body", "not an object")
    return Fields(told)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) != len(pairs):
        refuse("body", "the same key twice")
    return told


def _constant(text: str) -> NoReturn:
    refuse("body", f"{text} is no number")


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        refuse("body", "a number is too long")
    return int(text)


def _fraction(text: str) -> Number:
    return Number(text)


class Fields:
    """One JSON object and where it stood. Every reader gives the default for a missing or null field."""

    __slots__ = ("told", "where")

    def __init__(self, told: Mapping[str, Any], where: str = "body") -> None:
        self.told = told
        self.where = where

    def __contains__(self, name: str) -> bool:
        return self.told.get(name) is not None

    def _at(self, name: str) -> str:
        return f"{self.where}.{name}"

    def text(self, name: str, *, longest: int = 300) -> str | None:
        """Text that both databases can keep, cut to ``longest``; blank means None. Refuses NUL and lone surrogates."""
        value = self.told.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or isinstance(value, Number):
            refuse(self._at(name), "not text")
        return clean(value, self._at(name))[:longest].strip() or None

    def need_text(self, name: str, *, longest: int = 300) -> str:
        return self.text(name, longest=longest) or refuse(self._at(name), "missing")

    def flag(self, name: str) -> bool:
        value = self.told.get(name)
        if value is not None and not isinstance(value, bool):
            refuse(self._at(name), "neither true nor false")
        return bool(value)

    def whole(self, name: str, *, least: int = 0, most: int = _MOST_UNITS) -> int | None:
        """A whole number within limits."""
        value = self.told.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            refuse(self._at(name), f"not a whole number from {least} to {most}")
        return value

    def need_whole(self, name: str, *, least: int = 0, most: int = _MOST_UNITS) -> int:
        value = self.whole(name, least=least, most=most)
        return refuse(self._at(name), "missing") if value is None else value

    def time(self, name: str) -> datetime | None:
        """ISO 8601 with its offset, as aware UTC."""
        value = self.text(name, longest=64)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                refuse(self._at(name), "a time without its zone")
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            refuse(self._at(name), "not a time")

    def need_time(self, name: str) -> datetime:
        return self.time(name) or refuse(self._at(name), "missing")

    def id(self, name: str, kind: str) -> str | None:
        """The digits of an id given as number, digits or gid of ``kind``."""
        value = self.told.get(name)
        if value is None:
            return None
        try:
            found = gid.digits(value, kind)
        except Refused:
            refuse(self._at(name), f"not an id of {kind}")
        if not 0 < int(found) < 2**63:
            refuse(self._at(name), "an id out of range")
        return str(int(found))

    def own_id(self, kind: str) -> str:
        """This object's id: the gid where given, since JSON writers round long numbers."""
        told = self.told.get("admin_graphql_api_id")
        name = "admin_graphql_api_id" if isinstance(told, str) and told.startswith("gid:") else "id"
        return self.id(name, kind) or refuse(self._at("id"), "missing")

    def child(self, name: str) -> "Fields | None":
        value = self.told.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            refuse(self._at(name), "not an object")
        return Fields(value, self._at(name))

    def ids(self, name: str, kind: str) -> tuple[str, ...]:
        return tuple(Fields({"id": value}, self._at(name)).own_id(kind) for value in self._list(name))

    def children(self, name: str) -> "Iterator[Fields]":
        for index, value in enumerate(self._list(name)):
            if not isinstance(value, dict):
                refuse(f"{self._at(name)}[{index}]", "not an object")
            yield Fields(value, f"{self._at(name)}[{index}]")

    def texts(self, name: str, *, longest: int = 300) -> tuple[str, ...]:
        values = self._list(name)
        if not all(isinstance(value, str) and not isinstance(value, Number) for value in values):
            refuse(self._at(name), "not a list of texts")
        return tuple(clean(value, self._at(name))[:longest] for value in values)

    def _list(self, name: str) -> list[Any]:
        value = self.told.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > MOST_ITEMS:
            refuse(self._at(name), f"not a list of at most {MOST_ITEMS}")
        return value

    def money(self, name: str, currency: str) -> Money | None:
        """The shop's money: NAME_set.shop_money where given, else NAME, in ``currency``; another currency is refused."""
        both = self.child(f"{name}_set")
        shop_money = both.child("shop_money") if both else None
        if shop_money is None:
            return self._amount(name, currency)
        if shop_money.text("currency_code") not in (None, currency):
            refuse(shop_money.where, f"not in {currency}")
        return shop_money._amount("amount", currency)

    def need_money(self, name: str, currency: str) -> Money:
        amount = self.money(name, currency)
        return refuse(self._at(name), "missing") if amount is None else amount

    def _amount(self, name: str, currency: str) -> Money | None:
        value = self.told.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int):
            refuse(self._at(name), "not money")
        try:
            return Money.parse(str(value), currency)
        except Refused as fault:
            refuse(self._at(name), fault.message)


def clean(value: str, where: str) -> str:
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        refuse(where, "letters that no database keeps")
    return value


def currency_code(text: str) -> str:
    """``text``, if it is a currency that we can book."""
    try:
        exponent(text)
    except Refused as fault:
        refuse("body.currency", fault.message)
    return text


def only_id(fields: Fields, kind: str) -> str:
    """The id of a body that says no more. One that does is another event's, replayed under this topic."""
    if set(fields.told) - {"id", "admin_graphql_api_id", "tax_exemptions"}:
        refuse(fields.where, "more than an id")
    return fields.own_id(kind)


def listed_tags(fields: Fields) -> tuple[str, ...]:
    """Of a product or a customer, told as one text with commas."""
    told = fields.text("tags", longest=MOST_TAGS * LONGEST_TAG) or ""
    return tuple(sorted({tag.strip()[:LONGEST_TAG] for tag in told.split(",") if tag.strip()}))[:MOST_TAGS]
