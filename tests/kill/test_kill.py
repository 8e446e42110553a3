"""A process dies by SIGKILL at each of twelve places, and every reward still comes exactly once: code and credit, both databases.

200 runs; TANDEM_KILL_RUNS asks for more. A failure prints its combination and seed; TANDEM_KILL_SEED plays it again.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from tests.kill.runs import PLACES, Run, play
from tests.kill.stack import Stack

COMBINATIONS = tuple(product(("sqlite", "postgres"), PLACES, ("code", "credit")))
FEWEST = 3
RUNS = max(FEWEST * len(COMBINATIONS), int(os.environ.get("TANDEM_KILL_RUNS") or 200))


def runs_of(combination: tuple[str, str, str]) -> int:
    """All have equally many, but for the remainder, which goes to every so-manyth."""
    at = COMBINATIONS.index(combination)
    return RUNS * (at + 1) // len(COMBINATIONS) - RUNS * at // len(COMBINATIONS)


def test_every_run_is_given_to_a_combination() -> None:
    shares = [runs_of(one) for one in COMBINATIONS]
    assert (len(shares), sum(shares)) == (48, RUNS)
    assert min(shares) >= FEWEST


@pytest.mark.timeout(60 + RUNS * 3)
@pytest.mark.parametrize(("database", "point", "kind"), COMBINATIONS)
def test_one_effect(stacks: Callable[[str], list[Stack]], database: str, point: str, kind: str, seed: int) -> None:
    lanes = stacks(database)
    wanted = [Run(point, kind, number, seed) for number in range(runs_of((database, point, kind)))]
    with ThreadPoolExecutor(len(lanes)) as pool:
        for done in [pool.submit(_play_all, stack, wanted[at :: len(lanes)]) for at, stack in enumerate(lanes)]:
            done.result()


def _play_all(stack: Stack, wanted: list[Run]) -> None:
    for run in wanted:
        play(stack, run)
