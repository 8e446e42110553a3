"""What the address of a list asks for, read strictly and written canonically. Pure.

An address is filters, a search, a sort and perhaps a place: ``?state=open&period=30&q=%231001&sort=-placed&after=…``. What is
not understood is left out, so that every address shows a list, and the canonical form of what it shows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from plugin.errors import Refused
from plugin.money import Money

LONGEST_SEARCH = 320
LONGEST_PLACE = 120
PRESETS = ("7", "30", "90", "365")
"""Periods by name: so many days back from now."""

Value = datetime | int | str | UUID


@dataclass(frozen=True, slots=True)
class Order:
    """A sort: its name in the address, and of what kind its values and the ids are."""

    name: str
    value: type[Value]


@dataclass(frozen=True, slots=True)
class Grammar:
    """What the address of one list may say. ``choices``: name → values, None for any id; ``periods`` and ``amounts`` by their names.
    The first sort, newest or largest first, is the default."""

    sorts: tuple[Order, ...]
    key: type[Value]
    choices: Mapping[str, tuple[str, ...] | None]
    period: bool = True
    amount: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """The row at the edge of a page. ``back``: the page before it is wanted, not the one after it."""

    value: Value
    id: Value
    back: bool = False

    def text(self) -> str:
        return f"{_written(self.value)}~{_written(self.id)}"


@dataclass(frozen=True, slots=True)
class Asked:
    """One view of a list. ``kept`` are the filters as they stand in the address, in canonical order."""

    kept: tuple[tuple[str, str], ...]
    search: str
    sort: Order
    descending: bool
    default: bool
    place: Place | None = None

    def get(self, name: str) -> str:
        return dict(self.kept).get(name, "")

    def query(self) -> dict[str, str]:
        """What the address says, without the place: what a saved view keeps and a sheet repeats."""
        told = dict(self.kept)
        if self.search:
            told["q"] = self.search
        if not self.default:
            told["sort"] = f"{'-' if self.descending else ''}{self.sort.name}"
        return told

    def without(self, *names: str) -> dict[str, str]:
        return {name: value for name, value in self.query().items() if name not in names}

    def at(self, place: Place | None) -> "Asked":
        return replace(self, place=place)


def read(args: Mapping[str, str], grammar: Grammar) -> Asked:
    """What these arguments ask for. Never raises: nonsense asks for nothing."""
    sort, descending = _sort(args.get("sort", ""), grammar)
    default = sort == grammar.sorts[0] and descending
    kept = [*_choices(args, grammar), *_period(args, grammar), *_amounts(args, grammar)]
    asked = Asked(tuple(kept), " ".join(args.get("q", "").split())[:LONGEST_SEARCH], sort, descending, default)
    return asked.at(_place(args, sort, grammar))


def _sort(text: str, grammar: Grammar) -> tuple[Order, bool]:
    for sort in grammar.sorts:
        if text.removeprefix("-") == sort.name:
            return sort, text.startswith("-")
    return grammar.sorts[0], True


def _choices(args: Mapping[str, str], grammar: Grammar) -> Iterable[tuple[str, str]]:
    for name, values in grammar.choices.items():
        text = args.get(name, "")
        if text and (text in values if values is not None else _uuid(text) is not None):
            yield name, text


def _period(args: Mapping[str, str], grammar: Grammar) -> Iterable[tuple[str, str]]:
    if not grammar.period:
        return
    days = {name: text for name in ("from", "to") if _day(text := args.get(name, "")) is not None}
    if days:
        yield from days.items()
    elif args.get("period") in PRESETS:
        yield "period", args["period"]


def _amounts(args: Mapping[str, str], grammar: Grammar) -> Iterable[tuple[str, str]]:
    for name in ("least", "most") if grammar.amount else ():
        text = args.get(name, "").strip().replace(",", ".")
        if amount(text, "GBP") is not None:
            yield name, text


def _place(args: Mapping[str, str], sort: Order, grammar: Grammar) -> Place | None:
    for name, back in (("after", False), ("before", True)):
        value, mark, id = args.get(name, "")[:LONGEST_PLACE].rpartition("~")
        if mark and (found := (typed(value, sort.value), typed(id, grammar.key))) and None not in found:
            return Place(found[0], found[1], back)  # type: ignore[arg-type]
    return None


def typed(text: str, wanted: type[Value]) -> Value | None:
    if wanted is UUID:
        return _uuid(text)
    if wanted is int:
        return int(text) if text.lstrip("-").isdecimal() and text.isascii() and len(text) <= 18 else None
    if wanted is datetime:
        return _moment(text)
    return text if text.isascii() and text.isalnum() else None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day is not None and 2000 <= day.year <= 2200 else None


def amount(text: str, currency: str) -> int | None:
    """Minor units of what was typed; None for nothing, nonsense and less than nothing."""
    try:
        parsed = Money.parse(text, currency).amount
    except Refused:
        return None
    return parsed if parsed >= 0 else None


def span(asked: Asked, zone: ZoneInfo, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The asked period as moments [since, until). Days are the shop's; the last day belongs to it as a whole."""
    if asked.get("period"):
        return now - timedelta(days=int(asked.get("period"))), None
    first, last = _day(asked.get("from")), _day(asked.get("to"))
    return (datetime.combine(first, time(), zone) if first else None,
            datetime.combine(last + timedelta(days=1), time(), zone) if last else None)


def _written(value: Value) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: what looks like one is led by an apostrophe (OWASP, CSV injection)."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA) or text.startswith(FORMULA) else text
