"""Offers made from the keyboard alone, on a phone's width and at a desk: found, filled in, refused at the field, switched on, paused."""

from playwright.sync_api import Page, expect

from tests.journeys.keys import enter, focused, reach, write

FORM = 90
"""Stops of the longest form."""


def start(desk: Page, kind: str) -> None:
    expect(desk.get_by_role("link", name=kind, exact=True)).to_be_visible()
    enter(desk, kind)
    expect(desk.get_by_role("button", name="Save draft")).to_be_visible()


def choose(desk: Page, place: str, words: str, title: str) -> None:
    """Search at a place for goods, then tick what is found."""
    write(desk, place, words)
    found = desk.get_by_role("group", name=place).or_(desk.locator(f"#goods-{place[-1].lower()}")).first
    expect(found.get_by_label(title)).to_be_visible()
    expect(found.get_by_label("All products")).to_have_count(0)
    enter(desk, title, "Space")


def switch_on(desk: Page) -> None:
    reach(desk, "Save and switch on", most=FORM)
    desk.keyboard.press("Enter")


def on_and_off(desk: Page) -> None:
    """From the sentence that says so it is a few stops to the next thing one may do."""
    switch_on(desk)
    expect(desk.get_by_text("Shoppers see it within seconds.")).to_be_visible()
    reach(desk, "Pause", most=4)
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("The offer is paused")).to_be_visible()
    reach(desk, "Put away", most=8)
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("The offer is put away")).to_be_visible()


def test_a_fixed_bundle(desk: Page) -> None:
    start(desk, "Fixed bundle")
    choose(desk, "Part A", "vase", "Stoneware vase")
    choose(desk, "Part B", "candle", "Beeswax candle")
    expect(desk.frame_locator(".screen iframe").locator(".sum")).to_contain_text("£48.60")
    on_and_off(desk)


def test_a_volume_discount(desk: Page) -> None:
    start(desk, "Volume discount")
    write(desk, "Step 1: how much", "20")
    write(desk, "Step 2: from how many", "2")
    switch_on(desk)
    expect(desk.get_by_text("Please look again")).to_be_visible()
    at = focused(desk)
    assert at is not None and at["name"] == "Step 2: from how many", at
    desk.keyboard.press("Control+A")
    desk.keyboard.type("6")
    write(desk, "Step 2: how much", "25")
    on_and_off(desk)


def test_shipping_from_an_amount(desk: Page) -> None:
    start(desk, "Shipping from an amount")
    write(desk, "From this amount", "75")
    expect(desk.frame_locator(".screen iframe").get_by_text("Free shipping")).to_be_visible()
    on_and_off(desk)
