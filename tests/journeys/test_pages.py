"""Every page that answers GET, in three languages, on a phone and at a desk: for axe, for the eye, and for who reads that language.

The list is tests/house/routes.txt: a new page fails until it is here or its reason stands in NO_PAGE.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from devstore.demo.cast import Merchant
from plugin.messaging import texts
from tests.journeys.conftest import World
from tests.journeys.looking import faults

ROUTES = Path(__file__).parents[1] / "house" / "routes.txt"
LOCALES = ("en", "ar", "ja")
HELD = re.compile(r"<(?:\w+:)?(\w+)>")
NO_PAGE = {
    "JSON": ("/extension/rewards", "/healthz", "/readyz", "/proxy/greeting.json", "/proxy/offers.json", "/proxy/rewards.json",
             "/proxy/share.json"),
    "a file": ("/download/<token>", "/metrics"),
    "gone at once": ("/bounce", "/proxy/c/<slug>", "/proxy/r/<slug>/claim/<token>"),
    "a part of another page": ("/app/figures", "/app/guide", "/app/bulks/<uuid:bulk_id>/progress", "/app/planner/outlook",
                               "/app/planner/profit", "/app/planner/value", "/app/offers/reports/figures",
                               "/app/offers/<uuid:offer_id>/report/figures"),
    "in test_shoppers.py": ("/me/<token>", "/mail/unsubscribe", "/proxy/card/<secret>", "/proxy/magic", "/proxy/r/<slug>",
                            "/proxy/terms/<uuid:programme_id>")}
ELSEWHERE = {path for paths in NO_PAGE.values() for path in paths}
MEANT = ("English: nothing",)  # a part of the kit, by its name


def asked() -> list[str]:
    lines = (line.split() for line in ROUTES.read_text(encoding="utf-8").splitlines())
    return [path for method, path, *_ in lines if method == "GET"]


DESK = [path for path in asked() if path.startswith("/app") and path not in ELSEWHERE]


def test_every_page_has_its_place() -> None:
    assert set(asked()) == ELSEWHERE | set(DESK)


@pytest.fixture(scope="module", params=LOCALES)
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def desk(browser: Browser, locale: str) -> Iterator[BrowserContext]:
    """The merchant's browser, without the frame around: the token that App Bridge would add is added by ``open_page``."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale=locale)
    context.route("**/shopifycloud/*.js", lambda route: route.abort())
    yield context
    context.close()


@pytest.fixture(scope="module")
def page(desk: BrowserContext) -> Page:
    return desk.new_page()


@pytest.mark.parametrize("path", DESK)
def test_the_desk(page: Page, world: World, locale: str, path: str) -> None:
    open_page(page, world, HELD.sub(lambda found: world.paths()[found[1]], path), locale)
    assert [one for one in faults(page, locale) if one not in MEANT] == []


def open_page(page: Page, world: World, path: str, locale: str) -> None:
    token = Merchant(world.stage.place).token()
    page.context.set_extra_http_headers({"Authorization": f"Bearer {token}"})
    told = page.goto(f"{world.stage.place.app}{path}?locale={locale}")
    assert told is not None and told.ok, told
    page.wait_for_selector(".fallback s-page")
    expect(page.get_by_text(texts.say(locale, "planner.adding_up"))).to_have_count(0)  # what comes a moment later
