"""The story from the keyboard alone, at a desk: buy, share, follow, claim, buy, see the reward. tests/walk plays it on a phone."""


from playwright.sync_api import Page, expect

from tests.journeys.keys import enter, reach, write
from tests.walk.conftest import Stage, Visit, until
from tests.walk.steps import extension, link_to_share

DESK = {"width": 1280, "height": 900}


def test_from_the_keyboard(stage: Stage, visitor: Visit, world: object) -> None:
    """The same way without a pointer: everything is reached by Tab in the order of the page, seen when it has the focus, and left again."""
    vera, will = (visitor(viewport=DESK) for _ in range(2))
    types_an_order(vera, stage, "vera@keys.example")
    link = link_to_share(vera)
    enter(vera, "Copy link")
    expect(extension(vera).get_by_text("Copied")).to_be_visible()
    assert reach(vera, "QR")[:5] == ["WhatsApp", "Text message", "E-mail", "X", "Facebook"]
    reach(vera, "North Lights")  # out of the frame again and round: no trap
    will.goto(link)
    assert reach(will, "Get my code") == ["Get my code and shop"]
    will.keyboard.press("Space")
    expect(will.get_by_text("is applied at checkout")).to_be_visible()
    types_an_order(will, stage, "will@keys.example")
    assert stage.last_order("north", "will@keys.example")["codes"]
    vera.goto(stage.shop("north", "/account/login"))
    write(vera, "mail", "vera@keys.example")
    vera.keyboard.press("Enter")
    expect(vera.locator(".orders")).to_be_visible()
    until("the reward is held", lambda: shows(vera, "Yours on"))


def types_an_order(page: Page, stage: Stage, email: str) -> None:
    page.goto(stage.shop("north", "/products/oak-serving-board"))
    enter(page, "Buy")
    expect(page.locator("button[value=pay]")).to_be_visible()
    name = email.partition("@")[0].title()
    for label, text in (("Email", email), ("First name", name), ("Last name", "Example"), ("Address", f"{len(email)} {name} Street"),
                        ("Postcode", "LS1 4AP"), ("City", "Leeds")):
        write(page, label, text)
    enter(page, "Pay")
    expect(page.locator(".thanks")).to_be_visible()


def shows(page: Page, text: str) -> bool | None:
    page.reload()
    expect(extension(page).locator("s-clipboard-item")).to_have_count(1)
    return bool(extension(page).get_by_text(text).count()) or None
