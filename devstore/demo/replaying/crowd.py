"""Many shoppers at once, in the order of the file's time, no faster than the app keeps up.

A shopper's steps follow each other on one thread, so that a refund comes after its order. Business time is moved to a step's
date when the step is handed out. The app's backlog is looked at: a reward must not be judged weeks of business time late.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from queue import Queue
from threading import Event, Thread
from zlib import crc32

from devstore.demo.launch import Place
from devstore.demo.processes import Crew
from devstore.demo.replaying.ending import on_the_way
from devstore.demo.replaying.recomputed import Recomputed
from devstore.demo.replaying.stage import set_clock
from devstore.demo.replaying.steps import Sale, Step
from devstore.demo.replaying.till import Till

SHOPPERS = 8
AFTERWARDS = 4
WAITING_ROOM = 4
MOST_BEHIND = 200
LOOK_SECONDS = 0.5
"""How many events and orders may wait at the app before shoppers wait for it, and how often that is looked at."""
MOST_AHEAD = timedelta(days=7)
PATIENCE = 120.0
"""How far business time may move before everything that became due must have happened: a reward whose order is older than the
60 days that Shopify shows cannot be issued any more. After so many seconds it moves on all the same."""


@dataclass
class Pace:
    """Knows how far the app is behind; ``waited`` are the seconds that shoppers stood still for it."""

    place: Place
    books: Recomputed
    look_at: float = 0.0
    waited: float = 0.0
    calm_at: datetime | None = None
    last: datetime | None = None

    def keep(self, at: datetime, told: Event) -> None:
        """Called before the clock is moved to ``at``; waits if the app would be too far behind then."""
        began = time.monotonic()
        if self.calm_at is None or at - self.calm_at > MOST_AHEAD:
            self._until(lambda: self._is_calm(self.last or at), told)
            self.calm_at = at
        elif began >= self.look_at:
            self._until(lambda: self._behind() <= MOST_BEHIND, told)
            self.look_at = time.monotonic() + LOOK_SECONDS
        self.last = at
        self.waited += time.monotonic() - began

    def _until(self, look: Callable[[], bool], told: Event) -> None:
        end = time.monotonic() + PATIENCE
        while not look() and not told.is_set() and time.monotonic() < end:
            time.sleep(LOOK_SECONDS / 5)

    def _behind(self) -> int:
        return self.books.waiting() + on_the_way(self.place)

    def _is_calm(self, at: datetime) -> bool:
        """Every hold that was over at ``at`` has had its consequences."""
        return on_the_way(self.place) + self.books.unfinished(at) == 0


@dataclass
class Crowd:
    """``told`` ends it early: what was handed out is finished, nothing more is."""

    place: Place
    crew: Crew
    till: Till
    pace: Pace
    told: Event
    faults: list[BaseException] = field(default_factory=list)
    done: int = 0
    _clock: datetime = datetime.min.replace(tzinfo=UTC)

    def play(self, steps: list[Step], seen: Callable[[Step], None]) -> int:
        """Do the steps; returns how many were done. ``seen`` is called as each is handed out. Raises what a step raised."""
        lanes: list[Queue[Step | None]] = [Queue(WAITING_ROOM) for _ in range(SHOPPERS)]
        with ThreadPoolExecutor(AFTERWARDS, thread_name_prefix="afterwards") as after:
            threads = [Thread(target=self._shop, args=(lane, after), name=f"shopper-{at}") for at, lane in enumerate(lanes)]
            for thread in threads:
                thread.start()
            try:
                count = self._hand_out(steps, lanes, seen)
            finally:
                for lane in lanes:
                    lane.put(None)
                for thread in threads:
                    thread.join()
        if self.faults:
            raise self.faults[0]
        return count

    def _hand_out(self, steps: list[Step], lanes: list[Queue[Step | None]], seen: Callable[[Step], None]) -> int:
        for count, step in enumerate(steps):
            if self.told.is_set() or self.faults:
                return count
            self.crew.check()
            self.pace.keep(step.at, self.told)
            if step.at > self._clock:
                set_clock(self.place, step.at)
                self._clock = step.at
            lanes[crc32(step.shopper.encode()) % len(lanes)].put(step)
            seen(step)
        return len(steps)

    def _shop(self, lane: "Queue[Step | None]", after: ThreadPoolExecutor) -> None:
        """One thread's shoppers. After a fault the lane is only emptied."""
        while (step := lane.get()) is not None:
            if self.faults:
                continue
            try:
                self._do(step, after)
            except Exception as fault:
                self.faults.append(fault)

    def _do(self, step: Step, after: ThreadPoolExecutor) -> None:
        if not isinstance(step, Sale):
            self.till.give_back(step)
            return
        later = self.till.sell(step)
        if later is not None:
            after.submit(later).add_done_callback(self._ended)

    def _ended(self, future: "Future[None]") -> None:
        fault = future.exception()
        if fault is not None:
            self.faults.append(fault)
