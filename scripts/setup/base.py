"""Where things are, how a step is done once, and how a command is run."""

import fcntl
import hashlib
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


class Impossible(SystemExit):
    """A step that this machine cannot do; the message says what to type."""

    def __init__(self, message: str) -> None:
        print(f"\n./run: {message}", file=sys.stderr)
        super().__init__(1)


def say(message: str) -> None:
    print(f"· {message}", file=sys.stderr, flush=True)


def call(*command: str | Path, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> None:
    """Run and wait; a failure ends ``./run`` and names the command."""
    words = [str(word) for word in command]
    done = subprocess.run(words, env=dict(env or os.environ), cwd=cwd, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Impossible(f"this failed with {done.returncode}: {shlex.join(words)}")


def become(*command: str | Path, env: Mapping[str, str] | None = None) -> NoReturn:
    """Replace this process, so that signals and the exit code are the command's own."""
    words = [str(word) for word in command]
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execve(words[0], words, dict(env or os.environ))


@contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time on this clone; a second ``./run`` waits here and then finds the work done."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def digest(inputs: Iterable[Path | str]) -> str:
    """A hash over texts and the contents of files; a folder stands for every file in it."""
    total = hashlib.sha256()
    for one in inputs:
        if isinstance(one, str):
            total.update(one.encode())
            continue
        for file in sorted(one.rglob("*")) if one.is_dir() else [one]:
            if file.is_file():
                total.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return total.hexdigest()


def once(stamp: Path, inputs: Iterable[Path | str], work: Callable[[], None]) -> None:
    """Do ``work`` unless ``stamp`` says that it was done for these very inputs."""
    wanted = digest(inputs)
    if is_done(stamp, wanted):
        return
    with alone():
        if is_done(stamp, wanted):
            return
        work()
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(wanted)


def is_done(stamp: Path, wanted: str) -> bool:
    """Does the stamp say that its step was done for these inputs?"""
    try:
        return stamp.read_text() == wanted
    except (FileNotFoundError, NotADirectoryError):
        return False
