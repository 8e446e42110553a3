"""Real worker processes on a real Valkey: killed between popping a job and beginning it, emptied, and away. Nothing is lost."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from jobs import bell, sweeping
from jobs.worker import check_policy
from plugin import clock
from plugin.context import Context
from plugin.db import database_now
from plugin.errors import Broken
from plugin.intake import flows as intake
from plugin.intake import tables as inbox
from plugin.mirror import tables as mirror
from plugin.shops.tables import Shop
from tests import servers
from tests.pipes import bodies

SERVE = "import sys; from jobs.worker import serve; serve(sys.argv[1], burst=True)"


@pytest.fixture
def heard(context: Context, valkey: str) -> Context:
    """The context with a bell that can be heard."""
    return replace(context, settings=replace(context.settings, redis_url=valkey, sweep_seconds=0.2))


def environment(context: Context, **more: str) -> dict[str, str]:
    """The settings of ``context`` as a process of its own gets them."""
    told = context.settings
    return {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV")},
        "DATABASE_URL": told.database_url, "REDIS_URL": told.redis_url, "SHOPIFY_API_KEY": told.shopify_api_key,
        "SHOPIFY_API_SECRET": told.shopify_api_secret, "SECRET_KEYS": ",".join(told.secret_keys), "TOKEN_KEYS": ",".join(told.token_keys),
        "APP_URL": told.app_url, "MAIL_FROM": "hello@tandem.example", "SHOPIFY_ORIGIN": told.shopify_origin,
        "SHOPIFY_ADMIN_ORIGIN": told.shopify_admin_origin, "SHOPIFY_CDN": told.shopify_cdn, "SWEEP_SECONDS": "0.2", **more}  # fmt: skip


def serve(context: Context, queue: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """One worker process until its queue is empty, or it dies."""
    return subprocess.run(
        [sys.executable, "-c", SERVE, queue], env=environment(context, **more), capture_output=True, timeout=120, check=False
    )


def tell(context: Context, shop: Shop, id: str = "w1") -> None:
    with context.transaction() as session:
        intake.receive(session, shop.id, source="webhook", topic="orders/paid", external_id=id, now=clock.machine_now(),
                       body=bodies.raw(bodies.order(financial_status="paid")))  # fmt: skip


def is_settled(context: Context, shop: Shop) -> bool:
    with context.transaction() as session:
        row = mirror.row_of(session, shop.id, bodies.ORDER_ID)
        waiting = inbox.pending(session, shop.id, now=database_now(session), limit=1)
        return row is not None and row.settled and not waiting


def eventually(holds: Callable[[], bool], seconds: float = 90) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def test_a_rung_worker_does_the_work(heard: Context, north: Shop) -> None:
    tell(heard, north)
    assert bell.ring(heard, "events", north.id)
    done = serve(heard, "events")
    assert done.returncode == 0, done.stderr.decode()
    assert is_settled(heard, north)


@pytest.mark.parametrize("place", ["K4", "K5"])
def test_a_worker_killed_before_it_begins_loses_nothing(heard: Context, north: Shop, place: str) -> None:
    tell(heard, north)
    bell.ring(heard, "events", north.id)
    assert serve(heard, "events", FAILPOINT=place).returncode == -signal.SIGKILL
    assert not is_settled(heard, north)

    def swept() -> bool:
        sweeping.sweep(heard)
        with redis.Redis.from_url(heard.settings.redis_url) as client:
            return bool(client.llen("rq:queue:events"))

    assert eventually(swept), "the sweep rings again once the bell has fallen silent"
    serve(heard, "events")
    assert is_settled(heard, north)


def test_an_emptied_redis_loses_nothing(heard: Context, north: Shop) -> None:
    tell(heard, north)
    bell.ring(heard, "events", north.id)
    with redis.Redis.from_url(heard.settings.redis_url) as client:
        client.flushall()
    sweeping.sweep(heard)
    serve(heard, "events")
    assert is_settled(heard, north)


def test_the_command_serves_both_queues_and_stops_when_told(heard: Context, north: Shop) -> None:
    process = subprocess.Popen([sys.executable, "-m", "plugin.cli", "worker"], env=environment(heard))
    try:
        tell(heard, north)
        bell.ring(heard, "events", north.id)
        assert eventually(lambda: is_settled(heard, north))
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=90) == 0


def test_the_scheduler_alone_does_the_work_without_redis(context: Context, north: Shop) -> None:
    deaf = replace(context, settings=replace(context.settings, redis_url="redis://127.0.0.1:9/0"))
    process = subprocess.Popen([sys.executable, "-m", "plugin.cli", "scheduler"], env=environment(deaf))
    try:
        tell(deaf, north)
        assert eventually(lambda: is_settled(deaf, north))
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=90) == 0


def test_a_redis_that_throws_away_is_refused(tmp_path: Path) -> None:
    server = servers.start_valkey(tmp_path)
    url = servers.redis_url(server)
    try:
        check_policy(url)
        with redis.Redis.from_url(url) as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
        with pytest.raises(Broken, match="noeviction"):
            check_policy(url)
    finally:
        server.stop()
    check_policy(url)
