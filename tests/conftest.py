"""The fixtures everybody shares: both databases, a context, two shops, real Valkey, business time that moves.

North sells in GBP and South in EUR; every test about tenants lets one try to reach the other's.
"""

import importlib
import os
import pkgutil
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import hypothesis
import pytest
import requests
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import plugin
from plugin import clock
from plugin.config import Settings
from plugin.context import Context
from plugin.db import Base, make_engine, make_sessions
from plugin.shops.tables import Shop
from tests import servers

NOWHERE = "http://127.0.0.1:9"
TESTED = "tandem"

# How long an example takes is the machine's affair. The same examples each time, unless somebody goes looking for new ones.
hypothesis.settings.register_profile("tandem", deadline=None, derandomize="EXPLORE" not in os.environ)
hypothesis.settings.load_profile("tandem")


UNSTABLE = re.compile(r"\{'[^':}]*', |0x[0-9a-f]{8}")
"""A set of texts or an address in a test's name: another one in each process, so that no two could share the tests out."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    unstable = [item.nodeid for item in items if UNSTABLE.search(item.nodeid)]
    if unstable:
        raise pytest.UsageError("These tests have another name each time: " + ", ".join(unstable))


def every_table() -> None:
    """Import every slice's tables, so that ``Base.metadata`` is whole."""
    for module in pkgutil.walk_packages(plugin.__path__, "plugin."):
        if module.name.endswith(".tables"):
            importlib.import_module(module.name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Postgres]:
    """One server a session, with one database that holds all tables and is emptied after each test."""
    server = servers.start_postgres()
    try:
        _create_all(server.create(TESTED))
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _create_all(f"sqlite:///{path}")
    return path


def _create_all(url: str) -> None:
    every_table()
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database with all tables: each test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "tandem.db")
        yield f"sqlite:///{tmp_path / 'tandem.db'}"
        return
    server: servers.Postgres = request.getfixturevalue("postgres")
    yield server.url(TESTED)
    server.empty(TESTED)


@pytest.fixture
def settings(database: str) -> Settings:
    """Strong secrets, and addresses where nobody answers."""
    return Settings(
        database_url=database,
        shopify_api_key="0123456789abcdef0123456789abcdef",
        shopify_api_secret="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",
        secret_keys=("5d41c2f9a7e8b3604c1d92f7ab3e6581",),
        token_keys=("8Lk2mZ0yJx7Q5w9tRb3uVd6sNf1aHc4eGi0pXoYlTzA=",),
        app_url="https://tandem.example.com",
        shopify_origin=NOWHERE + "/_shop/{shop}",
        shopify_admin_origin=NOWHERE,
        shopify_cdn=NOWHERE + "/_cdn",
        lease_seconds=30,
        sweep_seconds=1,
        credit_wait_seconds=1,
    )


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = make_engine(database)
    yield engine
    engine.dispose()


@pytest.fixture
def context(settings: Settings, engine: Engine) -> Iterator[Context]:
    with requests.Session() as http:
        yield Context(settings, make_sessions(engine), http)


@pytest.fixture
def session(context: Context) -> Iterator[Session]:
    """A session within one transaction, rolled back at the end."""
    with context.sessions() as session:
        yield session
        session.rollback()


@pytest.fixture
def north(context: Context) -> Shop:
    return make_shop(context, "north", "GBP", "GB")


@pytest.fixture
def south(context: Context) -> Shop:
    return make_shop(context, "south", "EUR", "DE")


def make_shop(context: Context, name: str, currency: str, country: str) -> Shop:
    """An installed shop, committed."""
    now = clock.now()
    with context.transaction() as session:
        shop = Shop(
            domain=f"{name}.myshopify.com",
            state="installed",
            name=name.title(),
            email=f"owner@{name}.example",
            currency=currency,
            timezone="Europe/London",
            locale="en",
            country=country,
            storefront_url=f"https://{name}.example",
            plan="basic",
            scopes="read_orders,read_products,write_discounts",
            seen_at=now,
            installed_at=now,
        )
        session.add(shop)
    return shop


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = servers.start_valkey(tmp_path_factory.mktemp("valkey"))
    yield servers.redis_url(server)
    server.stop()


@pytest.fixture
def valkey(valkey_server: str) -> str:
    """The address of an empty Valkey."""
    import redis

    with redis.Redis.from_url(valkey_server) as client:
        client.flushall()
    return valkey_server


class BusinessClock:
    """Moves business time; machine time goes its own way."""

    def __init__(self) -> None:
        self.offset = timedelta(0)
        clock.use(lambda: self.offset.total_seconds())

    def move(self, **by: float) -> None:
        """``move(days=14)``."""
        self.offset += timedelta(**by)


@pytest.fixture
def business_clock() -> Iterator[BusinessClock]:
    yield BusinessClock()
    clock.use(None)
