"""Acts on many rows: shown before they are done, done a few at a time, counted, cancelled, and taken back while that can be."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from jobs.draining import drain
from plugin.attribution.tables import Decision, Link
from plugin.context import Context
from plugin.db import new_id
from plugin.desk import flows
from plugin.desk.tables import Bulk, Note
from plugin.errors import Refused
from plugin.guardrails.tables import Case
from plugin.insights import acts
from plugin.mirror.tables import Order
from plugin.outbox.tables import Delivery
from plugin.people.tables import Person
from plugin.referrals import flows as referrals
from plugin.referrals.tables import Advocate
from plugin.rewards.tables import Reward
from tests.books.stage import DAY, Stage
from tests.desk.conftest import Desk, World, everything, on_one
from tests.wire.signed import claims, token


def _case(context: Context, desk: Desk, order_id: str) -> Case:
    with context.transaction() as session:
        return session.get_one(Case, (desk.shop.id, order_id))


def _open(context: Context, desk: Desk, stage: Stage, count: int) -> list[str]:
    """Cases that wait, of orders nobody else has to do with."""
    ids = [str(7000 + number) for number in range(count)]
    with context.transaction() as session:
        session.add_all(Case(shop_id=desk.shop.id, order_id=id, state="open", verdict="hold", rule="risk", reasons=[], opened_at=stage.now,
                             judged_at=stage.now) for id in ids)
    return ids


def _begin(desk: Desk, act: str, items: list[Any], *, reason: str = "") -> tuple[str, str]:
    """Confirm, and read the page that shows how far it is. Returns its path and its text."""
    answer = desk.post("/app/bulks", {"act": act, "items": ",".join(map(str, items)), "reason": reason})
    assert answer.status_code == 303, answer.text
    path = answer.headers["Location"]
    return path, desk.get(path).text


def test_what_will_happen_is_shown_before_it_does(context: Context, desk: Desk, world: World) -> None:
    before = everything(context)
    shown = desk.post("/app/lists/cases/acts?state=open", {"act": "release", "which": "chosen", "chosen": [world.order, "404", "x y"]}).text
    assert "Release 1 case?" in shown and "#5001" in shown and "as long as no reward has been issued" in shown
    assert f'name="items" value="{world.order}"' in shown
    everybody = desk.post("/app/lists/advocates/acts", {"act": "stop", "which": "all"}).text
    assert "Stop 1 advocate?" in everybody and str(world.advocate) in everybody
    assert everything(context) == before


@on_one
def test_nothing_chosen_is_said(desk: Desk, world: World) -> None:
    for state, which, told in (("open", "chosen", "Nothing was chosen."), ("refused", "all", "Nothing matches any more.")):
        answer = desk.post(f"/app/lists/cases/acts?state={state}", {"act": "refuse", "which": which})
        assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#several")
        assert f'error="{told}' in answer.text and '<s-option value="refuse" selected>' in answer.text  # what was typed stays
    for path, form in (("/app/lists/cases/acts", {"act": "stop"}), ("/app/lists/none/acts", {"act": "stop"}),
                       ("/app/bulks", {"act": "reopen"}), ("/app/bulks", {"act": "nonsense"}),
                       ("/app/bulks", {"act": "release", "items": ""})):
        assert desk.post(path, form).status_code in (400, 404, 422), (path, form)


@on_one
def test_all_that_match_is_bounded_and_says_so(context: Context, desk: Desk, world: World, stage: Stage,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    _open(context, desk, stage, 5)
    monkeypatch.setattr("plugin.insights.admin.acting.MOST_ITEMS", 3)
    shown = desk.post("/app/lists/cases/acts?state=open&rule=risk", {"act": "refuse", "which": "all"}).text
    assert "These are the first 3" in shown and "Refuse 3 cases?" in shown


def test_many_cases_are_released_a_few_at_a_time_and_opened_again(context: Context, desk: Desk, world: World, stage: Stage,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "STEP", 2)
    ids = [world.order, *_open(context, desk, stage, 4)]
    path, shown = _begin(desk, "release", [*ids, "404"], reason="Looked at them.")
    assert "Running" in shown and "0 of 6" in shown and "Stop here" in shown
    drain(context, desk.shop.id)
    shown = unescape(desk.get(path).text)
    assert "Finished" in shown and "6 of 6" in shown and "5 rows were changed." in shown and "1 is not there any more." in shown
    assert _case(context, desk, world.order).state == "released"
    with context.transaction() as session:
        assert {note.text for note in session.scalars(select(Note))} == {"Looked at them."}
    undone = desk.done(f"{path}/undoing")
    assert "0 of 5" in undone
    drain(context, desk.shop.id)
    assert _case(context, desk, world.order).resolved_by is None
    assert {_case(context, desk, id).state for id in ids[1:]} == {"open"}
    assert "This was undone." in desk.get(path).text and desk.post(f"{path}/undoing").status_code == 422


def test_what_was_issued_is_not_opened_again(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    path, _ = _begin(desk, "release", [world.order])
    drain(context, desk.shop.id)
    stage.move(15 * DAY)
    stage.settle()
    stage.deliver()
    assert stage.reward().state == "issued"
    with context.transaction() as session:
        bulk = session.scalars(select(Bulk)).one()
        bulk.begun_at = stage.now  # within its day
    undone = desk.post(f"{path}/undoing").headers["Location"]
    drain(context, desk.shop.id)
    assert "1 was left: its reward was issued or taken back already." in unescape(desk.get(undone).text)
    assert _case(context, desk, world.order).state == "released"
    assert desk.post(f"/app/cases/{world.order}/reopening").status_code == 422


@on_one
def test_an_undo_is_late_after_a_day(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    path, _ = _begin(desk, "release", [world.order])
    assert desk.post(f"{path}/undoing").status_code == 422  # it is not over yet
    drain(context, desk.shop.id)
    stage.move(timedelta(days=1, minutes=1))
    assert "There is nothing to undo any more." in desk.get(path).text and desk.post(f"{path}/undoing").status_code == 422


@on_one
def test_what_is_cancelled_goes_no_further(context: Context, desk: Desk, world: World, stage: Stage,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "STEP", 2)
    ids = _open(context, desk, stage, 5)
    path, _ = _begin(desk, "refuse", ids)
    with context.transaction() as session:
        acts.step(session, desk.shop.id, UUID(path.rpartition("/")[2]), now=stage.now)
    shown = desk.done(f"{path}/cancellation")
    assert "Cancelled" in shown and "2 rows were changed." in shown and "It stopped at 2 of 5." in shown
    drain(context, desk.shop.id)
    assert [_case(context, desk, id).state for id in ids] == ["refused", "refused", "open", "open", "open"]
    shown = desk.done(f"{path}/resumption")
    assert "Running" in shown and "2 of 5" in shown
    drain(context, desk.shop.id)
    assert "5 rows were changed." in desk.get(path).text and {_case(context, desk, id).state for id in ids} == {"refused"}


@on_one
def test_what_was_undone_is_not_taken_up_again(context: Context, desk: Desk, world: World, stage: Stage,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "STEP", 1)
    path, _ = _begin(desk, "refuse", _open(context, desk, stage, 3))
    with context.transaction() as session:
        acts.step(session, desk.shop.id, UUID(path.rpartition("/")[2]), now=stage.now)
    desk.done(f"{path}/cancellation")
    assert "Go on with the other 2" in desk.get(path).text
    desk.done(f"{path}/undoing")
    assert "Go on" not in desk.get(path).text and desk.post(f"{path}/resumption").status_code == 422


def test_many_rewards_are_issued_with_counts_and_the_rest_after_a_stop(context: Context, desk: Desk, world: World, stage: Stage,
                                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    """Releasing cases is what issues rewards in bulk: each leaves when its hold is over."""
    monkeypatch.setattr(flows, "STEP", 1)
    stage.tell(stage.order("5002", code=stage.friend_code("CODE2"), off=500, customer="300"))
    stage.settle("5002")
    with context.transaction() as session:
        session.add(Case(shop_id=desk.shop.id, order_id="5002", state="open", verdict="hold", rule="risk", reasons=[], opened_at=stage.now,
                         judged_at=stage.now))
    path, _ = _begin(desk, "release", [world.order, "5002"])
    with context.transaction() as session:
        acts.step(session, desk.shop.id, UUID(path.rpartition("/")[2]), now=stage.now)
    assert "1 of 2" in desk.get(path).text
    desk.done(f"{path}/cancellation")
    drain(context, desk.shop.id)
    assert (_case(context, desk, world.order).state, _case(context, desk, "5002").state) == ("released", "open")
    desk.done(f"{path}/resumption")
    drain(context, desk.shop.id)
    stage.move(15 * DAY)
    for order_id in (world.order, "5002"):
        stage.settle(order_id)
    stage.deliver()
    with context.transaction() as session:
        issued = {reward.order_id: reward.state for reward in session.scalars(select(Reward))}
    assert issued == {world.order: "issued", "5002": "issued"}


def test_many_orders_are_worked_out_again_with_counts_and_a_stop(context: Context, desk: Desk, world: World, stage: Stage,
                                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "STEP", 1)
    for order_id in ("6001", "6002"):
        stage.tell(stage.order(order_id, customer="400"))
        stage.settle(order_id)
    stage.settle(world.order)
    before = _books(context)
    with context.transaction() as session:
        revisions = {order.id: order.revision for order in session.scalars(select(Order))}
    shown = desk.post("/app/lists/orders/acts", {"act": "settle", "which": "all"}).text
    assert "Work out 3 orders again?" in shown
    path, _ = _begin(desk, "settle", ["6001", "6002", world.order])
    with context.transaction() as session:
        acts.step(session, desk.shop.id, UUID(path.rpartition("/")[2]), now=stage.now)
    assert "It stopped at 1 of 3." in desk.done(f"{path}/cancellation")
    drain(context, desk.shop.id)
    assert _grown(context, revisions) == {"6001"}
    desk.done(f"{path}/resumption")
    drain(context, desk.shop.id)
    assert "3 of 3" in desk.get(path).text and _grown(context, revisions) == {"6001", "6002", world.order}
    stage.settle(world.order)
    assert _books(context) == before  # nothing had changed, so nothing came of it


def _grown(context: Context, revisions: dict[str, int]) -> set[str]:
    with context.transaction() as session:
        return {order.id for order in session.scalars(select(Order)) if order.revision > revisions[order.id]}


def _books(context: Context) -> list[str]:
    return everything(context)["postings"] + everything(context)["rewards"]


def test_deliveries_are_tried_again_once_and_for_good(context: Context, desk: Desk, world: World) -> None:
    with context.transaction() as session:
        other = session.scalars(select(Delivery).where(Delivery.id != world.delivery)).first()
    items = [world.delivery, *([other.id] if other else []), new_id()]
    path, shown = _begin(desk, "retry", items)
    drain(context, desk.shop.id)
    shown = unescape(desk.get(path).text)
    assert "1 row was changed." in shown and "This cannot be undone: they may leave at once." in shown and "Undo</s-button>" not in shown
    with context.transaction() as session:
        assert session.get_one(Delivery, (desk.shop.id, world.delivery)).state == "waiting"
    assert desk.post(f"{path}/undoing").status_code == 422


def test_a_stop_that_is_undone_never_was(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    """An order that came in between is judged again, and attributed."""
    path, _ = _begin(desk, "stop", [world.advocate], reason="A mistake.")
    drain(context, desk.shop.id)
    stage.move(timedelta(minutes=5))
    stage.tell(stage.order("5002", code=stage.friend_code("CODE2"), off=500, customer="300"))
    stage.settle("5002")
    assert _verdict(context, desk, "5002") == "refused"
    desk.done(f"{path}/undoing")
    drain(context, desk.shop.id)
    stage.settle("5002")
    assert _verdict(context, desk, "5002") == "attributed"
    with context.transaction() as session:
        link, advocate = session.get_one(Link, (desk.shop.id, world.advocate)), session.get_one(Advocate, (desk.shop.id, world.advocate))
    assert (link.state, link.stopped_at, link.gaps, advocate.state) == ("active", None, None, "active")


def test_what_came_while_somebody_was_stopped_earns_nothing_for_good(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    for number, expected in ((1, "refused"), (2, "refused")):
        desk.done(f"/app/advocates/{world.advocate}/stop")
        stage.move(timedelta(minutes=5))
        order_id = f"510{number}"
        stage.tell(stage.order(order_id, code=stage.friend_code(f"CODE{number}"), off=500, customer=str(300 + number)))
        stage.move(timedelta(minutes=5))
        assert "The link works again." in desk.done(f"/app/advocates/{world.advocate}/resumption")
        stage.settle(order_id)
        assert _verdict(context, desk, order_id) == expected
    stage.settle("5101")
    assert _verdict(context, desk, "5101") == "refused"
    with context.transaction() as session:
        assert len(session.get_one(Link, (desk.shop.id, world.advocate)).gaps or ()) == 2
        with pytest.raises(Refused):
            referrals.resume(session, desk.shop.id, world.advocate, flows.Ask(None, "", stage.now))


def _verdict(context: Context, desk: Desk, order_id: str) -> str:
    with context.transaction() as session:
        return session.get_one(Decision, (desk.shop.id, order_id)).verdict


def test_an_advocates_page_tells_all_of_it(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    staff = token(claims(iss=f"https://{desk.shop.domain}/admin", dest=f"https://{desk.shop.domain}", sub="4242"))
    desk.app.test_client().post(f"/app/advocates/{world.advocate}/notes", data={"text": "Met at the <fair>."},
                                headers={"Authorization": f"Bearer {staff}"})
    desk.done(f"/app/advocates/{world.advocate}/stop")
    shown = unescape(desk.get(f"/app/advocates/{world.advocate}").text)
    for text in ("order by a friend", "Not theirs yet", "£5.00", "#5001", "No mail was written", "Stopped", "by staff member 4242"):
        assert text in shown, text
    assert "Met at the &lt;fair&gt;." in desk.get(f"/app/advocates/{world.advocate}").text
    with context.transaction() as session:
        assert [note.kind for note in session.scalars(select(Note).order_by(Note.id))] == ["note", "stopped"]


@on_one
def test_an_empty_note_is_none_and_says_so(context: Context, desk: Desk, world: World) -> None:
    answer = desk.post(f"/app/advocates/{world.advocate}/notes", {"text": "  "})
    assert answer.status_code == 422 and 'error="Write something here first."' in answer.text
    with context.transaction() as session:
        assert session.scalars(select(Note)).all() == []


@on_one
def test_another_shop_reaches_nothing_of_it(context: Context, desk: Desk, rival: Desk, world: World) -> None:
    path, _ = _begin(desk, "release", [world.order])
    before = everything(context)
    assert rival.get(path).status_code == rival.get(f"{path}/progress").status_code == 404
    assert [rival.post(f"{path}/{verb}").status_code for verb in ("cancellation", "undoing")] == [404, 404]
    assert everything(context) == before
    theirs, _ = _begin(rival, "release", [world.order])
    _begin(rival, "stop", [world.advocate])
    drain(context, rival.shop.id)
    assert "1 is not there any more." in unescape(rival.get(theirs).text)
    assert _case(context, desk, world.order).state == "open"
    with context.transaction() as session:
        assert session.get_one(Link, (desk.shop.id, world.advocate)).state == "active"


def test_an_orders_page_draws_its_path(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    shown = unescape(desk.get("/app/referrals/5001").text)
    path = re.findall(r'<li data-mark="(\w+)">\s*<div class="station-head"><s-text type="strong">([^<]*)', shown)
    assert path == [("done", "Code claimed"), ("done", "Order"), ("done", "Who brought it"), ("now", "Checks"),
                    ("now", "Advocate's reward"), ("ahead", "Issued")]
    desk.done("/app/cases/5001/refusal", {"reason": "A cousin."})
    drain(context, desk.shop.id)
    stage.settle()
    shown = unescape(desk.get("/app/referrals/5001").text)
    path = re.findall(r'<li data-mark="(\w+)">\s*<div class="station-head"><s-text type="strong">([^<]*)', shown)
    assert path[3:] == [("refused", "Checks"), ("refused", "Advocate's reward")] and "A cousin." in shown


def test_an_issued_and_spent_reward_is_drawn_to_its_end(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    _begin(desk, "release", [world.order])
    drain(context, desk.shop.id)
    stage.move(15 * DAY)
    stage.settle()
    stage.deliver()
    code = stage.code_of(stage.reward()).code
    stage.tell(stage.order("5009", code=code, off=500, customer="100"))
    stage.settle("5009")
    shown = unescape(desk.get("/app/referrals/5001").text)
    assert [mark for mark in re.findall(r'<li data-mark="(\w+)">', shown)] == ["done"] * 7
    assert "Spent</s-text>" in shown and "Usable" not in shown
    with context.transaction() as session:
        assert session.scalars(select(Reward.state)).one() == "spent"
        assert session.scalars(select(Person.id)).all()
