"""The job as a shop runs it: from nothing, and for the newest hundredth of its orders alone."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from benchmarks.kit import till
from benchmarks.kit.baskets import Bought
from benchmarks.kit.population import SHOP
from plugin.db import make_engine, make_sessions
from plugin.offers.mining import counting, upkeep
from plugin.offers.mining.tables import MinedPair
from tests.servers import start_postgres

HUNDREDTH = 100


def measure(kind: str, orders: Sequence[Bought]) -> dict[str, Any]:
    """Seconds of counting and of ranking, for all orders but the newest hundredth, and then for those."""
    new = len(orders) // HUNDREDTH
    with engine_of(kind) as engine:
        till.open_shop(engine, orders)
        till.sell(engine, orders[:-new])
        warm()
        full = mine(engine, orders)
        till.sell(engine, orders[-new:])
        more = mine(engine, orders)
        with engine.connect() as connection:
            pairs = connection.scalar(select(func.count()).select_from(MinedPair))
    return {"full": full, "increment": more, "orders": [len(orders) - new, new], "pairs": pairs,
            "share": {name: round(more[name] / full[name], 4) for name in full}}


def warm() -> None:
    """Ibis is loaded and its queries written once a process."""
    for table in counting.COUNTS:
        for dialect in ("sqlite", "postgresql"):
            counting.sql(table, dialect)


def mine(engine: Engine, orders: Sequence[Bought], *, at_once: int = upkeep.BATCH) -> dict[str, float]:
    """What the job does, step by step, each in its transaction. ``at_once``: orders a transaction."""
    now = till.end_of(orders)
    counted = _repeat(engine, lambda session: upkeep.count(session, SHOP, now=now, limit=at_once))
    ranked = _repeat(engine, lambda session: upkeep.rank(session, SHOP, now=now))
    return {"count": round(counted, 2), "rank": round(ranked, 2), "both": round(counted + ranked, 2)}


def _repeat(engine: Engine, step: Callable[[Session], int]) -> float:
    begun, done = time.perf_counter(), 1
    while done:
        with make_sessions(engine).begin() as session:
            done = step(session)
    return time.perf_counter() - begun


@contextmanager
def engine_of(kind: str) -> Iterator[Engine]:
    """An empty database, durable as in production."""
    with tempfile.TemporaryDirectory() as folder:
        server = start_postgres(durable=True, options={"shared_buffers": "256MB"}) if kind == "postgresql" else None
        engine = make_engine(server.create("mine") if server else f"sqlite:///{Path(folder) / 'mine.sqlite'}")
        try:
            yield engine
        finally:
            engine.dispose()
            if server:
                server.stop()
