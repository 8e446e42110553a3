"""One advocate's page and one order's: all of it is told, and drawn to its end."""

import re
from html import unescape

from sqlalchemy import select

from jobs.draining import drain
from plugin.context import Context
from plugin.desk.tables import Note
from plugin.people.tables import Person
from plugin.rewards.tables import Reward
from tests.books.stage import DAY, Stage
from tests.desk.acting import begun
from tests.desk.conftest import Desk, World, on_one
from tests.wire.signed import claims, token


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
    begun(desk, "release", [world.order])
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
