"""One database with everything around it: a development store, Valkey, and the app's four processes, all real."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import requests

from devstore.demo.books import Books, engine_for
from devstore.demo.processes import Crew
from devstore.demo.servers import answers, devstore_command, valkey_command
from devstore.ports import free_port
from plugin import clock
from plugin.config import Settings
from plugin.context import Context
from plugin.db import ShopId, make_engine, make_sessions
from plugin.people import flows as people
from plugin.referrals.flows import programmes, publishing
from plugin.referrals.flows.advocates import enrol
from plugin.shops import tables as shops
from tests.kill.processes import Member, Nursery, eventually, start
from tests.kill.store import SHOP, Devstore

DOMAIN = f"{SHOP}.myshopify.com"
GAPS = "0.2,0.3,0.5,1,2,4,8,16"
PROGRAMMES = {
    "code": {"name": "Codes", "advocate_kind": "fixed", "advocate_value": "5.00"},
    "credit": {"name": "Credits", "advocate_kind": "store_credit", "advocate_value": "5.00"},
}
RULES = {"friend_kind": "none", "hold_days": "0", "window_days": "30", "new_only": "on"}
PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV")


@dataclass
class Stack:
    """Everything one run needs. Runs go one after the other."""

    folder: Path
    database_url: str
    credit_wait: float = 1.0
    ports: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in ("store", "app", "mail", "valkey")})
    secret: str = field(default_factory=lambda: f"shpss_{secrets.token_hex(16)}")
    members: dict[str, Member] = field(default_factory=dict)
    programmes: dict[str, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environment = self._environment()
        self.crew = Crew(self.folder / "logs", self.environment)
        self.nursery = Nursery()
        self.store = Devstore(f"http://127.0.0.1:{self.ports['store']}")
        self.books = Books(engine_for(self.database_url), DOMAIN)
        settings = Settings.from_environment(self.environment)
        self.context = Context(settings, make_sessions(make_engine(self.database_url)), requests.Session())

    def _environment(self) -> dict[str, str]:
        passed = {name: os.environ[name] for name in PASSED if name in os.environ}
        store = f"http://127.0.0.1:{self.ports['store']}"
        return passed | {
            "DATABASE_URL": self.database_url, "REDIS_URL": f"redis://127.0.0.1:{self.ports['valkey']}/0",
            "SHOPIFY_API_KEY": "tandem-kill", "SHOPIFY_API_SECRET": self.secret, "SECRET_KEYS": secrets.token_hex(32),
            "TOKEN_KEYS": secrets.token_hex(32), "APP_URL": self.app, "PORT": str(self.ports["app"]),
            "SMTP_URL": f"smtp://127.0.0.1:{self.ports['mail']}", "MAIL_FROM": "Tandem <rewards@north.example>",
            "LEASE_SECONDS": "1", "SWEEP_SECONDS": "0.2", "CREDIT_WAIT_SECONDS": str(self.credit_wait),
            "SHOPIFY_ORIGIN": f"{store}/_shop/{{shop}}", "SHOPIFY_ADMIN_ORIGIN": f"http://admin.localhost:{self.ports['store']}",
            "SHOPIFY_CDN": f"{store}/_cdn"}

    @property
    def app(self) -> str:
        return f"http://127.0.0.1:{self.ports['app']}"

    def log(self, role: str) -> Path:
        return self.folder / "logs" / f"{role}.log"

    # -- processes --

    def up(self) -> None:
        """Everything runs, the shop is installed, both programmes are published, and what that caused is over."""
        self.crew.start("valkey", valkey_command(self.ports["valkey"], self.folder / "valkey"))
        self.crew.start("devstore", devstore_command(
            self.ports["store"], self.folder / "store", "--app-url", self.app, "--api-key", "tandem-kill", "--api-secret", self.secret,
            "--smtp-port", str(self.ports["mail"]), "--webhook-gaps", GAPS, "--bulk-seconds", "0"))
        self.crew.wait("valkey", lambda: answers(self.ports["valkey"]))
        self.crew.wait("devstore", lambda: answers(self.ports["store"]))
        self._migrate()
        for role in ("web", "events", "deliveries", "scheduler"):
            self.start(role)
        self._install()
        self._publish()
        assert eventually(self.is_quiet, 120), self.words()

    def _migrate(self) -> None:
        migrating = start(self.nursery, "migrate", self.environment, self.log("migrate"))
        assert eventually(migrating.ended, 120), self.words()
        assert migrating.code == 0, self.words()

    def start(self, role: str, failpoint: str = "") -> Member:
        """Start a process; one with a failpoint dies there."""
        chosen = {"FAILPOINT": failpoint} if failpoint else {}
        member = self.members[role] = start(self.nursery, role, self.environment | chosen, self.log(role))
        if role == "web":
            assert eventually(self._web_answers, 120), self.words()
            if failpoint:
                member.halt_parent()
        return member

    def _web_answers(self) -> bool:
        """By its own word: granian listens before there is anybody to answer."""
        try:
            return requests.get(f"{self.app}/healthz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def replace(self, role: str, failpoint: str = "") -> Member:
        self.members.pop(role).stop()
        return self.start(role, failpoint)

    def down(self) -> None:
        for member in self.members.values():
            member.stop()
        self.nursery.close()
        self.crew.stop()
        self.store.close()
        self.context.http.close()
        self.books.engine.dispose()
        self.context.sessions.kw["bind"].dispose()

    def words(self) -> str:
        """The ends of all logs, for a failure to show."""
        logs = sorted((self.folder / "logs").iterdir())
        return "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')[-1500:]}" for path in logs)

    # -- the shop --

    def _install(self) -> None:
        self.store.ask("install", shop=SHOP)
        token = self.store.ask("tokens", shop=SHOP)["token"]
        query = {"id_token": token, "shop": DOMAIN, "embedded": "1", "locale": "en"}
        answer = requests.get(f"{self.app}/app/programmes", params=query, timeout=30)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text[:300]}"
        assert eventually(lambda: self.books.rows("select 1 from shops where id = :shop and currency <> ''"), 120), self.words()

    def _publish(self) -> None:
        now = clock.now() - timedelta(hours=1)
        with self.context.transaction() as session:
            shop = shops.by_domain(session, DOMAIN)
            assert shop is not None
            self.shop_id: ShopId = shop.id
            for kind, form in PROGRAMMES.items():
                made = programmes.save_programme(session, shop.id, form | RULES, currency=shop.currency, now=now)
                publishing.publish(session, shop.id, made.id, now=now)
                self.programmes[kind] = made.id

    def enrol(self, kind: str, customer_id: str, email: str) -> str:
        """Make a customer an advocate of the programme of that kind. Returns their own code."""
        now = clock.now()
        with self.context.transaction() as session:
            person = people.meet(session, self.shop_id, customer_id=customer_id, email=email, first_name="Ada", now=now)
            return enrol(session, self.shop_id, person.id, self.programmes[kind], how="shop", now=now).code

    def is_quiet(self) -> bool:
        """No event, order, backfill or delivery waits for anything but a date."""
        return not any(self.books.rows(sql)[0][0] for sql in (
            "select count(*) from inbox where shop_id = :shop and state = 'pending'",
            "select count(*) from orders where shop_id = :shop and revision > settled_revision",
            "select count(*) from backfills where shop_id = :shop and state <> 'finished'",
            "select count(*) from deliveries where shop_id = :shop and state <> 'done' and kind <> 'credit_audit'"))


@contextmanager
def running(folder: Path, database_url: str, *, credit_wait: float = 1.0) -> Iterator[Stack]:
    """A stack until the block ends; then nothing of it is left."""
    stack = Stack(folder, database_url, credit_wait)
    try:
        stack.up()
        yield stack
    finally:
        stack.down()
