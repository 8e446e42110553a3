"""Where a programme stands, what was done to it, and what of that can be undone. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from plugin.referrals.rules.versions import Version

Standing = Literal["draft", "scheduled", "live", "ended", "paused", "archived"]
Kind = Literal["created", "saved", "published", "scheduled", "withdrawn", "paused", "resumed", "discarded", "archived", "restored",
               "opened"]
Undo = Literal["restore", "pause", "resume", "withdraw", "bring_back", "reopen"]
KINDS: tuple[Kind, ...] = ("created", "saved", "published", "scheduled", "withdrawn", "paused", "resumed", "discarded", "archived",
                           "restored", "opened")
QUIET = frozenset({"saved", "opened", "created"})
"""What touched only the draft: the undo of what went before it still means the same."""


@dataclass(frozen=True, slots=True)
class Done:
    """A change as far as undoing needs it. ``was``: the state before."""

    kind: str
    was: str


def standing(state: str, versions: Sequence[Version], now: datetime) -> Standing:
    """``versions``: all of the programme's. A live programme may not have begun, or be over."""
    if state != "live":
        return state  # type: ignore[return-value]
    open_ones = [one for one in versions if one.since is not None and (one.until is None or now < one.until)]
    running = next((one for one in open_ones if one.since is not None and one.since <= now), None)
    if running is None:
        return "scheduled" if open_ones else "paused"
    if running.starts_at is not None and running.starts_at > now:
        return "scheduled"
    return "ended" if running.ends_at is not None and running.ends_at <= now else "live"


def came_into_force(version: Version) -> bool:
    """False for one that was scheduled and taken back before it began."""
    return version.since is not None and not (version.until == version.since == version.starts_at)


def undo(done: Sequence[Done], versions: int) -> Undo | None:
    """How the newest change is undone; None where nothing can be. ``done`` newest first; ``versions`` that came into force."""
    last = next((one for one in done if one.kind not in QUIET), None)
    if last is None:
        return None
    if last.kind == "published":
        return "pause" if last.was == "paused" else "restore" if versions > 1 else None
    return _UNDOING.get(last.kind)


_UNDOING: dict[str, Undo] = {"scheduled": "withdraw", "paused": "resume", "resumed": "pause", "archived": "bring_back",
                             "discarded": "reopen"}
