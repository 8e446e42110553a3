"""Group commit: the threads of one process that wait for the same disk share one transaction.

Whoever finds the turn free takes everything that waits, commits it, and wakes the others; while it commits, the next
group gathers. Nobody returns before what it brought is durable.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")


class _Ticket(Generic[Item]):
    __slots__ = ("done", "error", "item")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.done = False
        self.error: Exception | None = None


class Together(Generic[Item]):
    """``write`` takes many items in one transaction: all are durable when it returns, none if it raises."""

    def __init__(self, write: Callable[[Sequence[Item]], None], *, most: int = 64) -> None:
        self._write = write
        self._most = most
        self._waiting: list[_Ticket[Item]] = []
        self._list = threading.Lock()
        self._turn = threading.Lock()

    def submit(self, item: Item) -> None:
        """Returns once ``item`` is durable; raises what ``write`` raised for it."""
        ticket = _Ticket(item)
        with self._list:
            self._waiting.append(ticket)
        while not ticket.done:
            with self._turn:
                if not ticket.done:
                    self._lead()
        if ticket.error is not None:
            raise ticket.error

    def _lead(self) -> None:
        with self._list:
            group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            self._write([ticket.item for ticket in group])
        except Exception as fault:
            self._one_by_one(group, fault)
        for ticket in group:
            ticket.done = True

    def _one_by_one(self, group: list[_Ticket[Item]], fault: Exception) -> None:
        """One bad item must not cost its neighbours their answer."""
        if len(group) == 1:
            group[0].error = fault
            return
        for ticket in group:
            try:
                self._write([ticket.item])
            except Exception as own:
                ticket.error = own
