"""Settling: whatever arrives, in whatever order and however often, an order causes what it should, once."""

from dataclasses import replace
from itertools import permutations

import pytest
from sqlalchemy import select

from plugin.guardrails import flows as guardrails
from plugin.guardrails.tables import Case
from plugin.ledger.tables import Posting
from plugin.margin import flows as margin
from plugin.messaging.tables import Mail
from plugin.referrals.rules.goals import SLOW
from plugin.referrals.tables import Goal, GoalStep, Programme
from plugin.shops import tables as shops
from tests.books.stage import DAY, START, Stage
from tests.books.story import FIFTEEN_PERCENT, TEN, issued


def test_a_reward_waits_out_its_hold(stage: Stage) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.settle()
    assert stage.reward().state == "hold"
    assert stage.accounts() == {"expense": 2500, "held": -1000, "spent": -1500}
    assert stage.deliveries() == []


def test_after_the_hold_it_is_issued(stage: Stage) -> None:
    issued(stage)
    reward = stage.reward()
    assert (reward.state, stage.code_of(reward).state) == ("issued", "ready")
    assert stage.accounts() == {"expense": 2500, "issued": -1000, "spent": -1500}
    assert stage.shopify.count("code_added") == 1


def test_settling_again_changes_nothing(stage: Stage) -> None:
    issued(stage)
    before = (stage.accounts(), _postings(stage), stage.deliveries(), stage.shopify.effects.copy())
    for _ in range(3):
        stage.settle()
        stage.deliver()
    assert (stage.accounts(), _postings(stage), stage.deliveries(), stage.shopify.effects) == before


def _postings(stage: Stage) -> int:
    with stage.context.transaction() as session:
        return session.query(Posting).count()


EVENTS = ("created", "paid", "part", "refund", "cancelled")


@pytest.mark.parametrize("names", [order for order in permutations(EVENTS)][::7])
def test_the_order_of_events_does_not_matter(stage: Stage, names: tuple[str, ...]) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT)
    code = stage.friend_code()
    stage.shopify.orders["5001"] = {"currentSubtotalPriceSet": {"shopMoney": {"amount": "85.00", "currencyCode": "GBP"}}}
    for number, name in enumerate(names):
        for _ in range(1 + number % 2):
            _happen(stage, name, code)
    stage.move(20 * DAY)
    stage.settle()
    stage.deliver()
    assert {reward.state for reward in stage.rewards()} <= {"void"}
    assert (stage.accounts(), stage.shopify.count("code_added")) == ({}, 0)


def _happen(stage: Stage, name: str, code: str) -> None:
    base = stage.order(code=code, off=1500, at=START)
    told = {"created": replace(base, financial="pending", digest="a"),
            "paid": replace(base, updated_at=START + DAY / 24, digest="b"),
            "cancelled": replace(base, financial="refunded", cancelled_at=START + DAY, updated_at=START + DAY, digest="c")}
    if name in told:
        stage.tell(told[name])
    else:
        stage.refund(4250, id=name)
    if "5001" in stage.told:
        stage.settle()


def test_an_unpaid_order_earns_nothing_yet(stage: Stage) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT)
    order = stage.order(code=stage.friend_code(), off=1500, financial="pending")
    stage.tell(order)
    stage.settle()
    assert (stage.reward().state, stage.reward().why, stage.accounts()) == ("pending", "unpaid", {})
    stage.tell(replace(order, financial="paid", updated_at=START + DAY, digest="paid"))
    stage.settle()
    assert (stage.reward().state, stage.accounts()["held"]) == ("hold", -1000)


def test_unknown_evidence_means_hold(stage: Stage) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT, hold=DAY)
    stage.shopify.fail("order_evidence", *["refused"] * 9)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.settle()
    stage.move(2 * DAY)
    stage.settle()
    assert (stage.reward().state, stage.reward().why) == ("pending", "in_review")
    assert stage.accounts()["held"] == -1000
    stage.shopify._faults.clear()
    stage.move(DAY)
    stage.settle()
    assert stage.reward().state == "issuing"


def test_a_friend_who_had_ordered_before_earns_the_advocate_nothing(stage: Stage) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.shopify.evidence["5001"]["customer"]["numberOfOrders"] = "3"
    stage.settle()
    assert stage.accounts() == {"expense": 1500, "spent": -1500}


def test_an_old_order_cannot_prove_a_new_customer(stage: Stage) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT)
    order = stage.order(code=stage.friend_code(), off=1500)
    stage.tell(order)
    stage.move(61 * DAY)
    stage.settle()
    assert (stage.reward().state, stage.reward().why) == ("pending", "in_review")


@pytest.mark.parametrize("refund_first", [False, True])
def test_a_case_does_not_outlive_its_order(stage: Stage, refund_first: bool) -> None:
    """Whatever is heard first, nobody is asked about an order that is wholly refunded."""
    stage.programme(TEN, FIFTEEN_PERCENT, hold=DAY)
    order = stage.order(code=stage.friend_code(), off=1500)
    stage.tell(order)
    stage.shopify.evidence["5001"]["risk"]["assessments"] = [{"riskLevel": "HIGH"}]
    if not refund_first:
        stage.settle()
        assert _open_cases(stage) == 1
    stage.tell(replace(order, financial="refunded", updated_at=order.updated_at + DAY, digest="b"))
    stage.settle()
    stage.settle()
    assert _open_cases(stage) == 0
    assert stage.accounts() == {}


def _open_cases(stage: Stage) -> int:
    with stage.context.transaction() as session:
        return len(session.scalars(select(Case).where(Case.shop_id == stage.shop_id, Case.state == "open")).all())


def test_a_merchants_word_outlives_the_order(stage: Stage) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT, hold=DAY)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.shopify.evidence["5001"]["risk"]["assessments"] = [{"riskLevel": "HIGH"}]
    stage.settle()
    with stage.context.transaction() as session:
        guardrails.release(session, stage.shop_id, "5001", by="Mary", now=stage.now)
    stage.refund(8500)
    stage.settle()
    with stage.context.transaction() as session:
        case = session.get_one(Case, (stage.shop_id, "5001"))
        assert (case.state, case.resolved_by) == ("released", "Mary")


def test_where_all_orders_may_be_read_an_old_order_can(stage: Stage) -> None:
    with stage.context.transaction() as session:
        shops.get(session, stage.shop_id).scopes = "read_orders,read_all_orders"
    stage.programme(TEN, FIFTEEN_PERCENT)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.move(61 * DAY)
    stage.settle()
    assert stage.reward().state == "issuing"


def test_a_merchant_releases_and_refuses(stage: Stage) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT, hold=DAY)
    order = stage.order(code=stage.friend_code(), off=1500)
    stage.tell(order)
    stage.shopify.evidence["5001"]["risk"]["assessments"] = [{"riskLevel": "HIGH"}]
    stage.settle()
    stage.move(2 * DAY)
    for resolve, state in ((guardrails.release, "issuing"), (guardrails.refuse, "void")):
        with stage.context.transaction() as session:
            resolve(session, stage.shop_id, "5001", by="Mary", now=stage.now)
        stage.settle()
        assert stage.reward().state == state
    assert stage.accounts() == {"expense": 1500, "spent": -1500}


def test_a_code_expires(stage: Stage) -> None:
    issued(stage, expiry=30 * DAY)
    stage.move(31 * DAY)
    stage.settle()
    stage.deliver()
    assert stage.reward().state == "expired"
    assert stage.accounts() == {"expense": 2500, "breakage": -1000, "spent": -1500}
    assert stage.shopify.count("code_deleted") == 1


def test_the_margin_guard_trims_the_advocates_reward_only(stage: Stage) -> None:
    with stage.context.transaction() as session:
        margin.set_floor(session, stage.shop_id, floor_bp=1000, cost_bp=7000, now=START)
    stage.programme(TEN, FIFTEEN_PERCENT)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.settle()
    assert (stage.reward().amount, stage.reward().trimmed) == (650, 350)  # 85 - 70 - 8.50
    assert stage.accounts() == {"expense": 2150, "held": -650, "spent": -1500}


def test_no_room_no_reward(stage: Stage) -> None:
    with stage.context.transaction() as session:
        margin.set_floor(session, stage.shop_id, floor_bp=1000, cost_bp=9000, now=START)
    stage.programme(TEN, FIFTEEN_PERCENT)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.settle()
    assert stage.accounts() == {"expense": 1500, "spent": -1500}


def test_an_order_nobody_brought_asks_shopify_nothing(stage: Stage) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT)
    stage.tell(stage.order())
    stage.settle()
    assert (stage.rewards(), stage.accounts(), stage.shopify.calls) == ([], {}, [])


def test_settling_tells_of_a_goal_once_however_often_it_runs(stage: Stage) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT)
    with stage.context.transaction() as session:
        programme_id = session.scalars(select(Programme.id)).one()
        session.add(GoalStep(shop_id=stage.shop_id, programme_id=programme_id, had=1, pace=SLOW, more=2, days=30, reach=45, seen=50,
                             made_at=START))
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    for _ in range(3):
        stage.settle()
    with stage.context.transaction() as session:
        assert session.scalars(select(Mail.kind)).all() == ["goal_start"]
        goal = session.scalars(select(Goal)).one()
        assert (goal.began, goal.target, goal.state) == (1, 3, "open")
