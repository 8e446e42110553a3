"""Who may be written to, and when nothing is asked. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

# What somebody asked for this minute; all other mail respects "no mail any more".
ASKED_FOR = frozenset({"magic_link"})
TOLD = frozenset({"earned", "taken_back", "goodwill", "goodwill_gone", "terms_changed", "goal_reached"})
ASKING = frozenset({"goal_start", "goal_halfway", "goal_one_to_go", "goal_expiring"})
"""What wants something of its reader. It stays silent after a bad moment; what is told does not, for it is theirs to know."""
KINDS = ASKED_FOR | TOLD | ASKING

SILENCE: Mapping[str, timedelta] = {"refunded": timedelta(days=30), "cancelled": timedelta(days=30), "disputed": timedelta(days=120)}
"""How long nothing is asked after each kind of bad moment. Starting points: a return takes two weeks, and then some peace; a bank may
take three months to decide about a disputed payment."""
LONGEST_SILENCE = max(SILENCE.values())
ASKS_APART = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that went wrong for a person with an order of their own. ``kind``: a key of SILENCE."""

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Mood:
    """What is known about asking this person: bad moments, whether the shop wants them left alone, when we last asked."""

    moments: tuple[Moment, ...] = ()
    left_alone: bool = False
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a mail is for, as far as the decision needs it. ``mail_state``: "ask", "yes" or "no"; ``silent``: see ``why_silent``."""

    address: str | None
    mail_state: str
    redacted: bool
    silent: str | None = None


def why_silent(mood: Mood, now: datetime) -> str | None:
    """Why nothing may be asked of this person now, or None: "left_alone", a key of SILENCE (the latest), "asked"."""
    if mood.left_alone:
        return "left_alone"
    bad = [moment for moment in _latest_first(mood.moments) if moment.at <= now < moment.at + SILENCE[moment.kind]]
    if bad:
        return bad[0].kind
    return "asked" if mood.asked_at is not None and now < mood.asked_at + ASKS_APART else None


def _latest_first(moments: Iterable[Moment]) -> list[Moment]:
    return sorted(moments, key=lambda moment: (moment.at, moment.kind), reverse=True)


def why_not(kind: str, reader: Reader) -> str | None:
    """The reason why this mail must not leave, or None if it may: "redacted", "no_address", "unsubscribed", or why to be silent."""
    if reader.redacted:
        return "redacted"
    if not reader.address:
        return "no_address"
    if reader.mail_state == "no" and kind not in ASKED_FOR:
        return "unsubscribed"
    return reader.silent if kind in ASKING else None
