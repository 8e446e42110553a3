"""Ids ordered by a moment that may move: answers "what changed since" without a scan."""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Timeline:
    entries: list[tuple[datetime, int]] = field(default_factory=list)

    def add(self, moment: datetime, number: int) -> None:
        insort(self.entries, (moment, number))

    def remove(self, moment: datetime, number: int) -> None:
        at = bisect_left(self.entries, (moment, number))
        if at < len(self.entries) and self.entries[at] == (moment, number):
            del self.entries[at]

    def move(self, before: datetime, after: datetime, number: int) -> None:
        self.remove(before, number)
        self.add(after, number)

    def after(self, entry: tuple[datetime, int]) -> int:
        """The position of the first entry greater than ``entry``."""
        return bisect_right(self.entries, entry)

    def at_or_after(self, entry: tuple[datetime, int]) -> int:
        return bisect_left(self.entries, entry)
