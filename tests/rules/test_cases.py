"""From a kept decision to its case, and the merchant's word on it."""


import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.errors import NotFound, Refused
from plugin.guardrails import flows as guardrails
from plugin.guardrails.tables import Case
from plugin.intake.tables import Inbox
from plugin.people import flows as people
from plugin.shops.tables import Shop
from tests.rules.cast import DAY, NOON, SECOND
from tests.rules.shopfront import mirrored, person, told_contact
from tests.rules.staging import Read, Stage, staged


@pytest.fixture
def stage(session: Session, north: Shop) -> Stage:
    return staged(session, north)


def test_honest_friends_leave_no_case(stage: Stage) -> None:
    mirrored(stage.session, stage.shop, "1", stage.alice, NOON - 40 * DAY)
    told_contact(stage.session, stage.shop, "1", stage.alice)
    stage.order(codes=[stage.code().code])
    told_contact(stage.session, stage.shop, "9", stage.bob, ip="192.0.2.77", street="9 Oak Street")
    assert stage.judge().verdict == "allow"
    assert stage.session.scalars(select(Case)).all() == []


@pytest.mark.parametrize(("same", "rule"), [({"street": "1 Elm  street"}, "same_address"), ({"ip": "192.0.2.1"}, "same_device")])
def test_one_home_or_one_device_is_held(stage: Stage, same: dict[str, str], rule: str) -> None:
    mirrored(stage.session, stage.shop, "1", stage.alice, NOON - 40 * DAY)
    told_contact(stage.session, stage.shop, "1", stage.alice)
    stage.order(codes=[stage.code().code])
    told_contact(stage.session, stage.shop, "9", stage.bob, **{"ip": "192.0.2.77", "street": "9 Oak Street", **same})
    judged = stage.judge()
    assert judged.verdict == "hold" and [reason.rule for reason in judged.reasons] == [rule]
    waiting = stage.session.scalars(select(Case.order_id).where(Case.shop_id == stage.shop.id, Case.state == "open"))
    assert waiting.all() == ["9"]


def test_one_browser_for_both_is_denied(stage: Stage) -> None:
    stage.visit()
    stage.order("8", by=stage.alice, attributes={"_tandem_visit": "token-1"})
    told_contact(stage.session, stage.shop, "8", stage.alice)
    assert stage.decide("8").reason == "own_order"
    stage.order(attributes={"_tandem_visit": "token-1"})
    told_contact(stage.session, stage.shop, "9", stage.bob, ip="192.0.2.77", street="9 Oak Street")
    assert [reason.rule for reason in stage.judge().reasons] == ["same_visit"]


@pytest.mark.parametrize("same", [{"street": "1 Elm  street"}, {"ip": "192.0.2.1"}])
def test_forgetting_somebody_lets_nobody_through(stage: Stage, same: dict[str, str]) -> None:
    mirrored(stage.session, stage.shop, "1", stage.alice, NOON - 40 * DAY)
    told_contact(stage.session, stage.shop, "1", stage.alice)
    stage.order(codes=[stage.code().code])
    told_contact(stage.session, stage.shop, "9", stage.bob, **{"ip": "192.0.2.77", "street": "9 Oak Street", **same})
    before = stage.judge()
    people.redact(stage.session, stage.shop.id, stage.bob.id, NOON)
    after = [stage.judge() for _ in range(2)]
    assert before.verdict == "hold" and after == [before, before]


@pytest.mark.parametrize(("evidence", "verdict"), [
    (None, "hold"), (Read(customer_orders=None), "hold"), (Read(customer_orders=3), "deny"), (Read(customer_orders=3, later=3), "allow"),
    (Read(customer_orders=0, later=1), "hold"), (Read(risk="HIGH"), "hold"), (Read(risk=None), "allow")])
def test_evidence(stage: Stage, evidence: Read | None, verdict: str) -> None:
    stage.order(codes=[stage.code().code])
    assert stage.judge(evidence=evidence).verdict == verdict


def test_a_merchant_releases_and_the_rules_keep_quiet(stage: Stage) -> None:
    stage.order(codes=[stage.code().code])
    assert stage.judge(evidence=Read(risk="HIGH")).verdict == "hold"
    guardrails.release(stage.session, stage.shop.id, "9", by="staff 7", now=NOON)
    judged = stage.judge(evidence=Read(risk="HIGH"))
    assert (judged.verdict, judged.resolved_by) == ("allow", "staff 7") and judged.reasons
    with pytest.raises(Refused):
        guardrails.release(stage.session, stage.shop.id, "9", by="staff 8", now=NOON)
    guardrails.refuse(stage.session, stage.shop.id, "9", by="staff 8", now=NOON)
    assert stage.judge().verdict == "deny"
    topics = stage.session.scalars(select(Inbox.topic)).all()
    assert topics.count("order/settle") >= 1


def test_a_case_closes_itself_when_the_reason_is_gone(stage: Stage) -> None:
    stage.order(codes=[stage.code().code])
    stage.judge(evidence=None)
    case = stage.session.get_one(Case, (stage.shop.id, "9"))
    assert (case.state, case.resolved_by) == ("open", None)
    stage.judge()
    assert (case.state, case.resolved_by) == ("released", "guardrail")
    stage.judge(evidence=Read(risk="HIGH"))
    assert (case.state, case.resolved_by) == ("open", None)


def test_a_denied_order_can_be_released(stage: Stage) -> None:
    stage.order(codes=[stage.code().code])
    assert stage.judge(evidence=Read(customer_orders=2)).verdict == "deny"
    guardrails.release(stage.session, stage.shop.id, "9", by="staff 7", now=NOON)
    assert stage.judge(evidence=Read(customer_orders=2)).verdict == "allow"


def test_another_shops_case_is_not_there(session: Session, north: Shop, south: Shop) -> None:
    stage = staged(session, north)
    stage.order(codes=[stage.code().code])
    stage.judge(evidence=None)
    with pytest.raises(NotFound):
        guardrails.release(session, south.id, "9", by="staff 7", now=NOON)


def test_pace(stage: Stage) -> None:
    verdicts = []
    for n in range(12):
        friend = person(stage.session, stage.shop, f"{'abcdefghijkl'[n] * 6}@example.com", NOON, customer_id=str(900 + n))
        mirrored(stage.session, stage.shop, str(40 + n), friend, NOON + n * SECOND, codes=[stage.code(n * SECOND).code])
        verdicts.append(stage.judge(str(40 + n)).verdict)
    assert verdicts == ["allow"] * 10 + ["hold"] * 2
