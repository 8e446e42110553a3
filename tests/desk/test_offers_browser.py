"""Offers in a real browser: accessible at both widths, the preview follows what is typed, goods are found and chosen."""

import pytest
from playwright.sync_api import Page, expect

from plugin.context import Context
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
    for path in ("/app/offers", "/app/offers/new", "/app/offers/new/tiers", "/app/offers/new/buy_get", f"/app/offers/{offer_id}"):
        page.goto(f"{path}?locale={locale}")
        page.wait_for_selector(".fallback s-page")
        found += faults(page)
    assert found == []


def test_the_preview_follows_what_is_typed(page: Page, stocked: Desk) -> None:
    page.goto("/app/offers/new/kit")
    page.get_by_text("Still missing").wait_for()
    first, second = page.locator(".picker").nth(0), page.locator(".picker").nth(1)
    first.get_by_role("searchbox").fill("vase")
    first.get_by_role("checkbox", name="Vase").check()
    second.get_by_role("searchbox").fill("candle")
    second.get_by_role("checkbox", name="Candle").check()
    page.frame_locator("#preview iframe").get_by_text("Saves £5.00").wait_for()
    page.get_by_label("How much").first.fill("20")
    page.frame_locator("#preview iframe").get_by_text("Saves £10.00").wait_for()
    expect(first.get_by_role("checkbox", name="Vase")).to_be_checked()


def test_last_month_s_orders_are_tried_from_the_form(page: Page, stocked: Desk) -> None:
    page.goto("/app/offers/new/tiers")
    page.get_by_role("button", name="Try it").press("Enter")
    page.get_by_text("There are no orders of the last 30 days.").wait_for()
