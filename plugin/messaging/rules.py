"""Who may be written to, and how often anybody may be asked for something. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# What somebody asked for this minute; all other mail respects "no mail any more".
ASKED_FOR = frozenset({"magic_link"})
KINDS = frozenset({"earned", "taken_back"}) | ASKED_FOR

ASK_AT_MOST_EVERY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a mail is for, as far as the decision needs it. ``mail_state``: "ask", "yes" or "no"."""

    address: str | None
    mail_state: str
    redacted: bool


def why_not(kind: str, reader: Reader) -> str | None:
    """The reason why this mail must not leave, or None if it may: "redacted", "no_address", "unsubscribed"."""
    if reader.redacted:
        return "redacted"
    if not reader.address:
        return "no_address"
    if reader.mail_state == "no" and kind not in ASKED_FOR:
        return "unsubscribed"
    return None


def may_ask(asked_at: Iterable[datetime], now: datetime, *, every: timedelta = ASK_AT_MOST_EVERY) -> bool:
    """Whether a shopper may be asked for something again, whichever feature asked before: once in ``every`` at most."""
    return all(now - at >= every for at in asked_at)
