"""What only a browser can tell of the offers: one tap, the price of a choice, no shift, the keyboard, both directions, no lost code."""

import json

import pytest
from playwright.sync_api import Browser, Page, expect

from devstore.state.shops import Shop
from devstore.state.store import Store
from plugin.money import Money
from plugin.offers.rules.model import Audience, Basket, Benefit, Part, Step
from tests.placements.cast import goods, offer, percent, price
from tests.placements.conftest import Place
from tests.store.conftest import give_code
from tests.store.fake_app import FakeApp

SHIFTS = """() => { window.shifted = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) {
  if (!one.hadRecentInput) window.shifted += one.value; } }).observe({ type: 'layout-shift', buffered: true }); }"""


@pytest.fixture
def problems(phone: Page) -> list[str]:
    found: list[str] = []
    phone.on("pageerror", lambda error: found.append(str(error)))
    return found


def handles(shop: Shop, *names: str) -> list[int]:
    return [shop.handles[name] for name in names]


def open_page(phone: Page, address: str, path: str = "/products/stoneware-vase") -> None:
    phone.add_init_script(f"({SHIFTS})()")
    phone.goto(f"http://north.{address}{path}")


def fits(phone: Page) -> bool:
    return bool(phone.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_one_tap_adds_the_set_and_keeps_the_code(
        phone: Page, address: str, store: Store, north: Shop, place: Place, problems: list[str]) -> None:
    vase, candle = handles(north, "stoneware-vase", "beeswax-candle")
    place(offer("kit", Part(goods(vase)), Part(goods(candle), 2), whole=percent(1500)))
    give_code(store, north, "FRIEND10", combines=("product", "order"))
    open_page(phone, address, "/discount/FRIEND10?redirect=/products/stoneware-vase")
    box = phone.locator("tandem-offer")
    expect(box).to_contain_text("Together £56.10, you save £9.90.")
    where = phone.url
    box.get_by_role("button", name="Add to cart").click()
    expect(box.get_by_role("status").last).to_have_text("It is in your cart.")
    assert phone.url == where
    expect(phone.locator("[data-cart-count]").first).to_have_text("3")
    cart = phone.evaluate("fetch('/cart.js').then((answer) => answer.json())")
    assert [(line["quantity"], line["properties"]) for line in cart["items"]] == [
        (1, {"_offer": "1", "_placement": "own"}), (2, {"_offer": "1", "_placement": "product"})]
    assert [one["code"] for one in cart["discount_codes"]] == ["FRIEND10"]
    assert fits(phone) and problems == [] and phone.evaluate("window.shifted") == 0


def test_a_choice_is_counted_and_priced_by_keyboard(phone: Page, address: str, north: Shop, place: Place, problems: list[str]) -> None:
    place(offer("mix", Part(goods(*handles(north, "stoneware-vase", "beeswax-candle", "enamel-mug")), 2), whole=price(2000)))
    open_page(phone, address)
    box = phone.locator("tandem-offer")
    expect(box).to_contain_text("0 of 2 chosen")
    button = box.get_by_role("button", name="Add to cart")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.press("Enter")
    expect(box).to_contain_text("Please choose first.")
    box.get_by_role("button", name="One more of Beeswax candle").press("Enter")
    expect(box).to_contain_text("1 of 2 chosen")
    box.get_by_label("How many of Enamel mug").press("ArrowUp")
    expect(box).to_contain_text("2 of 2 chosen")
    expect(box).to_contain_text("Together £20.00, you save £6.50.")
    button.press("Enter")
    expect(box).to_contain_text("It is in your cart.")
    expect(phone.locator("[data-cart-count]").first).to_have_text("2")
    assert fits(phone) and problems == [] and phone.evaluate("window.shifted") == 0


def test_a_choice_without_scripts_is_made_on_the_products_pages(browser: Browser, address: str, north: Shop, place: Place) -> None:
    """A form cannot leave out what was not chosen, so there is no button that would fail: words and links, and the price at checkout."""
    place(offer("mix", Part(goods(*handles(north, "stoneware-vase", "beeswax-candle", "enamel-mug")), 2), whole=price(2000)))
    with browser.new_context(java_script_enabled=False) as visit:
        page = visit.new_page()
        page.goto(f"http://north.{address}/products/stoneware-vase")
        box = page.locator("tandem-offer")
        expect(box).to_contain_text("Any 2 for £20.00")
        expect(box.get_by_role("link", name="Beeswax candle")).to_be_visible()
        assert box.get_by_role("button").count() == box.get_by_role("spinbutton").count() == 0
        expect(box.get_by_text("0 of 2 chosen")).to_be_hidden()


def test_the_volume_table_follows_currency(phone: Page, address: str, north: Shop, place: Place, problems: list[str]) -> None:
    (vase,) = handles(north, "stoneware-vase")
    place(offer("tiers", goods=goods(vase), steps=(Step(3, percent(1000)), Step(6, percent(2000)))))
    open_page(phone, address)
    box = phone.locator("tandem-offer")
    expect(box.locator("[data-least='3']")).to_contain_text("Together £113.40, you save £12.60.")
    expect(box.locator("[data-least='6']")).to_contain_text("Together £201.60, you save £50.40.")
    box.get_by_role("button", name="Add 6").click()
    expect(phone.locator("[data-cart-count]").first).to_have_text("6")
    _choose(phone, "EUR")
    expect(phone.locator("tandem-offer [data-least='3']")).to_contain_text("€")
    assert fits(phone) and problems == []


def test_amounts_follow_the_shops_rate(phone: Page, address: str, north: Shop, place: Place) -> None:
    """£5.00 off in euros is what the rate makes of it, rounded half up."""
    vase, candle = handles(north, "stoneware-vase", "beeswax-candle")
    place(offer("kit", Part(goods(vase)), Part(goods(candle)), whole=Benefit("amount", 0, (Money(500, "GBP"), Money(123, "USD")))))
    open_page(phone, address)
    expect(phone.locator("tandem-offer")).to_contain_text("you save £5.00.")
    rate = north.rates["EUR"]
    _choose(phone, "EUR")
    saved = (int(rate.replace(".", "")) * 500 * 2 + 10 ** len(rate.split(".")[1])) // (2 * 10 ** len(rate.split(".")[1]))
    expect(phone.locator("tandem-offer")).to_contain_text(f"you save €{saved // 100},{saved % 100:02d}.")
    _choose(phone, "USD")
    expect(phone.locator("tandem-offer")).to_contain_text("you save $1.23.")


def _choose(phone: Page, currency: str) -> None:
    """The theme's own script, the last of the page, sends the form; before it is there a choice does nothing."""
    phone.wait_for_load_state("load")
    phone.get_by_label("Currency").select_option(currency)


def test_the_goal_follows_the_cart_without_reload(phone: Page, address: str, north: Shop, place: Place, problems: list[str]) -> None:
    (mug,) = handles(north, "enamel-mug")
    place(offer("gift", Part(goods(mug), benefit=Benefit("free")), basket=Basket(amounts=(Money(4000, "GBP"),))))
    variant = north.products[north.handles["stoneware-vase"]].variants[0].id
    open_page(phone, address, "/cart")
    goal = phone.locator("tandem-goal")
    expect(goal).to_contain_text("£40.00 to go: Enamel mug for free")
    add = f"fetch('/cart/add.js', {{method: 'POST', headers: {{'Content-Type': 'application/json'}}, body: '{{\"id\": {variant}}}'}})"
    phone.evaluate(f"{add}.then(() => document.dispatchEvent(new CustomEvent('cart:refresh')))")
    goal.get_by_role("button", name="Add Enamel mug").click()
    expect(goal).to_contain_text("Enamel mug is in your cart.")
    assert fits(phone) and problems == []


def test_the_embed_moves_into_the_drawer(phone: Page, address: str, north: Shop, place: Place, problems: list[str]) -> None:
    place(offer("shipping", benefit=Benefit("free"), basket=Basket(amounts=(Money(6000, "GBP"),))))
    north.block_settings["cart-drawer"] = {"into": ".header"}
    open_page(phone, address)
    goal = phone.locator(".header tandem-goal")
    expect(goal).to_contain_text("£60.00 to go: free shipping")
    phone.evaluate("document.querySelector('.header tandem-goal').remove()")  # as a theme does that draws its drawer anew
    phone.get_by_role("button", name="Add to cart").click()
    expect(goal).to_contain_text("£18.00 to go: free shipping")
    assert problems == []


def test_who_brings_a_friends_code_is_not_shown_what_is_for_strangers(
        phone: Page, address: str, store: Store, north: Shop, place: Place, problems: list[str]) -> None:
    """Nor with an empty cart, whose codes Liquid does not know, nor by a goal; a shorter code is nobody's."""
    vase, candle = handles(north, "stoneware-vase", "beeswax-candle")
    strangers = Audience(referred=False)
    place(offer("kit", Part(goods(vase)), Part(goods(candle), 2), whole=percent(1500), audience=strangers),
          offer("shipping", benefit=Benefit("free"), basket=Basket(amounts=(Money(6000, "GBP"),)), number=2, audience=strangers))
    for code, seen in (("SUMMER10", 1), ("4DW68FFHZSR8", 0)):
        give_code(store, north, code)
        open_page(phone, address, f"/discount/{code}?redirect=/products/stoneware-vase")
        expect(phone.locator("tandem-offer")).to_have_count(seen)
        phone.goto(f"http://north.{address}/cart")
        expect(phone.locator(".tandem-goal")).to_have_count(seen)
    assert problems == []


def test_what_cannot_be_added_is_said(phone: Page, address: str, north: Shop, place: Place) -> None:
    vase, candle = handles(north, "stoneware-vase", "beeswax-candle")
    place(offer("kit", Part(goods(vase)), Part(goods(candle), 2), whole=percent(1500)))
    open_page(phone, address)
    north.products[candle].variants[0].stock = 1
    phone.locator("tandem-offer").get_by_role("button", name="Add to cart").click()
    expect(phone.locator("tandem-offer")).to_contain_text("You can only add 1 Beeswax candle to the cart.")


def test_an_upgrade_takes_the_place_of_the_old_one(
        phone: Page, address: str, store: Store, north: Shop, place: Place, problems: list[str]) -> None:
    candle, vase, mug = handles(north, "beeswax-candle", "stoneware-vase", "enamel-mug")
    place(offer("upgrade", Part(goods(vase), benefit=percent(1000)), replaces=frozenset({str(candle)})))
    give_code(store, north, "FRIEND10", combines=("product", "order"))
    open_page(phone, address, "/discount/FRIEND10?redirect=/products/beeswax-candle")
    add = """(items) => fetch('/cart/add.js', {method: 'POST', headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({items})})"""
    phone.evaluate(add, [{"id": north.products[one].variants[0].id, "quantity": 2} for one in (candle, mug)])
    box = phone.locator("tandem-offer")
    expect(box).to_contain_text("The better choice")
    expect(box).to_contain_text("Instead of Beeswax candle.")
    box.get_by_role("button", name="Add to cart").click()
    expect(box).to_contain_text("It is in your cart.")
    assert held(phone) == [("beeswax-candle", 1), ("enamel-mug", 2), ("stoneware-vase", 1)]
    open_page(phone, address, "/cart")
    expect(phone.locator("tandem-offer")).to_have_count(0)  # they have the better one already
    phone.evaluate("fetch('/cart/clear.js', {method: 'POST'})")
    phone.evaluate(add, [{"id": north.products[candle].variants[0].id}])
    phone.reload()
    expect(phone.locator("tandem-offer")).to_contain_text("Instead of Beeswax candle.")
    phone.locator("tandem-offer").get_by_role("button", name="Add to cart").click()
    expect(phone.locator("tandem-goal")).not_to_contain_text("Instead of")
    assert held(phone) == [("stoneware-vase", 1)]
    cart = phone.evaluate("fetch('/cart.js').then((answer) => answer.json())")
    assert [one["code"] for one in cart["discount_codes"]] == ["FRIEND10"] and fits(phone) and problems == []


def held(phone: Page) -> list[tuple[str, int]]:
    cart = phone.evaluate("fetch('/cart.js').then((answer) => answer.json())")
    return sorted((one["handle"], one["quantity"]) for one in cart["items"])


@pytest.mark.parametrize(("root", "heading"), [("/ar", "المجموعة"), ("/de", "Das Set"), ("/ja", "セット")])
def test_other_languages_and_directions(phone: Page, address: str, north: Shop, place: Place, root: str, heading: str) -> None:
    vase, candle = handles(north, "stoneware-vase", "beeswax-candle")
    place(offer("kit", Part(goods(vase)), Part(goods(candle), 2), whole=percent(1500)))
    open_page(phone, address, f"{root}/products/stoneware-vase")
    box = phone.locator("tandem-offer")
    expect(box.get_by_role("heading")).to_have_text(heading)
    assert box.evaluate("(one) => getComputedStyle(one).direction") == ("rtl" if root == "/ar" else "ltr")
    assert fits(phone)


def test_nothing_is_asked_of_us(phone: Page, address: str, north: Shop, place: Place) -> None:
    vase, candle = handles(north, "stoneware-vase", "beeswax-candle")
    place(offer("kit", Part(goods(vase)), Part(goods(candle), 2), whole=percent(1500)))
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    open_page(phone, address)
    expect(phone.locator("tandem-offer")).to_contain_text("you save")
    assert not [url for url in asked if "/apps/" in url or f"north.{address}" not in url], json.dumps(asked)


def suggest(fake_app: FakeApp, north: Shop) -> None:
    """What the app answers: a candle at 15 % goes with the vase."""
    gain = [1, 1500, 0, {}]
    vase, candle = (north.products[one] for one in handles(north, "stoneware-vase", "beeswax-candle"))
    missing = {"product": str(candle.id), "count": 1, "part": 1, "cap": 10_000, "variant": str(candle.variants[0].id),
               "handle": candle.handle}
    fake_app.suggested = {"currency": "GBP", "offers": [{
        "number": 7, "spec": {"kind": "kit", "parts": [{"count": 1}, {"count": 1, "gain": gain}]}, "missing": missing,
        "had": [{"product": str(vase.id), "count": 1, "part": 0, "cap": 10_000}]}]}


def test_the_checkout_offers_what_completes_the_set(phone: Page, address: str, north: Shop, fake_app: FakeApp, problems: list[str]) -> None:
    suggest(fake_app, north)
    phone.goto(f"http://north.{address}/products/stoneware-vase")
    phone.get_by_role("button", name="Buy it now").click()
    phone.get_by_role("button", name="Fill in a test address").click()
    block = phone.frame_locator(".extension iframe[title=tandem-offers]")
    expect(block.get_by_text("Together you save £1.80.")).to_be_visible()
    fake_app.suggested = {"currency": "GBP", "offers": []}
    block.get_by_role("button", name="Add").click()
    expect(phone.get_by_text("Beeswax candle").first).to_be_visible()
    assert phone.get_by_label("City").input_value() != ""  # what was typed stays
    assert fits(phone)
    phone.get_by_role("button", name="Pay now").click()
    expect(phone.get_by_role("heading", name="Thank you, Robin!")).to_be_visible()
    (order,) = north.orders.values()
    assert [(line.quantity, line.title) for line in order.lines] == [(1, "Stoneware vase"), (1, "Beeswax candle")]
    assert problems == []


def test_after_the_purchase_it_is_linked_to(phone: Page, address: str, north: Shop, fake_app: FakeApp, problems: list[str]) -> None:
    phone.goto(f"http://north.{address}/products/stoneware-vase")
    phone.get_by_role("button", name="Buy it now").click()
    phone.get_by_role("button", name="Fill in a test address").click()
    suggest(fake_app, north)
    phone.get_by_role("button", name="Pay now").click()
    block = phone.frame_locator(".extension iframe[title=tandem-offers]")
    expect(block.get_by_text("Beeswax candle")).to_be_visible()
    expect(block.get_by_role("button")).to_have_count(0)
    asked = [one["body"] for one in fake_app.seen if one["path"] == "extension/offers" and one["body"]]
    assert asked[-1] == {"held": [{"product": f"gid://shopify/Product/{north.handles['stoneware-vase']}", "quantity": 1}]}
    phone.get_by_role("link", name="View your order").click()
    expect(phone.frame_locator(".extension iframe[title=tandem-offers]").get_by_text("Beeswax candle")).to_be_visible()
    assert problems == []


def test_an_upgrade_in_the_checkout(phone: Page, address: str, north: Shop, fake_app: FakeApp, problems: list[str]) -> None:
    vase, throw = (north.products[one] for one in handles(north, "stoneware-vase", "wool-throw"))
    missing = {"product": str(throw.id), "count": 1, "part": 0, "cap": 10_000, "variant": str(throw.variants[0].id), "handle": throw.handle}
    fake_app.suggested = {"currency": "GBP", "offers": [{
        "number": 7, "spec": {"kind": "upgrade", "parts": [{"count": 1, "gain": [1, 1000, 0, {}]}]}, "had": [], "missing": missing,
        "replaces": str(vase.id)}]}
    phone.goto(f"http://north.{address}/products/stoneware-vase")
    phone.get_by_role("button", name="Buy it now").click()
    block = phone.frame_locator(".extension iframe[title=tandem-offers]")
    expect(block.get_by_text("Instead of Stoneware vase.")).to_be_visible()
    expect(block.get_by_text("You save £8.90.")).to_be_visible()
    fake_app.suggested = {"currency": "GBP", "offers": []}
    block.get_by_role("button", name="Add").click()
    expect(phone.locator(".summary .lines")).to_contain_text("Wool throw")
    expect(phone.locator(".summary .lines")).not_to_contain_text("Stoneware vase")
    assert problems == []
