"""The desk in Arabic and Japanese: written from the right side, nothing cut off, nothing left in English."""

import re
from string import Formatter

import pytest
from playwright.sync_api import Page

from plugin.messaging import texts
from tests.desk.conftest import World, on_one
from tests.desk.test_browser import PAGES, ROOT, address, browser, page

__all__ = ["address", "browser", "page"]
pytestmark = on_one
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + "; 0"
LETTERS = re.compile(r"[A-Za-z]{3,}")


def _english() -> set[str]:
    """Texts of the desk that a reader of another language must not meet: without values, of more than one word."""
    plain = {text for key in texts.keys("en") if isinstance(text := texts.raw("en", key), str)}
    return {text for text in plain if " " in text and not any(name for _, name, _, _ in Formatter().parse(text)) and LETTERS.search(text)}


@pytest.mark.parametrize(("locale", "direction"), [("ar", "rtl"), ("ja", "ltr")])
def test_every_page_in_another_language(page: Page, world: World, locale: str, direction: str) -> None:
    english, faults = _english(), []
    for path in PAGES:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{path.format(**vars(world))}?locale={locale}")
            page.wait_for_selector(".fallback s-page")
            assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [locale, direction]
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
        said = page.locator("body").inner_text()
        faults += [(path, line) for line in said.splitlines() if line.strip() in english]
        page.evaluate(AXE)
        faults += [(path, fault["id"]) for fault in page.evaluate("axe.run()")["violations"]]
    assert faults == []
