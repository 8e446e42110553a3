"""The whole story, three ways: by touch at 390 px, with the mouse at 1280 px, and from the keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DAYS_15
from tests.journeys.hands import HANDS, Mouse
from tests.journeys.keys import reach
from tests.walk.conftest import Stage, Visit, until
from tests.walk.steps import extension, link_to_share


@pytest.mark.parametrize("way", HANDS)
def test_the_whole_story(stage: Stage, visitor: Visit, world: object, way: str) -> None:
    """Buy, share, follow, claim, buy a pair with both discounts; the reward waits, comes, is seen and spent."""
    advocate, friend = (HANDS[way](visitor(**HANDS[way].screen)) for _ in range(2))
    email = f"vera@{way}.example"
    buys(advocate, stage, email, "Oak serving board")
    link = shares(advocate)
    claims(friend, stage, link)
    buys_the_pair(friend, stage, f"will@{way}.example")
    logs_in(advocate, stage, email)
    until("the reward is held", lambda: shows(advocate, "Yours on"))
    code = issued(stage, email)
    until("the code", lambda: shows(advocate, code))
    spends(advocate, stage, email, code)


def buys(hand: Mouse, stage: Stage, email: str, product: str) -> None:
    hand.page.goto(stage.shop("north", f"/products/{product.lower().replace(' ', '-')}"))
    hand.press("Buy it now")
    pays(hand, email)


def pays(hand: Mouse, email: str) -> None:
    name = email.partition("@")[0].title()
    for label, text in (("Email", email), ("First name", name), ("Last name", "Example"), ("Address", f"{len(email)} {name} Street"),
                        ("Postcode", "LS1 4AP"), ("City", "Leeds")):
        hand.write(label, text)
    assert not hand.wide
    hand.press("Pay now")
    expect(hand.page.locator(".thanks")).to_be_visible()


def shares(hand: Mouse) -> str:
    link = link_to_share(hand.page)
    panel = extension(hand.page)
    assert not hand.wide
    hand.press("Copy link", panel)
    expect(panel.get_by_text("Copied")).to_be_visible()
    return link


def claims(hand: Mouse, stage: Stage, link: str) -> None:
    hand.page.goto(link)
    assert not hand.wide
    hand.press("Get my code and shop")
    expect(hand.page.get_by_text("is applied at checkout")).to_be_visible()
    hand.press("Accept")
    expect(hand.page).to_have_url(stage.shop("north"))


def buys_the_pair(hand: Mouse, stage: Stage, email: str) -> None:
    """15 % off the candle, then 15 % off what is left: 42.00 + 10.20 − 7.83."""
    hand.page.goto(stage.shop("north", "/products/stoneware-vase"))
    hand.press("Add both to cart")
    hand.press("View cart")
    expect(hand.page.locator("form .total").last).to_contain_text("£44.37")
    hand.press("Check out")
    expect(hand.page.locator(".totals")).to_contain_text("£44.37")
    pays(hand, email)
    assert stage.last_order("north", email)["discounts_total"] == 180 + 783


def logs_in(hand: Mouse, stage: Stage, email: str) -> None:
    hand.page.goto(stage.shop("north", "/account/login"))
    hand.write("Email", email)
    hand.press("Log in", hand.page.locator("main form"))
    expect(hand.page.locator(".orders")).to_be_visible()


def shows(hand: Mouse, text: str) -> bool | None:
    hand.page.reload()
    expect(extension(hand.page).locator("s-clipboard-item")).not_to_have_count(0)
    assert not hand.wide
    return bool(extension(hand.page).get_by_text(text).count()) or None


def issued(stage: Stage, email: str) -> str:
    """The hold ends by the store's clock. Returns the code in the mail."""
    stage.control("clock", {"advance": DAYS_15})
    mails = until("the mail", lambda: [one["text"] for one in stage.control("mail")["mail"]
                                       if email in one["to"] and "Your code: " in one["text"]] or None)
    return str(mails[-1].split("Your code: ")[1].split()[0])


def spends(hand: Mouse, stage: Stage, email: str, code: str) -> None:
    """At the checkout, typed as the mail says: five pounds less; then the account says so."""
    hand.page.goto(stage.shop("north", "/products/wool-throw"))
    hand.press("Buy it now")
    hand.write("Discount code", code)
    hand.press("Apply")
    expect(hand.page.locator(".lines")).to_contain_text("£5.00")
    expect(hand.page.locator(".totals")).to_contain_text("£84.00")
    hand.press("Pay now")
    expect(hand.page.locator(".thanks")).to_be_visible()
    assert stage.last_order("north", email)["discounts_total"] == 500
    hand.page.goto(stage.shop("north", "/account"))
    until("the account says it is spent", lambda: shows(hand, "Used"))


def test_the_keyboard_meets_every_channel_and_no_trap(stage: Stage, visitor: Visit, world: object) -> None:
    hand = HANDS["keys"](visitor(**HANDS["keys"].screen))
    buys(hand, stage, "wanda@keys.example", "Enamel mug")
    shares(hand)
    assert reach(hand.page, "QR")[:5] == ["WhatsApp", "Text message", "E-mail", "X", "Facebook"]
    reach(hand.page, "North Lights")  # out of the frame again and round
