"""The first ten minutes, played: a programme live in three presses, blocks placed through their links, a test that earns nothing."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect, sync_playwright

from devstore.demo.launch import Place, launched
from devstore.demo.web import ask

CHROMIUM = "/usr/bin/chromium"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")
FRIEND = {"email": "zoe@example.com", "first_name": "Zoe", "last_name": "Example", "address1": "9 New Street", "zip": "LS1 4AP",
          "city": "Leeds"}
BUSY = 30_000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with launched(tmp_path_factory.mktemp("minutes") / "demo", bare=True) as (place, crew):
        yield place
        crew.check()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield made
        made.close()


def home(page: Page, place: Place) -> FrameLocator:
    page.goto(f"{place.admin}/store/north/apps/tandem")
    if page.locator('form[action$="/install"] button').count():
        page.locator('form[action$="/install"] button').click()
    app = page.frame_locator("#app-frame")
    expect(app.locator("#guide")).to_be_visible(timeout=BUSY)
    return app


def test_the_first_ten_minutes(browser: Browser, place: Place) -> None:
    merchant, friend = browser.new_page(viewport={"width": 1280, "height": 1000}), browser.new_context().new_page()
    expect(home(merchant, place).locator("#guide")).to_contain_text("0 of 5 done", timeout=BUSY)
    _publish(merchant.frame_locator("#app-frame"))
    _follow_the_links(merchant, place)
    app = home(merchant, place)
    expect(app.locator("#guide")).to_contain_text("4 of 5 done", timeout=BUSY)
    app.get_by_role("button", name="Begin the test").click()
    link = app.get_by_role("link", name="Open the test link").get_attribute("href", timeout=BUSY) or ""
    _buy_as_a_friend(friend, place, link)
    expect(app.locator("#guide")).to_contain_text("Recognised: this order would have earned a reward", timeout=BUSY)
    rewards = ask(f"{place.devstore}/_devstore/effects?shop=north")["effects"]
    assert "credit" not in {one["kind"] for one in rewards}
    app.get_by_role("button", name="hide this guide").click()
    expect(app.locator("#guide")).to_have_count(0)


def _publish(app: FrameLocator) -> None:
    """Three presses."""
    app.get_by_role("link", name="See the proposal").click()
    app.get_by_role("button", name="Use this proposal").click(timeout=BUSY)
    app.get_by_role("button", name="Publish").first.click(timeout=BUSY)
    expect(app.get_by_text("The programme is live")).to_be_visible(timeout=BUSY)


def _follow_the_links(merchant: Page, place: Place) -> None:
    """Each step's own link leads into the right editor and brings its block along; saving is the merchant's."""
    for step, address in (("embed", r"editor\?context=apps&activateAppId=.*/tandem-embed$"),
                          ("block", r"editor\?template=index&addAppBlockId=.*/refer-a-friend&target=newAppsSection$")):
        home(merchant, place).locator(f"[data-step={step}]").get_by_role("link").click()
        merchant.wait_for_url(re.compile(r"/themes/current/" + address), timeout=BUSY)
        assert merchant.locator("[name=shown]").first.is_checked()
        merchant.get_by_role("button", name="Save").first.click()
    expect(home(merchant, place).locator("#guide")).to_contain_text("3 of 5 done", timeout=BUSY)
    for extension, done in (("tandem-offers", 3), ("tandem-share", 4)):  # another block of ours at the same place is not it
        home(merchant, place).locator("[data-step=thanks]").get_by_role("link").click()
        merchant.wait_for_url(re.compile(r"/settings/checkout/editor\?page=thank-you"), timeout=BUSY)
        merchant.locator(f"[value='{extension}/purchase.thank-you.block.render']").check()
        merchant.get_by_role("button", name="Save").first.click()
        expect(home(merchant, place).locator("#guide")).to_contain_text(f"{done} of 5 done", timeout=BUSY)


def _buy_as_a_friend(friend: Page, place: Place, link: str) -> None:
    friend.goto(link)
    friend.locator("main form button").first.click()
    friend.wait_for_url(lambda url: "/r/" not in url, timeout=BUSY)  # back in the store, the code applied
    friend.goto(f"{place.shop('north')}/products/stoneware-vase")
    friend.get_by_role("button", name="Add to cart").click()
    expect(friend.locator("[data-cart-count]").first).to_have_text("1", timeout=BUSY)
    friend.goto(f"{place.shop('north')}/cart")
    friend.locator("button[name=checkout]").click()
    for name, value in FRIEND.items():
        friend.fill(f"[name={name}]", value)
    friend.locator("button[value=pay]").click()
    expect(friend.locator(".thanks")).to_be_visible(timeout=BUSY)
