"""Store credit reaches the account exactly once, is taken back exactly once, and the books know what was spent meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from plugin import clock
from plugin.mirror.tables import Order
from plugin.money import Money
from plugin.rewards.rules import RewardTerms
from tests.books.stage import ALICE, BOB, DAY, START, Stage

FIVE = RewardTerms("store_credit", amount=Money(500, "GBP"))


def waiting(stage: Stage) -> None:
    stage.programme(FIVE, RewardTerms("none"))
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.move(14 * DAY)
    stage.settle()


def issued(stage: Stage) -> None:
    waiting(stage)
    stage.deliver()
    assert stage.reward().state == "issued"


def balance(stage: Stage, customer: str = ALICE) -> int:
    return sum(one.balance for (owner, _), one in stage.shopify.accounts.items() if owner == customer)


def test_a_credit_is_issued(stage: Stage) -> None:
    issued(stage)
    assert (balance(stage), stage.shopify.count("credit")) == (500, 1)
    assert stage.accounts() == {"expense": 2000, "issued": -500, "spent": -1500}
    [row] = stage.shopify.accounts[ALICE, "GBP"].rows
    assert datetime.fromisoformat(row["expiresAt"]) - stage.now > timedelta(days=3650)  # "never" is ten years


@pytest.mark.parametrize("faults", [["before"], ["after"], ["refused"], ["before", "after"], ["after", "before"],
                                    ["before", "before", "after"], ["refused", "after"]])
def test_one_credit_whatever_becomes_of_the_call(stage: Stage, faults: list[str]) -> None:
    waiting(stage)
    stage.shopify.fail("store_credit_credit", *faults)
    stage.deliver(rounds=20)
    assert (stage.reward().state, balance(stage), stage.shopify.count("credit")) == ("issued", 500, 1)
    assert stage.accounts() == {"expense": 2000, "issued": -500, "spent": -1500}


def test_a_worker_that_dies_in_the_call(stage: Stage) -> None:
    waiting(stage)
    for fault in ("killed", "killed"):
        stage.shopify.fail("store_credit_credit", fault)
    with pytest.raises(KeyboardInterrupt):
        stage.deliver()
    stage.hurry()
    stage.deliver(rounds=20)
    assert (stage.reward().state, balance(stage), stage.shopify.count("credit")) == ("issued", 500, 1)


def test_after_an_unknown_outcome_it_waits_before_it_looks(stage: Stage) -> None:
    waiting(stage)
    stage.shopify.fail("store_credit_credit", "after")
    stage.deliver("credit_issue", rounds=1)
    assert stage.reward().state == "unknown"
    calls = len(stage.shopify.calls)
    stage.deliver("credit_issue", rounds=1)
    assert len(stage.shopify.calls) == calls + 2  # hurried: the account, and its transactions
    assert (stage.reward().state, stage.shopify.count("credit")) == ("issued", 1)


def test_a_look_too_early_only_waits(stage: Stage) -> None:
    waiting(stage)
    stage.shopify.fail("store_credit_credit", "killed")
    with pytest.raises(KeyboardInterrupt):
        stage.deliver()
    _release_leases(stage)
    calls = len(stage.shopify.calls)
    stage.deliver("credit_issue", rounds=1)
    assert len(stage.shopify.calls) == calls


def _release_leases(stage: Stage) -> None:
    from sqlalchemy import update

    from plugin.outbox.tables import Delivery
    from plugin.rewards.tables import Attempt
    with stage.context.transaction() as session:
        session.execute(update(Delivery).where(Delivery.state == "leased").values(lease_until=START - DAY))
        session.execute(update(Attempt).values(sent_at=clock.machine_now()))


def test_a_credit_that_arrives_twice_is_taken_back(stage: Stage) -> None:
    waiting(stage)
    stage.shopify.fail("store_credit_credit", "late")
    stage.deliver("credit_issue", rounds=1)
    stage.deliver("credit_issue", rounds=1)
    stage.shopify.run_late()
    assert (balance(stage), stage.reward().state) == (1000, "issued")
    stage.deliver(rounds=20)
    assert (balance(stage), stage.shopify.count("credit"), stage.shopify.count("debit")) == (500, 2, 1)
    assert stage.accounts() == {"expense": 2000, "issued": -500, "spent": -1500}


def test_a_second_credit_that_was_spent_is_an_expense(stage: Stage) -> None:
    waiting(stage)
    stage.shopify.fail("store_credit_credit", "late")
    stage.deliver("credit_issue", rounds=1)
    stage.deliver("credit_issue", rounds=1)
    stage.shopify.run_late()
    stage.shopify.spend_credit(ALICE, 800, "GBP")
    stage.deliver(rounds=20)
    assert balance(stage) == 0
    assert stage.accounts() == {"expense": 2300, "issued": -500, "spent": -1800}


def test_two_credits_of_one_customer_have_different_markers(stage: Stage) -> None:
    stage.programme(FIVE, RewardTerms("none"))
    for number in ("1", "2"):
        stage.tell(stage.order(f"500{number}", code=stage.friend_code(f"BOBSCODE000{number}"), off=1500, customer=f"20{number}", at=START))
    stage.move(14 * DAY)
    for number in ("1", "2"):
        stage.settle(f"500{number}")
    stage.deliver(rounds=20)
    markers = [row["expiresAt"] for row in stage.shopify.accounts[ALICE, "GBP"].rows]
    assert len(markers) == len(set(markers)) == 2


@pytest.mark.parametrize("fault", [None, "before", "after", "refused", "killed"])
def test_a_credit_is_taken_back_once(stage: Stage, fault: str | None) -> None:
    issued(stage)
    stage.refund(8500)
    stage.settle()
    assert (stage.reward().state, stage.accounts()) == ("reversed", {"expense": 500, "taken_back": -500})
    if fault:
        stage.shopify.fail("store_credit_debit", fault)
    try:
        stage.deliver(rounds=20)
    except KeyboardInterrupt:
        stage.hurry()
        stage.deliver(rounds=20)
    assert (balance(stage), stage.shopify.count("debit"), stage.accounts()) == (0, 1, {})


def test_a_part_is_taken_back(stage: Stage) -> None:
    issued(stage)
    stage.refund(4250)
    stage.settle()
    stage.deliver()
    assert (stage.reward().state, balance(stage)) == ("issued", 250)
    assert stage.accounts() == {"expense": 1000, "issued": -250, "spent": -750}
    stage.refund(4250, id="2")
    stage.settle()
    stage.deliver()
    assert (stage.reward().state, balance(stage), stage.accounts()) == ("reversed", 0, {})


@pytest.mark.parametrize(("used", "told"), [
    (500, {"spent": -500, "debt": 500}), (200, {"spent": -200, "debt": 200})])
def test_what_was_spent_is_a_debt(stage: Stage, used: int, told: dict[str, int]) -> None:
    issued(stage)
    stage.shopify.spend_credit(ALICE, used, "GBP")
    stage.refund(8500)
    stage.settle()
    stage.deliver(rounds=20)
    assert (stage.reward().state, balance(stage), stage.accounts()) == ("spent", 0, told)


def test_spent_between_the_look_and_the_debit(stage: Stage) -> None:
    issued(stage)
    stage.refund(8500)
    stage.settle()
    stage.shopify.fail("store_credit_debit", ["INSUFFICIENT_FUNDS"])
    stage.shopify.spend_credit(ALICE, 100, "GBP")
    stage.deliver(rounds=20)
    assert (balance(stage), stage.accounts()) == (0, {"spent": -100, "debt": 100})


def test_a_friend_may_be_credited_too(stage: Stage) -> None:
    stage.programme(RewardTerms("none"), RewardTerms("store_credit", 1000))
    stage.tell(stage.order(code=stage.friend_code(), off=0))
    stage.move(14 * DAY)
    stage.settle()
    stage.deliver()
    assert (stage.reward().role, stage.reward().state, balance(stage, BOB)) == ("friend", "issued", 1000)


def test_the_marker_is_a_whole_second_in_utc(stage: Stage) -> None:
    issued(stage)
    [row] = stage.shopify.accounts[ALICE, "GBP"].rows
    assert datetime.fromisoformat(row["expiresAt"]).tzinfo == UTC
    assert len(row["expiresAt"]) == len("2026-11-21T12:00:00Z")


def test_what_shopify_refuses_for_good_is_a_dead_letter(stage: Stage) -> None:
    waiting(stage)
    stage.shopify.fail("store_credit_credit", ["CREDIT_LIMIT_EXCEEDED"])
    stage.deliver(rounds=3)
    assert stage.deliveries() == [("credit_issue", "dead")]
    assert stage.accounts()["owed"] == -500


def test_the_order_is_read_again_before_issue(stage: Stage) -> None:
    waiting(stage)
    stage.shopify.orders["5001"]["cancelledAt"] = "2026-11-15T00:00:00Z"
    stage.deliver(rounds=3)
    assert stage.shopify.count("credit") == 0
    stage.refund(8500)
    stage.settle()
    stage.deliver()
    assert (stage.reward().state, stage.accounts()) == ("void", {})


@pytest.mark.parametrize(("age", "credits"), [(61, 1), (59, 0)])
def test_an_order_too_old_to_be_shown_stands_as_mirrored(stage: Stage, age: int, credits: int) -> None:
    waiting(stage)
    del stage.shopify.orders["5001"]
    with stage.context.transaction() as session:
        session.get_one(Order, (stage.shop_id, "5001")).created_at = clock.now() - timedelta(days=age)
    stage.deliver(rounds=3)
    assert stage.shopify.count("credit") == credits


def test_after_it_was_called_back_unsent_it_can_be_sent_again(stage: Stage) -> None:
    waiting(stage)
    stage.refund(4250)
    stage.settle()
    stage.deliver()
    assert (stage.reward().state, stage.reward().amount, balance(stage)) == ("issued", 250, 250)
