"""One shop's troubles and comings and goings: no other shop waits for it, and nothing is asked of it once it has left."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from devstore.webhooks import Delivery
from jobs import entry, sweeping
from plugin.clock import machine_now
from plugin.shops import reads, tables
from tests.faults.world import World, eventually

BEARABLE = 10.0
"""Seconds that another shop may wait while one is throttled, on a busy machine; a call's own patience is two."""


def test_a_throttled_shop_slows_no_other(shop: World) -> None:
    """With one worker, whose every call for North is throttled."""
    shop.install("south")
    for name in ("north", "south"):
        shop.publish("credit", name)
    for number in range(6):
        shop.referred("credit", f"{number}n")
    shop.ask("faults", kind="throttled", shop="north", times=0)
    with ThreadPoolExecutor(1) as worker:
        busy = worker.submit(entry.work_deliveries, shop.context)
        order = shop.referred("credit", "s", "south")
        assert eventually(lambda: shop.states([order], "south") == ["issued"], BEARABLE)
        assert shop.kinds() == []
        shop.store.services.faults.clear()
        busy.result()
    shop.finish()
    assert shop.kinds() == ["credit"] * 6


def test_a_shop_that_left_is_asked_nothing_and_gets_its_reward_when_it_is_back(shop: World) -> None:
    shop.publish("code")
    order = shop.referred("code", "bo")
    shop.ask("webhooks/hold", shop="north", topic="app/uninstalled")
    shop.ask("uninstall", shop="north")
    (goodbye,) = shop.store.services.webhooks.held
    _deliver(shop, goodbye)
    asked = shop.calls()
    for _ in range(5):
        shop.work()
        sweeping.sweep(shop.context)
    assert (shop.calls(), shop.kinds()) == (asked, [])
    assert {row.state for row in shop.open_deliveries()} == {"frozen"}
    shop.ask("webhooks/release")
    shop.install()
    _deliver(shop, goodbye, webhook_id="again")
    shop.finish()
    assert shop.states([order]) == ["issued"], "a late goodbye from before the reinstall changes nothing"
    assert shop.kinds() == ["code_added"]


def _deliver(shop: World, delivery: Delivery, webhook_id: str | None = None) -> None:
    headers = delivery.headers | ({"X-Shopify-Webhook-Id": webhook_id} if webhook_id else {})
    assert shop.app.test_client().post("/webhooks", data=delivery.body, headers=headers).status_code == 200
    entry.work_events(shop.context, shop.shop_id())


def test_twenty_workers_at_expiry_refresh_once(shop: World) -> None:
    north = shop.shop_id()
    with shop.context.transaction() as session:
        token = tables.token(session, north)
        assert token is not None
        token.expires_at = machine_now() - timedelta(seconds=1)
    with ThreadPoolExecutor(20) as pool:
        told = set(pool.map(lambda _: reads.access(shop.context, north)[1], range(20)))
    assert len(told) == 1
    assert len(shop.read("effects?shop=north&kind=token_refreshed")["effects"]) == 1
    assert reads.admin_api(shop.context, north).call("nodes_known", ids=[]) == {"nodes": []}


def test_without_redis_the_sweep_issues(shop: World) -> None:
    shop.publish("credit")
    order = shop.order("bo", shop.advocate("credit", "al"))
    shop.delivered()
    sweeping.sweep(shop.context)
    assert shop.states([order]) == ["issued"]
    assert shop.kinds() == ["credit"]
