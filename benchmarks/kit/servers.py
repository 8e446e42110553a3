"""The contenders: each started afresh on a free port with an empty database, two processes each."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from plugin.db import make_engine
from tests.servers import Postgres

ROOT = Path(__file__).resolve().parents[2]
EXPRESS = ROOT / "benchmarks" / "express"
PROCESSES = 2
SECRET = "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"
KEYS = {"SHOPIFY_API_KEY": "bench-key", "SHOPIFY_API_SECRET": SECRET, "SECRET_KEYS": "q7Zt4mB2xW9cL5vN8kR3yH6pD1fJ0sGa",
        "TOKEN_KEYS": "8Lk2mZ0yJx7Q5w9tRb3uVd6sNf1aHc4eGi0pXoYlTzA="}
# The peer's table has what ours has: the same columns, a unique key, and bodies stored as they come (SET STORAGE EXTERNAL).
PEER_TABLE = """create table webhooks (shop text not null, source text not null, topic text not null, external_id text not null,
    event_id text, triggered_at timestamptz, received_at timestamptz not null, body bytea not null, state text not null default 'pending',
    attempts bigint not null default 0, next_at timestamptz not null default now(), error text, primary key (shop, source, external_id));
    alter table webhooks alter column body set storage external;
    create index on webhooks (shop, next_at) where state = 'pending'"""


def settings(port: int, database: str) -> dict[str, str]:
    return KEYS | {"DATABASE_URL": database, "APP_URL": f"http://127.0.0.1:{port}", "PORT": str(port)}


def tandem() -> list[str]:
    return [sys.executable, "-m", "plugin.cli", "web", "--workers", str(PROCESSES)]


def bare(port: int) -> list[str]:
    return [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--workers", str(PROCESSES), "--host", "127.0.0.1",
            "--port", str(port), "--no-ws", "--log-level", "error", "benchmarks.kit.bare:app"]


def express() -> list[str]:
    return ["node", str(EXPRESS / "server.js")]


def peer_environment(port: int, server: Postgres, name: str) -> dict[str, str]:
    """Creates the peer's table too."""
    engine = make_engine(server.create(name))
    with engine.begin() as connection:
        connection.execute(text(PEER_TABLE))
    engine.dispose()
    return {"PORT": str(port), "PGHOST": str(server.folder), "PGDATABASE": name, "PROCESSES": str(PROCESSES),
            "SHOPIFY_API_KEY": "bench-key", "SHOPIFY_API_SECRET": SECRET, "NODE_ENV": "production"}


@contextmanager
def running(command: list[str], environment: Mapping[str, str], port: int) -> Iterator[int]:
    """The server's process id, once it is ready; its whole process group is ended on the way out."""
    passed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = subprocess.Popen(command, cwd=ROOT, env=passed | dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, start_new_session=True)
    try:
        _wait(process, port)
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def rows(url: str, table: str) -> int:
    """How many webhooks the database holds."""
    engine = make_engine(url) if url.startswith(("postgres", "sqlite")) else create_engine(url)
    with engine.connect() as connection:
        found: int = connection.execute(text(f"select count(*) from {table}")).scalar_one()  # noqa: S608 - our own constant
    engine.dispose()
    return found


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if process.poll() is not None:
            words = process.stderr.read() if process.stderr else b""
            raise SystemExit(f"a server ended at once:\n{words.decode(errors='replace')[-2000:]}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(0.5)
                return
        time.sleep(0.1)
    raise SystemExit("a server did not come up in 30 s")
