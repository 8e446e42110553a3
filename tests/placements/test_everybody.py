"""What shows offers, without violations of axe, in three languages, on a phone and on a desk, and never wider than the screen."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from devstore.state.shops import Shop
from plugin.money import Money
from plugin.offers.rules.model import Basket, Benefit, Part, Step
from tests.placements.cast import goods, offer, percent
from tests.placements.conftest import Place
from tests.placements.test_browser import handles, suggest
from tests.store.fake_app import FakeApp

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = 1280, 390
RUN = "(within) => axe.run(within).then((told) => told.violations.map((one) => [one.id, one.nodes[0].html]))"
EXTENSION = ".extension iframe[title=tandem-offers]"


def sound(page: Page, within: str, frame: Frame | None = None) -> None:
    """What axe finds in these elements on a phone and on a desk: nothing. ``frame``: where they are, if not on the page itself."""
    where = frame or page
    where.evaluate(AXE.read_text())
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        found = where.evaluate(RUN, within)
        assert found == [], json.dumps(found, indent=1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def reads(browser: Browser, address: str, locale: str, heading: str) -> None:
    """Who comes there with that language finds the page under its heading, and can use it."""
    with browser.new_context(locale=locale) as visit:
        page = visit.new_page()
        page.goto(address)
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        sound(page, "main")


def ticked(page: Page) -> int:
    """What is chosen, or more than none of, before anybody chose."""
    return int(page.evaluate("""[...document.querySelectorAll('tandem-offer input')].filter((one) => one.checked
      || (one.type === 'number' && one.value !== '0')).length"""))


def in_extension(page: Page) -> Frame:
    page.frame_locator(EXTENSION).get_by_text("Beeswax candle").wait_for()
    frame = page.locator(EXTENSION).element_handle().content_frame()
    assert frame is not None
    return frame


@pytest.mark.parametrize("root", ["", "/ar", "/ja"])
def test_the_shops_pages(phone: Page, address: str, north: Shop, place: Place, root: str) -> None:
    vase, candle, mug, throw = handles(north, "stoneware-vase", "beeswax-candle", "enamel-mug", "wool-throw")
    spend = Basket(amounts=(Money(9000, "GBP"),))
    place(offer("mix", Part(goods(vase, candle, mug), 3), whole=percent(1000), number=1, priority=3),
          offer("tiers", goods=goods(vase), steps=(Step(3, percent(1000)), Step(6, percent(2000))), number=2, priority=2),
          offer("kit", Part(goods(vase)), Part(goods(candle), 2), whole=percent(1500), number=3, priority=1),
          offer("gift", Part(goods(mug), benefit=Benefit("free")), basket=spend, number=4),
          offer("upgrade", Part(goods(throw), benefit=percent(500)), replaces=frozenset({str(vase)}), number=5))
    north.block_settings |= {"offers": {"most": "3"}, "cart-drawer": {"into": ".header"}}
    phone.goto(f"http://north.{address}{root}/products/stoneware-vase")
    expect(phone.locator("tandem-offer.tandem")).to_have_count(3)
    sound(phone, "tandem-offer.tandem")
    assert ticked(phone) == 0
    variant = north.products[vase].variants[0].id
    phone.evaluate("""(id) => fetch('/cart/add.js', {method: 'POST', headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({id, quantity: 3})})""", variant)
    phone.goto(f"http://north.{address}{root}/cart")
    expect(phone.locator("main tandem-goal .tandem-goal")).to_be_visible()
    sound(phone, "tandem-goal")
    phone.goto(f"http://north.{address}{root}/")
    expect(phone.locator(".header tandem-goal .tandem-goal")).to_be_visible()
    sound(phone, ".header tandem-goal")


@pytest.mark.parametrize("root", ["", "/ar", "/ja"])
def test_the_checkout_and_what_comes_after(phone: Page, address: str, north: Shop, fake_app: FakeApp, root: str) -> None:
    suggest(fake_app, north)
    phone.goto(f"http://north.{address}{root}/products/stoneware-vase")
    phone.locator("[data-buy-now]").click()
    phone.locator("[data-demo]").click()
    sound(phone, "s-section", in_extension(phone))
    phone.locator("[name=action][value=pay]").click()
    phone.wait_for_url("**/thank-you")
    sound(phone, "s-section", in_extension(phone))
    phone.goto(f"http://north.{address}{root}/account/orders/{next(iter(north.orders.values())).token}")
    sound(phone, "s-section", in_extension(phone))
