"""Group commit: the threads of one process that wait for the same disk share one transaction.

Whoever finds the desk free takes everything that waits, commits it, hands the desk to one of those who came meanwhile, and
wakes the others. Nobody returns before what it brought is durable. Each thread is woken once: a lock that all wait for would
pass through every one of them, and each passing waits for the interpreter.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")


class _Ticket(Generic[Item]):
    """``woken`` is held until the item is done, or until it is this thread's turn to lead."""

    __slots__ = ("done", "error", "item", "woken")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.done = False
        self.error: Exception | None = None
        self.woken = threading.Lock()
        self.woken.acquire()


class Together(Generic[Item]):
    """``write`` takes many items in one transaction: all are durable when it returns, none if it raises.

    ``common`` are faults that no single item causes (a locked database): the whole group hears of them at once.
    """

    def __init__(self, write: Callable[[Sequence[Item]], None], *, most: int = 64, common: tuple[type[Exception], ...] = ()) -> None:
        self._write = write
        self._most = most
        self._common = common
        self._waiting: list[_Ticket[Item]] = []
        self._led = False
        self._list = threading.Lock()

    def submit(self, item: Item) -> None:
        """Returns once ``item`` is durable; raises what ``write`` raised for it."""
        ticket = _Ticket(item)
        with self._list:
            self._waiting.append(ticket)
            waits, self._led = self._led, True
        if waits:
            ticket.woken.acquire()
        if not ticket.done:
            self._lead()
        if ticket.error is not None:
            raise ticket.error

    def _lead(self) -> None:
        """The leader's own ticket is the first that waits."""
        with self._list:
            group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            self._write([ticket.item for ticket in group])
        except Exception as fault:
            self._one_by_one(group, fault)
        finally:
            self._hand_over()
        for ticket in group:
            ticket.done = True
            ticket.woken.release()

    def _hand_over(self) -> None:
        with self._list:
            following = self._waiting[0] if self._waiting else None
            self._led = following is not None
        if following is not None:
            following.woken.release()

    def _one_by_one(self, group: list[_Ticket[Item]], fault: Exception) -> None:
        """One bad item must not cost its neighbours their answer."""
        if len(group) == 1 or isinstance(fault, self._common):
            for ticket in group:
                ticket.error = fault
            return
        for ticket in group:
            try:
                self._write([ticket.item])
            except Exception as own:
                ticket.error = own
