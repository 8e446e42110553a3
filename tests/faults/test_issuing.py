"""Whatever becomes of a call while a reward is issued, it is issued once: codes in a batch and store credit."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from devstore.state.crediting import Debit, debit
from plugin import clock
from plugin.db import database_now
from plugin.outbox import flows as outbox
from plugin.outbox import tables as deliveries
from plugin.outbox.tables import Delivery
from plugin.rewards.tables import Attempt
from plugin.rewards.upkeep import end_credit
from tests.faults.world import World

FAULTS = ("429", "throttled", "500", "502", "hang", "reset_before", "reset_after", "hang_after", "500_after", "502_after", "malformed")
UNUSABLE = ("401", "402", "403", "404", "423")
OPERATIONS = {"code": ("discountCodeBasicCreate", "discountRedeemCodeBulkAdd"), "credit": ("storeCreditAccountCredit",)}
CALLS = [(kind, operation) for kind, operations in OPERATIONS.items() for operation in operations]
EFFECT = {"code": "code_added", "credit": "credit"}
ROOT = Path(__file__).parents[2]
WORKER = """
import sys
from jobs import entry
from plugin.app import make_context
from plugin.config import Settings
url, origin, key, secret, token_key = sys.argv[1:]
entry.work_deliveries(make_context(Settings(
    database_url=url, shopify_api_key=key, shopify_api_secret=secret, secret_keys=("x",), token_keys=(token_key,),
    app_url="https://x.example", shopify_origin=origin)))
"""


def about_to_issue(shop: World, kind: str, name: str, count: int = 2) -> list[str]:
    """Orders whose rewards are about to leave, on a discount of their own. Returns their ids."""
    shop.publish(kind)
    orders = [shop.referred(kind, f"{number}{name.replace('_', '')}") for number in range(count)]
    assert shop.states(orders) == ["issuing"] * count
    return orders


def issued_once(shop: World, kind: str, orders: list[str], *, before: int = 0) -> None:
    """These, and as many ``before`` them."""
    assert shop.states(orders) == ["issued"] * len(orders)
    assert shop.kinds() == [EFFECT[kind]] * (before + len(orders))
    shop.check_books(issued=before + len(orders))


@pytest.mark.parametrize(("kind", "operation"), CALLS)
def test_one_effect_whatever_becomes_of_the_call(shop: World, kind: str, operation: str) -> None:
    for number, fault in enumerate(FAULTS):
        print(fault)  # noqa: T201 - which one it was, if it fails
        orders = about_to_issue(shop, kind, fault)
        shop.ask("faults", kind=fault, operation=operation, times=2, seconds=0.2)
        shop.finish()
        assert shop.read("faults")["met"] >= number + 1
        shop.store.services.faults.clear()
        issued_once(shop, kind, orders, before=2 * number)


def test_half_of_a_batch_is_refused(shop: World) -> None:
    orders = about_to_issue(shop, "code", "partial", 5)
    shop.ask("faults", kind="user_errors", operation="discountRedeemCodeBulkAdd")
    shop.finish()
    issued_once(shop, "code", orders)


def test_a_refused_credit_is_a_dead_letter_that_a_person_revives(shop: World) -> None:
    orders = about_to_issue(shop, "credit", "refused", 1)
    shop.ask("faults", kind="user_errors", operation="storeCreditAccountCredit")
    north = shop.shop_id()
    shop.work_until(lambda: any(state == "dead" for _, state, *_ in shop.open_deliveries()))
    assert shop.kinds() == []
    with shop.context.transaction() as session:
        (dead,) = deliveries.dead(session, north)
        assert outbox.revive(session, north, dead.id)
    shop.finish()
    issued_once(shop, "credit", orders)


@pytest.mark.parametrize("kind", ["code", "credit"])
def test_a_shop_that_cannot_be_used_is_left_alone_until_it_can(shop: World, kind: str) -> None:
    for number, fault in enumerate(UNUSABLE):
        print(fault)  # noqa: T201 - which one it was, if it fails
        orders, before = about_to_issue(shop, kind, fault), shop.read("faults")["met"]
        shop.ask("faults", kind=fault, shop="north", times=0)
        for _ in range(10):
            shop.work()
        assert 1 <= shop.read("faults")["met"] - before <= 3, "no hot loop"
        assert len(shop.kinds()) == 2 * number
        shop.store.services.faults.clear()
        shop.finish()
        issued_once(shop, kind, orders, before=2 * number)


@pytest.mark.parametrize("place", ["D7", "D8", "D9"])
def test_a_worker_that_dies_around_a_shared_discount_makes_one(shop: World, place: str) -> None:
    """D7 before the call, D8 when Shopify has it and nobody knows, D9 when the answer was read and not kept."""
    orders = about_to_issue(shop, "code", place)
    told = shop.context.settings
    died = subprocess.run(
        [sys.executable, "-c", WORKER, told.database_url, told.shopify_origin, told.shopify_api_key, told.shopify_api_secret,
         told.token_keys[0]], cwd=ROOT, env={**os.environ, "FAILPOINT": place, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60,
        check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()[-500:]
    with shop.context.transaction() as session:
        past = database_now(session) - timedelta(seconds=1)
        session.execute(update(Delivery).where(Delivery.state == "leased").values(lease_until=past))
    shop.finish()
    issued_once(shop, "code", orders)
    (discount,) = shop.read("effects?shop=north&kind=discount_created")["effects"]
    assert discount["title"].startswith("Tandem reward")


@pytest.mark.parametrize("spent", [0, 200, 500])
def test_what_a_shopper_lets_expire_is_breakage(shop: World, spent: int) -> None:
    orders = about_to_issue(shop, "credit", "ends", 1)
    shop.finish()
    store = shop.store.services.store
    (account,) = store.shop("north").accounts.values()
    (given,) = account.transactions
    if spent:
        debit(store, store.shop("north"), account, Debit(spent, order_id=1))
    end_credit(shop.context)
    assert shop.states(orders) == ["issued"], "its time is not over"
    with shop.context.transaction() as session:
        session.execute(update(Attempt).values(marker=clock.now() - timedelta(hours=2)))
    end_credit(shop.context)
    assert shop.states(orders) == ["issued" if spent < 500 else "expired"], "Shopify has not got to it"
    given.expires_at = clock.now() - timedelta(hours=2)
    for _ in range(2):
        end_credit(shop.context)
    assert shop.states(orders) == ["expired"]
    accounts = {name: sum(told.values()) for name, told in shop.books().accounts().items()}
    assert {name: accounts.get(name, 0) for name in ("issued", "breakage", "spent")} == {
        "issued": 0, "breakage": spent - 500, "spent": -spent}
