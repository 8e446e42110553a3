"""Group commit by itself: waiting threads share a write, and a bad item fails alone."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from plugin.intake.together import Together


def gathered(write: Callable[[Sequence[int]], None], items: Sequence[int]) -> dict[int, Exception | None]:
    """Submit all at once; what became of each."""
    desk = Together(write)
    start = threading.Barrier(len(items))

    def submit(item: int) -> Exception | None:
        start.wait()
        try:
            desk.submit(item)
        except Exception as fault:
            return fault
        return None

    with ThreadPoolExecutor(len(items)) as pool:
        return dict(zip(items, pool.map(submit, items), strict=True))


def test_waiting_threads_share_a_write() -> None:
    groups: list[list[int]] = []
    gate = threading.Event()

    def write(items: Sequence[int]) -> None:
        groups.append(list(items))
        gate.wait(0.2)

    assert set(gathered(write, range(30)).values()) == {None}
    assert sorted(item for group in groups for item in group) == list(range(30))
    assert len(groups) < 30


def test_a_bad_item_fails_alone() -> None:
    def write(items: Sequence[int]) -> None:
        if 7 in items:
            raise ValueError("seven")

    answers = gathered(write, range(20))
    assert isinstance(answers.pop(7), ValueError)
    assert set(answers.values()) == {None}
