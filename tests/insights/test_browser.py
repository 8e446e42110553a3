"""The planner in a real browser: it answers while one types, keeps what was typed, reads on a phone, and is accessible."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from plugin import clock
from plugin.attribution.tables import Decision, Visit
from plugin.context import Context
from plugin.db import new_id
from plugin.shops.tables import Shop
from tests.desk.conftest import World, on_one
from tests.desk.test_browser import address, browser, page
from tests.insights.test_desk import orders

ROOT = Path(__file__).parents[2]
PAGES = ("/app/planner", "/app/readiness", "/app/baseline")
__all__ = ["address", "browser", "page"]

pytestmark = on_one


@pytest.fixture
def busy(context: Context, north: Shop, world: World) -> World:
    """Eighty newcomers, half of them by a friend; a hundred friends came, thirty bought."""
    orders(context, north, 80, refunded=30)
    now = clock.now()
    with context.transaction() as session:
        for number in range(100):
            visit = Visit(shop_id=north.id, id=new_id(), advocate_id=world.advocate, programme_id=world.programme, version_id=new_id(),
                          device_key=f"d{number}", address_key=None, token=None, landing="/", at=now - timedelta(days=40))
            session.add(visit)
            if number < 40:
                session.add(Decision(shop_id=north.id, order_id=str(6000 + number), verdict="attributed", visit_id=visit.id, trace=[],
                                     advocate_id=world.advocate, ordered_at=now, decided_at=now, currency="GBP", net=5000))
    return world


def test_every_page_reads_on_a_desk_and_on_a_phone(page: Page, busy: World) -> None:
    faults: list[Any] = []
    for path in PAGES:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(path)
            page.wait_for_selector(".fallback s-page")
            if path == "/app/planner":
                page.get_by_text("Profit", exact=True).first.wait_for()
                page.get_by_text("Built on").first.wait_for()
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            page.evaluate((ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text() + "; 0")
            found = page.evaluate("axe.run()")["violations"]
            faults += [(path, width, fault["id"], fault["nodes"][0]["html"]) for fault in found]
    assert faults == []


def test_the_outlook_follows_what_is_typed(page: Page, world: World) -> None:
    page.goto("/app/planner")
    for label, text in (("Hours of work", "10"), ("What an hour costs you", "25"), ("Fees", "44"), ("Margin of their order", "20"),
                        ("Advocate's reward", "7"), ("Friend's discount", "5")):
        page.get_by_label(label).fill(text)
    page.get_by_text("You break even with 37 referred customers a month.").wait_for()
    page.get_by_text("370 invitations").wait_for()
    page.get_by_label("Margin of their order").fill("11")
    page.get_by_text("This never breaks even.").wait_for()
    assert page.get_by_label("Hours of work").input_value() == "10"
    page.get_by_label("Margin of their order").fill("2O")
    page.get_by_text("Some of the fields cannot be read").wait_for()
    page.get_by_label("Margin of their order").fill("20")
    page.get_by_role("button", name="Save the plan").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Hours and fees also count").wait_for()
    assert page.get_by_label("Hours of work").input_value() == "10"


def test_a_token_is_made_and_gone_after_the_next_page(page: Page, world: World) -> None:
    page.goto("/app/baseline")
    page.get_by_label("Name of the new token").fill("Till 2")
    page.get_by_role("button", name="Make a token").click()
    shown = page.get_by_text(re.compile("^tandem_"))
    shown.wait_for()
    page.goto("/app/baseline")
    page.get_by_text("Till 2").first.wait_for()
    assert shown.count() == 0
