"""The scheduler: one leads by a lease in the database, the others stand by. Each entry runs at most once at a time."""

import os
import signal
import socket
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import uuid4

import structlog

from jobs.context import use
from jobs.schedule import SCHEDULE, Recurring
from plugin.context import Context
from plugin.outbox import recurring

AT_ONCE = 4
SHORTEST_LEAD, LONGEST_LEAD = 1.0, 60.0

log = structlog.get_logger()


class Scheduler:
    """``tick`` does whatever is due now; ``run`` ticks until told to stop."""

    def __init__(self, context: Context, entries: Sequence[Recurring] = SCHEDULE) -> None:
        self.context = context
        self.entries = entries
        self.holder = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid4().hex[:8]}"
        self.stopped = threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="schedule")
        self._running: dict[str, Future[None]] = {}

    def run(self) -> None:
        """Until ``stopped`` is set. A database that is away is waited for."""
        pause = min(1.0, self.context.settings.sweep_seconds)
        while not self.stopped.wait(pause):
            try:
                self.tick()
            except Exception:
                log.exception("schedule_tick_failed")
        self._leave()

    def tick(self) -> list[str]:
        """Start what is due, if we lead. Returns the names."""
        with self.context.transaction() as session:
            if not recurring.lead(session, self.holder, seconds=self._lead_seconds()):
                return []
        return [entry.name for entry in self.entries if self._start(entry)]

    def wait(self) -> None:
        """Until what was started has ended."""
        for future in list(self._running.values()):
            future.result()

    def _lead_seconds(self) -> float:
        return min(LONGEST_LEAD, max(SHORTEST_LEAD, 5 * self.context.settings.sweep_seconds))

    def _start(self, entry: Recurring) -> bool:
        running = self._running.get(entry.name)
        if running is not None and not running.done():
            return False
        with self.context.transaction() as session:
            if not recurring.begin(session, entry.name, seconds=entry.seconds or self.context.settings.sweep_seconds):
                return False
        self._running[entry.name] = self._pool.submit(self._do, entry)
        return True

    def _do(self, entry: Recurring) -> None:
        error: str | None = None
        try:
            entry.flow(self.context)
        except Exception as fault:
            log.exception("schedule_entry_failed", name=entry.name)
            error = f"{type(fault).__name__}: {fault}"
        with self.context.transaction() as session:
            recurring.end(session, entry.name, error)

    def _leave(self) -> None:
        self._pool.shutdown(wait=True)
        with self.context.transaction() as session:
            recurring.resign(session, self.holder)


def run(context: Context) -> None:
    """Until SIGTERM or SIGINT."""
    use(context)
    scheduler = Scheduler(context)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: scheduler.stopped.set())
    scheduler.run()
