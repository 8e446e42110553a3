"""``./run bench lists [--database sqlite|postgresql] [--size N] [--json]``: does every list of the desk answer at once in a big shop?

Each list with each of its sorts and filters, at the first page and at one deep down, in a shop of 100,000 referrals: the time of the
queries and of loading the rows, counts included.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.kit import population, referred
from plugin import clock
from plugin.db import make_engine, make_sessions
from plugin.desk import paging, rules
from plugin.desk.listing import Ground, Listing
from plugin.desk.rules import Asked, Place
from plugin.insights.lists import LISTS
from tests.servers import start_postgres

SIZE, ROUNDS, GOAL = 100_000, 7, 100
SEARCHES = ("#5005", "ALICE1f4", "Alice", "nobody@example.com")


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench lists")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(words)
    kinds = ["sqlite", "postgresql"] if options.database == "both" else [options.database]
    result = {kind: _measure(kind, options.size) for kind in kinds}
    print(json.dumps({"milliseconds": result, "goal": GOAL}, indent=1) if options.json else _table(result))
    return 0


def _measure(kind: str, size: int) -> dict[str, float]:
    """What was asked → milliseconds of the fastest of some rounds."""
    with _engine(kind) as engine:
        referred.populate(engine, size)
        return {f"{listing.name} {name}": _time(engine, listing, asked) for listing in LISTS.values()
                for name, asked in views(engine, listing)}


def ground(locale: str = "en") -> Ground:
    return Ground(population.SHOP, clock.zone("Europe/London"), "GBP", locale, population.NOON)


def views(engine: Engine, listing: Listing) -> Iterator[tuple[str, Asked]]:
    """Every sort and every value of every filter, the first page and a deep one; and searches."""
    queries = [{"sort": f"{sign}{sort.name}"} for sort in listing.sorts for sign in ("-", "")]
    queries += [{choice.name: value} for choice in listing.choices for value in choice.values or ()]
    queries += [{choice.name: value, "sort": f"-{listing.sorts[-1].name}"} for choice in listing.choices for value in choice.values or ()]
    queries += [{"programme": str(population.PROGRAMME)}, {"from": "2025-08-01", "to": "2025-08-31"}, {"least": "10", "most": "12.50"}]
    queries += [{"q": text} for text in SEARCHES]
    for query in queries:
        asked = rules.read(query, listing.grammar())
        name = " ".join(f"{key}={value}" for key, value in query.items())
        yield name, asked
        place = _deep(engine, listing, asked)
        if place is not None:
            yield f"{name} (deep)", asked.at(place)


def _deep(engine: Engine, listing: Listing, asked: Asked) -> Place | None:
    """Up to 20,000 rows down; None where there are no 5,000."""
    with make_sessions(engine)() as session:
        keys = paging.keys(session, listing, ground(), asked, limit=20_000)
        if len(keys) < 5000:
            return None
        column = listing.sort(asked.sort.name).column
        value = session.query(column).filter(listing.table.shop_id == population.SHOP, listing.key == keys[-100]).scalar()  # type: ignore[attr-defined]
        return Place(value, keys[-100])


def _time(engine: Engine, listing: Listing, asked: Asked) -> float:
    times = []
    for _ in range(ROUNDS + 1):  # the first one warms the caches and is not counted
        with make_sessions(engine)() as session:
            begun = time.perf_counter()
            paging.page(session, listing, ground(), asked)
            times.append((time.perf_counter() - begun) * 1000)
    return round(min(times[1:]), 1)  # what others on the machine do only ever adds


@contextmanager
def _engine(kind: str) -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        server = start_postgres() if kind == "postgresql" else None
        engine = make_engine(server.create("lists") if server else f"sqlite:///{Path(folder) / 'lists.db'}")
        try:
            yield engine
        finally:
            engine.dispose()
            if server:
                server.stop()


def _table(result: dict[str, dict[str, float]]) -> str:
    kinds = list(result)
    slowest = {kind: max(times.values()) for kind, times in result.items()}
    rows = [f"{name:<60}" + "".join(f"{result[kind].get(name, 0):>12.1f}" for kind in kinds)
            for name in sorted(result[kinds[0]], key=lambda name: -max(result[kind].get(name, 0) for kind in kinds))[:25]]
    head = f"{'the slowest views, milliseconds (goal: ' + str(GOAL) + ')':<60}" + "".join(f"{kind:>12}" for kind in kinds)
    return "\n".join([head, *rows, f"{len(result[kinds[0]])} views; slowest: {slowest}"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
