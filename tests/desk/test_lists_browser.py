"""Lists in a real browser: filters in the address and the back button, acting on several rows and undoing it, from the keyboard too."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from jobs.draining import drain
from plugin import clock
from plugin.context import Context
from plugin.desk import flows
from plugin.guardrails.tables import Case
from tests.desk.conftest import Desk, World, on_one
from tests.desk.test_browser import address as address
from tests.desk.test_browser import browser as browser
from tests.desk.test_browser import page as page

ROOT = Path(__file__).parents[2]
PAGES = ("/app/referrals?least=5&q=Alice", "/app/orders?period=30", "/app/rewards?role=advocate", "/app/advocates?sort=-friends",
         "/app/cases?state=open&told=x", "/app/deliveries?state=dead", "/app/referrals/{order}", "/app/advocates/{advocate}",
         "/app/bulks/{bulk}")

pytestmark = on_one


@pytest.fixture
def bulk(context: Context, desk: Desk, world: World) -> str:
    """An act that runs, and a saved view."""
    with context.transaction() as session:
        ask = flows.Ask("77", "Because.", clock.now())
        flows.save_view(session, desk.shop.id, "referrals", "Big ones", {"least": "5"}, now=ask.now)
        return str(flows.begin(session, desk.shop.id, "release", [world.order], ask).id)


def test_every_list_reads_on_a_desk_and_on_a_phone(page: Page, world: World, bulk: str) -> None:
    faults: list[Any] = []
    for path in PAGES:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(path.format(**vars(world), bulk=bulk))
            page.wait_for_selector(".fallback s-page")
            for summary in page.locator("summary").all():
                summary.click()
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            page.evaluate((ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text() + "; 0")
            found = page.evaluate("axe.run()")["violations"]
            faults += [(path, width, fault["id"], fault["nodes"][0]["html"]) for fault in found]
    assert faults == []


def test_the_address_holds_the_view_and_back_goes_back(page: Page, world: World) -> None:
    page.goto("/app/referrals?locale=en")
    page.get_by_label("Order, code, e-mail address or first name").fill("nobody at all")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing matches").wait_for()
    assert page.url.endswith("/app/referrals?locale=en&q=nobody+at+all")
    page.go_back()
    page.get_by_role("link", name="#5001").wait_for()
    page.get_by_text("Narrow down").click()
    page.get_by_label("At least").fill("80")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("link", name="Show without At least: 80").wait_for()
    assert "least=80" in page.url and page.get_by_role("link", name="#5001").count() == 1


def test_cases_are_released_and_opened_again_from_the_keyboard(page: Page, context: Context, desk: Desk, world: World) -> None:
    page.goto("/app/cases?locale=en")
    for name in ("checkbox:Choose row 1", "button:Go on"):
        role, _, label = name.partition(":")
        page.get_by_role(role, name=label).focus()  # type: ignore[arg-type]
        page.keyboard.press("Space" if role == "checkbox" else "Enter")
    page.get_by_text("What will happen").wait_for()
    page.get_by_label("Reason").fill("A cousin")
    page.get_by_role("button", name="Release").focus()
    page.keyboard.press("Enter")
    page.get_by_text("0 of 1").wait_for()
    drain(context, desk.shop.id)
    page.get_by_text("1 of 1").wait_for()  # by itself
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    page.get_by_text("0 of 1").wait_for()
    drain(context, desk.shop.id)
    page.get_by_text("This took another action back.").wait_for()
    with context.transaction() as session:
        assert session.get_one(Case, (desk.shop.id, world.order)).resolved_by is None


def test_a_sheet_is_downloaded_in_a_window_of_its_own(page: Page, world: World) -> None:
    page.goto("/app/orders?locale=en")
    page.get_by_text("Save this view").click()
    with page.context.expect_event("response", lambda told: "/download/" in told.url) as answered:
        page.get_by_role("link", name="Download as CSV").click()
    assert answered.value.headers["content-disposition"].startswith('attachment; filename="north-orders-')
    assert page.url.endswith("/app/orders?locale=en")
