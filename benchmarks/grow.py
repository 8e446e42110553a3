"""``./run bench grow [--database sqlite|postgresql] [--largest N] [--json]``: does an order cost more in a bigger shop?

Attribution of an order and the landing of a friend, with 10^4, 10^5 and 10^6 advocates and visits. The sizes are filled
first and measured in turns, so that a slow moment of the machine meets all of them.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.kit import population
from plugin.attribution import flows
from plugin.db import make_engine, make_sessions
from plugin.errors import Broken
from plugin.referrals import flows as referrals
from tests.servers import start_postgres

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS, ORDERS = 9, 60
GOAL = 1.5
_numbers = count()

Work = Callable[[Engine, int, random.Random], None]


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench grow")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="leave out greater sizes")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(words)
    sizes = [size for size in SIZES if size <= options.largest]
    kinds = ["sqlite", "postgresql"] if options.database == "both" else [options.database]
    result = {kind: _measure(kind, sizes) for kind in kinds}
    print(json.dumps({"milliseconds": result, "goal": GOAL}, indent=1) if options.json else _table(result, sizes))
    return 0


def _measure(kind: str, sizes: Sequence[int]) -> dict[str, dict[str, float]]:
    """Work to size to the median milliseconds of one."""
    with _engines(kind, sizes) as engines:
        found: dict[str, dict[str, float]] = {}
        for name, work in WORKS.items():
            times: dict[int, list[float]] = {size: [] for size in sizes}
            for turn in range(-1, ROUNDS):  # the first turn warms the caches and is not counted
                for size in sizes:
                    spent = _time(work, engines[size], size, turn)
                    if turn >= 0:
                        times[size].append(spent)
            found[name] = {str(size): round(statistics.median(spent), 3) for size, spent in times.items()}
        return found


def _time(work: Work, engine: Engine, size: int, turn: int) -> float:
    chance = random.Random(f"{size}-{turn}")
    began = time.perf_counter()
    for _ in range(ORDERS):
        work(engine, size, chance)
    return (time.perf_counter() - began) * 1000 / ORDERS


def attribute(engine: Engine, size: int, chance: random.Random) -> None:
    """One order whose cart carries a visit, decided and written, then rolled back: the disk's own pace stays out of it."""
    made = population.order(next(_numbers), chance.randrange(size))
    with make_sessions(engine)() as session:
        decision = flows.attribute(session, population.SHOP, made, population.TERMS, population.NOON)
        session.rollback()
    if decision.verdict != "attributed":
        raise Broken(f"the benchmark's order was not attributed: {decision.reason}")


def land(engine: Engine, size: int, chance: random.Random) -> None:
    """One friend follows one link: found, limits looked at, visit written, then rolled back."""
    number = chance.randrange(size)
    caller = referrals.Caller(device_key=f"d{number:063x}", address_key=f"a{number:063x}", counts=True)
    with make_sessions(engine)() as session:
        landing = referrals.follow(session, population.SHOP, population.slug(number), caller, place="/", sign=str, now=population.NOON)
        session.rollback()
    if landing.visit is None:
        raise Broken("the benchmark's visit was not counted")


WORKS: dict[str, Work] = {"attribution": attribute, "landing": land}


@contextmanager
def _engines(kind: str, sizes: Sequence[int]) -> Iterator[dict[int, Engine]]:
    """A filled database of each size."""
    with tempfile.TemporaryDirectory() as folder:
        server = start_postgres(durable=True, options={"shared_buffers": "256MB"}) if kind == "postgresql" else None
        engines: dict[int, Engine] = {}
        try:
            for size in sizes:
                print(f"{kind}: filling {size:,}", file=sys.stderr, flush=True)
                engines[size] = make_engine(server.create(f"grow_{size}") if server else f"sqlite:///{Path(folder) / str(size)}.sqlite")
                population.populate(engines[size], size)
            yield engines
        finally:
            for engine in engines.values():
                engine.dispose()
            if server:
                server.stop()


def _table(result: dict[str, dict[str, dict[str, float]]], sizes: Sequence[int]) -> str:
    lines = []
    for kind, works in result.items():
        for name, times in works.items():
            ratio = times[str(sizes[-1])] / times[str(sizes[0])]
            told = "  ".join(f"{size:>9,}: {times[str(size)]:7.3f} ms" for size in sizes)
            lines.append(f"{kind:10} {name:12} {told}   ratio {ratio:.2f} (goal {GOAL})")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
