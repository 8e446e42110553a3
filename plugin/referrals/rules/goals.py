"""A goal that looks near: a number of friends that people like this advocate go on to reach. Pure.

A goal that looks far is worse than none, so a step is proposed only where the lower end of Wilson's interval (E. B. Wilson, 1927) for
the share of those who took it is at least LIKELY. What is compared are *moments*: the one at which somebody's n-th friend was counted
(their own history is how many there were, and how long the last one took), and how many more came within a span of days after it. A goal
is set at such a moment too, so nothing is assumed about how friends come: whoever has waited longer is a slower kind of person, and a
moment in between would promise too much. Moments whose span is not over yet are left out, whatever they brought.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

SPANS = (30, 90, 180, 365)
"""Days a goal may take; the shortest in which any step is likely is taken, for near beats far."""
LIKELY = 7_000  # basis points
"""Ten points above what is promised (60 of 100 goals are reached): whoever picks the furthest of many steps has picked some that were
lucky, and people change. In a simulated population it comes to 65 to 80 of 100; with 6,000 it came to 57 to 66."""
Z = 1_645
"""Thousandths: of a one-sided 95 % interval. With it, 40 moments of which 33 took a step say 71 %."""
LEAST = 40
"""Moments below which peers say nothing: a shop's first weeks propose no goal."""
FURTHEST = 10

RECENT = timedelta(days=365)
"""Spans that ended earlier are left out: who had many friends long ago was faster than who has as many today."""
SLOW = 0

Place = tuple[int, int]
Alert = Literal["start", "halfway", "one_to_go", "reached", "expiring"]


History = Sequence[datetime]
"""When one advocate's friends were counted, oldest first."""


@dataclass(frozen=True, slots=True)
class Step:
    """``reach`` of ``seen`` moments brought at least ``more`` friends within ``days``."""

    more: int
    days: int
    reach: int
    seen: int

    def plain(self) -> dict[str, Any]:
        return {"more": self.more, "days": self.days, "reach": self.reach, "seen": self.seen}


def place(friends: History) -> Place:
    """Where somebody stands at the moment of their newest friend: how many there are, and the shortest span that holds the wait before it
    (SLOW: a longer wait, or no friend before). Raises IndexError for nobody."""
    if len(friends) < 2:
        return len(friends[-1:]), SLOW
    waited = friends[-1] - friends[-2]
    return len(friends), next((days for days in SPANS if waited <= timedelta(days=days)), SLOW)


def ladder(peers: Iterable[History], now: datetime) -> dict[Place, Step]:
    """For each place where anybody stood: the furthest likely step within the shortest span; places without one are absent.

    Places with fewer moments than LEAST say nothing.
    """
    gained = _gained(peers, now)
    found: dict[Place, Step] = {}
    for at, days in sorted(gained):
        if at not in found and len(gained[at, days]) >= LEAST:
            step = furthest(gained[at, days], days)
            if step is not None:
                found[at] = step
    return found


def furthest(gained: Sequence[int], days: int) -> Step | None:
    """The furthest step that is likely after moments which brought so many friends each."""
    for more in range(FURTHEST, 0, -1):
        reach = sum(1 for one in gained if one >= more)
        if gained and likely(reach, len(gained)):
            return Step(more, days, reach, len(gained))
    return None


def likely(reach: int, seen: int) -> bool:
    """Is the lower end of Wilson's interval for reach/seen at least LIKELY? In whole numbers: no rounding decides it.

    The lower end is at least p exactly if reach > p·seen and (reach - p·seen)² >= z²·seen·p·(1-p).
    """
    over = 10_000 * reach - LIKELY * seen
    return over > 0 and over * over * 1_000_000 >= Z * Z * seen * LIKELY * (10_000 - LIKELY)


def _gained(peers: Iterable[History], now: datetime) -> dict[tuple[Place, int], list[int]]:
    """(place, days of a span) → for each recent moment whose span is over, how many more came within it."""
    found: dict[tuple[Place, int], list[int]] = {}
    for peer in peers:
        for had, at in enumerate(peer, start=1):
            for days in SPANS:
                until = at + timedelta(days=days)
                if now - RECENT < until <= now:
                    found.setdefault((place(peer[:had]), days), []).append(sum(1 for one in peer[had:] if one <= until))
    return found


@dataclass(frozen=True, slots=True)
class Course:
    """An open goal: friends when it was set, the target, the most that were ever counted, and its time."""

    began: int
    target: int
    best: int
    made_at: datetime
    ends_at: datetime


def crossed(course: Course, counted: int) -> Alert | None:
    """What to tell now that so many are counted: the last threshold between the most there ever were and now. A refund steps back
    silently; what was passed before is not told again, and of several passed at once only the last is worth a word."""
    if counted <= course.best:
        return None
    return next((alert for at, alert in reversed(thresholds(course)) if course.best < at <= counted), None)


def thresholds(course: Course) -> list[tuple[int, Alert]]:
    """Friends counted → alert, rising; halfway is left out where it would be one to go."""
    steps = course.target - course.began
    half = course.began + -(-steps // 2)
    marks: list[tuple[int, Alert]] = [(half, "halfway")] if half < course.target - 1 else []
    marks += [(course.target - 1, "one_to_go")] if steps > 1 else []
    return [*marks, (course.target, "reached")]


def expires_soon(course: Course, now: datetime) -> bool:
    """In the last tenth of its time, and at least in its last three days."""
    return course.ends_at - max(timedelta(days=3), (course.ends_at - course.made_at) / 10) <= now < course.ends_at
