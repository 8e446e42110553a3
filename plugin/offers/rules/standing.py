"""Where an offer stands, what was done to it, and what of that can be undone. Pure; times are the shop's wall clock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from plugin.offers.rules.model import Schedule

Standing = Literal["draft", "scheduled", "live", "ended", "paused", "archived"]
Kind = Literal["created", "saved", "published", "paused", "resumed", "discarded", "archived", "restored"]
Undo = Literal["before", "pause", "resume", "reopen", "bring_back"]
KINDS: tuple[Kind, ...] = ("created", "saved", "published", "paused", "resumed", "discarded", "archived", "restored")
QUIET = frozenset({"created", "saved"})
"""What touched only the draft: the undo of what went before it still means the same."""
_UNDOING: dict[str, Undo] = {"paused": "resume", "resumed": "pause", "discarded": "reopen", "archived": "bring_back"}


def standing(state: str, schedule: Schedule, wall: datetime) -> Standing:
    """``schedule``: of the version that is switched on, if one is."""
    if state != "live":
        return state  # type: ignore[return-value]
    if schedule.starts is not None and wall < schedule.starts:
        return "scheduled"
    return "ended" if schedule.ends is not None and schedule.ends <= wall else "live"


def undo(done: Sequence[str], versions: int) -> Undo | None:
    """How the newest change is undone; None where nothing can be. ``done``: kinds, newest first; ``versions`` that were published."""
    last = next((kind for kind in done if kind not in QUIET), None)
    if last == "published":
        return "before" if versions > 1 else "pause"
    return _UNDOING.get(last or "")
