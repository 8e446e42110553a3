"""``./run bench planner [--database sqlite|postgresql] [--size N] [--json]``: are the planner's sums quick in a big shop?

100,000 referrals with an order of two lines each, their costs and three postings a reward: the time of each of the sums that the pages
of planner, readiness and word of mouth ask for. Each part of a page comes on its own, so none waits for another.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from benchmarks.kit import referred
from benchmarks.kit.population import NOON, SHOP, Row, fill
from benchmarks.lists import _engine
from plugin.db import make_sessions
from plugin.insights import baseline, funnel, planner, profit, readiness, value
from plugin.insights.baseline import Span
from plugin.insights.rules.breakeven import Effort
from plugin.insights.rules.profit import Spending
from plugin.ledger.rules import POSTINGS, Kind
from plugin.ledger.tables import Account, Posting
from plugin.mirror.tables import Cost, OrderLine, Variant

SIZE, ROUNDS = 100_000, 5
GOODS = 200
_ACCOUNTS, _POSTINGS = (kind << 96 for kind in (6, 7))
_KINDS: tuple[Kind, ...] = ("earn", "release", "issue")
_NAMES = ("expense", "held", "owed", "issued")
_SPENDING = Spending(Effort(Fraction(10), 2500, 4400), 365)

ASKED: dict[str, Callable[[Session], object]] = {
    "value": lambda session: value.values(session, SHOP, cost_bp=None, now=NOON),
    "basis": lambda session: value.basis(session, SHOP, "GBP"),
    "funnel": lambda session: funnel.measured(session, SHOP, NOON),
    "first page": lambda session: planner.suggested(session, SHOP, "GBP", NOON),
    "profit": lambda session: _profit(session, None),
    "profit 90 days": lambda session: _profit(session, NOON - timedelta(days=90)),
    "readiness": lambda session: readiness.judged(session, SHOP, NOON),
    "word of mouth": lambda session: baseline.counted(session, SHOP, Span(None, NOON)),
}


def _profit(session: Session, since: datetime | None) -> object:
    return profit.statement(session, SHOP, "GBP", since=since, spending=_SPENDING, cost_bp=None)


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench planner")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(words)
    kinds = ["sqlite", "postgresql"] if options.database == "both" else [options.database]
    result = {kind: _measure(kind, options.size) for kind in kinds}
    print(json.dumps({"milliseconds": result}, indent=1) if options.json else _table(result))
    return 0


def _measure(kind: str, size: int) -> dict[str, float]:
    """What was asked → median milliseconds."""
    with _engine(kind) as engine:
        populate(engine, size)
        return {name: _time(engine, ask) for name, ask in ASKED.items()}


def populate(engine: Engine, size: int) -> None:
    referred.populate(engine, size)
    with engine.begin() as connection:
        fill(connection, Variant, (_variant(number) for number in range(GOODS)))
        fill(connection, Cost, (_cost(number) for number in range(GOODS)))
        fill(connection, OrderLine, (_line(number, place) for number in range(size) for place in (0, 1)))
        fill(connection, Account, (_account(number) for number in range(len(_NAMES))))
        fill(connection, Posting, (_posting(number, place) for number in _rewarded(size) for place in range(len(_KINDS))))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("analyze"))


def _rewarded(size: int) -> Iterable[int]:
    return (number for number in range(size) if number % 25 > 5)


def _variant(number: int) -> Row:
    return {"shop_id": SHOP, "id": str(number), "product_id": str(number), "position": 1, "title": "Mug", "sku": None, "amount": 4000,
            "currency": "GBP", "compare_at": None, "inventory_item_id": f"i{number}", "stock": 9, "updated_at": NOON}


def _cost(number: int) -> Row:
    return {"shop_id": SHOP, "inventory_item_id": f"i{number}", "amount": None if number % 10 == 0 else 1500 + number, "currency": "GBP",
            "updated_at": NOON}


def _line(number: int, place: int) -> Row:
    return {"shop_id": SHOP, "order_id": str(9_000_000 + number), "id": f"{number}{place}", "position": place, "product_id": "1",
            "variant_id": str((number * 7 + place) % GOODS), "title": "Mug", "quantity": 1, "removed": 0, "kept": 1, "amount": 4000,
            "currency": "GBP", "discounts": "[]"}


def _account(number: int) -> Row:
    return {"shop_id": SHOP, "id": UUID(int=_ACCOUNTS + number), "name": _NAMES[number], "currency": "GBP", "balance": 0}


def _posting(number: int, place: int) -> Row:
    debit, credit = POSTINGS[_KINDS[place]]
    sides = {"debit_id": debit, "credit_id": credit}
    return {"shop_id": SHOP, "id": UUID(int=_POSTINGS + number * 4 + place), "amount": 500 + number % 1000, "currency": "GBP",
            "kind": _KINDS[place], "key": f"{number}/{place}", "reward_id": UUID(int=(4 << 96) + number),
            "order_id": None, "reverses_id": None, "posted_at": NOON,
            **{side: UUID(int=_ACCOUNTS + _NAMES.index(name)) for side, name in sides.items()}}


def _time(engine: Engine, ask: Callable[[Session], object]) -> float:
    times = []
    for _ in range(ROUNDS + 1):  # the first one warms the caches and is not counted
        with make_sessions(engine)() as session:
            begun = time.perf_counter()
            ask(session)
            times.append((time.perf_counter() - begun) * 1000)
    return round(statistics.median(times[1:]), 1)


def _table(result: dict[str, dict[str, float]]) -> str:
    head = f"{'milliseconds':<20}" + "".join(f"{kind:>12}" for kind in result)
    return "\n".join([head, *(f"{name:<20}" + "".join(f"{result[kind][name]:>12.1f}" for kind in result) for name in ASKED)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
