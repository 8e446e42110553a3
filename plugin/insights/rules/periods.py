"""The days that figures cover, what they are compared with, and what few cases allow to be said. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from plugin.insights.rules.intervals import ENOUGH

CHOICES = ("7", "30", "90", "all")
DEFAULT = "30"
Unit = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Span:
    """[since, until)."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """``span``: whole days of the shop up to now, None for everything. ``before``: as long, directly before, and up to the same
    time of day, so that half a day is compared with half a day."""

    choice: str
    first: date | None = None
    span: Span | None = None
    before: Span | None = None

    @property
    def days(self) -> int | None:
        return int(self.choice) if self.choice.isdecimal() else None


def period(choice: str, zone: ZoneInfo, now: datetime) -> Period:
    """What the address asks for; anything unknown is the default."""
    if choice not in CHOICES:
        choice = DEFAULT
    if choice == "all":
        return Period(choice)
    day, days = now.astimezone(zone).date(), int(choice)
    first, earlier = day - timedelta(days=days - 1), day - timedelta(days=2 * days - 1)
    since = _midnight(first, zone)
    passed = now - _midnight(day, zone)
    end = min(since, _midnight(day - timedelta(days=days), zone) + passed)
    return Period(choice, first, Span(since, now), Span(_midnight(earlier, zone), end))


def steps(first: date, last: date, zone: ZoneInfo) -> list[tuple[date, Span]]:
    """The stretch from ``first`` to ``last`` cut into days, weeks or months, at most about a hundred, each with its first day."""
    unit = unit_of((last - first).days + 1)
    begins, day = [], _begin(first, unit)
    while day <= last:
        begins.append(day)
        day = _next(day, unit)
    edges = [*begins, day]
    return [(begin, Span(_midnight(begin, zone), _midnight(end, zone))) for begin, end in zip(begins, edges[1:], strict=True)]


def unit_of(days: int) -> Unit:
    return "day" if days <= 92 else "week" if days <= 700 else "month"


def _begin(day: date, unit: Unit) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def _next(day: date, unit: Unit) -> date:
    if unit == "month":
        return (day + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=7 if unit == "week" else 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def share(part: int, whole: int) -> int | None:
    """Basis points of the whole; None where there are so few cases that counts say it better ("3 of 8")."""
    return part * 10_000 // whole if whole >= ENOUGH else None


def change(now: int, before: int, *, cases: int, cases_before: int) -> int | None:
    """Basis points by which an amount grew, None where either side rests on few cases, or grew from nothing."""
    if min(cases, cases_before) < ENOUGH or before <= 0:
        return None
    return (now - before) * 10_000 // before


def is_comparable(before: Span | None, known_from: datetime | None) -> bool:
    """Whether the period before lies wholly in what the shop could have recorded."""
    return before is not None and known_from is not None and before.since >= known_from
