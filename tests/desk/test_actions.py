"""What a merchant does beyond programmes: the margin floor, cases, retries, data requests, enrolling, naming figures."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from plugin.attribution.tables import Decision, Link
from plugin.context import Context
from plugin.desk.paging import PAGE
from plugin.guardrails.tables import Case
from plugin.intake.tables import Inbox
from plugin.margin.tables import MarginFloor
from plugin.mirror import flows as mirror
from plugin.outbox.tables import Delivery
from plugin.privacy.tables import DataRequest
from tests.books.stage import Stage
from tests.desk.conftest import Desk, World, everything, on_one
from tests.desk.test_programmes import error_of


def test_a_released_case_is_settled_anew(context: Context, desk: Desk, world: World) -> None:
    assert "Released" in desk.done(f"/app/cases/{world.order}/release")
    with context.transaction() as session:
        case = session.scalars(select(Case)).one()
        told = session.scalars(select(Inbox).where(Inbox.topic == "order/settle", Inbox.state == "pending")).one()
    assert (case.state, case.resolved_by, told.body) == ("released", "merchant", b"5001")
    assert desk.post(f"/app/cases/{world.order}/release").status_code == 422
    assert "Refuse after all" in desk.get("/app/cases").text


def test_a_refused_case_can_still_be_released(context: Context, desk: Desk, world: World) -> None:
    assert "No reward is given" in desk.done(f"/app/cases/{world.order}/refusal")
    desk.done(f"/app/cases/{world.order}/release")
    with context.transaction() as session:
        assert session.scalars(select(Case.state)).one() == "released"


def test_what_gave_up_is_tried_again(context: Context, desk: Desk, world: World) -> None:
    assert "It will be tried again" in desk.done(f"/app/deliveries/{world.delivery}/retry")
    desk.done(f"/app/events/{world.event}/retry")
    with context.transaction() as session:
        delivery, event = session.get_one(Delivery, (desk.shop.id, world.delivery)), session.get_one(Inbox, (desk.shop.id, world.event))
    assert (delivery.state, delivery.attempts, event.state) == ("waiting", 0, "pending")


def test_a_data_request_is_closed_when_passed_on(context: Context, desk: Desk, world: World) -> None:
    assert "No data requests" in desk.done(f"/app/requests/{world.request}/answer")
    with context.transaction() as session:
        assert session.scalars(select(DataRequest)).one().answered_at is not None


def test_the_shop_enrols_somebody_once(context: Context, desk: Desk, world: World) -> None:
    form = {"email": "Carla@Example.com", "programme": str(world.programme)}
    shown = desk.done("/app/advocates", form)
    assert "/apps/tandem/r/" in shown and "By you" in shown
    desk.done("/app/advocates", {**form, "email": "carla@example.com"})
    with context.transaction() as session:
        assert len(session.scalars(select(Link)).all()) == 2


@on_one
@pytest.mark.parametrize(("form", "name"), [
    ({"email": "nobody"}, "email"), ({"email": ""}, "email"), ({"email": "a@b.example", "programme": "nonsense"}, "programme"),
    ({"email": "a@b.example", "programme": ""}, "programme")])
def test_enrolling_nobody_is_told_beside_the_field(context: Context, desk: Desk, world: World, form: dict[str, str], name: str) -> None:
    before = everything(context)
    answer = desk.post("/app/advocates", {"programme": str(world.programme), **form})
    assert answer.status_code == 422 and error_of(answer.text, name) and everything(context) == before


def test_a_stopped_advocate_earns_nothing_more(desk: Desk, world: World) -> None:
    assert "Stopped" in desk.done(f"/app/advocates/{world.advocate}/stop")


@on_one
@pytest.mark.parametrize(("form", "name"), [({"floor": "101"}, "floor"), ({"floor": "-1"}, "floor"), ({"cost": "half"}, "cost")])
def test_a_bad_floor_is_told_and_kept(context: Context, desk: Desk, form: dict[str, str], name: str) -> None:
    answer = desk.post("/app/margin-floor", form)
    assert answer.status_code == 422 and error_of(answer.text, name) and f'value="{form[name]}"' in answer.text


def test_an_empty_floor_is_none(context: Context, desk: Desk) -> None:
    desk.done("/app/margin-floor", {"floor": "12.5", "cost": ""})
    assert 'value="12.5"' in desk.done("/app/margin-floor", {"floor": "12.5", "cost": "0"})
    desk.done("/app/margin-floor", {"floor": "", "cost": ""})
    with context.transaction() as session:
        kept = session.scalars(select(MarginFloor)).one()
    assert (kept.floor_bp, kept.cost_bp) == (None, None)


def test_referrals_come_page_by_page_and_none_is_lost(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    for number in range(PAGE + 3):
        told = stage.order(str(6000 + number), at=stage.now + timedelta(seconds=number // 2))
        with context.transaction() as session:
            mirror.apply_order(session, desk.shop.id, told, stage.now)
            session.add(Decision(shop_id=desk.shop.id, order_id=told.id, verdict="refused", trace=[], ordered_at=told.created_at,
                                 decided_at=stage.now, currency="GBP", net=0))
    seen, path = [], "/app/referrals?locale=en&verdict=refused"
    while path:
        shown = desk.app.test_client().get(path, headers=desk._headers()).text
        seen += [number for number in range(PAGE + 3) if f"#{6000 + number}<" in shown]
        following = re.search(r'href="([^"]*after=[^"]*)"', shown)
        path = unescape(following[1]) if following else ""
    assert sorted(seen) == list(range(PAGE + 3))


def test_the_merchant_names_who_brought_an_order(context: Context, desk: Desk, world: World) -> None:
    with context.transaction() as session:
        code = session.scalars(select(Link.code).where(Link.id == world.advocate)).one()
    where = f"/app/referrals/{world.order}"
    wrong = desk.post(f"{where}/advocate", {"code": "NOBODY-123"})
    assert wrong.status_code == 422 and "No advocate of this shop has this code" in unescape(wrong.text) and "NOBODY-123" in wrong.text
    for typed, manual in ((f" {code.lower()} ", world.advocate), ("", None)):
        assert "judged again" in desk.done(f"{where}/advocate", {"code": typed})
        with context.transaction() as session:
            assert session.get_one(Decision, (desk.shop.id, world.order)).manual_id == manual


def test_nobody_names_for_another_shop(context: Context, desk: Desk, rival: Desk, world: World) -> None:
    with context.transaction() as session:
        code = session.scalars(select(Link.code).where(Link.id == world.advocate)).one()
    assert rival.post(f"/app/referrals/{world.order}/advocate", {"code": code}).status_code in (404, 422)
    with context.transaction() as session:
        assert session.get_one(Decision, (desk.shop.id, world.order)).manual_id is None
