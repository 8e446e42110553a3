"""The desk in Arabic and Japanese: written from the right side, and nothing left in English."""

import re
from string import Formatter

import pytest
from playwright.sync_api import Page

from plugin.messaging import texts
from tests.desk.conftest import World, on_one
from tests.desk.test_browser import PAGES, address, browser, page

__all__ = ["address", "browser", "page"]
pytestmark = on_one
LETTERS = re.compile(r"[A-Za-z]{3,}")


def _english() -> set[str]:
    """Texts of the desk that a reader of another language must not meet: without values, of more than one word."""
    plain = {text for key in texts.keys("en") if isinstance(text := texts.raw("en", key), str)}
    return {text for text in plain if " " in text and not any(name for _, name, _, _ in Formatter().parse(text)) and LETTERS.search(text)}


@pytest.mark.parametrize(("locale", "direction"), [("ar", "rtl"), ("ja", "ltr")])
def test_no_page_falls_back_to_english(page: Page, world: World, locale: str, direction: str) -> None:
    english, left = _english(), []
    for path in PAGES:
        page.goto(f"{path.format(**vars(world))}?locale={locale}")
        page.wait_for_selector(".fallback s-page")
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [locale, direction]
        left += [(path, line) for line in page.locator("body").inner_text().splitlines() if line.strip() in english]
    assert left == []
