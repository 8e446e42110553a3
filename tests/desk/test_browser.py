"""The desk in a real browser, at a desk and on a phone: it reads, it is accessible, and its forms work from the keyboard."""

import threading
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from plugin.context import Context
from plugin.referrals.tables import Programme
from tests.books.stage import Stage
from tests.desk.conftest import Desk, World, on_one
from tests.snippets.test_kit import ARGUMENTS

ROOT = Path(__file__).parents[2]
PAGES = ("/app", "/app/programmes", "/app/programmes/{programme}", "/app/pairs", "/app/referrals", "/app/referrals/{order}",
         "/app/advocates", "/app/advocates/{advocate}", "/app/cases", "/app/deliveries", "/app/books", "/app/requests",
         "/app/audiences/campaigns/{campaign}")

pytestmark = on_one


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def page(browser: Browser, desk: Desk, address: str) -> Iterator[Page]:
    """Shopify's scripts are away; the token that App Bridge would add is added here."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, extra_http_headers=desk._headers(), base_url=address)
    yield context.new_page()
    context.close()


def test_every_page_reads_on_a_desk_and_on_a_phone(page: Page, world: World) -> None:
    faults: list[Any] = []
    for path in PAGES:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(path.format(**vars(world)))
            page.wait_for_selector(".fallback s-page")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            page.evaluate((ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text() + "; 0")
            found = page.evaluate("axe.run()")["violations"]
            faults += [(path, width, fault["id"], fault["nodes"][0]["html"]) for fault in found]
    assert faults == []


def test_a_programme_is_published_from_the_keyboard(page: Page, context: Context) -> None:
    page.goto("/app")
    page.get_by_role("link", name="Start from your own rules").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Name").fill("Winter")
    page.get_by_role("button", name="Save draft").first.focus()
    page.keyboard.press("Enter")
    page.get_by_text("The draft is saved").wait_for()
    assert "/app/programmes/" in page.url and "said" not in page.url
    page.get_by_role("button", name="Publish").focus()
    page.keyboard.press("Enter")
    page.get_by_text("The programme is live").wait_for()
    with context.transaction() as session:
        assert session.scalars(select(Programme)).one().name == "Winter"


def test_the_preview_changes_while_typing(page: Page, north: Any) -> None:  # noqa: ANN401 - the shop must exist
    page.goto("/app/programmes/new")
    page.get_by_label("How much").first.fill("25")
    page.frame_locator("#preview iframe").get_by_text("25% off for you at North").wait_for()


def test_a_fault_keeps_what_was_typed_and_takes_the_reader_there(page: Page, north: Any) -> None:  # noqa: ANN401
    page.goto("/app/programmes/new")
    page.get_by_label("Name").fill("Winter")
    page.get_by_label("Countries").fill("Atlantis")
    page.get_by_role("button", name="Save draft").first.click()
    page.get_by_text("Not everything here is known. Please choose or write it anew.", exact=True).wait_for()
    assert page.get_by_label("Name").input_value() == "Winter"
    page.wait_for_function("document.activeElement.getAttribute('name') === 'countries'")


def test_figures_change_within_five_seconds(page: Page, world: World, stage: Stage) -> None:
    """The page asks every three, which leaves two for the answer; how long that takes is `./run bench home`'s to say."""
    page.goto("/app?period=all")
    page.get_by_text("£90.00").wait_for()
    assert page.locator("#figures").get_attribute("hx-trigger") == "every 3s"
    stage.refund(4500)
    stage.settle()
    page.get_by_text("£45.00").wait_for()


def test_figures_that_cannot_be_asked_for_say_so_and_alarm_nobody(page: Page, world: World) -> None:
    page.goto("/app")
    page.route("**/app/figures*", lambda route: route.abort())
    page.get_by_text("Not live at the moment").wait_for()
    assert page.locator("#errors").inner_text() == ""
    page.unroute("**/app/figures*")
    page.get_by_text("Live", exact=True).wait_for()


def test_a_case_is_refused_after_a_question(page: Page, world: World) -> None:
    page.goto("/app/cases")
    page.get_by_role("button", name="Refuse").first.click()
    page.get_by_text("The advocate gets nothing for this order.").wait_for()
    page.locator("s-modal s-button[slot=primary-action]").click()
    page.get_by_text("No reward is given.").wait_for()
