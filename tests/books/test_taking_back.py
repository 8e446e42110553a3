"""What refunds take back, before issue, after it, and after the reward was spent."""


import pytest

from plugin.rewards.rules import RewardTerms
from tests.books.stage import ALICE, DAY, Stage
from tests.books.story import FIFTEEN_PERCENT, TEN, issued

FREE_SHIPPING = RewardTerms("free_shipping")


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
