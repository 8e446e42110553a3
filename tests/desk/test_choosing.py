"""Which offer counts where several fit is the merchant's choice: the form, its history and undo, previews and what the checkout reads."""

import json
import re
from collections.abc import Iterator
from html import unescape

import pytest

from plugin import clock
from plugin.context import Context
from plugin.offers import flows, tables
from plugin.offers.flows.configuring import Whole, configure
from plugin.offers.rules import pages
from plugin.offers.rules.cart import Context as Cart
from plugin.offers.rules.cart import Line
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.tables.choosing import choosings
from tests.desk.conftest import CANDLE, VASE, Desk, goods, on_one
from tests.desk.test_offers import form, made

CHOOSING = "/app/offers/choosing"


@pytest.fixture
def merchant(context: Context, desk: Desk) -> Iterator[Desk]:
    """A tenth off each vase comes first by priority; the bundle with a candle saves more."""
    with context.transaction() as session:
        goods(session, desk.shop.id)
    for wish in (form("tiers", least_a="1", value_a="10", least_b="", value_b="", priority="5"), form("kit", value="40")):
        desk.done("/app/offers", wish)
        desk.done(f"/app/offers/{made(context, desk.shop)}/publication")
    yield desk
    clock.use(None)


def whole(context: Context, desk: Desk) -> Whole:
    with context.reading() as session:
        return configure(session, desk.shop.id, flows.live(session, desk.shop.id), now=clock.now())


def off(told: Whole) -> int:
    """A vase of 40.00 and a candle of 10.00, by what the checkout reads."""
    lines = [Line("1", int(f"{VASE}0"), int(VASE), 4000, 1), Line("2", int(f"{CANDLE}0"), int(CANDLE), 1000, 1)]
    read = pages.read([told.pages[0]])
    assert evaluate(read, lines, Cart("GBP")).total == evaluate(told.compiled, lines, Cart("GBP")).total
    return evaluate(read, lines, Cart("GBP")).total


def preview(desk: Desk) -> str:
    """Of another bundle as good as the first; it competes with both."""
    return unescape(desk.post("/app/offers/preview", form("kit", value="50")).text)


@on_one
def test_both_ways_reach_the_preview_and_the_checkout(context: Context, merchant: Desk) -> None:
    assert 'value="best" selected' in merchant.get("/app/offers").text
    assert off(whole(context, merchant)) == 2000
    assert "shoppers get this offer in their place" in preview(merchant)
    with context.reading() as session:
        before = tables.configuration(session, merchant.shop.id).revision_id  # type: ignore[union-attr]
    with context.transaction() as session:
        tables.configuration(session, merchant.shop.id).sent = True  # type: ignore[union-attr]
    assert "Choice saved" in merchant.done(CHOOSING, {"way": "priority"})
    assert 'value="priority" selected' in merchant.get("/app/offers").text
    assert off(whole(context, merchant)) == 400
    assert json.loads(whole(context, merchant).pages[0])["n"][2] == 0
    assert "shoppers get those, and this offer does not apply" in preview(merchant)
    with context.reading() as session:
        assert tables.configuration(session, merchant.shop.id).revision_id != before  # type: ignore[union-attr]


@on_one
def test_a_choice_has_a_history_and_a_way_back(context: Context, merchant: Desk) -> None:
    assert "Undo this choice" not in merchant.get("/app/offers").text
    merchant.done(CHOOSING, {"way": "priority"})
    page = merchant.done(CHOOSING, {"way": "priority"})
    with context.reading() as session:
        [one] = choosings(session, merchant.shop.id)
        assert (one.best, one.staff is not None) == (False, True)
    [address] = re.findall(r'hx-post="(/app/offers/choosing/undoing[^"]*)"', unescape(page))
    assert "Choice undone" in merchant.done(address)
    assert off(whole(context, merchant)) == 2000
    assert merchant.post(address).status_code == 422
    with context.transaction() as session:
        assert [one.best for one in choosings(session, merchant.shop.id)] == [True, False]
        tables.forget_staff(session, merchant.shop.id)
    with context.reading() as session:
        assert {one.staff for one in choosings(session, merchant.shop.id)} == {None}


@on_one
def test_nonsense_changes_nothing_and_each_shop_has_its_own(context: Context, merchant: Desk, rival: Desk) -> None:
    for way in ("", "dearest", "best\0"):
        assert merchant.post(CHOOSING, {"way": way}).status_code == 422
    assert rival.post(f"{CHOOSING}/undoing").status_code == 422
    assert merchant.post(CHOOSING, {"way": "priority"}, signed=False).status_code == 401
    merchant.done(CHOOSING, {"way": "priority"})
    with context.reading() as session:
        assert not choosings(session, rival.shop.id)
