"""What is not there yet, what did not come, and what Shopify has not allowed: each says so on its page, and what to do."""

from html import unescape
from time import sleep

import pytest
from playwright.sync_api import Page, Route
from sqlalchemy import select

from plugin.context import Context
from plugin.guardrails.tables import Case
from plugin.shopify import scopes
from plugin.shops.tables import Shop
from tests.books.stage import Stage
from tests.desk.conftest import Desk, World, on_one
from tests.desk.test_browser import PAGES, address, browser, page
from tests.wire.double import Double

__all__ = ["address", "browser", "page"]

pytestmark = on_one


def _grant(context: Context, desk: Desk, double: Double, *but: str) -> None:
    """Shopify grants all but these from now on, and the shop's token is of that kind."""
    double.scope = ",".join(scope for scope in scopes.REQUIRED if scope not in but)
    with context.transaction() as session:
        session.scalars(select(Shop).where(Shop.id == desk.shop.id)).one().scopes = double.scope


@pytest.mark.parametrize("path", PAGES)
def test_a_lost_scope_is_named_on_every_page_with_who_can_help(context: Context, desk: Desk, double: Double, world: World,
                                                               path: str) -> None:
    path = path.format(**vars(world))
    assert "Shopify has not allowed this" not in desk.get(path).text
    _grant(context, desk, double, "write_discounts", "write_customers")
    shown = unescape(desk.get(path).text)
    assert "Missing: write_customers, write_discounts." in shown and "/admin/oauth/authorize?" in shown and ">Allow it</s-button>" in shown
    _grant(context, desk, double)
    assert "Shopify has not allowed this" not in desk.get(path).text


def test_what_a_lost_scope_says_reads_on_a_phone(context: Context, desk: Desk, double: Double, page: Page, world: World) -> None:
    _grant(context, desk, double, "write_discounts")
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto("/app")
    page.get_by_text("Missing: write_discounts.").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("how", ["500", "503", "offline"])
def test_figures_that_come_later_say_when_they_do_not(page: Page, world: World, how: str) -> None:
    def fail(route: Route) -> None:
        if how == "offline":
            route.abort()
        else:
            route.fulfill(status=int(how), headers={"HX-Retarget": "#errors", "HX-Reswap": "innerHTML"}, body="<p>Something went wrong</p>")

    page.route("**/app/planner/value*", fail)
    page.route("**/static/admin.js", lambda route: (sleep(0.5), route.continue_())[1])  # what listens for failures may come late
    page.goto("/app/planner")
    trouble = page.locator(".planner-later").first
    trouble.get_by_text("This part could not be fetched.").wait_for()
    assert trouble.locator(".loading").count() == 0
    page.unroute("**/app/planner/value*")
    trouble.get_by_text("Try again", exact=True).click()
    page.get_by_text("Built on").first.wait_for()


def test_figures_that_come_later_keep_their_room_and_say_that_they_come(desk: Desk, world: World) -> None:
    shown = desk.get("/app/planner").text
    assert shown.count('class="loading"') == 2 and shown.count('role="status"') >= 2


def test_all_rows_of_a_page_are_chosen_at_once(context: Context, desk: Desk, page: Page, world: World, stage: Stage) -> None:
    with context.transaction() as session:
        session.add_all(Case(shop_id=desk.shop.id, order_id=str(7000 + number), state="open", verdict="hold", rule="risk", reasons=[],
                             opened_at=stage.now, judged_at=stage.now) for number in range(3))
    page.goto("/app/cases")
    page.get_by_role("checkbox", name="Choose all 4 rows on this page").check()
    assert page.locator("s-checkbox[name=chosen]").evaluate_all("rows => rows.filter((row) => row.checked).length") == 4
    page.get_by_role("checkbox", name="Choose all 4 rows on this page").uncheck()
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("Nothing was chosen.").wait_for()
    page.get_by_role("checkbox", name="Choose all 4 rows on this page").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("Release 4 cases?").first.wait_for()
