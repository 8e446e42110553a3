"""What the first page weighs on its way, without what Shopify's CDN brings, and that nothing on it moves."""

from playwright.sync_api import Page, Request

from tests.desk.conftest import World, on_one
from tests.desk.test_browser import address, browser, page
from tests.snippets.test_kit import MOVED

__all__ = ("address", "browser", "page")
MOST = 100_000

pytestmark = on_one


def test_the_first_page_is_light(page: Page, world: World) -> None:
    arrived: list[Request] = []
    page.on("requestfinished", lambda request: arrived.append(request))
    page.goto("/app?period=all")
    page.locator("tandem-chart canvas").wait_for()
    ours = {request.url: request.sizes() for request in arrived if "/app/figures" not in request.url}
    weighed = {url: sizes["responseBodySize"] + sizes["responseHeadersSize"] for url, sizes in ours.items()}
    assert len(weighed) >= 10
    assert sum(weighed.values()) < MOST, weighed


def test_nothing_moves_on_the_first_page(page: Page, world: World) -> None:
    page.add_init_script(MOVED)
    page.goto("/app?period=all")
    page.locator("tandem-chart canvas").wait_for()
    page.wait_for_timeout(500)
    assert page.evaluate("window.moved") == 0
