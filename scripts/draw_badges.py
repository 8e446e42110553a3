"""Badges as messengers show them: ``.venv/bin/python -m scripts.draw_badges`` (by hand; wants a Chromium).

Writes ``admin_ui/static/badges/<tier>.png`` from the picture that stands on the cards themselves. A tier's own number is on it and never
anybody's: the file is the same for all.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from playwright.sync_api import ViewportSize, sync_playwright

from plugin.referrals.rules.cards import HEIGHT, TIERS, WIDTH

TEMPLATES = Path(__file__).parents[1] / "admin_ui" / "templates"
FOLDER = Path(__file__).parents[1] / "admin_ui" / "static" / "badges"
DRAWING = '{% from "storefront/badge.html" import badge %}{{ badge(tier, number) }}'
PAGE = """<!doctype html><style>body { margin: 0; display: grid; place-items: center; block-size: %dpx; background: #f6f1e7 }
.badge { inline-size: auto; block-size: 500px }</style>%s"""


def main() -> None:
    drawing = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).from_string(DRAWING)
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport=ViewportSize(width=WIDTH, height=HEIGHT))
        for tier in TIERS:
            page.set_content(PAGE % (HEIGHT, drawing.render(tier=tier, number=f"{tier}+" if tier > 1 else "1")))
            page.screenshot(path=FOLDER / f"{tier}.png")
        browser.close()


if __name__ == "__main__":
    main()
