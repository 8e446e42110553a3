"""Offers in a real browser: accessible at both widths, the preview follows what is typed, goods are found and chosen."""

import pytest
from playwright.sync_api import Page, Route, expect

from plugin.context import Context
from plugin.shops.tables import Shop
from tests.desk.conftest import Desk, goods, on_one
from tests.desk.test_browser import address, browser, page
from tests.desk.test_offers import form, made
from tests.desk.test_programmes_browser import faults

__all__ = ["address", "browser", "page"]  # fixtures

pytestmark = on_one


@pytest.fixture
def stocked(context: Context, desk: Desk) -> Desk:
    with context.transaction() as session:
        goods(session, desk.shop.id)
        session.get_one(Shop, desk.shop.id).currencies = "EUR,GBP,JPY"
    return desk


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_every_page_of_offers_is_accessible(page: Page, context: Context, stocked: Desk, width: int, locale: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/app/offers?locale={locale}")
    page.wait_for_selector(".fallback s-page")
    found = faults(page)
    stocked.done("/app/offers", form("kit"))
    offer_id = made(context, stocked.shop)
    stocked.done(f"/app/offers/{offer_id}/publication")
    stocked.done("/app/offers/choosing", {"way": "priority"})
    for path in ("/app/offers", "/app/offers/new", "/app/offers/new/tiers", "/app/offers/new/buy_get", f"/app/offers/{offer_id}"):
        page.goto(f"{path}?locale={locale}")
        page.wait_for_selector(".fallback s-page")
        found += faults(page)
    assert found == []


def test_the_preview_follows_what_is_typed(page: Page, stocked: Desk) -> None:
    page.goto("/app/offers/new/kit")
    page.get_by_text("Still needed").wait_for()
    first, second = page.locator(".picker").nth(0), page.locator(".picker").nth(1)
    first.get_by_role("searchbox").fill("vase")
    expect(first.get_by_role("checkbox", name="Candle")).to_have_count(0)  # what was found is there
    first.get_by_role("checkbox", name="Vase").check()
    second.get_by_role("searchbox").fill("candle")
    expect(second.get_by_role("checkbox", name="Vase")).to_have_count(0)
    second.get_by_role("checkbox", name="Candle").check()
    page.frame_locator("#preview iframe").get_by_text("Saves £5.00").wait_for()
    page.get_by_label("How much").first.fill("20")
    page.frame_locator("#preview iframe").get_by_text("Saves £10.00").wait_for()
    expect(first.get_by_role("checkbox", name="Vase")).to_be_checked()


@pytest.mark.parametrize("typed", ["candle", "nothing of ours"])
def test_what_is_ticked_while_a_search_is_on_its_way_stays_ticked(page: Page, stocked: Desk, typed: str) -> None:
    held: list[Route] = []
    page.goto("/app/offers/new/kit")
    first = page.locator(".picker").nth(0)
    page.route("**/app/offers/choices*", lambda route: held.append(route))
    with page.expect_request("**/app/offers/choices*"):
        first.get_by_role("searchbox").fill(typed)
    first.get_by_role("checkbox", name="Vase").check()
    with page.expect_response("**/app/offers/choices*"):
        held[0].continue_()
    page.unroute("**/app/offers/choices*")
    expect(first.get_by_role("checkbox", name="Candle")).to_have_count(1 if typed == "candle" else 0)
    expect(first.get_by_role("checkbox", name="Vase")).to_be_checked()
    page.get_by_label("Name", exact=True).fill("A kit")
    with page.expect_request("**/app/offers/preview*") as asked:
        page.get_by_label("How much").first.fill("20")
    assert "p%3A71" in (asked.value.post_data or "") or "p:71" in (asked.value.post_data or "")


def test_last_month_s_orders_are_tried_from_the_form(page: Page, stocked: Desk) -> None:
    page.goto("/app/offers/new/tiers")
    page.get_by_role("button", name="Try it").press("Enter")
    page.get_by_text("There are no orders of the last 30 days.").wait_for()
