"""The reports in a real browser: on a phone and at a desk, in both directions, accessible, with a chart and its table."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from plugin import clock
from plugin.context import Context
from plugin.db import new_id
from plugin.experiments import tables
from plugin.experiments.rules import Place, Tally
from plugin.experiments.tables import Outcome
from plugin.mirror.tables import Order, OrderLine
from plugin.offers import flows as offers
from plugin.offers.rules import plain
from plugin.offers.tables import in_force
from plugin.offers.tables.sales import OfferSale
from plugin.shops.tables import Shop
from tests.desk.conftest import CANDLE, Desk, World, on_one
from tests.desk.test_browser import address, browser, page
from tests.desk.test_programmes_browser import faults

__all__ = ["address", "browser", "page"]  # fixtures

pytestmark = on_one


@pytest.fixture
def busy(context: Context, desk: Desk, north: Shop, world: World) -> World:
    """An offer with a tenth held out, met by 4,000 visitors in the last three weeks; 300 bought."""
    dice, now = Random(7), clock.now()
    with context.transaction() as session:
        offers.publish_offer(session, north.id, world.offer, currency="GBP", now=now - timedelta(days=21))
        version = in_force(session, north.id)[world.offer]
        told = version.offer()
        version.terms = plain.dump(replace(told, audience=replace(told.audience, holdout_bp=1000)))
        north_row = session.get_one(Shop, north.id)
        north_row.installed_at = now - timedelta(days=200)
        for day in range(21):
            sums = {place: Tally(60 + day, 0 if place.arm == "held" else 4, visitors) for place, visitors in (
                (Place(1, "product", "shown"), 140), (Place(1, "product", "held"), 16), (Place(1, "drawer", "shown"), 40),
                (Place(1, "drawer", "held"), 4))}
            tables.add(session.connection(), north.id, (now - timedelta(days=day)).date(), sums)
        for number in range(300):
            _bought(session, north, world, dice, number)
    return world


def _bought(session: Session, shop: Shop, world: World, dice: Random, number: int) -> None:
    """One order of 1 to 3 candles, and the arm of who placed it."""
    at, id, units, back = clock.now() - timedelta(days=dice.randrange(20), hours=dice.randrange(20)), str(90_000 + number), \
        dice.randrange(1, 4), dice.randrange(4) == 0
    add = session.add
    kept = 0 if back else units
    add(Order(shop_id=shop.id, id=id, name=f"#{id}", currency="GBP", created_at=at, updated_at=at, digest="", told_cancelled=False,
              cancelled_at=None, financial="paid", paid_once=True, test=False, customer_id=None, person_id=None, shipping=0,
              shipping_discounts=[], codes=[], attributes={}, landing_site=None, country="GB", risk=None, gateways=[], settled_revision=1,
              settled=True, counted=True))
    add(OrderLine(shop_id=shop.id, order_id=id, id="1", position=0, product_id=CANDLE, variant_id=f"{CANDLE}0", title="Candle",
                  quantity=units, removed=0, kept=kept, amount=1000, currency="GBP", discounts=[], offer=1, placement="product"))
    held = number % 14 == 0
    if not held:
        add(OfferSale(shop_id=shop.id, id=new_id(), order_id=id, line_id="1", offer_id=world.offer,
                      placement=dice.choice(["product", "product", "drawer"]), variant_id=f"{CANDLE}0", ordered_at=at, currency="GBP",
                      bought=units, kept=kept, caused=kept * 900, discount=kept * 100, beside=0))
    add(Outcome(shop_id=shop.id, offer=1, order_id=id, visitor=id, arm="held" if held else "shown", ordered_at=at, currency="GBP",
                net=kept * 900 + 2000, kept=kept + 1))


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_every_page_of_reports_is_accessible(page: Page, busy: World, width: int, locale: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    found = []
    for path in ("/app/offers/reports", f"/app/offers/{busy.offer}/report", "/app/offers/sales"):
        page.goto(f"{path}?locale={locale}")
        page.wait_for_selector(".fallback s-page")
        found += faults(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert found == []


def test_a_figure_leads_to_its_rows_and_the_chart_to_its_table(page: Page, busy: World) -> None:
    page.goto(f"/app/offers/{busy.offer}/report")
    page.wait_for_selector(".fallback s-page")
    expect(page.get_by_text("10% of visitors are held out")).to_be_visible()
    page.get_by_text("Show the numbers").first.click()
    expect(page.locator(".chart-numbers table").first).to_be_visible()
    page.get_by_role("link", name="Revenue caused").first.click()
    expect(page.get_by_role("heading", name="Orders with offers")).to_be_visible()
    expect(page.get_by_text("Candle").first).to_be_visible()
