"""The whole of Tandem on one machine: settings, ports, secrets, and the processes in the order they need each other."""

import fcntl
import json
import os
import secrets
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devstore.demo.processes import ROOT, Crew, Ended
from devstore.demo.servers import answers, devstore_command, tandem_command, valkey_command
from devstore.ports import free_port

FOLDER = ROOT / "var" / "demo"
PORTS = {"devstore": 4400, "app": 4401, "mail": 4402, "valkey": 4403}
KEPT_FROM_OUTSIDE = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV", "PYTHONUNBUFFERED", "SSL_CERT_FILE")
API_KEY = "tandem-demo"


@dataclass(frozen=True)
class Place:
    """One launched demo: where its files are and where its parts answer."""

    folder: Path
    ports: dict[str, int]
    secrets: dict[str, str]

    @property
    def devstore(self) -> str:
        """For servers; the control API is below /_devstore/."""
        return f"http://127.0.0.1:{self.ports['devstore']}"

    @property
    def app(self) -> str:
        return f"http://127.0.0.1:{self.ports['app']}"

    @property
    def admin(self) -> str:
        """For the browser."""
        return f"http://admin.localhost:{self.ports['devstore']}"

    @property
    def clock(self) -> Path:
        """The file that moves business time, for the app and the development store alike."""
        return self.folder / "clock"

    @property
    def database(self) -> str:
        return os.environ.get("DATABASE_URL") or f"sqlite:///{self.folder / 'tandem.sqlite'}"

    def shop(self, name: str) -> str:
        """A shop's storefront, for the browser."""
        return f"http://{name}.localhost:{self.ports['devstore']}"

    def environment(self) -> dict[str, str]:
        """The settings of the app: only addresses and secrets differ from a real installation."""
        passed = {name: os.environ[name] for name in KEPT_FROM_OUTSIDE if name in os.environ}
        return passed | self.secrets | {
            "DATABASE_URL": self.database,
            "REDIS_URL": f"redis://127.0.0.1:{self.ports['valkey']}/0",
            "SHOPIFY_API_KEY": API_KEY,
            "APP_URL": self.app,
            "BIND": "127.0.0.1",
            "PORT": str(self.ports["app"]),
            "SMTP_URL": f"smtp://127.0.0.1:{self.ports['mail']}",
            "MAIL_FROM": "Tandem <rewards@north.example>",
            "SWEEP_SECONDS": os.environ.get("SWEEP_SECONDS", "2"),
            "CLOCK_OFFSET_FILE": str(self.clock),
            "TRUSTED_PROXIES": "1",  # the store's app proxy, which says where a visitor comes from
            "SHOPIFY_ORIGIN": f"{self.devstore}/_shop/{{shop}}",
            "SHOPIFY_ADMIN_ORIGIN": self.admin,
            "SHOPIFY_CDN": f"{self.devstore}/_cdn",
        }


@contextmanager
def launched(folder: Path = FOLDER, *, fresh: bool = True, workers: int = 1, bare: bool = False) -> Iterator[tuple[Place, Crew]]:
    """Everything running and ready; ended on the way out. ``fresh`` forgets what an earlier run left in ``folder``. ``bare``: as at
    Shopify, blocks and extensions stand in a shop once its merchant has placed them; otherwise they stand from the start.

    Raises Ended if a part does not come up.
    """
    with _alone(folder):
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        place = Place(folder, _ports(folder / "ports.json"), _secrets(folder / "secrets.json"))
        place.clock.touch()
        crew = Crew(folder / "logs", place.environment())
        try:
            _start(place, crew, workers, bare)
            yield place, crew
        finally:
            crew.stop()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One demo a folder: a second one would pull the files from under the first."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise Ended(f"another demo is running in {folder}; end it first, or clone once more.") from busy
        yield


def _start(place: Place, crew: Crew, workers: int, bare: bool) -> None:
    crew.start("valkey", valkey_command(place.ports["valkey"], place.folder / "valkey"))
    crew.start("devstore", devstore_command(
        place.ports["devstore"], place.folder / "devstore", "--app-url", place.app, "--api-key", API_KEY,
        "--api-secret", place.secrets["SHOPIFY_API_SECRET"], "--smtp-port", str(place.ports["mail"]), "--clock-file", str(place.clock),
        "--app-config", str(ROOT / "shopify.app.toml"), "--theme-blocks", str(ROOT / "storefront_snippets" / "theme"),
        *(["--bare"] if bare else [])))
    crew.finish("migrate", tandem_command("migrate"))
    crew.wait("valkey", lambda: answers(place.ports["valkey"]))
    crew.start("web", tandem_command("web"))
    for number in range(1, workers + 1):
        crew.start(f"worker-{number}", tandem_command("worker"))
    crew.start("scheduler", tandem_command("scheduler"))
    crew.wait("devstore", lambda: answers(place.ports["devstore"]))
    crew.wait("web", lambda: _ready(f"{place.app}/readyz"))


def _ports(file: Path) -> dict[str, int]:
    """Chosen once a folder: links and webhooks of an earlier run name them. Raises Ended if somebody else has one now."""
    if not file.exists():
        chosen = {name: free_port(port) for name, port in PORTS.items()}
        file.write_text(json.dumps(chosen))
        return chosen
    kept: dict[str, int] = json.loads(file.read_text())
    taken = [port for port in kept.values() if free_port(port) != port]
    if taken:
        raise Ended(f"port {taken[0]}, which the run in {file.parent} uses, is taken; end what listens there, or start over.")
    return kept


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _secrets(file: Path) -> dict[str, str]:
    """Strong ones, made once a folder, readable by its owner alone."""
    if file.exists():
        kept: dict[str, str] = json.loads(file.read_text())
        return kept
    made = {
        "SHOPIFY_API_SECRET": f"shpss_{secrets.token_hex(16)}",  # an argument of the store: must not begin with a dash
        "SECRET_KEYS": secrets.token_hex(32),
        "TOKEN_KEYS": secrets.token_hex(32),
        "METRICS_TOKEN": secrets.token_hex(32),
    }
    file.touch(mode=0o600)
    file.write_text(json.dumps(made, indent=1))
    return made


def stay(crew: Crew) -> None:
    """Until a member ends (raises Ended) or somebody presses Ctrl-C."""
    while True:
        crew.check()
        time.sleep(0.5)
