"""Programmes by hand: the suggested one in three presses, every nonsense named beside its field, nothing typed is lost."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from plugin.context import Context
from plugin.margin import flows as margin
from plugin.messaging import texts
from plugin.money import Money
from plugin.referrals.rules.filling import suggested
from plugin.referrals.tables import Programme, ProgrammeChange, ProgrammeVersion
from plugin.rewards.tables import Discount
from tests.books.stage import START, Stage
from tests.desk.conftest import Desk, World, everything, on_one
from tests.rules.shopfront import mirrored

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


def test_a_new_version_leaves_the_old_one_in_the_history(desk: Desk, world: World, stage: Stage) -> None:
    address = f"/app/programmes/{world.programme}"
    desk.done(address, form(friend_value="11"))
    desk.done(f"{address}/publication")
    stage.move(timedelta(hours=1))
    saved = desk.done(address, form(friend_value="12.5"))
    assert "Unpublished changes" in saved and "Publishing would change 1 of the customer terms" in saved and 'value="12.5"' in saved
    published = desk.done(f"{address}/publication")
    assert "Published · Version 3" in published and "<td>11</td><td>12.5</td>" in published and "You ·" in published


def test_pausing_and_coming_back(desk: Desk, world: World) -> None:
    address = f"/app/programmes/{world.programme}"
    paused = desk.done(f"{address}/pause", {"reason": "Out of <vases>"})
    assert "The programme is paused" in paused and "Reason: Out of &lt;vases&gt;" in paused
    assert desk.post(f"{address}/pause").status_code == 422
    assert "The programme is live" in desk.done(f"{address}/publication")


def test_a_reason_that_is_too_long_comes_back_to_its_dialog(desk: Desk, world: World) -> None:
    address = f"/app/programmes/{world.programme}"
    answer = desk.post(f"{address}/pause", {"reason": "x" * 301})
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#pausing")
    assert 'error="' in answer.text and "x" * 301 in answer.text and 'id="pausing"' in answer.text
    assert "Running" in desk.get(address).text or "Live" in desk.get(address).text


def test_a_day_to_come_schedules(context: Context, desk: Desk, world: World) -> None:
    address = f"/app/programmes/{world.programme}"
    assert "Schedule for Feb 1, 2027" in desk.done(address, form(friend_value="11", starts_at="2027-02-01"))
    scheduled = desk.done(f"{address}/publication")
    assert "It is scheduled" in scheduled and "Version 2 comes into force on" in scheduled
    assert "The schedule is taken back" in desk.done(f"{address}/withdrawal")
    assert desk.post(f"{address}/withdrawal").status_code == 422


@pytest.mark.parametrize("did", [["publication"], ["pause"], ["pause", "archiving"], ["discarding"]])
def test_what_was_done_last_is_undone(context: Context, desk: Desk, world: World, did: list[str]) -> None:
    address = f"/app/programmes/{world.programme}"
    desk.done(address, form(friend_value="11"))
    for what in did:
        desk.done(f"{address}/{what}")
    assert "Undone" in desk.done(f"{address}/undoing")
    [programme] = rows(context, Programme)
    assert programme.state == ("paused" if "archiving" in did else "live") and (programme.draft is None) == (did == ["publication"])


def test_there_may_be_nothing_to_undo(desk: Desk, world: World) -> None:
    assert desk.post(f"/app/programmes/{world.programme}/undoing").status_code == 422


def test_copies_and_the_archive(context: Context, desk: Desk, world: World) -> None:
    assert "This is the copy" in desk.done(f"/app/programmes/{world.programme}/copy")
    copy = next(one for one in rows(context, Programme) if one.id != world.programme)
    assert copy.state == "draft" and copy.name == "Friends (copy)"
    assert desk.post(f"/app/programmes/{world.programme}/archiving").status_code == 422  # it runs
    assert "The programme is archived" in desk.done(f"/app/programmes/{copy.id}/archiving")
    assert "Friends (copy)" not in desk.get("/app/programmes").text
    assert "Friends (copy)" in desk.get("/app/programmes", state="archived").text


def test_the_history_opens_what_was(context: Context, desk: Desk, world: World) -> None:
    address = f"/app/programmes/{world.programme}"
    for value in range(11, 20):
        desk.done(address, form(friend_value=str(value)))
    whole = desk.get(f"{address}/history").text
    assert "<td>11</td><td>12</td>" in whole and whole.count("Open as draft") == 9
    oldest = rows(context, ProgrammeChange)[0]
    assert 'value="11"' in desk.done(f"{address}/history/{oldest.id}")
    assert desk.post(f"{address}/history/{world.programme}").status_code == 404


def test_the_second_of_two_loses_nothing(context: Context, desk: Desk, world: World) -> None:
    address = f"/app/programmes/{world.programme}"
    [programme] = rows(context, Programme)
    looked = programme.revision
    desk.done(address, form(friend_value="11", revision=looked))
    answer = desk.post(address, form(friend_value="12", hold_days="21", revision=looked))
    assert answer.status_code == 409 and "Meanwhile saved by: You" in answer.text
    assert 'value="12"' in answer.text and 'value="21"' in answer.text
    assert error_of(answer.text, "friend_value") == "Saved meanwhile: 11" and error_of(answer.text, "name") == ""
    newer = re.search(r'name="revision" value="([0-9]+)"', answer.text)
    assert newer and "The draft is saved" in desk.done(address, form(friend_value="12", revision=newer[1]))
    assert desk.post(f"{address}/publication?revision={looked}").status_code == 422


def test_the_guard_says_which_cart_and_which_discount_would_do(context: Context, desk: Desk, world: World) -> None:
    """A vase of 40.00 costs 34.00: 10 % off leaves 2.00 of 36.00; with a floor of 12 % at most 3.4 % may go off."""
    with context.transaction() as session:
        margin.set_floor(session, desk.shop.id, floor_bp=1200, cost_bp=8500, now=START)
    desk.done(f"/app/programmes/{world.programme}", form())
    answer = desk.post(f"/app/programmes/{world.programme}/publication")
    assert answer.status_code == 422 and error_of(answer.text, "friend_value") == "This discount is too large for your margin floor."
    for said in ("listed at £40.00", "pays £36.00", "costs you £34.00", "£2.00 is left", "5.56% margin", "floor is 12%", "3.4% would keep"):
        assert said in answer.text, said
    [programme] = rows(context, Programme)
    assert programme.draft is not None


def test_terms_that_leave_something_unsaid_are_not_published(context: Context, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.done("/app/programmes", form())
    [programme] = rows(context, Programme)
    whole = texts.keys
    monkeypatch.setattr(texts, "keys", lambda locale: whole(locale) - ({"terms.clause.hold"} if locale == "ja" else set()))
    answer = desk.post(f"/app/programmes/{programme.id}/publication")
    assert answer.status_code == 422 and "terms.clause.hold (ja)" in answer.text and rows(context, ProgrammeVersion) == []


SCREENS = ("landing", "thank_you", "page", "mail", "terms")


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("locale", texts.LOCALES)
def test_every_screen_shows_in_every_language(desk: Desk, screen: str, locale: str) -> None:
    shown = desk.post("/app/programmes/preview", form(look_screen=screen, look_locale=locale, look_device="desktop"))
    inside = unescape(re.findall(r'srcdoc="([^"]*)"', shown.text)[0])
    assert shown.status_code == 200 and 'data-device="desktop"' in shown.text
    assert f'lang="{locale.split("-")[0]}' in inside and ('dir="rtl"' in inside) == (locale == "ar" and "dir=" in inside)
    assert "North" in inside


def test_the_preview_follows_the_form(desk: Desk) -> None:
    shown = desk.post("/app/programmes/preview", form(friend_kind="free_shipping", minimum="30"))
    assert shown.status_code == 200 and "free shipping for you at North" in shown.text and "£30.00" in shown.text
    assert "Anna&#39;s friend chooses goods for £60.00, has free shipping and pays £60.00." in shown.text


def test_the_switches_stay_as_they_are_after_saving(desk: Desk, world: World) -> None:
    turned = {"look_screen": "mail", "look_device": "desktop", "look_locale": "ja"}
    marks = ('<s-option value="mail" selected>', '<s-option value="desktop" selected>', '<s-option value="ja" selected>', 'lang="ja"')
    for path, typed in ((f"/app/programmes/{world.programme}", form()), ("/app/programmes", form())):
        saved = unescape(desk.done(path, {**typed, **turned}))
        faulty = unescape(desk.post(path, {**typed, **turned, "name": ""}).text)
        assert [mark for shown in (saved, faulty) for mark in marks if mark not in shown] == [], path
    saved = desk.done(f"/app/programmes/{world.programme}", {**form(), "look_screen": "nonsense", "look_locale": "tlh"})
    assert '<s-option value="landing" selected>' in saved and "nonsense" not in saved


def test_the_example_is_an_order_of_this_shop(context: Context, desk: Desk, stage: Stage) -> None:
    assert "chooses goods for £60.00" in desk.post("/app/programmes/preview", form()).text
    with context.transaction() as session:
        for number in range(30):
            mirrored(session, desk.shop, str(8000 + number), None, stage.now, subtotal=8000 + 100 * (number % 2))
        mirrored(session, desk.shop, "8100", None, stage.now, subtotal=90_000, currency="EUR")
        mirrored(session, desk.shop, "8101", None, stage.now, subtotal=90_000, test=True)
    assert "chooses goods for £80.50" in desk.post("/app/programmes/preview", form()).text


def test_the_preview_tells_faults_and_goes_on(desk: Desk, world: World) -> None:
    """What cannot be read stands for what was saved; nothing of the rest is lost."""
    typed = form(friend_value="lots", hold_days="7", programme=str(world.programme))
    shown = unescape(desk.post("/app/programmes/preview", typed).text)
    assert "How much the friend gets: Write a percentage like 10 or 12.5." in shown
    assert "10% off for you at North" in shown and "7 days after the order Anna gets £5.00 off" in shown


def test_the_preview_takes_any_nonsense(desk: Desk) -> None:
    shown = desk.post("/app/programmes/preview", {**NONSENSE, "look_screen": "x", "look_locale": "xx", "programme": "zero"})
    assert shown.status_code == 200 and "Not readable yet" in shown.text and "srcdoc" in shown.text


@pytest.mark.parametrize("path", ["pause", "withdrawal", "discarding", "copy", "archiving", "publication", "undoing"])
def test_nobody_else_can_do_anything(context: Context, rival: Desk, world: World, path: str) -> None:
    before = everything(context)
    assert rival.post(f"/app/programmes/{world.programme}/{path}").status_code == 404
    assert everything(context) == before


def test_what_is_typed_stays_text(desk: Desk) -> None:
    answer = desk.post("/app/programmes", form(name='"><script>alert(1)</script>', hold_days="x"))
    assert "<script>alert" not in answer.text
