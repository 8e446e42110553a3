"""A merchant at the real frame of the admin: the first ten minutes of a new shop, from installing to a recognised test referral."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.keys import enter
from tests.walk.conftest import PHONE, Stage, Visit
from tests.walk.steps import pay, wide


@pytest.mark.parametrize(("shop", "width"), [("west", 390), ("east", 1280)])
def test_the_first_ten_minutes(stage: Stage, visitor: Visit, shop: str, width: int) -> None:
    """On a phone by thumb, at a desk from the keyboard: three presses from the guide to a live programme."""
    new_shop(stage, shop)
    page = visitor(viewport=PHONE | {"width": width})
    press = enter if width == 1280 else thumb
    page.goto(f"{stage.place.admin}/store/{shop}/apps/tandem")
    page.get_by_role("button", name="Install").click()
    app = page.frame_locator("#app-frame")
    expect(app.get_by_text("Your first ten minutes")).to_be_visible()
    expect(app.get_by_text("of 5 done")).to_be_visible()
    press(page, "See the proposal")
    expect(app.get_by_text("What we propose")).to_be_visible()
    press(page, "Use this proposal")
    expect(app.get_by_role("button", name="Publish").first).to_be_visible()
    press(page, "Publish")
    expect(app.get_by_text("The programme is live")).to_be_visible()
    makes_a_test_referral(stage, page, visitor, shop)
    assert not wide(page)


def new_shop(stage: Stage, shop: str) -> None:
    stage.control("shops", {"handle": shop, "name": shop.title(), "currency": "GBP"})
    stage.control("products", {"shop": shop, "title": "Enamel mug", "price": 4500})


def thumb(page: Page, name: str) -> None:
    app = page.frame_locator("#app-frame")
    app.get_by_role("button", name=name).or_(app.get_by_role("link", name=name)).first.click()


def makes_a_test_referral(stage: Stage, page: Page, visitor: Visit, shop: str) -> None:
    """The merchant plays the friend; the guide sees each step without being asked."""
    app, friend = page.frame_locator("#app-frame"), visitor()
    page.goto(f"{stage.place.admin}/store/{shop}/apps/tandem")
    thumb(page, "Begin the test")
    link = app.locator("s-button[href*='/apps/tandem/r/']")
    expect(link).to_have_count(1)
    friend.goto(str(link.get_attribute("href")))
    friend.get_by_role("button", name="Get my code and shop").click()
    expect(friend.get_by_text("is applied at checkout")).to_be_visible()
    friend.goto(stage.shop(shop, "/products/enamel-mug"))
    friend.locator("[data-buy-now]").click()
    pay(friend, f"test@{shop}.example")
    expect(app.get_by_text("this order would have earned a reward", exact=False)).to_be_visible()
    thumb(page, "See how it was decided")
    expect(app.get_by_text("Path of this order", exact=False).or_(app.locator(".stations"))).to_be_visible()
