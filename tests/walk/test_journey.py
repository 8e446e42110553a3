"""The walk in a browser, at phone size, against the app, its worker and its scheduler as processes."""

from urllib.parse import parse_qs, unquote, urlsplit

from playwright.sync_api import Page, expect

from devstore.demo.cast import Merchant
from tests.walk.conftest import Stage, Visit, until
from tests.walk.steps import advocate, extension, log_in, pay, take_pair, to_checkout, wide

ALICE, BOB = "alice@shoppers.example", "bob@friends.example"
DAYS_15 = 15 * 86_400


def test_the_whole_walk(stage: Stage, visitor: Visit) -> None:
    alice, bob = visitor(), visitor()
    link = advocate(alice, stage, ALICE)
    every_channel_carries(alice, link)
    claims_with_consent(bob, stage, link)
    order = buys_the_pair_with_both_discounts(bob, stage)
    log_in(alice, stage, ALICE)
    expect(extension(alice).get_by_text("£5.00 off", exact=True)).to_be_visible()
    expect(extension(alice).get_by_text("Yours on")).to_be_visible()
    assert not wide(alice)
    code = waits_for_the_reward(alice, stage)
    refund(stage, order)
    until("the reward is taken back", lambda: works(stage, code) is False or None)
    alice.reload()
    expect(extension(alice).get_by_text("The order was returned or cancelled.")).to_be_visible()


def every_channel_carries(page: Page, link: str) -> None:
    """Each button opens its channel with the link in it, the code to scan is there, and copying says so."""
    frame = extension(page)
    found = frame.locator("s-button[href]").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    places = [urlsplit(href).scheme + ":" + urlsplit(href).netloc for href in found]
    assert places == ["https:wa.me", "sms:", "mailto:", "https:x.com", "https:www.facebook.com"]
    assert all(link in unquote(href) for href in found)
    assert parse_qs(urlsplit(found[-1]).query)["u"] == [link]
    frame.locator("s-button:not([href])").click()
    expect(frame.get_by_text("Copied")).to_be_visible()
    frame.locator("s-summary").click()
    expect(frame.locator("s-qr-code img")).to_be_visible()


def claims_with_consent(page: Page, stage: Stage, link: str) -> None:
    """Nothing is kept and the app is asked nothing before the shopper agrees; then cookie and cart know the visit."""
    page.goto(link)
    assert not wide(page)
    page.get_by_role("button", name="Get my code and shop").click()
    expect(page.get_by_text("is applied at checkout")).to_be_visible()
    assert "tandem_visit=" in page.url and "tandem_visit" not in cookies(page)
    with page.expect_response("**/cart/update.js"):
        page.get_by_role("button", name="Accept").click()
    expect(page).to_have_url(stage.shop("north"))
    assert "tandem_visit" in cookies(page)
    cart = page.evaluate("fetch('/cart.js').then((told) => told.json())")
    assert cart["attributes"]["_tandem_visit"] == cookies(page)["tandem_visit"]


def cookies(page: Page) -> dict[str, str]:
    return {one["name"]: one["value"] for one in page.context.cookies()}


def buys_the_pair_with_both_discounts(page: Page, stage: Stage) -> str:
    """15 % off the candle, then 15 % off what is left: 42.00 + 10.20 − 7.83."""
    assert take_pair(page, stage) == "Together £52.20, you save £1.80."
    to_checkout(page, stage)
    expect(page.locator(".totals")).to_contain_text("£44.37")
    expect(page.locator(".lines")).to_contain_text("−\u2060£1.80")
    pay(page, BOB)
    order = stage.last_order("north", BOB)
    assert (order["total"], order["discounts_total"]) == (4437 + 499, 180 + 783)
    return str(order["id"])


def waits_for_the_reward(page: Page, stage: Stage) -> str:
    """The hold ends by the button in the store's admin; the code comes by mail and stands in the account."""
    until("the reward is held", lambda: extension(page).get_by_text("Yours on").count() or None)
    stage.control("clock", {"advance": DAYS_15})
    mail = until("the mail", lambda: mailed(stage, "You earned"))
    code = mail.split("Your code: ")[1].split()[0]
    page.reload()
    expect(extension(page).get_by_text(code)).to_be_visible()
    assert works(stage, code)
    return code


def mailed(stage: Stage, subject: str) -> str | None:
    found = [one["text"] for one in stage.control("mail")["mail"] if ALICE in one["to"] and subject in one["subject"]]
    return str(found[-1]) if found else None


def works(stage: Stage, code: str) -> bool:
    cart = {"shop": "north", "email": ALICE, "codes": [code], "lines": [{"product": "wool-throw", "quantity": 1}]}
    return bool(stage.control("price", cart)["codes"][0]["applies"])


def refund(stage: Stage, order: str) -> None:
    Merchant(stage.place).refund_all(order)
