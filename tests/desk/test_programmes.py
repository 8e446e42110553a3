"""Programmes by hand: the suggested one in three presses, every nonsense named beside its field, nothing typed is lost."""

import re
from html import unescape
from typing import Any

import pytest

from plugin.context import Context
from plugin.money import Money
from plugin.referrals.rules.filling import suggested
from plugin.referrals.tables import Programme, ProgrammeVersion
from plugin.rewards.tables import Discount
from tests.desk.conftest import Desk, World, everything, on_one

pytestmark = on_one

NONSENSE = {
    "name": "x" * 81, "advocate_kind": "gold", "advocate_value": "much", "friend_kind": "gold", "friend_value": "-5", "minimum": "1e3",
    "window_days": "0", "model": "middle_visit", "hold_days": "-1", "expiry_days": "1.5", "cap": "٣", "cap_days": "0", "combines": "gifts",
    "countries": "Atlantis", "currencies": "gbp", "starts_at": "tomorrow", "ends_at": "2026-02-30", "enrol": "nobody"}


def form(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - fields take any text
    return {**suggested("Friends of North", "GBP"), **changed}


def error_of(html: str, name: str) -> str:
    """What stands beside a field, whichever form of the page it is in."""
    tags = [tag for tag in re.findall(r"<s-[a-z-]+ [^>]*>", html) if f'name="{name}"' in tag]
    assert tags, name
    return next((unescape(found[1]) for tag in tags if (found := re.search(r' error="([^"]*)"', tag))), "")


def rows(context: Context, table: type[Any]) -> list[Any]:
    with context.transaction() as session:
        return session.query(table).order_by(table.id).all()


def test_publishing_is_three_presses(context: Context, desk: Desk) -> None:
    shown = desk.get("/app/programmes/new").text
    assert "Friends of North" in shown and "10% off for you at North" in shown
    created = desk.done("/app/programmes", form())
    [programme] = rows(context, Programme)
    assert "The draft is saved" in created and programme.state == "draft"
    assert "The programme is live" in desk.done(f"/app/programmes/{programme.id}/publication")
    [version] = rows(context, ProgrammeVersion)
    assert version.version().friend.basis_points == 1000 and version.version().advocate.amount == Money(500, "GBP")
    assert len(rows(context, Discount)) == 1


@pytest.mark.parametrize("name", sorted(NONSENSE))
def test_nonsense_is_named_beside_its_field_and_kept(context: Context, desk: Desk, name: str) -> None:
    before = everything(context)
    answer = desk.post("/app/programmes", form(**{name: NONSENSE[name]}))
    assert answer.status_code == 422 and error_of(answer.text, name), answer.text
    if name not in ("advocate_kind", "friend_kind", "model", "enrol", "combines"):  # what is chosen from a list has no such choice
        assert f'value="{NONSENSE[name]}"' in unescape(answer.text)
    assert 'value="14"' in answer.text or name == "hold_days"
    assert everything(context) == before


def test_all_nonsense_at_once_names_every_field(desk: Desk) -> None:
    answer = desk.post("/app/programmes", NONSENSE)
    wrong = {name for name in NONSENSE if not error_of(answer.text, name)}
    # Whose kind is unknown has no value to judge.
    assert answer.status_code == 422 and wrong <= {"advocate_value", "friend_value"}


@pytest.mark.parametrize(("changed", "name"), [
    ({"advocate_kind": "none", "friend_kind": "none"}, "advocate_kind"), ({"friend_value": "51"}, "friend_value"),
    ({"friend_kind": "fixed", "friend_value": "10.00", "minimum": "19.99"}, "minimum"), ({"cap_days": "30"}, "cap_days"),
    ({"starts_at": "2099-01-02", "ends_at": "2099-01-01"}, "ends_at"), ({"ends_at": "2020-01-01"}, "ends_at"),
    ({"currencies": "EUR"}, "currencies")])
def test_contradictions_are_named(desk: Desk, changed: dict[str, str], name: str) -> None:
    answer = desk.post("/app/programmes", form(**changed))
    assert answer.status_code == 422 and error_of(answer.text, name)


def test_a_draft_with_faults_changes_nothing(context: Context, desk: Desk, world: World) -> None:
    before = everything(context)
    answer = desk.post(f"/app/programmes/{world.programme}", form(hold_days="soon"))
    assert answer.status_code == 422 and error_of(answer.text, "hold_days") == "A whole number from 0 to 120."
    assert "in force since" in answer.text and everything(context) == before


def test_faults_are_told_in_german(desk: Desk) -> None:
    answer = desk.post("/app/programmes?locale=de", form(hold_days="bald"))
    assert error_of(answer.text, "hold_days") == "Eine ganze Zahl von 0 bis 120."


def test_a_new_version_leaves_the_old_one_in_the_history(desk: Desk, world: World) -> None:
    saved = desk.done(f"/app/programmes/{world.programme}", form(friend_value="12.5"))
    assert "Unpublished changes" in saved and "Publish changes" in saved and 'value="12.5"' in saved
    published = desk.done(f"/app/programmes/{world.programme}/publication")
    assert "Version 2" in published and "12.5% off" in published and "10% off" in published


def test_pausing_and_coming_back(desk: Desk, world: World) -> None:
    assert "The programme is paused" in desk.done(f"/app/programmes/{world.programme}/pause")
    assert desk.post(f"/app/programmes/{world.programme}/pause").status_code == 422
    assert "The programme is live" in desk.done(f"/app/programmes/{world.programme}/publication")


def test_the_preview_follows_the_form(desk: Desk) -> None:
    shown = desk.post("/app/programmes/preview", form(friend_kind="free_shipping", minimum="30"))
    assert shown.status_code == 200 and "free shipping for you at North" in shown.text and "£30.00" in shown.text
    assert "comes back" in desk.post("/app/programmes/preview", form(friend_value="lots")).text


def test_what_is_typed_stays_text(desk: Desk) -> None:
    answer = desk.post("/app/programmes", form(name='"><script>alert(1)</script>', hold_days="x"))
    assert "<script>alert" not in answer.text
