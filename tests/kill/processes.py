"""The app's processes as the tests hold them: started with or without a failpoint, watched until they die, started again."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
POLITE_SECONDS = 3.0


class Nursery:
    """The process that forks the others. One a stack; speak to it from one thread at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-m", "tests.kill.nursery"], cwd=ROOT, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True, start_new_session=True)
        self._lock = threading.Lock()

    def say(self, **asked: object) -> Any:  # noqa: ANN401 - JSON
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)


@dataclass
class Member:
    """One process. ``victim`` is the pid that a failpoint ends: for web the one that granian has answer requests."""

    nursery: Nursery
    role: str
    pid: int
    victim: int = 0
    code: int | None = None

    def ended(self) -> bool:
        if self.code is None:
            self.code = self.nursery.say(ended=self.pid)["code"]
        return self.code is not None

    def signal_of_death(self) -> int | None:
        """The number of the signal that ended the victim, None while it lives, 0 if it ended by itself."""
        if self.victim == self.pid:
            return max(0, -(self.code or 0)) if self.ended() else None
        state, code = _status(self.victim)
        return code & 0x7F if state == "Z" else None

    def stop(self) -> None:
        """Politely; web at once, since nobody is being answered and its parent may have been halted."""
        if not self.ended():
            self._signal(signal.SIGKILL if self.role == "web" else signal.SIGTERM)
        if not eventually(self.ended, POLITE_SECONDS):
            self._signal(signal.SIGKILL)
            assert eventually(self.ended, POLITE_SECONDS), f"{self.role} does not end"

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return

    def halt_parent(self) -> None:
        """Granian would bury the victim and start another one; halted it leaves the body where we can look at it."""
        self.victim = _children(self.pid)[0]
        os.kill(self.pid, signal.SIGSTOP)


def start(nursery: Nursery, role: str, environment: Mapping[str, str], log: Path) -> Member:
    pid = int(nursery.say(role=role, environment=dict(environment), log=str(log))["pid"])
    return Member(nursery, role, pid, victim=pid)


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _status(pid: int) -> tuple[str, int]:
    """State letter and exit status of a process that may be dead and not yet buried."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return fields[0], int(fields[49])


def eventually(holds: Callable[[], object], seconds: float, *, pause: float = 0.02) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(pause)
    return True
