"""What shoppers see of us outside the admin, in three languages, as a phone shows it and as a desk does."""

import re
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Frame, Page, expect

from plugin.messaging import texts
from tests.journeys.conftest import World
from tests.journeys.looking import WIDTHS, faults, seen_at, words
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


def test_the_page_behind_a_mail(page: Page, visitor: Visit, world: World, locale: str) -> None:
    """Asked for on the store's page, looked at without consequence, opened once; its card made, seen by a stranger, taken back."""
    say = partial(texts.say, locale)
    page.goto(magic_link(page, world, locale, ALICE))
    found = faults(page, locale)
    page.get_by_role("button", name=say("me.button")).click()
    expect(page.get_by_label(say("me.link"), exact=True)).to_have_value(re.compile(world.link.rpartition("/")[2]))
    found += unfolded(page, locale)
    page.get_by_role("button", name=say("cards.make")).click()
    expect(page.get_by_text(say("cards.made"))).to_be_visible()
    card = page.get_by_label(say("cards.link"), exact=True).input_value()
    found += unfolded(page, locale) + card_faults(visitor(locale=locale), card.replace("/apps/", f"{root(locale)}/apps/"), locale)
    page.get_by_role("button", name=say("cards.take_back")).click()
    expect(page.get_by_text(say("cards.taken_back"))).to_be_visible()
    assert found + unfolded(page, locale) == []


def card_faults(stranger: Page, card: str, locale: str) -> list[str]:
    told = stranger.goto(card)
    assert told is not None and told.ok, told
    return faults(stranger, locale)


def unfolded(page: Page, locale: str) -> list[str]:
    """The page with all that it folds away."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    return faults(page, locale)


def test_asking_on_a_page_of_its_own(page: Page, world: World, locale: str) -> None:
    """An address that a browser takes for one and we do not comes back, with the fault at its field."""
    page.goto(world.stage.shop("north", f"{root(locale)}/apps/tandem/magic"))
    found, field = faults(page, locale), page.locator("[type=email]")
    field.fill("nobody@home")
    page.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_have_text(texts.say(locale, "me.no_address"))
    expect(field).to_have_value("nobody@home")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    assert found + faults(page, locale) == []


def magic_link(page: Page, world: World, locale: str, email: str) -> str:
    """The address in the mail that the store's page sends. Asking again within the hour would be too often, so an hour goes by."""
    world.stage.control("clock", {"advance": 3600})
    before = len(links(world, "/me/", email))
    page.goto(world.stage.shop("north", f"{root(locale)}/"))
    form = page.locator("form[action$='/apps/tandem/magic']").first
    form.locator("[type=email]").fill(email)
    form.get_by_role("button").click()
    return str(until("the mail", lambda: links(world, "/me/", email)[before:] or None)[0])


def test_no_more_mail(page: Page, world: World, locale: str) -> None:
    page.goto(f"{links(world, '/mail/unsubscribe', ALICE)[0]}&locale={locale}")
    found = faults(page, locale)
    page.get_by_role("button", name=texts.say(locale, "unsubscribe.button")).click()
    expect(page.get_by_text(texts.say(locale, "unsubscribe.done", shop="North Lights"))).to_be_visible()
    assert found + faults(page, locale) == []


def links(world: World, part: str, email: str) -> list[str]:
    """Addresses of that kind in all mails to ``email``."""
    told = [one["text"] for one in world.stage.control("mail")["mail"] if email in one["to"]]
    return re.findall(rf"https?://\S+{part}\S+", "\n".join(told))


def test_what_stands_in_the_account(page: Page, world: World, locale: str) -> None:
    """The account's page is the store's; ours is the frame in it."""
    log_in(page, world.stage, ALICE)
    page.goto(world.stage.shop("north", f"{root(locale)}/account"))
    expect(extension(page).locator("s-clipboard-item")).to_have_count(1)
    frame = page.frames[-1]
    assert in_part(page, frame) + words(frame, locale) == []


def test_blocks_of_the_store(page: Page, world: World, locale: str) -> None:
    """Of the store's own words this development store has two languages; ours are looked at alone."""
    log_in(page, world.stage, ALICE)
    page.goto(world.stage.shop("north", f"{root(locale)}/"))
    page.locator("tandem-share").get_by_role("button").first.click()
    expect(page.locator("tandem-share [data-part=link]")).to_be_visible()
    assert in_part(page) == []


def in_part(page: Page, frame: Frame | None = None) -> list[str]:
    """Faults at both widths but for those that only a whole page can have."""
    return [one for width in WIDTHS for one in seen_at(page, width, frame) if not any(f" {rule}:" in one for rule in OF_WHOLE_PAGES)]
