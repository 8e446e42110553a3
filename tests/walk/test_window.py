"""What shoppers see of Tandem in the store: nothing moves, nothing is asked before consent, and friends are greeted."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.walk.conftest import Stage, Visit
from tests.walk.steps import log_in, pay, take_pair, to_checkout, wide

WIDTHS = (390, 1280)
ROOTS = ("", "/de", "/ar", "/ja")
WATCH = """(() => { window.moved = 0;
  new PerformanceObserver((list) => { for (const shift of list.getEntries()) window.moved += shift.value; })
    .observe({ type: 'layout-shift', buffered: true }); })()"""
ADA = "ada@window.example"


@pytest.fixture(scope="module")
def link(stage: Stage, browser: Any) -> Iterator[str]:  # noqa: ANN401 - Playwright's browser
    """Ada's, who buys once and finds it in the store's own block: two taps from logging in to a copied link, one request."""
    context = browser.new_context(locale="en-GB")
    page, asked = context.new_page(), []
    take_pair(page, stage)
    to_checkout(page, stage)
    pay(page, ADA)
    log_in(page, stage, ADA)
    page.on("request", lambda request: asked.append(request.url) if "/apps/tandem" in request.url else None)
    page.goto(stage.shop("north", "/"))
    page.get_by_role("button", name="Show my link").click()
    field = page.locator("tandem-share [data-part=link]")
    expect(field).to_have_value(re.compile("/apps/tandem/r/"))
    page.locator("tandem-share").get_by_role("button", name="Copy").click()
    assert len(asked) == 1, asked
    yield field.input_value()
    context.close()


def agree(page: Page) -> None:
    page.evaluate("Shopify.customerPrivacy.setTrackingConsent({ analytics: true, marketing: true, preferences: true, sale_of_data: true })")


def moved(page: Page) -> float:
    """Cumulative layout shift so far, with the banner that asks for consent out of the way; in thousandths, since the store's own first
    words may be painted before the rest of them came (0.0002), while a block of ours that came late would push everything below it."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    return round(float(page.evaluate("window.moved")), 3)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("handle", ["stoneware-vase", "enamel-mug"], ids=["pair", "no pair"])
def test_a_product_page_does_not_move(stage: Stage, visitor: Visit, handle: str, width: int) -> None:
    page = visitor(viewport={"width": width, "height": 2400})  # everything is in sight: nothing shifts unseen
    page.add_init_script(WATCH)
    page.goto(stage.shop("north", f"/products/{handle}"))
    assert moved(page) == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_the_blocks_of_a_customer_do_not_move(stage: Stage, visitor: Visit, link: str, width: int) -> None:
    """In every language: as high before the answers came as after them, and the page stands still meanwhile."""
    page = visitor(viewport={"width": width, "height": 4200})
    log_in(page, stage, ADA)
    agree(page)
    page.add_init_script(WATCH)
    for root in ROOTS:
        held = hold(page)
        page.goto(stage.shop("north", f"{root}/"))
        page.wait_for_function("document.querySelectorAll('tandem-share, tandem-rewards').length === 2")
        before = heights(page)
        page.wait_for_timeout(200)
        for one in held:
            one.continue_()
        page.unroute("**/apps/tandem/*.json*")
        expect(page.locator("tandem-share [data-part=link]")).to_have_value(link.replace("/apps", f"{root}/apps"))
        assert (heights(page), moved(page), wide(page)) == (before, 0, False), root


def hold(page: Page) -> list[Route]:
    """What is asked from now on waits."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route("**/apps/tandem/*.json*", keep)
    return held


def heights(page: Page) -> list[float]:
    blocks = page.locator("tandem-share, tandem-rewards")
    found: list[float] = blocks.evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
    return found


def test_a_friend_is_greeted(stage: Stage, visitor: Visit, link: str) -> None:
    """What the browser holds at once; who sent them once the friend allows to ask, if the advocate agreed."""
    ada, friend, asked = visitor(), visitor(), []
    log_in(ada, stage, ADA)
    agree(ada)
    ada.goto(stage.shop("north", "/"))
    ada.get_by_label("Show my first name to my friends").check()
    expect(ada.get_by_text("Your friends will see your first name.")).to_be_visible()
    friend.add_init_script(WATCH)
    friend.on("request", lambda request: asked.append(request.url))
    friend.goto(link)
    expect(friend.get_by_text("Ada shops at North Lights and thought of you.")).to_be_visible()
    friend.get_by_role("button").click()
    bar = friend.get_by_role("region", name="A greeting")
    expect(bar).to_contain_text("is applied at checkout.")
    assert not [url for url in asked if "greeting.json" in url or "cart" in url]
    agree(friend)
    expect(bar).to_contain_text("Ada sent you 15% off. Your welcome code")
    assert moved(friend) == 0 and not wide(friend)
    bar.get_by_role("button", name="Close").click()
    friend.goto(stage.shop("north", "/collections/all"))
    expect(bar).to_be_hidden()
    assert len([url for url in asked if "greeting.json" in url]) == 1


def test_a_lost_code_is_one_tap_away(stage: Stage, visitor: Visit, link: str) -> None:
    page = visitor()
    page.goto(link)
    page.get_by_role("button").click()
    bar = page.get_by_role("region", name="A greeting")
    expect(bar).to_be_visible()
    agree(page)
    expect(bar).to_contain_text("sent you")
    page.context.clear_cookies(name="discount_code")
    page.goto(stage.shop("north", "/products/enamel-mug"))
    bar.get_by_role("link", name="Apply it").click()
    expect(page.get_by_role("heading", name="Enamel mug")).to_be_visible()
    assert [one for one in page.context.cookies() if one["name"] == "discount_code"]
    expect(bar).to_be_hidden()


def test_ones_own_link(stage: Stage, visitor: Visit, link: str) -> None:
    page = visitor()
    log_in(page, stage, ADA)
    page.goto(link)
    expect(page.get_by_role("heading", name="This is your own link")).to_be_visible()
    expect(page.get_by_label("Your link")).to_have_value(link)
    assert not wide(page)


def test_the_card_of_a_messenger(stage: Stage, visitor: Visit, link: str) -> None:
    """A bot's look is no visit, and the picture that it names is there."""
    page = visitor(extra_http_headers={"User-Agent": "facebookexternalhit/1.1"})
    page.goto(link)
    card = page.locator("meta[property^='og:'], meta[name^='twitter:']").evaluate_all(
        "all => Object.fromEntries(all.map((one) => [one.getAttribute('property') ?? one.name, one.content]))")
    assert (card["og:title"], card["twitter:card"]) == ("15% off for you at North Lights", "summary_large_image"), json.dumps(card)
    assert page.request.get(card["og:image"]).ok
