"""``./run bench mine FILE [speed] [increment] [hits] [--spark] [--json]``: what it costs to learn what is bought together, and its worth.

FILE holds order lines, as for ``./run demo --replay``. *speed*: the pairs of all orders, and of ten times as many, by our Ibis expression
on DuckDB, by hand-written SQL on DuckDB (the limit), by mlxtend and by efficient-apriori, in turns. *increment*: the job as it runs in the
shop, from nothing and for the newest hundredth of the orders. *hits*: how often a product that was left out of a later basket is suggested.
The peers are installed into var/mine, local Spark (which needs Java) into var/spark, when they are asked for.

Goals: at most 1.5 of the limit; an increment of a hundredth costs at most 3 in a hundred of a full run.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.kit import baskets, growth, guesses
from benchmarks.kit.baskets import Bought
from scripts.setup.base import ROOT, VAR, once, say
from scripts.setup.python import pip_install

ROUNDS = 3
PATIENCE = 900
PARTS = ("speed", "increment", "hits")


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench mine")
    parser.add_argument("file", type=Path)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all if none is named")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--times", type=int, default=10, help="how often the orders are repeated for the larger size")
    parser.add_argument("--orders", type=int, help="of the increment: the newest so many orders; all if not said")
    parser.add_argument("--cases", type=int, default=guesses.CASES, help="later baskets that are asked about")
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(words)
    parts = options.parts or PARTS
    if unknown := set(parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    orders = baskets.read(options.file)
    say(f"{len(orders):,} orders")
    result: dict[str, Any] = {}
    if "speed" in parts:
        result["speed"] = speed(orders, options)
    if "increment" in parts:
        newest = orders[-(options.orders or len(orders)):]
        result["increment"] = {kind: growth.measure(kind, newest) for kind in ("sqlite", "postgresql")}
    if "hits" in parts:
        result["hits"] = guesses.measure(orders, peers=_peers("mine"), cases=options.cases)
    print(json.dumps(result, indent=1) if options.json else _told(result))
    return 0


def speed(orders: Sequence[Bought], options: argparse.Namespace) -> dict[str, Any]:
    """Size → engine → medians of its rounds."""
    engines = ["by_hand", "ours", "mlxtend", "efficient_apriori", *(["spark"] if options.spark else [])]
    libraries = [_peers("mine"), *([_peers("spark")] if options.spark else [])]
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "1.parquet", Path(folder) / "many.parquet"
        baskets.write(orders, small)
        baskets.write_times(small, options.times, large)
        least = max(2, len(orders) // 200)  # half a hundredth of the orders
        sizes = {"1": (small, least), str(options.times): (large, least * options.times)}
        return {size: _engines(file, met, engines, libraries=libraries, rounds=options.rounds) for size, (file, met) in sizes.items()}


def _engines(file: Path, least: int, engines: Sequence[str], *, libraries: Sequence[Path], rounds: int) -> dict[str, Any]:
    """In turns, so that a slow moment of the machine meets all of them; the peers, which take minutes, in the first round only."""
    told: dict[str, list[dict[str, float]]] = {engine: [] for engine in engines}
    for turn in range(rounds):
        for engine in engines if turn == 0 else ("by_hand", "ours"):
            one = _run(engine, file, least, libraries)
            say(f"{engine}: {one}")
            told[engine].append(one)
    found: dict[str, Any] = {engine: {name: statistics.median(one[name] for one in runs) for name in runs[0]}
                             for engine, runs in told.items()}
    return found | {"ratio": {name: round(statistics.median(
        ours[name] / limit[name] for ours, limit in zip(told["ours"], told["by_hand"], strict=True)), 2)
        for name in ("seconds", "processor")}}


def _run(engine: str, file: Path, least: int, libraries: Sequence[Path]) -> dict[str, float]:
    words = [sys.executable, "-m", "benchmarks.kit.miners", engine, str(file), str(least)]
    path = os.pathsep.join(str(one) for one in libraries)
    try:
        done = subprocess.run(words, cwd=ROOT, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False,
                              timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return {"seconds": PATIENCE, "processor": PATIENCE, "pairs": 0, "megabytes": 0}
    if done.returncode:
        say(done.stderr[-2000:])
        return {"seconds": 0, "processor": 0, "pairs": 0, "megabytes": 0}
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _peers(name: str) -> Path:
    """A folder with what requirements-NAME.txt lists."""
    folder, listed = VAR / name, f"requirements-{name}.txt"

    def install() -> None:
        say(f"installing {listed} into {folder.relative_to(ROOT)}")
        pip_install(listed, "--upgrade", "--target", folder)

    once(VAR / f"{name}.done", [ROOT / listed], install)
    return folder


def _told(result: dict[str, Any]) -> str:
    lines = []
    for size, engines in result.get("speed", {}).items():
        lines += [f"× {size:>3}  {name:18} " + "  ".join(f"{what} {number:,}" for what, number in told.items())
                  for name, told in engines.items()]
    lines += [f"{kind:11} {told}" for kind, told in result.get("increment", {}).items()]
    for kind, told in result.get("hits", {}).items():
        lines += [f"{kind}: {who:12} {numbers}" for who, numbers in told.items()] if isinstance(told, dict) else [f"{kind}: {told}"]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
