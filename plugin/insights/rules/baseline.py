"""How often friends send friends without any programme, and a report of one such referral by staff. Pure."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast, get_args

from plugin.errors import Refused
from plugin.insights.rules.intervals import Rate, rate

Team = Literal["sales", "account", "support", "store", "other"]
TEAMS: tuple[Team, ...] = get_args(Team)
OLDEST = timedelta(days=365)
AHEAD = timedelta(minutes=5)  # clocks of tills
_FIELDS = frozenset({"team", "bought", "order", "heard_at"})
_KEY = re.compile(r"[\x21-\x7e]{1,64}")
_ORDER = re.compile(r"#?[\w.\-/]{1,40}")


@dataclass(frozen=True, slots=True)
class Report:
    """One referral that staff heard of. ``order`` is the order's name or number as typed, None if there is none (yet).

    ``digest`` is of what was said, a time left out included: two sendings with the same key must say the same.
    """

    team: Team
    bought: bool
    order: str | None
    heard_at: datetime
    digest: str


def read(told: Mapping[str, Any], now: datetime) -> Report:
    """A report from JSON or a form. ``heard_at`` may be absent: now. Raises Refused("report") naming the one field that is wrong."""
    for name in sorted(told.keys() - _FIELDS):
        raise _wrong(name[:40], "is not a field; known are team, bought, order and heard_at")
    order = told.get("order")
    if order is not None and (not isinstance(order, str) or not _ORDER.fullmatch(order.strip())):
        raise _wrong("order", "must be an order's name or number, such as #1001")
    if told.get("team") not in TEAMS:
        raise _wrong("team", f"must be one of {', '.join(TEAMS)}")
    if not isinstance(told.get("bought"), bool):
        raise _wrong("bought", "must be true or false")
    if order is not None and not told["bought"]:
        raise _wrong("bought", "must be true where an order is named")
    heard_at, named = told.get("heard_at"), order.strip() if order else None
    said = repr((told["team"], told["bought"], named, heard_at))
    return Report(cast(Team, told["team"]), bool(told["bought"]), named, _moment(heard_at, now), hashlib.sha256(said.encode()).hexdigest())


def key(text: str) -> str:
    """The sender's own name for one report. Raises Refused("report") for anything but 1 to 64 visible ASCII characters."""
    if not _KEY.fullmatch(text):
        raise _wrong("Idempotency-Key", "must be 1 to 64 visible characters, another one for each report")
    return text


def _moment(told: object, now: datetime) -> datetime:
    if told is None:
        return now
    try:
        moment = datetime.fromisoformat(told) if isinstance(told, str) and len(told) <= 40 else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _wrong("heard_at", "must be a time with its zone, such as 2026-11-01T14:30:00+01:00")
    if not now - OLDEST <= moment <= now + AHEAD:
        raise _wrong("heard_at", "must lie within the last 365 days")
    return moment


def _wrong(field: str, what: str) -> Refused:
    return Refused("report", f"{field} {what}.", key="baseline.refused", field=field, what=what)


@dataclass(frozen=True, slots=True)
class Counted:
    """One span of time. ``newcomers``: customers who bought for the first time; ``by_programme``: those whom an advocate brought.
    ``asked``/``friend``: first orders that answered how they heard of the shop, and those that said "a friend". ``reports``/``bought``: of
    staff. ``known``: newcomers of whom any of these says that a friend sent them, each counted once."""

    newcomers: int = 0
    by_programme: int = 0
    asked: int = 0
    friend: int = 0
    reports: int = 0
    bought: int = 0
    known: int = 0


@dataclass(frozen=True, slots=True)
class Baseline:
    """``answered``: of those asked. ``known``: at least so many of all newcomers, since not everybody is asked. ``programme``: of all."""

    answered: Rate
    known: Rate
    programme: Rate
    counted: Counted


def baseline(counted: Counted) -> Baseline:
    whole = counted.newcomers
    return Baseline(rate(counted.friend, counted.asked), rate(counted.known, whole), rate(counted.by_programme, whole), counted)
