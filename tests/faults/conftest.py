"""A world with North installed: short leases, so that a lost answer is looked up soon."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from plugin.context import Context
from tests.faults.world import World, world


@pytest.fixture
def shop(context: Context, tmp_path: Path) -> Iterator[World]:
    quick = replace(context, settings=replace(context.settings, lease_seconds=2, credit_wait_seconds=0.2))
    with world(quick, tmp_path / "store") as one:
        one.install()
        yield one
