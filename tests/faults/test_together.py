"""A fault that is nobody's own is told to all who wait, at once: they must not each wait for the same lock in turn."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from plugin.intake.together import Together


def test_a_common_fault_is_not_tried_for_each() -> None:
    tried: list[int] = []
    entered = threading.Event()

    def write(items: Sequence[int]) -> None:
        tried.append(len(items))
        entered.set()
        time.sleep(0.3)
        raise TimeoutError

    desk = Together[int](write, common=(TimeoutError,))

    def bring(item: int) -> bool:
        try:
            desk.submit(item)
        except TimeoutError:
            return True
        return False

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(bring, 0)
        entered.wait()
        assert all([*pool.map(bring, range(1, 8)), first.result()])
    assert sum(tried) == 8, "each item was tried once"
