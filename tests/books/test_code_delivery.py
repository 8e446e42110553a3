"""Codes reach Shopify once and are taken back, whatever fails on the way. The oracle is the fake's list of effects."""

from datetime import timedelta

import pytest

from plugin import clock
from plugin.attribution.rules import code_key
from plugin.attribution.tables import Claim, Code
from plugin.db import new_id
from plugin.mirror.tables import Order
from plugin.money import Money
from plugin.outbox import flows as outbox
from plugin.outbox import tables as outbox_tables
from plugin.rewards import tables
from plugin.rewards.flows import discount_gone, shared_discount
from plugin.rewards.flows.discounts import month_end
from plugin.rewards.rules import RewardTerms
from plugin.rewards.tables import Discount
from plugin.shopify.failures import Frozen
from plugin.shops import tables as shops
from tests.books.stage import DAY, START, Stage

TEN = RewardTerms("fixed", amount=Money(1000, "GBP"))


def waiting(stage: Stage, terms: RewardTerms = TEN) -> None:
    """A reward whose hold is over, its delivery in the outbox."""
    stage.programme(terms, RewardTerms("none"))
    stage.tell(stage.order(code=stage.friend_code(), off=1500))
    stage.move(14 * DAY)
    stage.settle()


FAULTS = ["before", "after", "refused", "late"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", ["discount_code_basic_create", "redeem_codes_add"])
def test_one_effect_whatever_becomes_of_the_call(stage: Stage, operation: str, fault: str) -> None:
    waiting(stage)
    stage.shopify.fail(operation, fault, fault)
    stage.deliver(rounds=20)
    stage.shopify.run_late()
    stage.deliver(rounds=20)
    assert stage.reward().state == "issued"
    assert stage.shopify.count("code_added") == 1
    assert stage.accounts() == {"expense": 2500, "issued": -1000, "spent": -1500}


@pytest.mark.parametrize("operation", ["discount_code_basic_create", "redeem_codes_add", "redeem_codes_progress"])
def test_a_worker_that_dies_in_the_call(stage: Stage, operation: str) -> None:
    waiting(stage)
    stage.shopify.fail(operation, "killed")
    with pytest.raises(KeyboardInterrupt):
        stage.deliver(rounds=20)
    stage.hurry()
    stage.deliver(rounds=20)
    assert (stage.reward().state, stage.shopify.count("code_added"), stage.shopify.count("discount_created")) == ("issued", 1, 1)


@pytest.mark.parametrize("fault", ["before", "after", "refused", "killed"])
def test_a_code_is_deleted_once(stage: Stage, fault: str) -> None:
    waiting(stage)
    stage.deliver()
    stage.refund(8500)
    stage.settle()
    stage.shopify.fail("redeem_codes_delete", fault)
    try:
        stage.deliver(rounds=20)
    except KeyboardInterrupt:
        stage.hurry()
        stage.deliver(rounds=20)
    assert (stage.shopify.count("code_deleted"), stage.accounts()) == (1, {})
    assert len(stage.shopify.discounts) == 1  # the shared discount stays


def test_a_slow_shopify_is_polled(stage: Stage) -> None:
    waiting(stage)
    stage.shopify.slow_polls = 3
    stage.deliver(rounds=20)
    assert stage.reward().state == "issued"
    assert stage.shopify.calls.count("redeem_codes_progress") == 4


def test_a_code_that_somebody_else_has_is_never_adopted(stage: Stage) -> None:
    waiting(stage)
    planned = stage.code_of(stage.reward())
    stage.shopify.discounts["9"] = {"title": "Somebody else's"}
    stage.shopify.codes[planned.code.casefold()] = ("9", "99")
    stage.deliver(rounds=20)
    given = stage.code_of(stage.reward())
    assert (stage.reward().state, given.state) == ("issued", "ready")
    assert given.code != planned.code
    assert stage.shopify.codes[planned.code.casefold()] == ("9", "99")
    stage.refund(8500)
    stage.settle()
    stage.deliver()
    assert stage.shopify.codes[planned.code.casefold()] == ("9", "99")


def test_a_seed_that_somebody_else_has_is_chosen_again(stage: Stage) -> None:
    waiting(stage)
    with stage.context.transaction() as session:
        seed = session.query(Discount.seed).scalar()
    stage.shopify.discounts["9"] = {"title": "Somebody else's"}
    stage.shopify.codes[str(seed).casefold()] = ("9", "99")
    stage.deliver(rounds=20)
    assert (stage.reward().state, stage.shopify.count("discount_created")) == ("issued", 1)


def test_what_shopify_will_not_have_is_a_dead_letter(stage: Stage) -> None:
    waiting(stage)
    stage.shopify.fail("discount_code_basic_create", ["INVALID"])
    stage.deliver(rounds=20)
    assert stage.deliveries() == [("discount_create", "dead"), ("codes_add", "waiting")]
    assert stage.reward().state == "issuing"
    with stage.context.transaction() as session:
        [dead] = outbox_tables.dead(session, stage.shop_id)
        outbox.revive(session, stage.shop_id, dead.id)
    stage.deliver(rounds=20)
    assert stage.reward().state == "issued"


def test_a_deleted_discount_is_noticed_when_codes_are_added(stage: Stage) -> None:
    waiting(stage)
    stage.deliver("discount_create")
    stage.shopify.delete_discounts()
    stage.deliver(rounds=20)
    assert (stage.reward().state, stage.shopify.count("code_added"), stage.shopify.count("discount_created")) == ("issued", 1, 2)
    assert {state for _, state in stage.deliveries()} <= {"done", "waiting"}
    assert stage.accounts() == {"expense": 2500, "issued": -1000, "spent": -1500}


def test_a_deleted_discount_is_made_anew_for_what_was_issued(stage: Stage) -> None:
    waiting(stage)
    stage.deliver()
    old = stage.code_of(stage.reward())
    [gone] = stage.shopify.delete_discounts()
    for _ in range(2):
        with stage.context.transaction() as session:
            discount_gone(session, stage.shop_id, gone, stage.now)
    stage.deliver(rounds=20)
    given = stage.code_of(stage.reward())
    assert (stage.reward().state, given.state, given.code != old.code) == ("issued", "ready", True)
    assert given.code.casefold() in stage.shopify.codes
    assert stage.accounts() == {"expense": 2500, "issued": -1000, "spent": -1500}
    stage.refund(8500)
    stage.settle()
    stage.deliver(rounds=20)
    assert (stage.reward().state, stage.accounts(), given.code.casefold() in stage.shopify.codes) == ("reversed", {}, False)


def test_a_deleted_discount_closes_what_was_being_taken_back(stage: Stage) -> None:
    waiting(stage)
    stage.deliver()
    stage.refund(8500)
    stage.settle()
    [gone] = stage.shopify.delete_discounts()
    with stage.context.transaction() as session:
        discount_gone(session, stage.shop_id, gone, stage.now)
    stage.deliver(rounds=20)
    assert (stage.reward().state, stage.accounts(), stage.shopify.count("code_added")) == ("reversed", {}, 1)


def test_a_friend_whose_code_was_deleted_may_claim_another(stage: Stage) -> None:
    with stage.context.transaction() as session:
        discount = shared_discount(session, stage.shop_id, purpose="friend", version_id=stage.version_id, terms=TEN, ends_at=None,
                                   combines=frozenset(), minimum=None, now=START)
        code = Code(shop_id=stage.shop_id, id=new_id(), code="POOL", code_key="pool", kind="friend", state="claimed",
                    discount_id=discount.id, version_id=stage.version_id, made_at=START)
        claim = Claim(shop_id=stage.shop_id, id=new_id(), nonce="n", advocate_id=stage.advocate_id, version_id=stage.version_id,
                      code_id=code.id, state="given", at=START)
        session.add_all([code, claim])
    stage.deliver()
    [gone] = stage.shopify.delete_discounts()
    with stage.context.transaction() as session:
        assert discount_gone(session, stage.shop_id, gone, stage.now)
    with stage.context.transaction() as session:
        assert session.get_one(Code, (stage.shop_id, code.id)).state == "failed"
        kept = session.get_one(Claim, (stage.shop_id, claim.id))
        assert (kept.state, kept.code_id) == ("waiting", None)


def test_the_order_is_read_again_before_issue(stage: Stage) -> None:
    waiting(stage)
    stage.shopify.orders["5001"]["displayFinancialStatus"] = "REFUNDED"  # the refund's webhook is still on its way
    stage.deliver(rounds=3)
    assert (stage.shopify.count("code_added"), stage.reward().state) == (0, "issuing")
    stage.refund(8500)
    stage.settle()
    stage.deliver()
    assert (stage.reward().state, stage.accounts()) == ("void", {})


@pytest.mark.parametrize(("age", "scopes", "state"), [
    (61, "read_orders", "issued"), (59, "read_orders", "issuing"), (61, "read_orders,read_all_orders", "issuing")])
def test_an_order_too_old_to_be_shown_stands_as_mirrored(stage: Stage, age: int, scopes: str, state: str) -> None:
    """Where all orders are shown, one that is not is gone."""
    waiting(stage)
    with stage.context.transaction() as session:
        shops.get(session, stage.shop_id).scopes = scopes
    del stage.shopify.orders["5001"]
    with stage.context.transaction() as session:
        session.get_one(Order, (stage.shop_id, "5001")).created_at = clock.now() - timedelta(days=age)
    stage.deliver(rounds=5)
    assert stage.reward().state == state


def test_a_refund_while_the_code_is_on_its_way(stage: Stage) -> None:
    waiting(stage)
    stage.shopify.fail("redeem_codes_progress", "refused")
    stage.deliver("discount_create", "codes_add")
    stage.refund(8500)
    stage.settle()
    stage.deliver(rounds=20)
    assert (stage.reward().state, stage.accounts()) == ("reversed", {})
    assert (stage.shopify.count("code_added"), stage.shopify.count("code_deleted")) == (1, 1)


def test_a_shop_that_has_gone_keeps_its_reward_for_later(stage: Stage) -> None:
    waiting(stage)
    stage.shopify.fail("discount_code_basic_create", Frozen("gone", status=401))
    stage.deliver(rounds=1)
    assert stage.reward().state == "issuing"
    assert stage.accounts() == {"expense": 2500, "owed": -1000, "spent": -1500}


@pytest.mark.parametrize(("terms", "operation", "value"), [
    (RewardTerms("percentage", 1250), "customerGets", {"items": {"all": True}, "value": {"percentage": 0.125}}),
    (TEN, "customerGets", {"items": {"all": True}, "value": {"discountAmount": {"amount": "10.00", "appliesOnEachItem": False}}}),
    (RewardTerms("free_shipping"), "destination", {"all": True}),
])
def test_what_the_shared_discount_says(stage: Stage, terms: RewardTerms, operation: str, value: object) -> None:
    waiting(stage, terms)
    stage.deliver()
    [discount] = stage.shopify.discounts.values()
    assert discount[operation] == value
    assert discount["title"].startswith("Tandem reward ")
    assert discount["combinesWith"] == {"orderDiscounts": False, "productDiscounts": True, "shippingDiscounts": False}


def test_discounts_are_shared_by_version_value_and_month(stage: Stage) -> None:
    version = new_id()

    def one(**changes: object) -> Discount:
        plain = {"purpose": "friend", "version_id": version, "terms": TEN, "ends_at": START, "combines": frozenset(), "minimum": None}
        return shared_discount(session, stage.shop_id, now=START, **{**plain, **changes})  # type: ignore[arg-type]

    with stage.context.transaction() as session:
        first = one()
        assert one(ends_at=START + 20 * DAY).id == first.id
        assert first.ends_at == month_end(START)
        others = [one(ends_at=START + 40 * DAY), one(purpose="advocate"), one(version_id=new_id()),
                  one(terms=RewardTerms("percentage", 1000)), one(ends_at=None)]
        assert len({first.id, *(row.id for row in others)}) == 6


def test_friend_codes_travel_250_at_a_time(stage: Stage) -> None:
    with stage.context.transaction() as session:
        discount = shared_discount(session, stage.shop_id, purpose="friend", version_id=stage.version_id, terms=TEN, ends_at=None,
                                   combines=frozenset(), minimum=Money(2000, "GBP"), now=START)
        for number in range(260):
            text = f"POOL{number:08}"
            code = Code(shop_id=stage.shop_id, id=new_id(), code=text, code_key=code_key(text), kind="friend", state="planned",
                        discount_id=discount.id, version_id=stage.version_id, made_at=START)
            session.add(code)
            outbox.put(session, stage.shop_id, "codes_add", code.id, now=START, lane=str(discount.id))
    stage.shopify.codes["pool00000007"] = ("9", "99")
    stage.shopify.discounts["9"] = {"title": "Somebody else's"}
    stage.deliver(rounds=20)
    assert stage.shopify.calls.count("redeem_codes_add") == 2
    with stage.context.transaction() as session:
        states = [state for (state,) in session.query(Code.state)]
        minimum = tables.discount(session, stage.shop_id, discount.id).minimum
    assert (states.count("ready"), states.count("failed"), minimum) == (259, 1, 2000)
    [made] = [one for id, one in stage.shopify.discounts.items() if id != "9"]
    assert made["minimumRequirement"] == {"subtotal": {"greaterThanOrEqualToSubtotal": "20.00"}}
