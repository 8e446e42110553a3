"""``./run bench issue [--codes N] [--credits N] [--json]``: how close to Shopify's own pace are rewards issued?

A Standard shop gets codes and store credits to issue at once, the whole app working on it as in production. The floor is what
nobody can beat: (the points of the least calls possible, polling included, minus the full bucket) / restore rate. Meanwhile
another shop's codes are timed, from the row that asks for one to the call that sends it.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from benchmarks.kit.shopkeeping import Store
from devstore.demo.launch import launched
from plugin import clock
from plugin.attribution.rules import code_key, new_code
from plugin.attribution.tables import Code
from plugin.db import ShopId, new_id
from plugin.errors import Broken
from plugin.intake import tables as intake
from plugin.mirror import tables as mirror
from plugin.money import Money
from plugin.outbox import flows as outbox
from plugin.outbox.tables import Delivery
from plugin.people import flows as people
from plugin.rewards import flows as rewards
from plugin.rewards.rules import Due, RewardTerms
from plugin.shopify import gid
from tests.servers import start_postgres

KINDS = ("discount_create", "codes_add", "codes_poll", "credit_issue")
VERSION, PROGRAMME = UUID(int=3), UUID(int=2)
BATCH = 250
GOAL, OTHERS_GOAL = 1.1, 2.0
WORTH = Money(500, "GBP")
PERCENT = RewardTerms("percentage", basis_points=1000)


@dataclass(frozen=True)
class Result:
    """Seconds, points, and the ratio of the time taken to the floor."""

    codes: int
    credits: int
    seconds: float
    floor: float
    ratio: float
    points_charged: int
    points_least: int
    throttled: int
    other_shop_median: float
    other_shop_samples: int


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench issue")
    parser.add_argument("--codes", type=int, default=5000)
    parser.add_argument("--credits", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(words)
    postgres = start_postgres(durable=True)
    os.environ["DATABASE_URL"] = postgres.create("issue")
    try:
        with tempfile.TemporaryDirectory() as folder, launched(Path(folder) / "demo", workers=options.workers) as (place, _):
            result = _measure(Store(place), options.codes, options.credits)
    finally:
        postgres.stop()
    print(json.dumps(asdict(result), indent=1) if options.json else _told(result))
    return 0


def _measure(store: Store, codes: int, credits: int) -> Result:
    orders = [_place(store, number) for number in range(credits)]
    customer = store.post("customers", shop="south", email="carla@example.com")["id"]
    north, south = store.install("north"), store.install("south")
    _until_idle(store, north)
    least, cost = _least(store, south, str(customer), codes, credits)
    _until_idle(store, north)
    before, began = store.points("north"), time.monotonic()
    _ask_codes(store, north, codes)
    _ask_credits(store, north, orders)
    others = _watch(store, north, south)
    seconds, after = time.monotonic() - began, store.points("north")
    _verify(store, codes, credits)
    floor = (least - cost["maximumAvailable"]) / cost["restoreRate"]
    if floor <= 0:
        raise SystemExit(f"{codes} codes and {credits} credits fit into the full bucket ({least} points): ask for more")
    spent = {name: after[name] - before[name] for name in ("charged", "throttled")}
    return Result(codes, credits, round(seconds, 1), round(floor, 1), round(seconds / floor, 2), spent["charged"], least,
                  spent["throttled"], round(statistics.median(others), 2), len(others))


def _place(store: Store, number: int) -> dict[str, str]:
    """An order of a customer of its own, paid before the app came."""
    made = store.post("orders", shop="north", lines=[{"product": "enamel-mug"}], email=f"alice{number}@example.com")
    return {"order": str(made["id"]), "customer": str(made["customer_id"])}


def _ask_codes(store: Store, shop_id: ShopId, wanted: int) -> list[UUID]:
    """Friend codes as the pool plans them: rows, and a delivery each."""
    now, made = clock.now(), []
    with store.context.transaction() as session:
        discount = rewards.shared_discount(session, shop_id, purpose="friend", version_id=VERSION, terms=PERCENT,
                                           ends_at=now + timedelta(days=90), combines=frozenset(), minimum=None, now=now)
        for _ in range(wanted):
            text = new_code()
            code = Code(shop_id=shop_id, id=new_id(), code=text, code_key=code_key(text), kind="friend", state="planned",
                        discount_id=discount.id, version_id=VERSION, ends_at=discount.ends_at, made_at=now)
            session.add(code)
            session.flush()
            outbox.put(session, shop_id, "codes_add", code.id, now=now, lane=str(discount.id))
            made.append(code.id)
    return made


def _ask_credits(store: Store, shop_id: ShopId, orders: Sequence[dict[str, str]]) -> None:
    """Rewards whose hold is over."""
    now, terms = clock.now(), RewardTerms("store_credit", amount=WORTH)
    with store.context.transaction() as session:
        for one in orders:
            person = people.meet(session, shop_id, customer_id=one["customer"], now=now)
            claim = rewards.Claim(one["order"], PROGRAMME, VERSION, "advocate", person.id, terms)
            rewards.bring(session, shop_id, claim, Due("release", WORTH, "hold is over"), now)


def _watch(store: Store, busy: ShopId, other: ShopId) -> list[float]:
    """Until the busy shop is done: the other shop's seconds from asking for a code to its being sent."""
    delays = []
    while _open(store, busy, KINDS):
        began, code_id = time.monotonic(), _ask_codes(store, other, 1)[0]
        while _is_open(store, other, code_id):
            time.sleep(0.05)
        delays.append(time.monotonic() - began)
        time.sleep(1)
    return delays


def _least(store: Store, shop_id: ShopId, customer: str, codes: int, credits: int) -> tuple[int, dict[str, float]]:
    """The points of the least calls possible, each call's own price asked once; and the bucket as Shopify tells it."""
    now = clock.machine_now()
    made, created = store.ask(shop_id, "discount_code_basic_create", discount={
        "title": "Price list", "code": new_code(), "startsAt": now.isoformat(), "context": {"all": "ALL"}, "usageLimit": 1,
        "customerGets": {"items": {"all": True}, "value": {"percentage": 0.1}}})
    discount = made["discountCodeBasicCreate"]["codeDiscountNode"]["id"]
    sent, added = store.ask(shop_id, "redeem_codes_add", discountId=discount, codes=[{"code": new_code()} for _ in range(BATCH)])
    _, asked = store.ask(shop_id, "redeem_codes_progress", id=sent["discountRedeemCodeBulkAdd"]["bulkCreation"]["id"])
    _, credited = store.ask(shop_id, "store_credit_credit", customerId=gid.make("Customer", customer),
                            credit={"creditAmount": {"amount": "5.00", "currencyCode": "EUR"}})
    batches = -(-codes // BATCH)
    once, batch, credit = _price(created), _price(added) + _price(asked), _price(credited)
    return once + batches * batch + credits * credit, created["throttleStatus"]


def _price(cost: dict[str, Any]) -> int:
    return int(cost["actualQueryCost"])


def _until_idle(store: Store, shop_id: ShopId) -> None:
    """The backfill is over and settled, nothing is on its way, and the bucket is full again."""
    quiet, last = time.monotonic(), store.points("north")["calls"]
    while time.monotonic() - quiet < 22:
        time.sleep(1)
        calls = store.points("north")["calls"]
        if calls != last or _open(store, shop_id, KINDS) or _behind(store):
            quiet, last = time.monotonic(), calls


def _behind(store: Store) -> bool:
    """Is there an event to apply or an order to settle? It would take back what we ask for: nobody shared those orders."""
    with store.context.transaction() as session:
        now = clock.machine_now()
        return bool(intake.shops_with_pending(session, now) or mirror.shops_with_unsettled(session, clock.now(), now))


def _open(store: Store, shop_id: ShopId, kinds: Sequence[str]) -> int:
    with store.context.transaction() as session:
        return session.scalar(select(func.count()).select_from(Delivery).where(
            Delivery.shop_id == shop_id, Delivery.kind.in_(kinds), Delivery.state.in_(("waiting", "leased")))) or 0


def _is_open(store: Store, shop_id: ShopId, subject_id: UUID) -> bool:
    with store.context.transaction() as session:
        return bool(session.scalar(select(func.count()).select_from(Delivery).where(
            Delivery.shop_id == shop_id, Delivery.subject_id == subject_id, Delivery.state.in_(("waiting", "leased")))))


def _verify(store: Store, codes: int, credits: int) -> None:
    """The store's own log has the last word."""
    added, credited = store.effects("north", "code_added"), store.effects("north", "credit")
    if added < codes or credited != credits:
        raise Broken(f"asked for {codes} codes and {credits} credits, the store has {added} and {credited}")


def _told(result: Result) -> str:
    return "\n".join((
        f"{result.codes} codes and {result.credits} credits in {result.seconds} s",
        f"the floor is {result.floor} s: {result.ratio} of it (goal {GOAL})",
        f"points charged {result.points_charged}, least possible {result.points_least}; throttled answers {result.throttled}",
        f"another shop's median delay {result.other_shop_median} s in {result.other_shop_samples} samples (goal {OTHERS_GOAL} s)"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
