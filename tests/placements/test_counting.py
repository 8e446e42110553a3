"""What only a browser can tell of counting: nothing before consent, the arm that the app would draw, what is sent when the page is left."""

import re

import pytest
from playwright.sync_api import Page, expect

from devstore.state.shops import Shop
from plugin.experiments.rules import is_held, met, tallies
from plugin.offers.rules.model import Audience, Part
from tests.placements.cast import goods, offer, percent
from tests.placements.conftest import Place
from tests.placements.test_browser import suggest
from tests.store.fake_app import FakeApp

SALT = "0123456789abcdef"
AGREE = "Shopify.customerPrivacy.setTrackingConsent({ analytics: true, marketing: true, preferences: true, sale_of_data: true })"


def kit(north: Shop, held_bp: int = 0) -> object:
    parts = [Part(goods(north.handles[one])) for one in ("stoneware-vase", "beeswax-candle")]
    return offer("kit", *parts, whole=percent(1500), audience=Audience(holdout_bp=held_bp))


def told(fake_app: FakeApp) -> list[str]:
    return [str(one["body"]) for one in fake_app.seen if one["path"] == "seen"]


def visit(phone: Page, address: str) -> None:
    phone.goto(f"http://north.{address}/products/stoneware-vase")


def leave(phone: Page, fake_app: FakeApp) -> str:
    """The page hears that nobody looks at it; what it then tells, once it has arrived."""
    before = len(told(fake_app))
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    for _ in range(1000):  # it may arrive late
        if len(told(fake_app)) > before:
            break
        phone.wait_for_timeout(20)
    return told(fake_app)[-1]


def test_nothing_is_kept_or_sent_before_consent(phone: Page, address: str, north: Shop, place: Place, fake_app: FakeApp) -> None:
    place(kit(north, 9000), salts={1: SALT})
    visit(phone, address)
    expect(phone.locator("tandem-offer")).to_be_visible()
    assert phone.evaluate("[localStorage.length, document.querySelector('tandem-offer').hidden]") == [0, False]
    phone.goto(f"http://north.{address}/cart")
    assert told(fake_app) == [] and phone.evaluate("fetch('/cart.js').then((one) => one.json())")["attributes"] == {}


def test_shown_and_added_are_told_when_the_page_is_left(phone: Page, address: str, north: Shop, place: Place, fake_app: FakeApp) -> None:
    place(kit(north))
    visit(phone, address)
    phone.evaluate(AGREE)
    phone.locator("tandem-offer").get_by_role("button", name="Add both to cart").click()
    expect(phone.locator("tandem-offer").get_by_role("status").last).to_have_text("It is in your cart.")
    assert leave(phone, fake_app) == "s1product,a1product"


@pytest.mark.parametrize("held_bp", [1, 9000])
def test_the_page_draws_the_arm_that_the_app_would(
        phone: Page, address: str, north: Shop, place: Place, fake_app: FakeApp, held_bp: int) -> None:
    place(kit(north, held_bp), salts={1: SALT})
    phone.goto(f"http://north.{address}/cart")  # nothing is offered here, so nothing is told of it when it is left
    phone.evaluate(AGREE)
    visit(phone, address)
    phone.wait_for_function("localStorage['0123456789abcdef']")
    name = phone.evaluate("localStorage.tandem")
    assert re.fullmatch(r"[0-9a-f-]{36}", name)
    held = is_held(SALT, name, held_bp)
    expect(phone.locator("tandem-offer")).to_be_visible(visible=not held)
    said = leave(phone, fake_app)
    assert said == ("hn1product" if held else "sn1product")
    assert [one.arm for one in tallies(said, {1: held_bp})] == ["held" if held else "shown"]


def test_the_cart_says_who_met_the_offer(phone: Page, address: str, north: Shop, place: Place) -> None:
    place(kit(north, 5000), salts={1: SALT})
    visit(phone, address)
    phone.evaluate(AGREE)
    with phone.expect_response("**/cart/update.js"):
        phone.reload()
    attributes = phone.evaluate("fetch('/cart.js').then((one) => one.json())")["attributes"]
    assert met(attributes) == {1: (SALT, phone.evaluate("localStorage.tandem"))}


# -- the checkout, and what comes after it ------------------------------------------------------------------------------


def extension(fake_app: FakeApp, name: str) -> list[dict[str, object]]:
    return [one["body"] for one in fake_app.seen if one["path"] == f"extension/{name}" and one["body"]]


def marks(phone: Page, fake_app: FakeApp, last: str) -> list[str]:
    """What extensions told, up to this; they tell it when they like."""
    for _ in range(1000):
        found = [str(one["marks"]) for one in extension(fake_app, "seen")]
        if last in found:
            return found
        phone.wait_for_timeout(20)
    raise AssertionError(found)


def test_the_checkout_writes_down_who_met_the_offer_and_counts_them_once(
        phone: Page, address: str, north: Shop, fake_app: FakeApp) -> None:
    suggest(fake_app, north)
    fake_app.suggested["offers"][0]["arm"] = {"held": False, "name": SALT + "bob-1", "first": True}
    visit(phone, address)
    phone.evaluate(AGREE)
    phone.locator("[data-buy-now]").click()
    phone.locator("[data-demo]").click()
    block = phone.frame_locator(".extension iframe[title=tandem-offers]")
    block.get_by_role("button", name="Add").click()
    assert marks(phone, fake_app, "a7checkout")[:1] == ["sn7checkout"]
    buyers = [one["buyer"] for one in extension(fake_app, "offers")]
    assert buyers[0]["attributes"] == {} and buyers[0]["writes"] is True and len(buyers[0]["unit"]) == 32  # type: ignore[index]
    expect(phone.locator(".summary .lines")).to_contain_text("Beeswax candle")
    phone.locator("[name=action][value=pay]").click()
    phone.wait_for_url("**/thank-you")
    assert marks(phone, fake_app, "s7thank_you").count("sn7checkout") == 1
    after = extension(fake_app, "offers")[-1]["buyer"]
    assert after == {"attributes": {"_tandem_arm7": SALT + "bob-1"}, "unit": buyers[0]["unit"], "writes": False}  # type: ignore[index]
    (order,) = north.orders.values()
    assert order.attributes == {"_tandem_arm7": SALT + "bob-1"}
    phone.goto(f"http://north.{address}/account/orders/{order.token}")
    marks(phone, fake_app, "s7order_status")


def test_who_is_held_out_sees_nothing_there(phone: Page, address: str, north: Shop, fake_app: FakeApp) -> None:
    suggest(fake_app, north)
    fake_app.suggested["offers"][0]["arm"] = {"held": True, "name": SALT + "bob-1", "first": False}
    visit(phone, address)
    phone.evaluate(AGREE)
    phone.locator("[data-buy-now]").click()
    assert marks(phone, fake_app, "h7checkout") == ["h7checkout"]
    expect(phone.frame_locator(".extension iframe[title=tandem-offers]").get_by_role("button")).to_have_count(0)
