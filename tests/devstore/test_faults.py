"""Faults on request: what the caller sees, and whether the effect was applied."""

import time

import pytest
import requests

from devstore.faults import ANSWERS
from tests.devstore.test_admin_api import ADD, BASIC, PROGRESS, basic, made
from tests.devstore.test_credit import CREDIT, money
from tests.devstore.world import World, customer


@pytest.mark.parametrize("kind", sorted(ANSWERS))
def test_statuses(world: World, kind: str) -> None:
    api = world.connect()
    world.ask("faults", kind=kind)
    answer = api.send(BASIC, d=basic())
    assert answer.status_code == int(kind) and ("Retry-After" in answer.headers) == (kind == "429")
    assert not world.effects("discount_created")
    assert api.send(BASIC, d=basic()).status_code == 200


def test_throttled_is_200(world: World) -> None:
    api = world.connect()
    world.ask("faults", kind="throttled", times=2)
    assert [api.errors("{ shop { id } }")[0]["extensions"]["code"] for _ in range(2)] == ["THROTTLED"] * 2
    api.call("{ shop { id } }")


@pytest.mark.parametrize(("kind", "applied"), [("reset_before", False), ("reset_after", True), ("hang", False), ("hang_after", True)])
def test_lost_answers(world: World, kind: str, applied: bool) -> None:
    api = world.connect()
    world.ask("faults", kind=kind, seconds=0.1)
    with pytest.raises(requests.ConnectionError):
        api.send(BASIC, d=basic())
    assert bool(world.effects("discount_created")) is applied


@pytest.mark.parametrize("kind", ["500_after", "502_after", "malformed"])
def test_applied_but_said_badly(world: World, kind: str) -> None:
    api = world.connect()
    world.ask("faults", kind=kind)
    answer = api.send(BASIC, d=basic())
    if kind == "malformed":
        with pytest.raises(requests.JSONDecodeError):
            answer.json()
    else:
        assert answer.status_code == int(kind[:3])
    assert len(world.effects("discount_created")) == 1


def test_slow(world: World) -> None:
    api = world.connect()
    world.ask("faults", kind="slow", seconds=0.3)
    started = time.monotonic()
    api.call("{ shop { id } }")
    assert time.monotonic() - started >= 0.3


def test_user_errors_without_effect(world: World) -> None:
    api = world.connect()
    world.ask("faults", kind="user_errors", operation="discountCodeBasicCreate")
    api.call("{ shop { id } }")
    assert api.call(BASIC, d=basic())["discountCodeBasicCreate"]["userErrors"][0]["code"] == "INTERNAL_ERROR"
    assert not world.effects("discount_created")


def test_partial_user_errors_when_adding_codes(world: World) -> None:
    api = world.connect()
    discount = made(api)
    world.ask("faults", kind="user_errors")
    bulk = api.call(ADD, id=discount, codes=[{"code": "A"}, {"code": "B"}])["discountRedeemCodeBulkAdd"]["bulkCreation"]
    found = api.until(PROGRESS, "done", id=bulk["id"])
    assert (found["importedCount"], found["failedCount"]) == (1, 1)


def test_by_address(world: World) -> None:
    api, fine = world.connect(), customer(world)
    bad = world.ask("customers", shop="north", email="reset-after@faults.test")["id"]
    api.call(CREDIT, id=fine, c=money("1"))
    with pytest.raises(requests.ConnectionError):
        api.send(CREDIT, id=f"gid://shopify/Customer/{bad}", c=money("2"))
    assert [one["amount"] for one in world.effects("credit")] == [100, 200]


def test_by_shop_and_for_tokens(world: World) -> None:
    world.ask("install", shop="north")
    world.ask("faults", kind="500", operation="oauth", shop="south")
    assert world.exchange().status_code == 200
    world.ask("faults", kind="reset_after", operation="oauth", shop="north")
    with pytest.raises(requests.ConnectionError):
        world.exchange()
    assert len(world.effects("token_exchanged")) == 2


@pytest.mark.parametrize(("state", "status"), [("frozen", 402), ("locked", 423), ("closed", 404), ("forbidden", 403)])
def test_shops_out_of_service(world: World, state: str, status: int) -> None:
    api = world.connect()
    requests.patch(f"{world.url}/_devstore/shops/north", json={"state": state}, timeout=5)
    assert api.send("{ shop { id } }").status_code == status


@pytest.mark.parametrize(
    ("path", "body"),
    [("faults", {"kind": "x"}), ("faults", {}), ("clock", {}), ("orders", {"shop": "north", "lines": [1]}), ("webhooks/x", {})],
)
def test_control_requests_are_answered_clearly(world: World, path: str, body: dict[str, object]) -> None:
    answer = requests.post(f"{world.url}/_devstore/{path}", json=body, timeout=5)
    assert answer.status_code == 400 and answer.json()["error"]
    assert requests.post(f"{world.url}/_devstore/install", json={"shop": "nowhere"}, timeout=5).status_code == 404
