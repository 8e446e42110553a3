"""From stored visits, claims and orders to the kept decision, its case, and the merchant's word on it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from plugin.attribution import flows as attribution
from plugin.attribution import rules
from plugin.attribution import tables as stored
from plugin.attribution.tables import Code, Link, Visit
from plugin.errors import NotFound, Refused
from plugin.guardrails import flows as guardrails
from plugin.guardrails.rules import Judgement
from plugin.guardrails.tables import Case, open_cases
from plugin.intake.tables import Inbox
from plugin.mirror import tables as mirror
from plugin.people import flows as people
from plugin.people.tables import Person
from plugin.referrals import flows, tables
from plugin.shops.tables import Shop
from tests.rules.cast import DAY, NOON, SECOND
from tests.rules.shopfront import make_ready, mirrored, person, programme, told_contact


@dataclass(frozen=True)
class Read:
    """What Shopify told about the friend."""

    customer_orders: int | None = 1
    later: int | None = 1
    risk: str | None = "LOW"


@dataclass
class Stage:
    """North runs a programme; Alice shares, Bob comes."""

    session: Session
    shop: Shop
    link: Link
    alice: Person
    bob: Person

    def visit(self, ago: timedelta = DAY, *, token: str = "token-1", device: str | None = None, link: Link | None = None) -> UUID:
        link = link or self.link
        version = next(iter(tables.versions(self.session, self.shop.id)))
        row = Visit(shop_id=self.shop.id, advocate_id=link.id, programme_id=link.programme_id, version_id=version, device_key=device,
                    address_key=None, token=token, landing="/", at=NOON - ago)
        self.session.add(row)
        self.session.flush()
        return row.id

    def code(self, ago: timedelta = DAY) -> Code:
        make_ready(self.session, self.shop.id)
        landing = flows.look(self.session, self.shop.id, self.link.slug, now=NOON - ago)
        claimed = flows.claim(self.session, self.shop.id, landing, nonce=f"n{ago}", visit_id=None, device_key=None, now=NOON - ago)
        return self.session.get_one(Code, (self.shop.id, claimed.code_id))

    def order(self, order_id: str = "9", *, by: Person | None = None, **changes: object) -> str:
        mirrored(self.session, self.shop, order_id, by or self.bob, NOON, **changes)
        return order_id

    def decide(self, order_id: str = "9") -> rules.Decision:
        order = mirror.load(self.session, self.shop.id, order_id)
        assert order is not None
        return attribution.attribute(self.session, self.shop.id, order, tables.terms(self.session, self.shop.id), NOON)

    def judge(self, order_id: str = "9", evidence: Read | None = Read()) -> Judgement:
        order = mirror.load(self.session, self.shop.id, order_id)
        assert order is not None
        return guardrails.check(self.session, self.shop.id, order, self.decide(order_id), evidence, NOON)


@pytest.fixture
def stage(session: Session, north: Shop) -> Stage:
    return staged(session, north)


def staged(session: Session, shop: Shop, **changes: str) -> Stage:
    version = programme(session, shop, NOON - 90 * DAY, **changes)
    alice = person(session, shop, "alice.jones@example.org", NOON, customer_id="100")
    bob = person(session, shop, "bob.miller@example.com", NOON, customer_id="200")
    link = flows.enrol(session, shop.id, alice.id, version.programme_id, how="shop", now=NOON)
    return Stage(session, shop, link, alice, bob)


def test_a_claimed_code(stage: Stage) -> None:
    code = stage.code()
    stage.order(codes=[code.code])
    decision = stage.decide()
    assert (decision.verdict, decision.source, decision.advocate_id, decision.visit_id) == (
        "attributed", "friend_code", stage.link.id, None)
    assert code.state == "used"


def wide(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)


@pytest.mark.parametrize("change", [str.lower, str.title, "  {}\t".format, wide])
def test_codes_in_any_case_and_width(stage: Stage, change: Callable[[str], str]) -> None:
    stage.order(codes=[change(stage.code().code)])
    assert stage.decide().source == "friend_code"


def test_a_visit_in_the_cart(stage: Stage) -> None:
    visit_id = stage.visit()
    stage.order(attributes={"_tandem_visit": "token-1"})
    decision = stage.decide()
    assert (decision.source, decision.visit_id) == ("cart_attribute", visit_id)


@pytest.mark.parametrize(("landing", "source"), [
    ("/?tandem_visit=token-1", "visit"), ("/products/mug?a=b&tandem_visit=token-1&c", "visit"), ("/?tandem_visit=", None),
    ("http://[", None), ("/?tandem_visit=token-2", None), ("?" + "&" * 400, None), ("", None)])
def test_a_visit_in_the_first_page(stage: Stage, landing: str, source: str | None) -> None:
    stage.visit()
    stage.order(landing_site=landing)
    assert stage.decide().source == source


@pytest.mark.parametrize("attributes", [
    {"_tandem_visit": "made up"}, {"_tandem_visit": "x" * 5000}, {"_tandem_visit": ""}, {"other": "token-1"},
    {f"a{n}": "lots" for n in range(100)}])
def test_what_shoppers_write_themselves_attributes_nothing(stage: Stage, attributes: dict[str, str]) -> None:
    stage.visit()
    stage.order(attributes=attributes)
    assert stage.decide().verdict == "none"


@pytest.mark.parametrize("attributes", [{"Who sent you?": "{code}"}, {"note": "my friend {code} told me"}, {"note": "{lower}!"}])
def test_an_advocates_code_was_typed(stage: Stage, attributes: dict[str, str]) -> None:
    code = stage.link.code
    stage.order(attributes={name: value.format(code=code, lower=code.lower()) for name, value in attributes.items()})
    assert stage.decide().source == "advocate_code"


def test_first_visit_finds_the_devices_older_visits(session: Session, north: Shop) -> None:
    stage = staged(session, north, model="first_visit")
    older = stage.visit(9 * DAY, token="token-0", device="phone")
    stage.visit(2 * DAY, device="phone")
    stage.visit(DAY, token="token-2", device="phone")
    stage.order(attributes={"_tandem_visit": "token-1"})
    assert stage.decide().visit_id == older


def test_forgotten_devices_change_no_decision(session: Session, north: Shop) -> None:
    stage = staged(session, north, model="first_visit")
    older = stage.visit(9 * DAY, token="token-0", device="phone")
    stage.visit(2 * DAY, device="phone")
    stage.order(attributes={"_tandem_visit": "token-1"})
    first = stage.decide()
    session.execute(update(Visit).values(device_key=None))
    session.expire_all()
    assert [stage.decide() for _ in range(2)] == [first, first] and first.visit_id == older


def test_an_order_keeps_its_advocate_who_stopped_since(stage: Stage) -> None:
    stage.order(codes=[stage.code().code])
    flows.stop(stage.session, stage.shop.id, stage.link.id, now=NOON + SECOND)
    assert stage.decide().verdict == "attributed"
    flows.stop(stage.session, stage.shop.id, stage.link.id, now=NOON + DAY)
    assert stage.link.stopped_at == NOON + SECOND


def test_last_visit_is_the_one_that_was_carried(stage: Stage) -> None:
    """Somebody else behind the same network and browser may have followed another link since."""
    stage.visit(9 * DAY, token="token-0", device="phone")
    carried = stage.visit(2 * DAY, device="phone")
    stage.visit(DAY, token="token-2", device="phone")
    stage.order(attributes={"_tandem_visit": "token-1"})
    assert stage.decide().visit_id == carried


def test_another_shops_code_and_visit_are_nothing_here(session: Session, north: Shop, south: Shop) -> None:
    stage, other = staged(session, north), staged(session, south)
    code = stage.code()
    stage.visit()
    other.order(codes=[code.code], attributes={"_tandem_visit": "token-1", "note": stage.link.code})
    assert other.decide().verdict == "none"


def test_own_order_also_when_it_shows_later(stage: Stage) -> None:
    guest = person(stage.session, stage.shop, "another.address@example.org", NOON)
    stage.order(by=guest, codes=[stage.code().code])
    assert stage.decide().verdict == "attributed"
    person(stage.session, stage.shop, "another.address@example.org", NOON, customer_id="100")
    assert stage.decide().reason == "own_order"


def test_an_earlier_order_makes_a_friend_old(stage: Stage) -> None:
    mirrored(stage.session, stage.shop, "5", stage.bob, NOON - SECOND)
    stage.order(codes=[stage.code().code])
    assert stage.decide().reason == "not_new"


@pytest.mark.parametrize("changes", [{"test": True}, {"cancelled_at": NOON}])
def test_earlier_orders_that_came_to_nothing_do_not_count(stage: Stage, changes: dict[str, object]) -> None:
    mirrored(stage.session, stage.shop, "5", stage.bob, NOON - SECOND, **changes)
    stage.order(codes=[stage.code().code])
    assert stage.decide().verdict == "attributed"


def test_the_cap_counts_once_and_replays_the_same(session: Session, north: Shop) -> None:
    stage = staged(session, north, cap="2", cap_days="30")
    for n in range(3):
        friend = person(session, north, f"friend{n}x@example.com", NOON)
        mirrored(session, north, str(20 + n), friend, NOON + n * SECOND, codes=[stage.code(n * DAY).code])
    first = [stage.decide(str(20 + n)).verdict for n in range(3)]
    again = [stage.decide(str(20 + n)).verdict for n in (2, 0, 1)]
    assert first == ["attributed", "attributed", "refused"] and again == ["refused", "attributed", "attributed"]


def test_deciding_again_keeps_one_row_and_the_same_trace(stage: Stage) -> None:
    stage.order(codes=[stage.code().code])
    first = stage.decide()
    row = stored.decision(stage.session, stage.shop.id, "9")
    assert row is not None
    trace = list(row.trace)
    assert stage.decide() == first and row.trace == trace and row.ordered_at == NOON
    assert stage.session.scalars(select(stored.Decision)).all() == [row]


def test_the_merchant_names_an_advocate(stage: Stage) -> None:
    stage.order()
    with pytest.raises(NotFound):
        attribution.name_advocate(stage.session, stage.shop.id, "9", stage.link.id, now=NOON)
    assert stage.decide().verdict == "none"
    attribution.name_advocate(stage.session, stage.shop.id, "9", stage.link.id, now=NOON)
    assert stage.decide().source == "manual"
    told = stage.session.scalars(select(Inbox).where(Inbox.topic == "order/settle")).all()
    assert [row.body for row in told] == [b"9"]
    with pytest.raises(NotFound):
        attribution.name_advocate(stage.session, stage.shop.id, "9", stage.shop.id, now=NOON)


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
    assert [case.order_id for case in open_cases(stage.session, stage.shop.id)] == ["9"]


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
