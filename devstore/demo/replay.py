"""``./run demo --replay FILE [--orders N] [--json FILE]``: real order lines through the store's cart and checkout.

FILE is .parquet or .csv with the columns of the Online Retail data. Ctrl-C stops after what is under way; the same command
goes on from there. Ends 0 only if what the store saw and what the app booked agree.
"""

import argparse
import json
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any

from devstore.demo.books import engine_for
from devstore.demo.launch import Place, launched
from devstore.demo.processes import ROOT, Crew
from devstore.demo.replaying import acting, checks, ending, lines, plan, position, stage
from devstore.demo.replaying.crowd import Crowd, Pace
from devstore.demo.replaying.progress import Progress
from devstore.demo.replaying.recomputed import Recomputed
from devstore.demo.replaying.steps import Plan
from devstore.demo.replaying.till import Till
from devstore.demo.report import report
from devstore.demo.web import Unexpected

FOLDER = ROOT / "var" / "replay"
SNAPSHOT_SECONDS = 600.0


@dataclass
class Replay:
    """One run: where it plays, what is to be done, how far it came."""

    place: Place
    crew: Crew
    plan: Plan
    position: position.Position
    told: Event = field(default_factory=Event)
    books: Recomputed = field(init=False)

    def __post_init__(self) -> None:
        self.books = Recomputed(engine_for(self.place.database), stage.DOMAIN)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measured; a resumed stage adds up."""
        began = time.monotonic()
        try:
            yield
        finally:
            seconds = self.position.seconds
            seconds[name] = round(seconds.get(name, 0.0) + time.monotonic() - began, 2)

    def run(self) -> dict[str, Any] | None:
        """The figures, or None if it was told to stop. Raises Unexpected, also if a check does not hold."""
        if not self.position.variants:
            print("  the shop: products, customers, the app, a programme", flush=True)
            with self.stage("set out"):
                self.position.variants = stage.set_out(self.place, self.books, self.plan)
            self.position.save(position.UNDER_WAY)
        with _stopping(self.told):
            self._trade()
        if self.told.is_set():
            return None
        print("  the last holds end", flush=True)
        try:
            with self.stage("settle"):
                ending.end_holds(self.place, self.books)
        except KeyboardInterrupt:
            return None
        with self.stage("check"):
            self._judge()
        return self._told()

    def _trade(self) -> None:
        pace = Pace(self.place, self.books)
        crowd = Crowd(self.place, self.crew, Till(self.place, self.position.variants, self.position.known), pace, self.told)
        with self.stage("trade"), Progress(self.plan, self.position.done) as progress:
            self.position.done += crowd.play(self.plan.steps[self.position.done:], progress.seen)
        seconds = self.position.seconds
        seconds["waited for the app"] = round(seconds.get("waited for the app", 0.0) + pace.waited, 2)

    def _judge(self) -> None:
        """Raises Unexpected if anything does not agree."""
        wrong = 0
        for check in checks.judge(self.place, self.books, self.plan, self.position.known):
            wrong += not check.holds
            told = ", ".join(f"{name} {value}" for name, value in check.figures.items())
            print(f"  {'✓' if check.holds else '✗'} {check.what}: {told}", flush=True)
        if wrong:
            raise Unexpected(f"{wrong} checks do not hold")

    def _told(self) -> dict[str, Any]:
        """``refused`` counts rows of the file and orders whose referral does not count, by reason; the names differ."""
        rows, told = self.plan.rows, report(self.place, self.books, self.position.seconds)
        counted = {"given": rows.given, "used": rows.used, "left_out": rows.left_out, "refused": dict(rows.refused),
                   "prices_rounded": rows.changed}
        return told | {"refused": dict(rows.refused) | told["refused"], "rows": counted, "simulated": acting.SAID}


def play(given: argparse.Namespace, planned: Plan) -> dict[str, Any] | None:
    """Raises Ended, Unexpected."""
    key = position.key_of(given.file, given.orders, given.seed)
    file = given.folder / "position.json"
    found = None if given.fresh else position.resume(file, key)
    with launched(given.folder, fresh=found is None) as (place, crew):
        replay = Replay(place, crew, planned, found or position.Position(file, key))
        replay.position.save(position.UNDER_WAY)
        try:
            figures = replay.run()
        except Unexpected:
            if replay.position.done == len(planned.steps):
                leave(replay)  # what does not hold can be looked at, and the same command checks again
            raise
        if figures is None:
            leave(replay)
        else:
            replay.position.save(position.FINISHED)
    return figures


def leave(replay: Replay) -> None:
    """Everything that is on its way arrives, the store writes its snapshot, and only then is the place noted."""
    print("\n  stopping: what is under way is finished and saved", flush=True)
    ending.drain(replay.place, replay.books)
    replay.crew.end("devstore", seconds=SNAPSHOT_SECONDS)
    replay.position.save(position.STOPPED)
    print(f"  {replay.position.done} of {len(replay.plan.steps)} steps done; the same command goes on from here.", flush=True)


def main(words: Sequence[str]) -> int:
    given = _arguments(words)
    try:
        print(f"Reading {given.file}", flush=True)
        planned = plan.make(lines.read(given.file), orders=given.orders, seed=given.seed)
        _introduce(planned)
        figures = play(given, planned)
    except lines.Unreadable as wrong:
        print(f"./run demo --replay: {wrong}", file=sys.stderr)
        return 2
    except Unexpected as wrong:
        print(f"  ✗ {wrong}", file=sys.stderr)
        return 1
    if figures is None:
        return 130
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False))
    _conclude(figures)
    return 0


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run demo --replay", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--orders", type=_positive, metavar="N", help="stop after so many orders")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--seed", type=int, default=plan.SEED, help="of the simulated referrals (%(default)s)")
    parser.add_argument("--fresh", action="store_true", help="start over, whatever an earlier run left")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where its state lies (var/replay)")
    return parser.parse_args(list(words))


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text} is not a number of orders")
    return int(text)


def _introduce(planned: Plan) -> None:
    rows = planned.rows
    print(f"  {rows.given} rows: {rows.used} used, {rows.refused.total()} refused, {rows.left_out} left out by --orders; "
          f"{rows.changed} prices rounded to pence")
    for reason, count in rows.refused.most_common():
        print(f"    refused {count:7} {reason}")
    if not planned.sales:
        raise lines.Unreadable("No row of the file can be bought.")
    print(f"  {len(planned.sales)} orders, {planned.refunds} refunds, {len(planned.customers)} customers, {len(planned.prices)} products")
    print(f"  {acting.SAID}", flush=True)


@contextmanager
def _stopping(told: Event) -> Iterator[None]:
    """Ctrl-C asks to stop; what is under way is finished first."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        told.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _conclude(figures: dict[str, Any]) -> None:
    trade = figures["seconds"]["trade"]
    print(f"\n{figures['orders']} orders in {trade:.0f} s ({figures['orders'] / trade:.1f} a second), {figures['attributed']} attributed, "
          f"{figures['refunds']} refunds. Everything agrees.")
