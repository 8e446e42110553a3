"""How good the suggestions are: a product is left out of a later basket, and guessed from the others.

Learning sees nothing of what is asked about: orders before ``SPLIT`` of the way through the file's time teach, those after it ask.
"""

import json
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.kit import baskets
from benchmarks.kit.baskets import Bought
from plugin.offers.mining import counting, rules
from plugin.offers.mining.rules import Tally, Totals
from scripts.setup.base import ROOT, say

SPLIT = 0.8
"""Of the orders, by time."""
CASES = 1000
AT = (1, 3, 5)
RULES_LEAST = 0.002
Case = tuple[list[str], str, str | None]
Guess = Callable[[Case], Sequence[str]]


def measure(orders: Sequence[Bought], *, peers: Path, cases: int) -> dict[str, Any]:
    """Asked from → who guesses → hits in the first 1, 3 and 5, in hundredths of a percent of the cases."""
    edge = int(SPLIT * len(orders))
    past, future = orders[:edge], [one for one in orders[edge:] if len(one.products) >= 2]
    asked = {"basket": _cases(future, cases, None), "one product": _cases(future, cases, 1)}
    found: dict[str, dict[str, list[int]]] = {name: {} for name in asked}
    for who, guess in {**_plain(past, peers), "ours": _ours(past)}.items():
        for name, some in asked.items():
            found[name][who] = _hits(guess, some)
    return {**found, "past": len(past), "cases": {name: len(some) for name, some in asked.items()}}


def _cases(future: Sequence[Bought], most: int, few: int | None) -> list[Case]:
    chance = random.Random(20)
    found: list[Case] = []
    for one in chance.sample(future, min(most, len(future))):
        goods = sorted(one.products)
        missing = chance.choice(goods)
        rest = [product for product in goods if product != missing]
        found.append((chance.sample(rest, min(few, len(rest))) if few else rest, missing, one.country))
    return found


def _hits(guess: Guess, cases: Sequence[Case]) -> list[int]:
    places: Counter[int] = Counter()
    for case in cases:
        told = list(guess(case))[:AT[-1]]
        if case[1] in told:
            places[told.index(case[1]) + 1] += 1
    return [10_000 * sum(times for place, times in places.items() if place <= at) // len(cases) for at in AT]


def _plain(past: Sequence[Bought], peers: Path) -> dict[str, Guess]:
    sold = Counter(product for one in past for product in one.products)
    met: dict[str, Counter[str]] = defaultdict(Counter)
    for one in past:
        for first, second in combinations(one.products, 2):
            met[first][second] += 1
            met[second][first] += 1
    return {"popularity": lambda case: _best(sold, case[0]),
            "co-counts": lambda case: _best(_sum(met.get(one, {}) for one in case[0]), case[0]), "mlxtend": _rules(past, peers)}


def _rules(past: Sequence[Bought], peers: Path) -> Guess:
    """mlxtend's rules with one product on each side; the confidences of those that a basket fires are added up."""
    words = [sys.executable, "-m", "benchmarks.kit.peer_rules", str(RULES_LEAST)]
    say("mlxtend's rules")
    done = subprocess.run(words, cwd=ROOT, env={"PYTHONPATH": str(peers)}, input=json.dumps([sorted(one.products) for one in past]),
                          capture_output=True, text=True, check=True)
    fired: dict[str, dict[str, float]] = defaultdict(dict)
    for first, second, confidence in json.loads(done.stdout):
        fired[first][second] = confidence
    return lambda case: _best(_sum(fired.get(one, {}) for one in case[0]), case[0])


def _sum(told: Iterable[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for one in told:
        for product, score in one.items():
            total[product] += score
    return total


def _best(scores: Mapping[str, float], cart: Sequence[str]) -> list[str]:
    return sorted((product for product in scores if product not in cart), key=lambda product: (-scores[product], product))[:AT[-1]]


def _ours(past: Sequence[Bought]) -> Guess:
    """The app's own expressions (on DuckDB) and rules, as its job stores them and its answer reads them."""
    with tempfile.TemporaryDirectory() as folder:
        baskets.write(past, Path(folder) / "past.parquet")
        with duckdb.connect() as database:
            database.read_parquet(str(Path(folder) / "past.parquet")).create(counting.LINES)
            pairs, products, totals = (database.execute(counting.sql(table, "duckdb")).fetchall() for table in counting.COUNTS)
    met: dict[str, dict[str, Tally]] = defaultdict(dict)
    for first, second, _, orders, vote in pairs:
        for own, other in ((first, second), (second, first)):
            met[own][other] = met[own].get(other, Tally()) + Tally(orders, int(vote))
    sold: dict[str, Tally] = defaultdict(Tally)
    for product, _, orders, weight in products:
        sold[product] += Tally(orders, int(weight))
    whole = sum((Totals(orders, int(slots), int(links)) for _, orders, slots, links in totals), Totals())
    ranked = {own: [("/", one) for one in rules.rank(sold[own], together, sold, whole, tests=len(sold) - 1)]
              for own, together in met.items()}
    return lambda case: [one.product_id for one in rules.combine({id: ranked.get(id, []) for id in case[0]})]
