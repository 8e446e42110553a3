"""``./run bench ingest [--rounds N] [--seconds N] [--json]``: signed 9 KB order webhooks, durable before 200.

Ours against Express on Node 24 with Shopify's own package and pg; two processes each; rounds interleaved, every server and
database fresh in each; ratios of the same round, then their median. Also ours on SQLite, and ours without any database. Beside
the pace stands the processor time a request, which says more on a machine that others keep busy.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from alembic import command

from benchmarks.kit import burden, servers
from benchmarks.kit.load import CONNECTIONS, Load, drive
from devstore.ports import free_port
from plugin.db import make_engine
from scripts.make_migration import config
from scripts.setup import node
from scripts.setup.base import once
from tests.servers import Postgres, redis_url, start_postgres, start_valkey

POSTGRES_SETTINGS = "PostgreSQL: fsync and synchronous_commit on, Unix socket; both tables keep the body with SET STORAGE EXTERNAL"
SQLITE_SETTINGS = "SQLite: WAL, synchronous=FULL"
PEER_RATIO, MUST = "postgresql to the peer", 1.3
PEER_SETTINGS = "Express: cluster of 2, pg.Pool of 8 a process, NODE_ENV=production"


@dataclass(frozen=True)
class Around:
    """Ours rings a bell in Valkey after each commit, as it does in production; the peer has no workers to wake."""

    postgres: Postgres
    redis: str


@dataclass(frozen=True)
class Contender:
    """A server to start: what to run, with which settings, and how to count what it stored."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    port: int
    stored: Callable[[], int] | None


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench ingest")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(words)
    _peer_packages()
    measured = _measure(options.rounds, options.seconds)
    ratios = _ratios(measured)
    print(json.dumps(_told(measured, ratios), indent=1) if options.json else _table(measured, ratios))
    return 0 if ratios[PEER_RATIO] >= MUST else 1


def _measure(rounds: int, seconds: int) -> dict[str, list[Load]]:
    """Loads by contender, one a round."""
    measured: dict[str, list[Load]] = {}
    with _around() as around:
        for number in range(rounds):
            for make in _turn(number):
                with tempfile.TemporaryDirectory() as folder:
                    contender = make(around, Path(folder))
                    measured.setdefault(contender.name, []).append(_run(contender, around, Path(folder), seconds))
    return measured


@contextmanager
def _around() -> Iterator[Around]:
    """What stands around the contenders and outlives them."""
    with tempfile.TemporaryDirectory() as folder:
        postgres, valkey = start_postgres(durable=True), start_valkey(Path(folder))
        try:
            yield Around(postgres, redis_url(valkey))
        finally:
            valkey.stop()
            postgres.stop()


def _turn(number: int) -> list[Callable[[Around, Path], Contender]]:
    """Who goes first changes, so that no contender always finds the machine warm."""
    order = [_tandem_postgres, _express, _tandem_sqlite, _bare]
    return order[number % len(order):] + order[:number % len(order)]


def _run(contender: Contender, around: Around, folder: Path, seconds: int) -> Load:
    with servers.running(contender.command, contender.environment, contender.port) as web:
        drive(contender.port, folder, servers.SECRET, seconds=1)
        before = contender.stored() if contender.stored else 0
        roots = (web, around.postgres.process.pid)
        spent = [burden.seconds(root) for root in roots]
        load = drive(contender.port, folder, servers.SECRET, seconds=seconds)
        each = [round((burden.seconds(root) - so_far) / load.answers * 1e6, 1) for root, so_far in zip(roots, spent, strict=True)]
    if load.failed:
        raise SystemExit(f"{contender.name}: {load.failed} requests were not answered with 200")
    if contender.stored and contender.stored() - before < load.answers:
        raise SystemExit(f"{contender.name}: {load.answers} answers, but only {contender.stored() - before} rows")
    load = replace(load, web=each[0], database=each[1])
    print(_line(contender.name, [load]), file=sys.stderr, flush=True)
    return load


def _tandem_postgres(around: Around, folder: Path) -> Contender:
    return _tandem("tandem-postgresql", around.postgres.create(f"bench_{folder.name}"), around.redis)


def _tandem_sqlite(around: Around, folder: Path) -> Contender:
    return _tandem("tandem-sqlite", f"sqlite:///{folder / 'bench.sqlite'}", around.redis)


def _tandem(name: str, url: str, redis: str) -> Contender:
    engine = make_engine(url)
    command.upgrade(config(engine), "head")
    engine.dispose()
    port = free_port()
    return Contender(name, servers.tandem(), servers.settings(port, url) | {"REDIS_URL": redis}, port, lambda: servers.rows(url, "inbox"))


def _express(around: Around, folder: Path) -> Contender:
    name, port = f"peer_{folder.name}", free_port()
    environment = servers.peer_environment(port, around.postgres, name)
    url = around.postgres.url(name)
    return Contender("express-postgresql", servers.express(), environment, port, lambda: servers.rows(url, "webhooks"))


def _bare(_around: Around, _folder: Path) -> Contender:
    port = free_port()
    return Contender("bare-200", servers.bare(port), servers.settings(port, "sqlite://"), port, None)


def _ratios(measured: Mapping[str, Sequence[Load]]) -> dict[str, float]:
    def ratio(ours: str, theirs: str) -> float:
        return round(statistics.median(a.rate / b.rate for a, b in zip(measured[ours], measured[theirs], strict=True)), 2)

    return {
        PEER_RATIO: ratio("tandem-postgresql", "express-postgresql"),
        "sqlite to the peer": ratio("tandem-sqlite", "express-postgresql"),
        "postgresql to bare": ratio("tandem-postgresql", "bare-200"),
        "sqlite to bare": ratio("tandem-sqlite", "bare-200"),
    }


def _told(measured: Mapping[str, Sequence[Load]], ratios: Mapping[str, float]) -> dict[str, object]:
    return {
        "connections": CONNECTIONS, "processes": servers.PROCESSES, "settings": [POSTGRES_SETTINGS, SQLITE_SETTINGS, PEER_SETTINGS],
        "rounds": {name: [asdict(load) for load in loads] for name, loads in measured.items()}, "ratios": dict(ratios),
        "must": {PEER_RATIO: MUST}, "goals": {"to the peer, on both": 2.0, "to bare, on both": 0.4},
    }


def _table(measured: Mapping[str, Sequence[Load]], ratios: Mapping[str, float]) -> str:
    medians = [_line(name, loads) for name, loads in measured.items()]
    lines = [f"  {name:20} {value:5.2f}" for name, value in ratios.items()]
    return "\n".join([POSTGRES_SETTINGS, SQLITE_SETTINGS, PEER_SETTINGS, "medians:", *medians, "median ratios of a round:", *lines,
                      f"must: {PEER_RATIO} at least {MUST}: {'met' if ratios[PEER_RATIO] >= MUST else 'NOT met'}"])


def _line(name: str, loads: Sequence[Load]) -> str:
    rate, p50, p99, web, database = (_median(loads, part) for part in ("rate", "p50", "p99", "web", "database"))
    pace = f"{rate:7.0f}/s  p50 {p50:6.1f} ms  p99 {p99:6.1f} ms"
    return f"  {name:20} {pace}  processor a request: web {web:5.0f} us, PostgreSQL {database:5.0f} us"


def _median(loads: Sequence[Load], part: str) -> float:
    return statistics.median(float(getattr(load, part)) for load in loads)


def _peer_packages() -> None:
    """The peer's own packages, in its own folder; its Node must be 24."""
    node.node()
    modules = servers.EXPRESS / "node_modules"
    words = ("ci", "--silent", "--no-audit", "--no-fund")  # silent: standard output is the result's
    once(modules / ".done", [servers.EXPRESS / "package-lock.json"], lambda: node.npm(*words, cwd=servers.EXPRESS))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
