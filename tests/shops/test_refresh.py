"""One refresh an expiry, whoever asks and whoever dies (I19)."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from plugin.context import Context
from plugin.db import ShopId, database_now
from plugin.errors import TryAgain
from plugin.shopify.failures import Frozen
from plugin.shops import flows, reads, rules, tables
from tests.shops.conftest import grant, install
from tests.wire.double import Answer, Double, Handler, answer

ROOT = Path(__file__).parents[2]
WORKER = """
import os, sys
from uuid import UUID
import requests
from plugin.config import Settings
from plugin.context import Context
from plugin.db import make_engine, make_sessions
from plugin.shops import reads
url, origin, key, secret, token_key, shop_id = sys.argv[1:]
settings = Settings(database_url=url, shopify_api_key=key, shopify_api_secret=secret, secret_keys=("x",), token_keys=(token_key,),
                    app_url="https://x.example", shopify_origin=origin)
print(reads.access(Context(settings, make_sessions(make_engine(url)), requests.Session()), UUID(shop_id))[1])
"""


def slowly(seconds: float) -> object:
    def script(_handler: Handler, _call: object) -> Answer | None:
        time.sleep(seconds)
        return None

    return script


def worker(context: Context, shop_id: ShopId, failpoint: str = "") -> "subprocess.Popen[str]":
    settings = context.settings
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, settings.database_url, settings.shopify_origin, settings.shopify_api_key,
        settings.shopify_api_secret,
         settings.token_keys[0], str(shop_id)],
        cwd=ROOT, env={**os.environ, "FAILPOINT": failpoint, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True)


def expire_lease(context: Context, shop_id: ShopId) -> None:
    with context.transaction() as session:
        row = tables.token(session, shop_id)
        assert row is not None
        assert row.lease_until is not None
        row.lease_until = database_now(session) - timedelta(seconds=1)


def test_a_fresh_token_is_used_as_it_is(wired: Context, double: Double) -> None:
    assert reads.access(wired, install(wired)) == ("north.myshopify.com", "shpat_0")
    assert not double.token_calls


@pytest.mark.parametrize("minutes", [4.5, -10.0])
def test_twenty_threads_at_expiry_make_one_call(wired: Context, double: Double, minutes: float) -> None:
    double.token_script = slowly(0.5)  # type: ignore[assignment]
    shop_id = install(wired, granted=grant(minutes=minutes))
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: reads.access(wired, shop_id)[1], range(20)))
    assert len(double.token_calls) == 1
    assert set(found) <= ({"shpat_1", "shpat_0"} if minutes > 0 else {"shpat_1"})
    assert reads.access(wired, shop_id)[1] == "shpat_1"


def test_processes_at_expiry_make_one_call(wired: Context, double: Double) -> None:
    double.token_script = slowly(1.0)  # type: ignore[assignment]
    shop_id = install(wired, granted=grant(minutes=-1))
    crew = [worker(wired, shop_id) for _ in range(5)]
    assert [process.communicate(timeout=60)[0].strip() for process in crew] == ["shpat_1"] * 5
    assert len(double.token_calls) == 1


def test_killed_between_the_reply_and_the_save(wired: Context, double: Double) -> None:
    """The pair that nobody saved is lost; the old refresh token still works, once the dead worker's lease has run out."""
    shop_id = install(wired, granted=grant(minutes=-1))
    victim = worker(wired, shop_id, failpoint="token")
    victim.communicate(timeout=60)
    assert victim.returncode == -signal.SIGKILL
    assert [call["refresh_token"] for call in double.token_calls] == ["refresh-0"]
    with wired.transaction() as session:
        held = flows.hold_token(session, wired.settings, shop_id)
    assert (held.access, held.fence) == (None, None)
    expire_lease(wired, shop_id)
    assert reads.access(wired, shop_id)[1] == "shpat_2"
    assert [call["refresh_token"] for call in double.token_calls] == ["refresh-0", "refresh-0"]
    with wired.transaction() as session:
        held = flows.hold_token(session, wired.settings, shop_id)
    assert held.access == "shpat_2"


def test_a_killed_workers_lease_lasts_no_longer_than_said(wired: Context) -> None:
    shop_id = install(wired, granted=grant(minutes=-1))
    with wired.transaction() as session:
        flows.hold_token(session, wired.settings, shop_id)
        row = tables.token(session, shop_id)
        assert row is not None
        assert row.lease_until is not None
        assert abs((row.lease_until - database_now(session)).total_seconds() - rules.REFRESH_LEASE_SECONDS) < 5


def test_who_wakes_after_its_lease_saves_nothing(wired: Context) -> None:
    shop_id = install(wired, granted=grant(minutes=-1))
    with wired.transaction() as session:
        sleeper = flows.hold_token(session, wired.settings, shop_id)
    expire_lease(wired, shop_id)
    with wired.transaction() as session:
        successor = flows.hold_token(session, wired.settings, shop_id)
        assert sleeper.fence is not None
        assert successor.fence is not None
        assert flows.renew_token(session, wired.settings, shop_id, grant(access="new"), fence=successor.fence)
    with wired.transaction() as session:
        assert not flows.renew_token(session, wired.settings, shop_id, grant(access="stale"), fence=sleeper.fence)
        flows.lapse(session, shop_id, fence=sleeper.fence)
    assert reads.access(wired, shop_id)[1] == "new"


def test_a_reinstall_while_somebody_renews_wins(wired: Context, double: Double) -> None:
    shop_id = install(wired, granted=grant(minutes=-1))

    def reinstall(_handler: Handler, _call: object) -> None:
        install(wired, granted=grant(access="from install"))

    double.token_script = reinstall
    assert reads.access(wired, shop_id)[1] == "from install"


def test_an_uninstall_while_somebody_renews_wins(wired: Context, double: Double) -> None:
    from tests.shops.test_install import Event

    shop_id = install(wired, granted=grant(minutes=-1))

    def leave(_handler: Handler, _call: object) -> None:
        with wired.transaction() as session:
            flows.uninstalled(session, shop_id, Event(None), database_now(session))

    double.token_script = leave
    with pytest.raises(Frozen):
        reads.access(wired, shop_id)
    with wired.transaction() as session:
        assert tables.token(session, shop_id) is None


def test_both_values_are_stored_together_with_their_scopes(wired: Context, double: Double) -> None:
    double.scope = "read_orders,read_products"
    shop_id = install(wired, granted=grant(minutes=-1))
    reads.access(wired, shop_id)
    with wired.transaction() as session:
        assert tables.get(session, shop_id).scopes == "read_orders,read_products"
        assert not flows.needs_exchange(session, wired.settings, "north.myshopify.com")


@pytest.mark.parametrize(("minutes", "expected"), [(3.0, "shpat_0"), (-1.0, None)])
def test_shopify_is_away(wired: Context, double: Double, minutes: float, expected: str | None) -> None:
    """The old token serves while it lasts; then the caller hears that it may try again."""
    double.token_script = lambda _handler, _call: answer({}, 503)
    shop_id = install(wired, granted=grant(minutes=minutes))
    if expected:
        assert reads.access(wired, shop_id)[1] == expected
    else:
        with pytest.raises(TryAgain):
            reads.access(wired, shop_id)
    double.token_script = lambda _handler, _call: None
    assert reads.access(wired, shop_id)[1] == "shpat_2"


def test_a_spent_refresh_token_is_asked_for_once(wired: Context, double: Double) -> None:
    double.refresh_valid = set()
    shop_id = install(wired, granted=grant(minutes=-1))
    for _ in range(5):
        with pytest.raises(Frozen):
            reads.access(wired, shop_id)
    assert len(double.token_calls) == 1
    with wired.transaction() as session:
        assert flows.needs_exchange(session, wired.settings, "north.myshopify.com")


def test_a_refresh_token_of_ninety_days_ago_is_not_sent(wired: Context, double: Double) -> None:
    shop_id = install(wired, granted=grant(minutes=-1, days=-1))
    with pytest.raises(Frozen):
        reads.access(wired, shop_id)
    assert not double.token_calls


def test_business_time_moves_no_token(wired: Context, double: Double, business_clock: object) -> None:
    shop_id = install(wired)
    business_clock.move(days=400)  # type: ignore[attr-defined]
    assert reads.access(wired, shop_id)[1] == "shpat_0"
    assert not double.token_calls
