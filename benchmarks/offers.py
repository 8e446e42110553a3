"""``./run bench offers [--rounds N] [--json]``: what it costs to price a cart with offers, and whether the price is right.

The same carts and offers by our engine, by the Function's module under wasmtime, by Medusa's promotion module on Node and by django-oscar's
applicator on SQLite in memory. *Speed*: 10 to 200 lines and 10 offers, which are about a quarter of the goods each (``crowded``) or about
all of them (``all``). *Right*: cases from what was reported to the two projects, each in every order of its lines. The peers are installed
into var/ for this alone. django-oscar takes tens of seconds for the larger carts and is asked once, up to 50 lines.

Goals: at 50 lines and 10 offers at least 50 times fewer seconds than the better of the two; every case right.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from shutil import copyfile, which
from typing import Any

from benchmarks.kit import promotions
from benchmarks.kit.promotions import KNOWN, Row
from devstore.functions.running import run
from plugin.offers.rules.evaluation import evaluate
from scripts.setup import node
from scripts.setup.base import ROOT, VAR, once, say
from scripts.setup.python import pip_install
from tests.function.staging import Stage, extension, staged

MEDUSA, OSCAR = VAR / "medusa", VAR / "oscar"
KINDS = {"crowded": promotions.crowded, "all": promotions.open_to_all}
LINES, OFFERS = (10, 50, 100, 200), 10
COMPARED, GOAL = 50, 50
TOLERANCE = 0.001
"""Of a cent: what a peer may be off that counts in floating point."""
Answer = dict[str, Any] | None
Contender = Callable[[Sequence[Row]], list[Answer]]


def engine(rows: Sequence[Row]) -> list[Answer]:
    cases = [promotions.case(row) for row in rows]
    return [_timed(row, lambda case: evaluate(case.offers, case.lines, case.context).total, case)
            for row, case in zip(rows, cases, strict=True)]


def function(rows: Sequence[Row]) -> list[Answer]:
    """From the input's bytes to the answer's: reading, pricing, writing, and a new instance each time, as Shopify does."""
    target = extension().targets[0]
    answers: list[Answer] = []
    for row in rows:
        stage: Stage = staged(promotions.case(row))
        given, said = stage.input(), stage.said()
        told = _timed(row, lambda data, lines: run(extension().module, target.export, data, lines=lines), given, len(row["lines"]))
        answers.append(told | {"cents": sum(said.lines)})
    return answers


def medusa(rows: Sequence[Row]) -> list[Answer]:
    return _child([which("node", path=node.environment()["PATH"]) or "node", str(MEDUSA / "compute.mjs")], rows, node.environment())


def oscar(rows: Sequence[Row]) -> list[Answer]:
    return _child([sys.executable, "-m", "benchmarks.kit.applicator"], rows, os.environ | {"PYTHONPATH": str(OSCAR)})


CONTENDERS: dict[str, Contender] = {"engine": engine, "function": function, "medusa": medusa, "oscar": oscar}


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench offers")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(words)
    install()
    result = {"speed": speed(options.rounds), "right": right()}
    print(json.dumps(result, indent=1) if options.json else told(result))
    return 0 if all(case["engine"] == case["function"] == case["cents"] for case in result["right"].values()) else 1


def install() -> None:
    own = ROOT / "benchmarks" / "medusa"

    def packages() -> None:
        MEDUSA.mkdir(parents=True, exist_ok=True)
        for file in own.iterdir():
            copyfile(file, MEDUSA / file.name)
        say("installing Medusa's promotion module into var/medusa (300 MB)")
        node.npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", cwd=MEDUSA)

    def applicator() -> None:
        say("installing requirements-oscar.txt into var/oscar")
        pip_install("requirements-oscar.txt", "--upgrade", "--target", OSCAR)

    once(VAR / "medusa.done", [own], packages)
    once(VAR / "oscar.done", [ROOT / "requirements-oscar.txt"], applicator)


def speed(rounds: int) -> dict[str, dict[str, Any]]:
    """By contender the quickest round and the median, in milliseconds, or None; ``better``: how often ours fits into the better peer's,
    each by its quickest."""
    found: dict[str, dict[str, Any]] = {}
    for kind, make in KINDS.items():
        for lines in LINES:
            figures = {who: _figures_of(ask, make(lines, OFFERS, 1 if who == "oscar" else rounds))
                       if who != "oscar" or lines <= COMPARED else None for who, ask in CONTENDERS.items()}
            best = min(one[0] for who, one in figures.items() if one and who in ("medusa", "oscar"))
            better = {who: round(best / one[0], 1) for who, one in figures.items() if one and who in ("engine", "function")}
            found[f"{kind}, {lines} x {OFFERS}"] = figures | {"better": better}
            say(f"{kind}, {lines} x {OFFERS}: {figures}")
    return found


def _figures_of(ask: Contender, row: Row) -> tuple[float, float] | None:
    [answer] = ask([row])
    return (round(1000 * min(answer["seconds"]), 3), round(1000 * statistics.median(answer["seconds"]), 3)) if answer else None


def right() -> dict[str, dict[str, Any]]:
    """What each takes off, in cents: one figure, or several where it depends on the order of the lines; None where it cannot be said."""
    rows = [promotions.asked(one) for one in KNOWN]
    answers = {name: iter(contender([row for some in rows for row in some])) for name, contender in CONTENDERS.items()}
    return {one.name: {"source": one.source, "cents": one.cents} | {name: _figures(some, len(own)) for name, some in answers.items()}
            for one, own in zip(KNOWN, rows, strict=True)}


def _figures(answers: Any, count: int) -> float | list[float] | None:  # noqa: ANN401 - an iterator that goes on
    found = [next(answers) for _ in range(count)]
    if None in found:
        return None
    figures = sorted({_whole(one["cents"]) for one in found})
    return figures[0] if len(figures) == 1 else figures


def _whole(cents: float) -> float:
    return round(cents) if abs(cents - round(cents)) < TOLERANCE else round(cents, 3)


def told(result: dict[str, Any]) -> str:
    rows = [f"{'ms, quickest / median':>22} " + " ".join(f"{name:>20}" for name in (*CONTENDERS, "times"))]
    for size, figures in result["speed"].items():
        shown = [f"{one[0]} / {one[1]}" if (one := figures[who]) else "-" for who in CONTENDERS]
        rows.append(f"{size:>22} " + " ".join(f"{one:>20}" for one in (*shown, " / ".join(map(str, figures["better"].values())))))
    rows += [f"times: how often the engine's and the Function's fit into the better peer's; goal {GOAL} at {COMPARED} x {OFFERS}", ""]
    for name, figures in result["right"].items():
        said = ", ".join(f"{who} {_verdict(figures[who], figures['cents'])}" for who in CONTENDERS)
        rows.append(f"{name} ({figures['source'] or 'ours'}): {figures['cents']} cents. {said}")
    return "\n".join(rows)


def _verdict(said: float | list[float] | None, wanted: int) -> str:
    return "cannot say it" if said is None else "right" if said == wanted else f"WRONG ({said})"


def _timed(row: Row, work: Callable[..., Any], *given: Any) -> dict[str, Any]:  # noqa: ANN401 - what the work is given
    seconds, answer = [], None
    for _ in range(row["rounds"]):
        begun = time.perf_counter()
        answer = work(*given)
        seconds.append(time.perf_counter() - begun)
    return {"cents": answer, "seconds": seconds}


def _child(command: list[str], rows: Sequence[Row], environment: Any) -> list[Answer]:  # noqa: ANN401
    done = subprocess.run(command, cwd=ROOT, env=environment, input=json.dumps(list(rows)), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    answers: list[Answer] = json.loads(done.stdout.splitlines()[-1])
    return answers


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
