"""Business time follows the offset file; machine time never does."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from plugin import clock


@pytest.fixture(autouse=True)
def real_time_afterwards() -> Iterator[None]:
    yield
    clock.use(None)


def test_without_a_reader_both_times_agree() -> None:
    assert abs(clock.now() - clock.machine_now()) < timedelta(seconds=1)


def test_a_move_of_the_file_shows_at_once_and_leaves_machine_time(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    clock.use(clock.file_reader(file))
    assert abs(clock.now() - clock.machine_now()) < timedelta(seconds=1)
    file.write_text("86400")
    assert abs(clock.now() - clock.machine_now() - timedelta(days=1)) < timedelta(seconds=1)
    file.write_text("")
    assert abs(clock.now() - clock.machine_now()) < timedelta(seconds=1)
