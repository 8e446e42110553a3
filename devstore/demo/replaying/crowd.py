"""Many shoppers at once, in the order of the file's time, no faster than the app keeps up.

A shopper's steps follow each other on one thread, so that a refund comes after its order. Business time is moved to a step's
date when the step is handed out. The app's backlog is looked at: a reward must not be judged weeks of business time late.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
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


@dataclass
class Pace:
    """Knows how far the app is behind; ``waited`` are the seconds that shoppers stood still for it."""

    place: Place
    books: Recomputed
    look_at: float = 0.0
    waited: float = 0.0

    def keep(self, told: Event) -> None:
        if time.monotonic() < self.look_at:
            return
        began = time.monotonic()
        while self.books.waiting() + on_the_way(self.place) > MOST_BEHIND and not told.is_set():
            time.sleep(LOOK_SECONDS / 5)
        self.look_at = time.monotonic() + LOOK_SECONDS
        self.waited += time.monotonic() - began


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
            self.pace.keep(self.told)
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
