"""Orders become a suggestion, the suggestion an offer on the page, the offer an order at the preview's number; a ban takes it away."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from jobs.mining import mine
from plugin.app import make_context
from plugin.config import Settings
from plugin.context import Context
from plugin.offers.rules.filling import drawn
from tests.offers_story.cases import BOOK, PEN, THROW
from tests.offers_story.conftest import Builder
from tests.offers_story.shopping import box, buy, cart_total, fill_cart, goods_paid, take
from tests.walk.conftest import PATIENCE, Stage, Visit, until

SHOP, TOGETHER, ALONE = "north", 12, 24
OFFER = {**drawn("Goes along"), "kind": "together", "companions": "1", "worth": "percent", "value": "12.5"}


@pytest.fixture(scope="module")
def history(stage: Stage, builder: Builder) -> Iterator[Builder]:
    """Throw and pen are in the same dozen orders; two dozen others have a notebook alone."""
    for turn in range(TOGETHER + ALONE):
        goods = [THROW, PEN] if turn < TOGETHER else [BOOK]
        stage.control("orders", {"shop": SHOP, "email": f"buyer{turn}@history.example", "lines": [{"product": one} for one in goods]})
    context = make_context(Settings.from_environment(stage.place.environment()))
    until("the orders are counted", lambda: _counted(context, builder), seconds=2 * PATIENCE)  # three dozen orders
    yield builder


def _counted(context: Context, builder: Builder) -> bool | None:
    """As the schedule does every five minutes."""
    mine(context)
    page = builder.merchant.send("/app/offers/preview", {**OFFER, "look_product": builder.ids[THROW]}).text
    return bool(re.search(r"In \d+ of \d+ orders with Wool throw", page)) or None


def test_from_the_orders_to_the_order(history: Builder, stage: Stage, visitor: Visit) -> None:
    [example] = history.preview(OFFER, look_product=history.ids[THROW])
    assert {title for _, title in example.goods} == {"Wool throw", "Brass pen"}
    offer = history.publish(OFFER)
    page = visitor()
    page.goto(stage.shop(SHOP, f"/products/{THROW}"))
    expect(box(page)).to_contain_text("Goes well with it")
    assert take(page, example) == example.paid == cart_total(page)
    assert goods_paid(buy(page, stage)) == example.paid

    other = visitor()
    other.goto(stage.shop(SHOP, f"/products/{PEN}"))
    fill_cart(other, [(1, "Brass pen")])
    other.goto(stage.shop(SHOP, "/cart"))
    expect(box(other)).to_contain_text("Wool throw")

    _wish(history, "ban")
    history.told()
    page.goto(stage.shop(SHOP, f"/products/{THROW}"))
    expect(page.locator("tandem-offer")).not_to_contain_text("Brass pen")
    _wish(history, "none")
    history.pause(offer)


def _wish(builder: Builder, wish: str) -> None:
    for beside, other in ((THROW, PEN), (PEN, THROW)):
        builder.merchant.send("/app/suggestions/wishes", {"beside": builder.ids[beside], "second": builder.ids[other], "wish": wish})
