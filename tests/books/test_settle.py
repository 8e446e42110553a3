"""Settling: whatever arrives, in whatever order and however often, an order causes what it should, once."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from plugin.guardrails import flows as guardrails
from plugin.ledger.tables import Posting
from plugin.margin import flows as margin
from plugin.money import Money
from plugin.rewards.rules import RewardTerms
from tests.books.stage import ALICE, DAY, START, Stage

TEN = RewardTerms("fixed", amount=Money(1000, "GBP"))
FIFTEEN_PERCENT = RewardTerms("percentage", 1500)
FREE_SHIPPING = RewardTerms("free_shipping")


def issued(stage: Stage, terms: RewardTerms = TEN, friend: RewardTerms = FIFTEEN_PERCENT, **programme: Any) -> None:  # noqa: ANN401
    """Bob's order of 100 less 15, its hold over, the reward with Shopify."""
    stage.programme(terms, friend, **programme)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.settle()
    stage.move(14 * DAY)
    stage.settle()
    stage.deliver()


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


def test_story_a_refunded_before_it_is_spent_nets_to_nothing(stage: Stage) -> None:
    issued(stage)
    code = stage.code_of(stage.reward()).code
    stage.refund(8500)
    stage.settle()
    assert stage.accounts() == {"expense": 1000, "taken_back": -1000}
    stage.deliver()
    assert stage.reward().state == "reversed"
    assert stage.accounts() == {}
    assert code.casefold() not in stage.shopify.codes
    assert (stage.shopify.count("code_added"), stage.shopify.count("code_deleted")) == (1, 1)


def test_story_b_spent_and_then_refunded_is_a_debt(stage: Stage) -> None:
    issued(stage)
    _spend(stage, off=1000)
    stage.refund(8500)
    stage.settle()
    stage.deliver()
    assert stage.reward().state == "spent"
    assert stage.accounts() == {"spent": -1000, "debt": 1000}
    assert stage.shopify.count("code_deleted") == 0


def _spend(stage: Stage, *, off: int, order_id: str = "6001") -> None:
    """Alice's own order with her reward code."""
    code = stage.code_of(stage.reward())
    stage.tell(stage.order(order_id, code=code.code, off=off, customer=ALICE))
    stage.settle(order_id)


def test_a_code_that_took_off_less_than_it_was_worth(stage: Stage) -> None:
    issued(stage)
    _spend(stage, off=600)
    assert stage.accounts() == {"expense": 2100, "spent": -2100}


@pytest.mark.parametrize(("terms", "estimate", "off"), [(RewardTerms("percentage", 1000), 850, 1234), (FREE_SHIPPING, 0, 395)])
def test_a_percentage_is_put_right_when_it_is_spent(stage: Stage, terms: RewardTerms, estimate: int, off: int) -> None:
    issued(stage, terms, RewardTerms("none"))
    assert stage.accounts() == {name: amount for name, amount in {
        "expense": estimate + 1500, "issued": -estimate, "spent": -1500}.items() if amount}
    _spend(stage, off=off)
    assert stage.accounts() == {"expense": off + 1500, "spent": -off - 1500}


def test_the_code_was_faster_than_its_taking_back(stage: Stage) -> None:
    issued(stage)
    stage.refund(8500)
    stage.settle()
    _spend(stage, off=1000)
    stage.deliver()
    assert stage.reward().state == "spent"
    assert stage.accounts() == {"spent": -1000, "debt": 1000}


def test_the_use_was_told_after_the_taking_back(stage: Stage) -> None:
    issued(stage)
    stage.refund(8500)
    stage.settle()
    stage.deliver()
    assert stage.accounts() == {}
    _spend(stage, off=1000)
    assert stage.accounts() == {"spent": -1000, "debt": 1000}


@pytest.mark.parametrize(("back", "earned", "given"), [(2125, 750, 1125), (4250, 500, 750), (8499, 0, 0)])
def test_a_part_refunded_on_hold_takes_its_part(stage: Stage, back: int, earned: int, given: int) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.settle()
    stage.refund(back)
    stage.settle()
    assert stage.accounts() == ({"expense": earned + given, "held": -earned, "spent": -given} if earned else {})


def test_a_part_refunded_after_issue_is_a_debt_until_all_is_refunded(stage: Stage) -> None:
    issued(stage, friend=RewardTerms("none"))
    stage.refund(4250)
    stage.settle()
    assert stage.accounts() == {"expense": 1250, "issued": -1000, "debt": 500, "spent": -750}
    stage.refund(4250, id="2")
    stage.settle()
    stage.deliver()
    assert stage.accounts() == {}


def test_a_part_refunded_after_it_was_spent(stage: Stage) -> None:
    issued(stage)
    _spend(stage, off=1000)
    stage.refund(4250)
    stage.settle()
    assert stage.accounts() == {"expense": 1250, "spent": -1750, "debt": 500}


def test_refunded_on_hold_leaves_nothing(stage: Stage) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.settle()
    stage.refund(8500)
    stage.settle()
    stage.move(20 * DAY)
    stage.settle()
    stage.deliver()
    assert (stage.reward().state, stage.accounts(), stage.deliveries()) == ("void", {}, [])


def test_refund_first(stage: Stage) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT)
    stage.shopify.orders["5001"] = {"currentSubtotalPriceSet": {"shopMoney": {"amount": "85.00", "currencyCode": "GBP"}}}
    stage.refund(8500)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.settle()
    assert (stage.rewards(), stage.accounts()) == ([], {})


def test_called_back_while_it_waits_in_the_outbox(stage: Stage) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.move(14 * DAY)
    stage.settle()
    assert stage.reward().state == "issuing"
    stage.refund(8500)
    stage.settle()
    stage.deliver()
    assert (stage.reward().state, stage.accounts(), stage.shopify.count("code_added")) == ("void", {}, 0)


def test_less_is_issued_after_a_part_was_refunded_in_the_outbox(stage: Stage) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT)
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.move(14 * DAY)
    stage.settle()
    stage.refund(4250)
    stage.settle()
    stage.deliver()
    assert (stage.reward().state, stage.reward().amount, stage.shopify.count("code_added")) == ("issued", 500, 1)
    assert stage.accounts() == {"expense": 1250, "issued": -500, "spent": -750}
    amounts = [one["customerGets"]["value"]["discountAmount"]["amount"] for one in stage.shopify.discounts.values()]
    assert amounts == ["10.00", "5.00"]


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


@pytest.mark.parametrize(("currency", "amount"), [("JPY", 1001), ("GBP", 1001), ("KWD", 10001)])
def test_thirds_in_every_kind_of_currency(stage: Stage, currency: str, amount: int) -> None:
    stage.currency = currency
    stage.programme(RewardTerms("fixed", amount=stage.money(amount)), FIFTEEN_PERCENT)
    stage.tell(stage.order(code=stage.friend_code(), off=1, price=3 * amount + 1))
    stage.settle()
    for part in range(3):
        stage.refund(amount, id=str(part))
        stage.settle()
        left = 2 - part
        held = -stage.accounts().get("held", 0)
        assert abs(3 * held - left * amount) <= 2
    assert stage.accounts() == {}


def test_an_order_nobody_brought_asks_shopify_nothing(stage: Stage) -> None:
    stage.programme(TEN, FIFTEEN_PERCENT)
    stage.tell(stage.order())
    stage.settle()
    assert (stage.rewards(), stage.accounts(), stage.shopify.calls) == ([], {}, [])
