"""Whose turn it is to write, among the web processes on one SQLite file.

SQLite wakes nobody: who finds the file locked sleeps, longer each time, up to a tenth of a second, while others come and go.
The kernel wakes a waiter at once. The turn only spares the sleeping: what keeps writers apart is still SQLite's own lock.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import Engine


class Turn:
    """A lock on a file beside the database; the kernel frees it when a process dies. PostgreSQL needs none, nor does memory."""

    def __init__(self, engine: Engine) -> None:
        database = engine.url.database if engine.dialect.name == "sqlite" else None
        self._path = Path(f"{database}-turn") if database and database != ":memory:" else None
        self._file: IO[bytes] | None = None

    @contextmanager
    def mine(self) -> Iterator[None]:
        """Not before the others' transactions have ended. Raises OSError if the folder cannot be written to."""
        if self._path is None:
            yield
            return
        file = self._file = self._file or self._path.open("wb")
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
