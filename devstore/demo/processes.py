"""Child processes that start in order, are watched together, and end together, grandchildren included."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
POLITE_SECONDS = 10.0
PR_SET_PDEATHSIG = 1


class Ended(Exception):
    """A process ended that should have stayed; says which, and the end of its log."""


class Crew:
    """Each member leads a process group of its own, so that Ctrl-C reaches only us and we end them in order."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self.logs = logs
        self.environment = dict(environment)
        self.members: dict[str, subprocess.Popen[bytes]] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a member; what it prints goes to ``logs/name.log``."""
        with self._log(name).open("ab") as log:
            self.members[name] = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL,
                                                  stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                                                  preexec_fn=_end_with_parent if sys.platform == "linux" else None)

    def finish(self, name: str, command: Sequence[str]) -> None:
        """Run to the end. Raises Ended if it failed."""
        self.start(name, command)
        code = self.members[name].wait()
        if code:
            raise Ended(self._last_words(name, code))
        del self.members[name]

    def wait(self, name: str, ready: Callable[[], bool], *, seconds: float = 60) -> None:
        """Until ``ready``. Raises Ended if the member ended first or time is up."""
        until = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > until:
                raise Ended(f"{name} was not ready after {seconds:.0f} s:\n{self._tail(name)}")
            time.sleep(0.1)

    def check(self) -> None:
        """Raises Ended if a member is gone."""
        for name, process in self.members.items():
            code = process.poll()
            if code is not None:
                raise Ended(self._last_words(name, code))

    def end(self, name: str, *, seconds: float) -> None:
        """End one member politely, before the others; one that has much to write gets its time. Raises Ended if it did not manage."""
        process = self.members.pop(name)
        _signal(process, signal.SIGTERM)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)
            process.wait()
            raise Ended(f"{name} did not end within {seconds:.0f} s") from None

    def stop(self) -> None:
        """End all, the last started first: politely, and after ten seconds not so."""
        leaving = [process for process in reversed(self.members.values()) if process.poll() is None]
        for process in leaving:
            _signal(process, signal.SIGTERM)
        until = time.monotonic() + POLITE_SECONDS
        for process in leaving:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.1, until - time.monotonic()))
            _signal(process, signal.SIGKILL)
            process.wait()
        self.members.clear()

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def _tail(self, name: str) -> str:
        return "\n".join(self._log(name).read_text(errors="replace").splitlines()[-15:])

    def _last_words(self, name: str, code: int) -> str:
        return f"{name} ended with {code}:\n{self._tail(name)}\n(all of it: {self._log(name)})"


def _end_with_parent() -> None:
    """Linux ends the child when we are killed and can end nobody any more."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """To the whole group: a server's children must not outlive it."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
