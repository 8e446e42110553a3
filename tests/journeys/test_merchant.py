"""A merchant at the real frame of the admin: the first ten minutes of a new shop, from installing to a recognised test referral."""

import re

import pytest
from playwright.sync_api import expect

from devstore.demo.web import Browser
from tests.journeys.hands import HANDS, Mouse
from tests.walk.conftest import Stage, Visit
from tests.walk.steps import pay


@pytest.mark.parametrize("way", HANDS)
def test_the_first_ten_minutes(stage: Stage, visitor: Visit, way: str) -> None:
    """Three presses from the guide to a live programme."""
    shop = f"{way}-goods"
    new_shop(stage, shop)
    hand = HANDS[way](visitor(**HANDS[way].screen))
    app = hand.page.frame_locator("#app-frame")
    hand.page.goto(f"{stage.place.admin}/store/{shop}/apps/tandem")
    hand.press("Install")
    expect(app.get_by_text("Your first ten minutes")).to_be_visible()
    expect(app.get_by_text("0 of 5 done")).to_be_visible()
    hand.press("See the proposal", app)
    expect(app.get_by_text("What we propose")).to_be_visible()
    assert not hand.wide
    hand.press("Use this proposal", app)
    expect(app.get_by_role("button", name="Publish").first).to_be_visible()
    hand.press("Publish", app)
    expect(app.get_by_text("The programme is live")).to_be_visible()
    places_the_blocks(stage, hand, shop)
    makes_a_test_referral(stage, hand, visitor, shop)
    assert not hand.wide


def new_shop(stage: Stage, shop: str) -> None:
    stage.control("shops", {"handle": shop, "name": shop.title(), "currency": "GBP", "bare": True})
    stage.control("products", {"shop": shop, "title": "Enamel mug", "price": 4500})


def places_the_blocks(stage: Stage, hand: Mouse, shop: str) -> None:
    """Through the guide's links, which bring the block along; only then the store has anything of ours."""
    app = hand.page.frame_locator("#app-frame")
    assert "data-block-handle" not in Browser(stage.shop(shop, "")).get("/products/enamel-mug").text
    for done, link in enumerate(("Open the theme editor", "Open the theme editor", "Open the checkout editor"), start=1):
        hand.page.goto(f"{stage.place.admin}/store/{shop}/apps/tandem")
        expect(app.get_by_text(f"{done} of 5 done")).to_be_visible()
        hand.press(link, app)
        hand.page.wait_for_url(re.compile(r"/editor\?"))
        if "checkout" in link:
            hand.tick("tandem-share, on the thank-you page")
        hand.press("Save")
        expect(hand.page.get_by_text("saved")).to_be_visible()
    hand.page.goto(f"{stage.place.admin}/store/{shop}/apps/tandem")
    expect(app.get_by_text("4 of 5 done")).to_be_visible()


def makes_a_test_referral(stage: Stage, hand: Mouse, visitor: Visit, shop: str) -> None:
    """The merchant plays the friend; the guide sees each step without being asked."""
    app, friend = hand.page.frame_locator("#app-frame"), visitor()
    hand.page.goto(f"{stage.place.admin}/store/{shop}/apps/tandem")
    hand.press("Begin the test", app)
    link = app.locator("s-button[href*='/apps/tandem/r/']")
    expect(link).to_have_count(1)
    friend.goto(str(link.get_attribute("href")))
    friend.get_by_role("button", name="Get my code and shop").click()
    expect(friend.get_by_text("is applied at checkout")).to_be_visible()
    friend.goto(stage.shop(shop, "/products/enamel-mug"))
    friend.locator("[data-buy-now]").click()
    pay(friend, f"test@{shop}.example")
    expect(app.get_by_text("this order would have earned a reward", exact=False)).to_be_visible()
    hand.press("See how it was decided", app)
    expect(app.get_by_text("Path of this order", exact=False).or_(app.locator(".stations"))).to_be_visible()
