"""Stacks that live as long as the tests need them, and the combinations that they play."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from tests import servers
from tests.kill.stack import Stack, running

LANES = 2
"""Stacks a database: while one waits for a lease to end the other works."""


@pytest.fixture(scope="session")
def seed() -> int:
    """TANDEM_KILL_SEED repeats a run that failed."""
    return int(os.environ.get("TANDEM_KILL_SEED") or secrets.randbits(32))


@pytest.fixture(scope="session")
def stacks(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[Stack]]]:
    """The stacks of a database ("sqlite" or "postgres"), started when they are first asked for."""
    started: dict[str, list[Stack]] = {}
    with ExitStack() as ended:

        def given(database: str) -> list[Stack]:
            if database not in started:
                started[database] = []
                for _ in range(LANES):
                    folder = tmp_path_factory.mktemp(f"kill-{database}")
                    started[database].append(ended.enter_context(running(folder, _fresh(request, database, folder))))
            return started[database]

        yield given


def _fresh(request: pytest.FixtureRequest, database: str, folder: Path) -> str:
    if database == "sqlite":
        return f"sqlite:///{folder / 'tandem.db'}"
    server: servers.Postgres = request.getfixturevalue("postgres")
    return server.create(f"kill{uuid4().hex}")
