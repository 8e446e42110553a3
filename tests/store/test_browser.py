"""What only a browser can tell: the walk on a phone, the extension in its sandbox, App Bridge, consent."""

import pytest
from playwright.sync_api import Page, expect

from devstore.state.shops import Shop
from tests.store.fake_app import FakeApp


@pytest.fixture
def problems(phone: Page) -> list[str]:
    """Every error that a page threw."""
    found: list[str] = []
    phone.on("pageerror", lambda error: found.append(str(error)))
    return found


def wide(page: Page) -> bool:
    """Waits for a page where there is none yet."""
    return bool(page.locator("html").evaluate("html => html.scrollWidth > innerWidth"))


def test_product_cart_checkout_thanks(phone: Page, address: str, north: Shop, fake_app: FakeApp, problems: list[str]) -> None:
    phone.goto(f"http://north.{address}/products/enamel-mug")
    phone.get_by_role("button", name="Add to cart").click()
    phone.get_by_role("link", name="See cart").click()
    expect(phone.get_by_role("button", name="Check out")).to_be_visible()
    assert not wide(phone)
    phone.get_by_role("button", name="Check out").click()
    phone.get_by_role("button", name="Fill in a test address").click()
    assert not wide(phone)
    phone.get_by_role("button", name="Pay now").click()
    expect(phone.get_by_role("heading", name="Thank you, Robin!")).to_be_visible()
    frame = phone.frame_locator(".extension iframe[title=tandem-share]")
    expect(frame.get_by_text("https://north.example/apps/tandem/r/robin")).to_be_visible()
    (order,) = north.orders
    asked = next(one for one in fake_app.seen if one["path"] == "extension/share" and one["body"])
    assert asked["body"] == {"order_id": f"gid://shopify/Order/{order}"}
    assert (asked["claims"]["dest"], asked["claims"].get("sub")) == ("north.myshopify.com", None)
    assert not wide(phone)
    assert problems == []


def test_extension_cannot_reach_the_page(phone: Page, address: str, north: Shop) -> None:
    """Its frame has no origin: no cookies, no storage, no parent."""
    phone.goto(f"http://north.{address}/products/enamel-mug")
    phone.get_by_role("button", name="Buy it now").click()
    phone.get_by_role("button", name="Fill in a test address").click()
    phone.get_by_role("button", name="Pay now").click()
    phone.frame_locator(".extension iframe[title=tandem-share]").get_by_role("button", name="Copy link").click()
    expect(phone.frame_locator(".extension iframe[title=tandem-share]").get_by_text("Copied")).to_be_visible()
    frame = phone.frames[-1]
    assert frame.evaluate("origin") == "null"
    assert frame.evaluate("(() => { try { return parent.document.title } catch { return 'refused' } })()") == "refused"


def test_consent_is_asked_once_and_remembered(phone: Page, address: str, north: Shop) -> None:
    phone.goto(f"http://north.{address}/")
    assert phone.evaluate("Shopify.customerPrivacy.marketingAllowed()") is False
    told = "new Promise((done) => document.addEventListener('visitorConsentCollected', (event) => done(event.detail.marketingAllowed)))"
    phone.evaluate(f"void (window.told = {told})")
    phone.get_by_role("button", name="Accept").click()
    assert phone.evaluate("window.told") is True
    phone.reload()
    assert phone.evaluate("Shopify.customerPrivacy.analyticsProcessingAllowed()") is True
    expect(phone.get_by_role("button", name="Accept")).to_be_hidden()


def test_app_bridge(phone: Page, address: str, north: Shop, fake_app: FakeApp, problems: list[str]) -> None:
    """Token on load, authorised fetch with one retry, toast, navigation through the bounce page, address kept in step."""
    phone.goto(f"http://admin.{address}/store/north/apps/tandem")
    app = phone.frame_locator("#app-frame")
    expect(app.get_by_role("heading", name="First")).to_be_visible()
    fake_app.refusals = 1
    app.get_by_role("button", name="Ask").click()
    expect(app.locator("#got")).to_contain_text('"dest":"https://north.myshopify.com"')
    app.get_by_role("button", name="Toast").click()
    expect(phone.get_by_text("Hello from the app")).to_be_visible()
    phone.get_by_role("link", name="Second").click()
    expect(app.get_by_role("heading", name="Second")).to_be_visible()
    expect(phone).to_have_url(f"http://admin.{address}/store/north/apps/tandem/app/second")
    phone.goto(phone.url)
    expect(app.get_by_role("heading", name="Second")).to_be_visible()
    assert not wide(phone)
    assert problems == []


def test_save_bar_blocks_leaving(phone: Page, address: str, north: Shop) -> None:
    phone.goto(f"http://admin.{address}/store/north/apps/tandem")
    app = phone.frame_locator("#app-frame")
    app.get_by_label("Word").fill("changed")
    bar = phone.get_by_role("region", name="Unsaved changes")
    expect(bar).to_be_visible()
    phone.get_by_role("link", name="Second").click()
    expect(app.get_by_role("heading", name="First")).to_be_visible()
    phone.get_by_role("button", name="Discard").click()
    expect(app.get_by_label("Word")).to_have_value("a")
    app.get_by_label("Word").fill("kept")
    phone.get_by_role("button", name="Save").click()
    expect(app.locator("#got")).to_have_text("saved kept")
    expect(bar).to_be_hidden()
