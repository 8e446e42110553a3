"""Somebody new in the builder, in a browser: from an empty list to an offer that shoppers see, and back."""

from playwright.sync_api import Page, expect

from tests.offers_story.conftest import Builder
from tests.offers_story.shopping import box, buy, goods_paid, take
from tests.walk.conftest import Stage, Visit


def test_from_an_example_to_a_sale(desk: Page, builder: Builder, stage: Stage, visitor: Visit) -> None:
    desk.locator("li").filter(has_text="Fixed bundle").get_by_role("link", name="Start with this").click()
    frame = desk.frame_locator(".screen iframe")
    expect(frame.locator(".sum")).to_contain_text("£31.05")
    desk.get_by_role("button", name="Save and switch on").click()
    expect(desk.get_by_text("Shoppers see it within seconds.")).to_be_visible()
    builder.told()
    shopper = visitor()
    shopper.goto(stage.shop("north", "/products/brass-pen"))
    assert take(shopper, builder.preview(builder.values("kit", {"goods_a": ("brass-pen",), "goods_b": ("pocket-notebook",)}))[0]) == 3105
    assert goods_paid(buy(shopper, stage)) == 3105
    desk.get_by_role("button", name="Pause").click()
    expect(desk.get_by_text("The offer is paused")).to_be_visible()
    builder.told()
    shopper.goto(stage.shop("north", "/products/brass-pen"))
    expect(box(shopper)).to_have_count(0)


def test_nothing_that_was_typed_is_lost(desk: Page) -> None:
    """Nonsense is said at its field; what is right then goes through."""
    desk.get_by_role("link", name="Mix and match", exact=True).click()
    desk.get_by_label("Name", exact=True).fill("Three for less")
    desk.get_by_label("How much", exact=True).fill("lots")
    desk.get_by_label("Part A", exact=True).fill("enamel")
    desk.locator("#goods-a").get_by_label("Enamel mug").check()
    expect(desk.get_by_text("Still needed")).to_be_visible()
    desk.get_by_role("button", name="Save and switch on").click()
    expect(desk.get_by_text("Please look again")).to_be_visible()
    expect(desk.get_by_label("How much", exact=True)).to_have_value("lots")
    expect(desk.locator("#goods-a").get_by_label("Enamel mug")).to_be_checked()
    desk.get_by_label("How much", exact=True).fill("20")
    expect(desk.frame_locator(".screen iframe").locator(".sum")).to_contain_text("£34.80")
    desk.get_by_role("button", name="Save draft").click()
    expect(desk.get_by_text("Nobody sees it yet.")).to_be_visible()
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.get_by_role("button", name="Put away").click()
    expect(desk.get_by_text("The offer is put away")).to_be_visible()
