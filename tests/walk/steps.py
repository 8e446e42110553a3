"""What a shopper does, one verb a function."""

from playwright.sync_api import FrameLocator, Page, expect

from tests.walk.conftest import Stage


def wide(page: Page) -> bool:
    """Whether the page must be scrolled sideways."""
    return bool(page.locator("html").evaluate("html => html.scrollWidth > innerWidth"))  # waits where there is no page yet


def take_pair(page: Page, stage: Stage, shop: str = "north") -> str:
    """The product page's block: one tap for both. Returns what the block says they cost together."""
    page.goto(stage.shop(shop, "/products/stoneware-vase"))
    block = page.locator("tandem-offer")
    expect(block).to_be_visible()
    block.get_by_role("button").click()
    expect(block.get_by_role("link").last).to_be_visible()
    expect(page.locator("[data-cart-count]").first).to_have_text("2")
    return block.locator("[data-part=total]").inner_text()


def to_checkout(page: Page, stage: Stage, shop: str = "north") -> None:
    page.goto(stage.shop(shop, "/cart"))
    assert not wide(page)
    page.locator("button[name=checkout]").click()
    expect(page.locator("button[value=pay]")).to_be_visible()


def pay(page: Page, email: str, *, known: bool = False) -> None:
    """A new name and street for every address, so that nobody is taken for somebody else. ``known``: who is logged in."""
    name = email.partition("@")[0]
    typed = {"email": email, "first_name": name.title(), "last_name": "Example", "address1": f"{len(name)} {name} Street",
             "zip": "LS1 4AP", "city": "Leeds"}
    for field, value in list(typed.items())[known:]:
        page.fill(f"[name={field}]", value)
    assert not wide(page)
    page.locator("button[value=pay]").click()
    expect(page.locator(".thanks")).to_be_visible()


def extension(page: Page) -> FrameLocator:
    return page.frame_locator(".extension iframe[title=tandem-share]")


def link_to_share(page: Page) -> str:
    """What the thank-you page offers, once the order has reached the app."""
    link = extension(page).locator("s-clipboard-item")
    expect(link).to_have_count(1)
    return str(link.get_attribute("text"))


def log_in(page: Page, stage: Stage, email: str, shop: str = "north") -> None:
    page.goto(stage.shop(shop, "/account/login"))
    page.fill("input[type=email]", email)
    page.locator("main form button").first.click()
    expect(page.locator(".orders")).to_be_visible()


def advocate(page: Page, stage: Stage, email: str, shop: str = "north") -> str:
    """Buys a pair and takes the link."""
    take_pair(page, stage, shop)
    to_checkout(page, stage, shop)
    pay(page, email)
    return link_to_share(page)
