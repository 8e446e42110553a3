"""Many at once, and many things in a row: one reward, books that hold, and exactly one effect for each issued reward."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import pytest

from jobs.settling import settle_due, settle_one
from plugin import failpoint
from plugin.db import make_engine, make_sessions
from plugin.decisions import flows as decisions
from plugin.mirror import tables as mirror
from plugin.money import Money
from plugin.rewards.rules import RewardTerms
from tests.books.stage import ALICE, DAY, START, Stage
from tests.books.story import FIFTEEN_PERCENT, TEN

CREDIT = RewardTerms("store_credit", amount=Money(500, "GBP"))


def test_twenty_settle_one_order(stage: Stage) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    _all_at_once(lambda _: settle_one(stage.context, stage.shop_id, "5001"), 20)
    stage.move(14 * DAY)
    _all_at_once(lambda _: settle_one(stage.context, stage.shop_id, "5001"), 20)
    stage.settle()
    stage.deliver()
    assert (stage.reward().state, stage.shopify.count("code_added")) == ("issued", 1)
    assert stage.accounts() == {"expense": 2500, "issued": -1000, "spent": -1500}


def test_orders_of_one_shop_settle_side_by_side(stage: Stage) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT)
    ids = [f"50{number:02}" for number in range(12)]
    for number, id in enumerate(ids):
        code = stage.friend_code(f"BOBSCODE{number:04}")
        stage.tell(stage.order(id, code=code, off=1500, customer=f"2{number:02}", at=START + number * DAY))

    def work(number: int) -> None:
        with stage.context.transaction() as session:
            decisions.settle(session, stage.shop_id, ids[number], None, stage.now)

    _all_at_once(work, len(ids), workers=4)  # each waits for the others' books, and no longer than a lock may take
    assert stage.accounts() == {"expense": 2500 * 12, "held": -12000, "spent": -1500 * 12}


def test_an_order_that_another_holds_is_left_to_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for too long ends its turn; nothing is noted against the order, and the next turn settles it."""
    monkeypatch.setattr("plugin.db.LOCK_SECONDS", 0.2)
    engine = make_engine(stage.context.settings.database_url)
    impatient = replace(stage.context, sessions=make_sessions(engine))
    stage.programme(TEN, FIFTEEN_PERCENT)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    with stage.context.transaction() as session:
        assert mirror.row_of(session, stage.shop_id, "5001", lock=True)
        settle_one(impatient, stage.shop_id, "5001")
    with stage.context.reading() as session:
        row = mirror.row_of(session, stage.shop_id, "5001")
        assert row is not None and (row.failures, row.error) == (0, None)
    assert settle_due(impatient, stage.shop_id) == 1
    assert stage.reward().state == "hold"
    engine.dispose()


def _all_at_once(work: Callable[[int], object], times: int, *, workers: int = 8) -> None:
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(times)))


@pytest.mark.parametrize(("terms", "told"), [
    (TEN, ["K6", "D7", "D8", "D9", "K7", "K8", "K9", "K9", "K10"]), (CREDIT, ["K6", "K7", "K8", "K9", "K10"])])
def test_every_place_where_a_process_may_die(stage: Stage, monkeypatch: pytest.MonkeyPatch, terms: RewardTerms, told: list[str]) -> None:
    reached: list[str] = []
    monkeypatch.setattr(failpoint, "reach", reached.append)
    stage.programme(terms, FIFTEEN_PERCENT)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.move(14 * DAY)
    stage.settle()
    assert reached == ["K6"]
    stage.deliver()
    assert reached == told


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("terms", [TEN, CREDIT, RewardTerms("percentage", 1000)])
def test_a_walk_through_a_shop(stage: Stage, terms: RewardTerms, seed: int) -> None:
    """Refunds, time, deliveries, faults and spending in random order; a failure names its seed."""
    random = Random(seed)
    stage.programme(terms, FIFTEEN_PERCENT)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    steps: list[Callable[[], None]] = [
        stage.settle, lambda: stage.move(5 * DAY), lambda: stage.deliver(rounds=2), lambda: _refund(stage, random),
        lambda: _fault(stage, random), lambda: _spend(stage)]
    for _ in range(14):
        random.choice(steps)()
        stage.accounts()
    stage.shopify._faults.clear()
    stage.move(20 * DAY)
    for _ in range(3):
        stage.settle()
        stage.deliver(rounds=20)
    _check(stage)


def _refund(stage: Stage, random: Random) -> None:
    shown = stage.shopify.orders["5001"]["currentSubtotalPriceSet"]["shopMoney"]["amount"]
    left = Money.parse(shown, "GBP").amount
    if left:
        stage.refund(min(left, random.choice([1, 700, 4250, 8500])), id=str(random.random()))


def _fault(stage: Stage, random: Random) -> None:
    operation = random.choice(["redeem_codes_add", "store_credit_credit", "store_credit_debit", "discount_code_basic_create",
                               "redeem_codes_delete", "redeem_codes_progress", "order_evidence"])
    stage.shopify.fail(operation, random.choice(["refused"] if operation in {"redeem_codes_progress", "order_evidence"} else [
        "before", "after", "refused"]))


def _spend(stage: Stage) -> None:
    for reward in stage.rewards():
        code = stage.code_of(reward) if reward.code_id else None
        if code is not None and code.code_key in stage.shopify.codes and "6001" not in stage.told:
            stage.tell(stage.order("6001", code=code.code, off=900, customer=ALICE))
            stage.settle("6001")
        elif reward.kind == "store_credit" and reward.state == "issued":
            account = stage.shopify.accounts[ALICE, "GBP"]
            stage.shopify.spend_credit(ALICE, min(200, account.balance), "GBP")


def _check(stage: Stage) -> None:
    accounts = stage.accounts()
    made = stage.shopify.count("code_added") + stage.shopify.count("credit")
    states = [reward.state for reward in stage.rewards()]
    assert not {"held", "owed", "taken_back"} & set(accounts), (accounts, states)
    assert made == sum(state not in {"void"} for state in states), (made, states)
    assert set(states) <= {"issued", "spent", "reversed", "void"}
    if states == ["reversed"]:
        assert not {"issued", "debt"} & set(accounts)
    assert all(kind != "dead" for _, kind in stage.deliveries())
