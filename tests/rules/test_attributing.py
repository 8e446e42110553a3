"""From stored visits, claims and orders to the kept decision, its case, and the merchant's word on it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from plugin.attribution import flows as attribution
from plugin.attribution import tables as stored
from plugin.attribution.rules.codes import code_key
from plugin.attribution.tables import Visit
from plugin.errors import NotFound
from plugin.intake.tables import Inbox
from plugin.referrals import flows
from plugin.shops.tables import Shop
from tests.rules.cast import DAY, NOON, SECOND
from tests.rules.shopfront import mirrored, person
from tests.rules.staging import Stage, staged


@pytest.fixture
def stage(session: Session, north: Shop) -> Stage:
    return staged(session, north)


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


@pytest.mark.parametrize("typed", ["kim10", " KIM10 ", "\u212aIM10", "\uff2bim\uff11\uff10"], ids=["small", "spaces", "kelvin", "wide"])
def test_codes_are_one_whatever_their_case_in_unicode(typed: str) -> None:
    assert code_key(typed) == code_key("KIM10")


def test_sharp_s_is_two() -> None:
    assert code_key("STRA\u00dfE") == code_key("strasse")
