"""The admin kit in a real browser without Shopify's CDN: it reads, it is accessible, it posts, and no fault takes input away."""

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from shutil import which
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import FileSystemLoader, StrictUndefined
from playwright.sync_api import Browser, Page, Route, sync_playwright
from werkzeug.serving import make_server

from plugin.insights.admin.kit import sample
from plugin.messaging import filters
from plugin.messaging.texts import say

ROOT = Path(__file__).parents[2]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]
MOVED = """window.moved = 0;
new PerformanceObserver(list => { for (const one of list.getEntries()) window.moved += one.value; })
  .observe({type: 'layout-shift', buffered: true})"""


class Admin:
    """Serves the page that shows every macro, and keeps what was posted."""

    def __init__(self) -> None:
        self.posted: dict[str, list[str]] = {}
        self.app = Flask("kit", static_folder=str(ROOT / "admin_ui" / "static"), static_url_path="/static")
        self.app.jinja_options = {"undefined": StrictUndefined}
        self.app.jinja_loader = FileSystemLoader(ROOT / "admin_ui" / "templates")
        filters.install(self.app)
        self.app.add_url_rule("/", view_func=self.page)
        self.app.add_url_rule("/app/<path:path>", view_func=self.take, methods=["POST"])

    def page(self, error: str = "") -> str:
        shell = SimpleNamespace(missing=(), grant="", api_key="key", app_bridge="/away/app-bridge.js", polaris="/away/polaris-1.js",
                                locale="en-GB", language="en-GB", direction="ltr",
                                navigation=(("/app/programmes", "Programmes"), ("/app/pairs", "Pairs")))
        return render_template("insights/kit.html", shell=shell, shop=SimpleNamespace(timezone="UTC"),
                               t=partial(say, "en-GB"), here=lambda path, **_query: path, **sample(error))

    def take(self, path: str) -> ResponseReturnValue:
        self.posted = dict(request.form.lists())
        if path.endswith("release"):
            return "Unauthorized", 401
        if path.endswith("refuse"):
            sentence = '<div role="alert" class="error"><p>Somebody else was faster.</p></div>'
            return sentence, 422, {"HX-Retarget": "#errors", "HX-Reswap": "innerHTML"}
        return self.page("Give the programme a name."), 422


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def admin() -> Admin:
    return Admin()


@pytest.fixture
def address(admin: Admin) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, admin.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    yield page
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_it_reads_on_every_screen(page: Page, width: int, direction: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("direction => { document.documentElement.dir = direction }", direction)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.add_script_tag(path=ROOT / "node_modules" / "axe-core" / "axe.min.js")
    found: dict[str, Any] = page.evaluate("axe.run()")
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []


def test_every_field_is_posted(page: Page, admin: Admin) -> None:
    page.get_by_label("text_field").fill("Winter")
    page.get_by_label("number_field").fill("12.5")
    page.get_by_label("percentage").check()
    page.get_by_label("select", exact=True).select_option("first_visit")
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_function("!document.querySelector('.save-bar')")
    assert admin.posted == {"name": ["Winter"], "kind": ["percentage"], "rate": ["12.5"], "minimum": ["20.00"], "model": ["first_visit"],
                            "starts": ["2026-11-21"], "new_only": ["yes"], "note": [""]}


def test_changes_raise_the_save_bar_and_discarding_undoes_them(page: Page) -> None:
    page.get_by_label("number_field").fill("99")
    page.get_by_role("region", name="Unsaved changes").get_by_role("button", name="Discard").click()
    assert page.get_by_label("number_field").input_value() == "15"
    assert page.locator(".save-bar").count() == 0


def test_a_faulty_field_is_led_to(page: Page) -> None:
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_function("document.activeElement.getAttribute('name') === 'name'")
    assert page.get_by_text("Give the programme a name.").is_visible()


def test_without_a_token_the_input_stays(page: Page) -> None:
    page.get_by_label("text_area").fill("kept")
    page.get_by_role("button", name="action", exact=True).click()
    page.locator("#errors").get_by_text("Your input is still here").wait_for()
    assert page.get_by_label("text_area").input_value() == "kept"


def test_a_refusal_is_said_beside_the_page(page: Page) -> None:
    page.get_by_label("text_area").fill("kept")
    page.get_by_role("button", name="confirm", exact=True).click()
    page.locator("#refuse s-button[slot=primary-action]").click()
    page.locator("#errors").get_by_text("Somebody else was faster.").wait_for()
    assert page.locator("dialog[open]").count() == 0
    assert page.get_by_label("text_area").input_value() == "kept"


def test_a_server_that_is_away_is_said(page: Page) -> None:
    page.route("**/app/**", lambda route: route.abort())
    page.get_by_role("button", name="Save").first.click()
    page.get_by_text("The connection was lost.").wait_for()


def test_it_steps_aside_where_shopifys_components_are(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.add_init_script("customElements.define('s-page', class extends HTMLElement {}); window.shopify = {};")
    page.goto(address)
    assert page.evaluate("[document.documentElement.className, Boolean(customElements.get('s-button'))]") == ["", False]
    page.close()


def test_a_chart_shows_the_numbers_of_its_table(page: Page) -> None:
    page.wait_for_function("document.querySelectorAll('tandem-chart canvas').length === 2")
    chart = page.locator("tandem-chart").first
    numbers = chart.evaluate("chart => [chart.plot.data[1][2], chart.plot.data[2][2], chart.plot.data[1].length]")
    chart.locator("summary").click()
    cells = chart.get_by_role("row").nth(3).get_by_role("cell").all_inner_texts()
    assert (numbers, cells) == ([1, None, 90], ["1", "–"])


def test_a_chart_tells_what_the_pointer_stands_on(page: Page) -> None:
    page.wait_for_function("document.querySelectorAll('tandem-chart canvas').length === 2")
    page.locator("tandem-chart .u-over").nth(1).hover()
    assert "Rewards on hold: £" in page.locator(".chart-reading").nth(1).inner_text()


def test_money_is_drawn_in_its_own_units(page: Page) -> None:
    page.wait_for_function("document.querySelectorAll('tandem-chart canvas').length === 2")
    assert page.locator("tandem-chart").nth(1).evaluate("chart => chart.plot.data[1][0]") == 6


def test_without_the_library_the_numbers_stand_open(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.route("**/uplot.min.js", lambda route: route.abort())
    page.goto(address)
    page.wait_for_selector("tandem-chart details[open]")
    assert page.get_by_role("region", name="Cost").is_visible()
    page.close()


def test_a_chart_moves_nothing_on_the_page(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 4000})

    def late(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.add_init_script(MOVED)
    page.route("**/uplot.min.js", late)
    page.goto(address)
    page.wait_for_function("document.querySelectorAll('tandem-chart canvas').length === 2")
    assert page.evaluate("window.moved") == 0
    page.close()
