"""The faces one by one: without JavaScript, by keyboard, read by axe, within their budgets, and when things are not as they should be."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from devstore.demo.cast import Merchant
from devstore.demo.story import PROGRAMME
from tests.walk.conftest import Stage, Visit, publish
from tests.walk.steps import advocate, extension, link_to_share, log_in, pay, take_pair, to_checkout, wide

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = """axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations
  .filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => [one.id, ...one.nodes.map((node) => node.html)]))"""


@pytest.fixture(scope="module")
def link(stage: Stage, browser: Any) -> str:  # noqa: ANN401 - Playwright's browser, of package scope
    page = browser.new_context().new_page()
    found = advocate(page, stage, "grace@shoppers.example")
    page.context.close()
    return found


def grave(page: Page) -> list[list[str]]:
    """What axe finds serious or critical on the page as it stands."""
    page.evaluate(AXE.read_text())
    found: list[list[str]] = page.evaluate(GRAVE)
    return found


def test_landing_and_claim_without_javascript(stage: Stage, visitor: Visit, link: str) -> None:
    page = visitor(java_script_enabled=False)
    page.goto(link)
    assert not wide(page)
    page.get_by_role("button", name="Get my code and shop").click()
    expect(page.get_by_role("link", name="See everything")).to_be_visible()
    code = next(one["value"] for one in page.context.cookies() if one["name"] == "discount_code")
    page.goto(stage.shop("north", "/products/stoneware-vase"))
    page.locator("tandem-offer").get_by_role("button").click()
    to_checkout(page, stage)
    expect(page.locator(".tag")).to_contain_text(code)


@pytest.mark.parametrize("language", ["en-GB", "de-DE"])
def test_axe_finds_nothing_grave(stage: Stage, visitor: Visit, link: str, language: str) -> None:
    page, root = visitor(locale=language), "/de" if language == "de-DE" else ""
    page.goto(link)
    found = {"landing": grave(page)}
    page.goto(stage.shop("north", f"{root}/products/stoneware-vase"))
    expect(page.locator("tandem-offer")).to_be_visible()
    found["product"] = grave(page)
    log_in(page, stage, "grace@shoppers.example")
    page.goto(stage.shop("north", f"{root}/account"))
    expect(extension(page).locator("s-clipboard-item")).to_have_count(1)
    found |= {"account": grave(page), "share": _in_frame(page)}
    mug = page.evaluate("fetch('/products/enamel-mug.js').then((told) => told.json()).then((product) => product.variants[0].id)")
    page.goto(stage.shop("north", f"{root}/cart/{mug}:1"))
    found["checkout"] = grave(page)
    pay(page, "grace@shoppers.example", known=True)
    link_to_share(page)
    found["thank-you"] = grave(page)
    page.goto(stage.shop("north", f"{root}/"))
    page.locator("tandem-share").get_by_role("button", name=re.compile("link|Link")).first.click()
    expect(page.locator("tandem-share [data-part=link]")).to_be_visible()
    found["home"] = grave(page)
    assert not any(found.values()), found


def _in_frame(page: Page) -> list[list[str]]:
    """The same inside the extension, which is the thank-you page's too."""
    frame = page.frames[-1]
    frame.evaluate(AXE.read_text())
    found: list[list[str]] = frame.evaluate(GRAVE)
    return found


def test_share_by_keyboard(stage: Stage, visitor: Visit, link: str) -> None:
    """Every button of the share panel is reached by Tab, in order, and Enter works."""
    page = visitor()
    log_in(page, stage, "grace@shoppers.example")
    frame = extension(page)
    expect(frame.locator("s-clipboard-item")).to_have_count(1)
    page.locator(".extension iframe[title=tandem-share]").evaluate("frame => frame.focus()")
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(str(page.frames[-1].evaluate("document.activeElement.textContent.trim()")))
        if reached[-1] == "Copy link":
            page.keyboard.press("Enter")
            expect(frame.get_by_text("Copied")).to_be_visible()
    assert reached == ["All terms", "Copy link", "WhatsApp", "Text message", "E-mail", "X", "Facebook", "Show as QR code"]
    page.keyboard.press("Enter")
    expect(frame.locator("s-qr-code img")).to_be_visible()


def test_nothing_is_asked_before_consent(stage: Stage, visitor: Visit, link: str) -> None:
    """Landing, claim and browsing until the shopper has said yes or no: no request to the app, none to the cart."""
    page, asked = visitor(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(link)
    page.get_by_role("button").click()
    expect(page.get_by_role("button", name="Decline")).to_be_visible()
    assert [url for url in asked if stage.place.app in url or "/cart" in url or "share.json" in url] == []
    page.get_by_role("button", name="Decline").click()
    page.goto(stage.shop("north", "/collections/all"))
    assert not [one for one in page.context.cookies() if one["name"].startswith("tandem")]
    assert [url for url in asked if stage.place.app in url or "/cart" in url] == []
    assert {url.split("/")[2] for url in asked} == {stage.shop("north").split("/")[2]}


def test_scripts_are_small_and_block_nothing(stage: Stage, visitor: Visit) -> None:
    page, sizes = visitor(), {}
    page.on("response", lambda told: sizes.update({told.url: len(told.body())}) if "/extensions/theme/" in told.url else None)
    page.goto(stage.shop("north", "/products/stoneware-vase"))
    expect(page.locator("tandem-offer")).to_be_visible()
    assert len(sizes) == 2 and max(sizes.values()) <= 10_000
    ours = page.locator("script[src*='/extensions/theme/'], link[href*='/extensions/theme/']")
    tags = ours.evaluate_all("all => all.map((one) => one.defer === true)")
    assert tags and all(tags)


def test_no_pair_leaves_no_hole(stage: Stage, visitor: Visit) -> None:
    """And asks nobody: the page knows from its own Liquid."""
    page, asked = visitor(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(stage.shop("north", "/products/enamel-mug"))
    expect(page.locator("tandem-offer")).to_have_count(0)
    assert page.locator("[data-block-handle=offers]").evaluate("block => block.getBoundingClientRect().height") == 0
    assert not [url for url in asked if "/apps/tandem" in url]


def test_the_pair_without_javascript(stage: Stage, visitor: Visit) -> None:
    page = visitor(java_script_enabled=False)
    page.goto(stage.shop("north", "/products/stoneware-vase"))
    page.locator("tandem-offer").get_by_role("button").click()
    expect(page.locator("[data-cart-count]").first).to_have_text("2")


@pytest.mark.parametrize(("shop", "together"), [
    ("north", "Together £52.20, you save £1.80."), ("south", "Zusammen €52,20, du sparst €1,80."),
    ("tokyo", "Together ¥5,220, you save ¥180.")])
def test_one_price_everywhere(stage: Stage, visitor: Visit, shop: str, together: str) -> None:
    """The block, the cart, the checkout and the order name the same number, in each currency."""
    page = visitor()
    assert take_pair(page, stage, shop) == together
    cart = page.evaluate("fetch('/cart.js').then((told) => told.json())")
    number = together.split()[1].rstrip(",")
    to_checkout(page, stage, shop)
    expect(page.locator(".totals dd").first).to_have_text(number)
    assert number in together
    page.get_by_role("button", name="Testadresse" if shop == "south" else "Fill in").click()
    page.fill("[name=email]", f"pair@{shop}.example")
    page.locator("button[value=pay]").click()
    expect(page.locator(".totals dd").first).to_have_text(number)
    order = stage.last_order(shop, f"pair@{shop}.example")
    assert (cart["total_price"], order["subtotal"], order["discounts_total"]) == (5220 * (100 if shop == "tokyo" else 1), 5220, 180)


@pytest.mark.parametrize(("path", "status"), [("/apps/tandem/r/nobody-here", 404), ("/apps/tandem/r/x/claim/forged", 404)])
def test_wrong_addresses_get_a_page(stage: Stage, visitor: Visit, path: str, status: int) -> None:
    page = visitor()
    told = page.goto(stage.shop("north", path))
    assert told is not None and told.status == status
    expect(page.get_by_role("heading")).to_be_visible()
    assert not wide(page)


def test_another_shop_knows_nothing(stage: Stage, visitor: Visit, link: str) -> None:
    page = visitor()
    told = page.goto(link.replace("north.localhost", "south.localhost"))
    assert told is not None and told.status == 404


def test_a_code_that_is_still_being_made(stage: Stage, visitor: Visit) -> None:
    """The pool is empty because Shopify takes no codes: the claim is kept, the page waits and goes on by itself."""
    stage.control("shops", {"handle": "west", "name": "Westwind", "currency": "GBP"})
    stage.control("products", {"shop": "west", "title": "Enamel mug", "price": 4500})
    stage.control("faults", {"kind": "throttled", "shop": "west", "operation": "discountRedeemCodeBulkAdd", "times": 0})
    publish(stage.place, "west", PROGRAMME)
    alice, bob = visitor(), visitor(locale="de-DE")
    alice.goto(stage.shop("west", "/products/enamel-mug"))
    alice.locator("[data-buy-now]").click()
    pay(alice, "hanna@shoppers.example")
    bob.goto(link_to_share(alice))
    bob.get_by_role("button").click()
    expect(bob.get_by_role("heading", name="Dein Code wird gerade erzeugt")).to_be_visible()
    stage.end_faults()
    bob.wait_for_url("**/?tandem_visit=*", timeout=60_000)
    assert "discount_code" in {one["name"] for one in bob.context.cookies()}


def test_a_paused_programme_says_so(stage: Stage, visitor: Visit) -> None:
    page, merchant = visitor(), Merchant(stage.place, "south")
    link = advocate(page, stage, "ida@shoppers.example", "south")
    merchant.send(f"/app/programmes/{stage.programmes['south']}/pause", {})
    page.goto(link)
    expect(page.get_by_role("heading", name="This offer is taking a break")).to_be_visible()
    page.get_by_role("link").click()
    expect(page).to_have_url(stage.shop("south"))
