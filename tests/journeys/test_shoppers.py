"""What shoppers see of us outside the admin, in three languages, as a phone shows it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from plugin.messaging import texts
from tests.journeys.conftest import World
from tests.journeys.looking import faults, violations, words
from tests.walk.conftest import Visit, until
from tests.walk.steps import extension, log_in

LOCALES = ("en", "ar", "ja")
ALICE = "alice@world.example"
OF_WHOLE_PAGES = ("landmark-one-main", "page-has-heading-one", "region")
"""Rules of axe that a block inside of a page cannot keep."""


@pytest.fixture(params=LOCALES)
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(visitor: Visit, locale: str) -> Iterator[Page]:
    yield visitor(locale=locale)


def root(locale: str) -> str:
    return "" if locale == "en" else f"/{locale}"


def test_landing_terms_and_ones_own_link(page: Page, world: World, locale: str) -> None:
    link = world.link.replace("/apps/", f"{root(locale)}/apps/")
    page.goto(link)
    found = faults(page, locale)
    page.goto(world.stage.shop("north", f"{root(locale)}/apps/tandem/terms/{world.programme}"))
    found += faults(page, locale)
    log_in(page, world.stage, ALICE)
    page.goto(link)
    expect(page.get_by_role("heading", name=texts.say(locale, "landing.own_title"))).to_be_visible()
    assert found + faults(page, locale) == []


def test_the_page_behind_a_mail(visitor: Visit, world: World) -> None:
    """Asked for on the store's page, looked at without consequence, opened once; and the way to have no more mail."""
    page, locale = visitor(locale="en"), "en"
    page.goto(world.stage.shop("north", f"{root(locale)}/"))
    before = len(links(world, "/me/"))
    form = page.locator("form[action='/apps/tandem/magic']").first
    form.locator("[type=email]").fill(ALICE)
    form.get_by_role("button").click()
    page.goto(until("the mail", lambda: links(world, "/me/")[before:] or None)[0])
    found = faults(page, locale)
    page.get_by_role("button").click()
    expect(page.get_by_role("textbox")).to_have_value(re.compile(world.link.rpartition("/")[2]))
    found += faults(page, locale)
    page.goto(links(world, "/mail/unsubscribe")[0])
    assert found + faults(page, locale) == []


def links(world: World, part: str) -> list[str]:
    """Addresses of that kind in all mails to Alice."""
    told = [one["text"] for one in world.stage.control("mail")["mail"] if ALICE in one["to"]]
    return re.findall(rf"https?://\S+{part}\S+", "\n".join(told))


def test_what_stands_in_the_account(page: Page, world: World, locale: str) -> None:
    """The account's page is the store's; ours is the frame in it."""
    log_in(page, world.stage, ALICE)
    page.goto(world.stage.shop("north", f"{root(locale)}/account"))
    expect(extension(page).locator("s-clipboard-item")).to_have_count(1)
    frame = page.frames[-1]
    assert [one for one in violations(frame) if not one.startswith(OF_WHOLE_PAGES)] + words(frame, locale) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_blocks_of_the_store(page: Page, world: World, locale: str) -> None:
    """Of the store's own words this development store has two languages; ours are looked at alone."""
    log_in(page, world.stage, ALICE)
    page.goto(world.stage.shop("north", f"{root(locale)}/"))
    page.locator("tandem-share").get_by_role("button").first.click()
    expect(page.locator("tandem-share [data-part=link]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert [one for one in violations(page) if not one.startswith(OF_WHOLE_PAGES)] == []
