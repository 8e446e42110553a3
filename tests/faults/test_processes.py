"""Real processes: a database that cannot be written, a Redis emptied again and again or gone, a worker that sleeps through its lease."""

import base64
import hashlib
import hmac
import os
import secrets
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
import redis
import requests

from tests import servers
from tests.kill.processes import eventually, start
from tests.kill.stack import Stack, running
from tests.kill.store import SHOP

KINDS = {"code": "code_added", "credit": "credit"}
BOUND = 60.0
SLOW = 1.0
CREDIT_WAIT = 6 * SLOW
"""A call that is applied after this much is the one that docs/store-credit.md leaves to the audit, an hour later."""


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One stack a database for all tests here; they leave it as it was."""
    folder = tmp_path_factory.mktemp("faults")
    url = f"sqlite:///{folder / 'tandem.db'}"
    if request.param == "postgres":
        server: servers.Postgres = request.getfixturevalue("postgres")
        url = server.create(f"faults{uuid4().hex}")
    with running(folder, url, credit_wait=CREDIT_WAIT) as stack:
        yield stack


def order(stack: Stack, kind: str) -> str:
    name = secrets.token_hex(5)
    email = f"ada.{name}@advocates.example"
    customer = str(stack.store.ask("customers", shop=SHOP, email=email, first_name="Ada")["id"])
    code = stack.enrol(kind, customer, email)
    lines = [{"product": "wool-throw", "quantity": 1}]
    return str(stack.store.ask("orders", shop=SHOP, email=f"zed.{name}@friends.example", lines=lines,
                               attributes={"_tandem_code": code})["id"])


def states(stack: Stack, orders: list[str]) -> list[str | None]:
    told = [stack.books.reward(one) for one in orders]
    return [one[0] if one else None for one in told]


@contextmanager
def issued_once(stack: Stack, orders: dict[str, str]) -> Iterator[None]:
    """What the block orders (id → kind) is issued after it, each once, and nothing else moves at Shopify."""
    before = stack.store.newest_effect()
    yield
    assert eventually(lambda: states(stack, list(orders)) == ["issued"] * len(orders) and stack.is_quiet(), BOUND), stack.words()
    seeds = {row.seed for row in stack.books.rows("select seed from discounts where shop_id = :shop")}
    moved = [one["kind"] for one in stack.store.effects(after=before) if one["kind"] in ("code_added", "code_deleted", "credit", "debit")
             and one.get("code") not in seeds]
    assert sorted(moved) == sorted(KINDS[kind] for kind in orders.values())
    assert stack.books.accounts() == stack.books.cached()


def test_a_redis_emptied_again_and_again(stack: Stack) -> None:
    orders: dict[str, str] = {}
    with issued_once(stack, orders), redis.Redis.from_url(stack.environment["REDIS_URL"]) as client:
        for number in range(10):
            kind = ("code", "credit")[number % 2]
            orders[order(stack, kind)] = kind
            client.flushall()
            time.sleep(0.05)
            client.flushall()


def test_a_redis_that_stands_still(stack: Stack) -> None:
    """Webhooks are answered, the scheduler does the work by itself, and everything goes on when Redis does."""
    orders: dict[str, str] = {}
    valkey = stack.crew.members["valkey"].pid
    os.kill(valkey, signal.SIGSTOP)
    try:
        with issued_once(stack, orders):
            orders |= {order(stack, kind): kind for kind in KINDS}
    finally:
        os.kill(valkey, signal.SIGCONT)
    with issued_once(stack, orders := {}):
        orders |= {order(stack, kind): kind for kind in KINDS}


def test_a_database_that_cannot_be_written_acknowledges_nothing(stack: Stack) -> None:
    """503, nothing kept; and what Shopify sends again is taken."""
    orders: dict[str, str] = {}
    with issued_once(stack, orders):
        with _closed(stack):
            statuses = {_post(stack, f"closed-{number}") for number in range(2)}
            stack.store.ask("orders", shop=SHOP, email="somebody@friends.example", lines=[{"product": "wool-throw", "quantity": 1}])
        assert statuses == {503}
        assert not stack.books.rows("select 1 from inbox where shop_id = :shop and external_id like 'closed-%'")
        orders[order(stack, "credit")] = "credit"
    assert _post(stack, "closed-0") == 200
    assert eventually(lambda: len(stack.books.rows("select 1 from orders where shop_id = :shop")) == _orders(stack), BOUND)


def _orders(stack: Stack) -> int:
    return len(stack.store.read(f"orders?shop={SHOP}")["orders"])


def _post(stack: Stack, webhook_id: str) -> int:
    body = b'{"id": 1}'
    digest = hmac.new(stack.secret.encode(), body, hashlib.sha256).digest()
    headers = {"X-Shopify-Topic": "discounts/update", "X-Shopify-Shop-Domain": f"{SHOP}.myshopify.com", "X-Shopify-Webhook-Id": webhook_id,
               "X-Shopify-API-Version": "2026-07", "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
               "X-Shopify-Triggered-At": "2026-11-01T12:00:00Z"}
    return requests.post(f"{stack.app}/webhooks", data=body, headers=headers, timeout=30).status_code


@contextmanager
def _closed(stack: Stack) -> Iterator[None]:
    """SQLite: somebody holds the lock and does not let go. PostgreSQL: it takes no connection and ends those it has."""
    if stack.database_url.startswith("sqlite"):
        holder = sqlite3.connect(stack.database_url.removeprefix("sqlite:///"), isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")
        holder.close()
        return
    name, _, where = stack.database_url.removeprefix("postgresql://postgres@/").partition("?")
    with psycopg.connect(f"postgresql://postgres@/postgres?{where}", autocommit=True) as above:
        above.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        above.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        yield
        above.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())
    stack.books.engine.dispose()  # its connection was ended too


@pytest.mark.parametrize(("kind", "operation"), [("code", "discountRedeemCodeBulkAdd"), ("credit", "storeCreditAccountCredit")])
def test_a_worker_that_sleeps_through_its_lease_causes_one_effect(stack: Stack, kind: str, operation: str) -> None:
    """It is halted in the middle of the call; another one takes over; then it wakes, with the answer in its hand."""
    orders: dict[str, str] = {}
    sleeper, failing = stack.members["deliveries"], {"shop": SHOP, "operation": operation}
    with issued_once(stack, orders):
        met = stack.store.read("faults")["met"]
        stack.store.ask("faults", kind="slow", seconds=SLOW, **failing)
        orders[order(stack, kind)] = kind
        assert eventually(lambda: stack.store.read("faults")["met"] > met, BOUND)
        os.kill(sleeper.pid, signal.SIGSTOP)
        other = start(stack.nursery, "deliveries", stack.environment, stack.log("other"))
        try:
            assert eventually(lambda: states(stack, list(orders)) == ["issued"], BOUND), stack.words()
        finally:
            os.kill(sleeper.pid, signal.SIGCONT)
        # The scheduler's sweep may have been the one in the call; whoever it was, issued_once sees what it recorded.
        other.stop()
