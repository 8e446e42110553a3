"""What is wrong with a page as it stands: axe, width, direction, words of another language, keys and braces that no reader should meet."""

import re
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from playwright.sync_api import Frame, Page

from plugin.locales import direction
from plugin.messaging import texts

AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + "; 0"
WIDTHS = (390, 1280)
RUN = """axe.run({ exclude: ['iframe'] }, { resultTypes: ['violations'] })
  .then(({ violations }) => violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`))"""
READ = """(() => {
  const said = [], spoken = ['aria-label', 'alt', 'title', 'placeholder', 'label', 'heading', 'details', 'error', 'accessibilitylabel'];
  const read = (node) => {
    if (node.nodeType === 3) said.push(node.data);
    if (node.nodeType !== 1 && node.nodeType !== 11 || ['SCRIPT', 'STYLE', 'CODE', 'PRE'].includes(node.nodeName)) return;
    for (const name of node.attributes ? spoken : []) if (node.getAttribute(name)) said.push(node.getAttribute(name));
    if (node.shadowRoot) read(node.shadowRoot);
    node.childNodes.forEach(read);
  };
  read(document.documentElement);
  return [...new Set(said.map((one) => one.replace(/\\s+/g, ' ').trim()).filter(Boolean))];
})()"""
"""Every text and every spoken attribute of the page, also those inside of elements' own shadows, but not what is data by its nature."""

KEY = re.compile(r"[a-z]+(?:\.[a-z_0-9-]+)+")
BRACES = re.compile(r"\{[a-z_]+\}")
NAMES = {"proposals.bundle_title", "proposals.one"}
"""The same words, by which an offer gets its name: once, in the language of who made it; from then on it is the merchant's own."""
LETTERS = re.compile(r"[A-Za-z]{2,}")


def faults(page: Page, locale: str) -> list[str]:
    """All of it for one page, as a phone shows it and as a desk does. Frames inside are pages of their own."""
    found = [one for width in WIDTHS for one in seen_at(page, width)]
    if page.evaluate("[document.documentElement.lang, document.documentElement.dir]") != [locale, direction(locale)]:
        found.append("direction or language of the page")
    return found + words(page, locale)


def seen_at(page: Page, width: int, frame: Frame | None = None) -> list[str]:
    """What axe finds, and whether one must scroll sideways. With ``frame``: axe reads that, in the page that is so wide."""
    page.set_viewport_size({"width": width, "height": 844})
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")  # what follows the size has followed
    found = [f"at {width}: axe {one}" for one in violations(frame or page)]
    return found + ([f"wider than {width}"] if page.evaluate("document.documentElement.scrollWidth") > width else [])


def violations(page: Page | Frame) -> list[str]:
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN)
    return found


def words(page: Page | Frame, locale: str) -> list[str]:
    """Raw keys, values that were not filled in, and English on a page of another language."""
    said: list[str] = page.evaluate(READ)
    raw = [f"raw: {one}" for one in said if BRACES.search(one) or (KEY.fullmatch(one) and one.partition(".")[0] in _subjects())]
    return raw + [f"English: {one}" for one in said if locale != "en" and LETTERS.search(one) and _english(locale).fullmatch(one)]


@cache
def _subjects() -> frozenset[str]:
    return frozenset(key.partition(".")[0] for key in texts.keys("en"))


@cache
def _english(locale: str) -> re.Pattern[str]:
    """Every English text that ``locale`` says in another way, whatever stands in its places."""
    other = (key for key in texts.keys("en") if key not in NAMES and texts.raw(locale, key) != texts.raw("en", key))
    told = {form for key in other for form in _forms(texts.raw("en", key))}
    return re.compile("|".join(sorted(filter(None, map(_shape, told)))))


def _forms(text: Any) -> tuple[str, ...]:  # noqa: ANN401 - a text, or one for each plural form
    return (text,) if isinstance(text, str) else tuple(text.values())


def _shape(text: str) -> str | None:
    """A pattern for the text, or None where too little of it is words."""
    parts = list(Formatter().parse(text))
    if not re.search(r"[A-Za-z]{3,}", "".join(literal for literal, *_ in parts)):
        return None
    return "".join(re.escape(literal) + (".+" if name is not None else "") for literal, name, *_ in parts)
