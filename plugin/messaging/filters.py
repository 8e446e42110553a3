"""Jinja filters for pages: money, dates and numbers as the reader's locale writes them."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, get_datetime_format
from babel.numbers import format_decimal
from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from plugin.clock import zone as zone
from plugin.locales import direction, language
from plugin.messaging import texts
from plugin.money import Money


def install(app: Flask) -> None:
    """``|money``, ``|day``, ``|moment`` and ``|when`` (in the shop's time zone), ``|number``, ``|rate`` (basis points),
    ``|hundredths``: each shows None as "–". ``|told``: a stored sentence. ``|lang`` and ``|dir`` of a locale, for the page's own
    element."""
    app.jinja_env.filters.update(money=money, day=day, moment=moment, when=when, number=number, rate=rate, hundredths=hundredths, told=told,
                                 lang=language, dir=direction)


@pass_context
def money(context: Context, amount: Money | None) -> str:
    return "–" if amount is None else amount.display(_locale(context))


@pass_context
def day(context: Context, at: date | None) -> str:
    """A date is itself; a moment is the day that it falls on in the shop's time zone."""
    day = at.astimezone(_zone(context)).date() if isinstance(at, datetime) else at
    return "–" if day is None else format_date(day, format="medium", locale=_locale(context))


@pass_context
def moment(context: Context, at: datetime | None) -> str:
    """To the minute; ``|when`` tells the second too, to whoever asks."""
    return "–" if at is None else to_the_minute(at, _zone(context), _locale(context))


def to_the_minute(at: datetime, zone: ZoneInfo, locale: str) -> str:
    """A moment as people write it; what Babel calls "medium" has seconds, which nobody wants to read."""
    day = format_date(at.astimezone(zone).date(), format="medium", locale=locale)
    return str(get_datetime_format("medium", locale=locale)).replace("'", "").format(
        format_time(at, format="short", tzinfo=zone, locale=locale), day)


@pass_context
def when(context: Context, at: datetime | None) -> Markup:
    """The moment for a list: to the minute, with the exact time for machines and for whoever points at it."""
    if at is None:
        return Markup("–")
    exact = format_datetime(at, format="long", tzinfo=_zone(context), locale=_locale(context))
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), exact, moment(context, at))


@pass_context
def number(context: Context, count: int | None) -> str:
    return "–" if count is None else format_decimal(count, locale=_locale(context))


@pass_context
def rate(context: Context, basis_points: int | None) -> str:
    return "–" if basis_points is None else texts.percent(_locale(context), basis_points)


@pass_context
def hundredths(context: Context, count: int | None) -> str:
    """460 as "4.6" or "4,6"."""
    return "–" if count is None else format_decimal(Decimal(count).scaleb(-2), locale=_locale(context))


@pass_context
def told(context: Context, stored: Mapping[str, Any]) -> str:
    """A key and its facts, as ``errors.Refused.plain`` keeps them."""
    return texts.tell(_locale(context), stored)


def _locale(context: Context) -> str:
    """The shell's on admin pages, ``locale`` on public ones; in a spelling that Babel knows."""
    shell = context.get("shell")
    return texts.region(shell.locale if shell else context.get("locale"))


def _zone(context: Context) -> ZoneInfo:
    return zone(getattr(context.get("shop"), "timezone", None))
