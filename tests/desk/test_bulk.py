"""Acts on many rows: shown before they are done, done a few at a time, counted, cancelled, and taken back while that can be."""

from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from sqlalchemy import select

from jobs.draining import drain
from plugin.attribution.tables import Link
from plugin.context import Context
from plugin.desk import flows
from plugin.desk.tables import Bulk, Note
from plugin.insights import acts
from tests.books.stage import DAY, Stage
from tests.desk.acting import begun, case_of, opened
from tests.desk.conftest import Desk, World, everything, on_one


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
    opened(context, desk, stage, 5)
    monkeypatch.setattr("plugin.insights.admin.acting.MOST_ITEMS", 3)
    shown = desk.post("/app/lists/cases/acts?state=open&rule=risk", {"act": "refuse", "which": "all"}).text
    assert "These are the first 3" in shown and "Refuse 3 cases?" in shown


def test_many_cases_are_released_a_few_at_a_time_and_opened_again(context: Context, desk: Desk, world: World, stage: Stage,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "STEP", 2)
    ids = [world.order, *opened(context, desk, stage, 4)]
    path, shown = begun(desk, "release", [*ids, "404"], reason="Looked at them.")
    assert "Running" in shown and "0 of 6" in shown and "Stop here" in shown
    drain(context, desk.shop.id)
    shown = unescape(desk.get(path).text)
    assert "Finished" in shown and "6 of 6" in shown and "5 rows were changed." in shown and "1 is not there any more." in shown
    assert case_of(context, desk, world.order).state == "released"
    with context.transaction() as session:
        assert {note.text for note in session.scalars(select(Note))} == {"Looked at them."}
    undone = desk.done(f"{path}/undoing")
    assert "0 of 5" in undone
    drain(context, desk.shop.id)
    assert case_of(context, desk, world.order).resolved_by is None
    assert {case_of(context, desk, id).state for id in ids[1:]} == {"open"}
    assert "This was undone." in desk.get(path).text and desk.post(f"{path}/undoing").status_code == 422


def test_what_was_issued_is_not_opened_again(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    path, _ = begun(desk, "release", [world.order])
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
    assert case_of(context, desk, world.order).state == "released"
    assert desk.post(f"/app/cases/{world.order}/reopening").status_code == 422


@on_one
def test_an_undo_is_late_after_a_day(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    path, _ = begun(desk, "release", [world.order])
    assert desk.post(f"{path}/undoing").status_code == 422  # it is not over yet
    drain(context, desk.shop.id)
    stage.move(timedelta(days=1, minutes=1))
    assert "There is nothing to undo any more." in desk.get(path).text and desk.post(f"{path}/undoing").status_code == 422


@on_one
def test_what_is_cancelled_goes_no_further(context: Context, desk: Desk, world: World, stage: Stage,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "STEP", 2)
    ids = opened(context, desk, stage, 5)
    path, _ = begun(desk, "refuse", ids)
    with context.transaction() as session:
        acts.step(session, desk.shop.id, UUID(path.rpartition("/")[2]), now=stage.now)
    shown = desk.done(f"{path}/cancellation")
    assert "Cancelled" in shown and "2 rows were changed." in shown and "It stopped at 2 of 5." in shown
    drain(context, desk.shop.id)
    assert [case_of(context, desk, id).state for id in ids] == ["refused", "refused", "open", "open", "open"]
    shown = desk.done(f"{path}/resumption")
    assert "Running" in shown and "2 of 5" in shown
    drain(context, desk.shop.id)
    assert "5 rows were changed." in desk.get(path).text and {case_of(context, desk, id).state for id in ids} == {"refused"}


@on_one
def test_what_was_undone_is_not_taken_up_again(context: Context, desk: Desk, world: World, stage: Stage,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "STEP", 1)
    path, _ = begun(desk, "refuse", opened(context, desk, stage, 3))
    with context.transaction() as session:
        acts.step(session, desk.shop.id, UUID(path.rpartition("/")[2]), now=stage.now)
    desk.done(f"{path}/cancellation")
    assert "Go on with the other 2" in desk.get(path).text
    desk.done(f"{path}/undoing")
    assert "Go on" not in desk.get(path).text and desk.post(f"{path}/resumption").status_code == 422


@on_one
def test_another_shop_reaches_nothing_of_it(context: Context, desk: Desk, rival: Desk, world: World) -> None:
    path, _ = begun(desk, "release", [world.order])
    before = everything(context)
    assert rival.get(path).status_code == rival.get(f"{path}/progress").status_code == 404
    assert [rival.post(f"{path}/{verb}").status_code for verb in ("cancellation", "undoing")] == [404, 404]
    assert everything(context) == before
    theirs, _ = begun(rival, "release", [world.order])
    begun(rival, "stop", [world.advocate])
    drain(context, rival.shop.id)
    assert "1 is not there any more." in unescape(rival.get(theirs).text)
    assert case_of(context, desk, world.order).state == "open"
    with context.transaction() as session:
        assert session.get_one(Link, (desk.shop.id, world.advocate)).state == "active"
