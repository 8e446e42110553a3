"""Programmes in a real browser: the preview beside the form, its switches, history and terms; accessible, and from the keyboard."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from plugin.context import Context
from plugin.referrals.tables import Programme
from tests.desk.conftest import Desk, World, on_one
from tests.desk.test_browser import address, browser, page
from tests.desk.test_programmes import form, rows

__all__ = ["address", "browser", "page"]  # fixtures

pytestmark = on_one
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def faults(page: Page) -> list[Any]:
    """What axe finds outside the frame, which is a page of its own, and whether anything is wider than the screen."""
    page.evaluate(AXE.read_text() + "; 0")
    found = page.evaluate("axe.run({exclude: ['iframe']})")["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth") > (page.viewport_size or {"width": 0})["width"]
    return [(page.url, one["id"], one["nodes"][0]["html"][:200]) for one in found] + ([("wide", page.url)] if wide else [])


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_every_state_of_a_programme_is_accessible(page: Page, desk: Desk, world: World, width: int, locale: str) -> None:
    whole = f"/app/programmes/{world.programme}"
    desk.done(whole, form(friend_value="12", hold_days="30"))
    page.set_viewport_size({"width": width, "height": 900})
    found = []
    for path in ("/app/programmes/new", whole, f"{whole}/history", "/app/programmes?state=archived"):
        page.goto(f"{path}{'&' if '?' in path else '?'}locale={locale}")
        page.wait_for_selector(".fallback s-page")
        for summary in page.locator("summary").all():
            summary.click()
        found += faults(page)
    assert found == []


def test_the_switches_change_the_screen_and_nothing_of_the_form(page: Page, context: Context, world: World) -> None:
    page.goto(f"/app/programmes/{world.programme}")
    page.get_by_label("How much").first.fill("25")
    frame = page.frame_locator("#preview iframe")
    frame.get_by_text("25% off for you at North").wait_for()
    page.get_by_label("Show").select_option("terms")
    frame.get_by_text("Friends get 25% off on one order").wait_for()
    page.get_by_label("In", exact=True).select_option("de")
    frame.get_by_text("Freunde bekommen 25").wait_for()
    page.get_by_label("On", exact=True).select_option("desktop")
    page.locator(".screen[data-device=desktop]").wait_for()
    expect(page.get_by_label("How much").first).to_have_value("25")
    expect(page.get_by_text("Not readable yet")).to_have_count(0)
    page.get_by_role("button", name="Save draft").first.click()
    page.get_by_text("The draft is saved").first.wait_for()
    page.locator(".screen[data-device=desktop]").wait_for()
    frame.get_by_text("Freunde bekommen 25").wait_for()


def test_typing_nonsense_tells_it_and_keeps_the_preview(page: Page, north: Any) -> None:  # noqa: ANN401 - the shop must exist
    page.goto("/app/programmes/new")
    page.get_by_label("How much").first.fill("lots")
    page.get_by_text("How much the friend gets: Write a percentage").wait_for()
    page.frame_locator("#preview iframe").get_by_text("10% off for you at North").wait_for()
    expect(page.get_by_label("How much").first).to_have_value("lots")


def test_a_change_is_published_and_undone_from_the_keyboard(page: Page, context: Context, desk: Desk, world: World) -> None:
    whole = f"/app/programmes/{world.programme}"
    desk.done(whole, form(hold_days="30"))
    page.goto(whole)
    page.get_by_role("button", name="Publish changes").focus()
    page.keyboard.press("Enter")
    page.get_by_text("1 advocate gets a mail").wait_for()
    page.locator("#publish s-button[slot=primary-action]").focus()
    page.keyboard.press("Enter")
    page.get_by_text("The programme is live").wait_for()
    page.get_by_role("button", name="Undo publishing").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Undone").wait_for()
    assert [one.state for one in rows(context, Programme)] == ["live"]


def test_a_pause_asks_why(page: Page, world: World) -> None:
    page.goto(f"/app/programmes/{world.programme}")
    page.get_by_role("button", name="Pause").first.click()
    page.get_by_label("Why").fill("Out of stock")
    page.locator("#pause s-button[slot=primary-action]").click()
    page.get_by_text("The programme is paused").wait_for()
    expect(page.get_by_text("Reason: Out of stock")).to_be_visible()
