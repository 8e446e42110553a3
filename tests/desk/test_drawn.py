"""The builder where the shop's orders choose what goes together: made, looked at page by page, with reasons; pins and bans reach it."""

from collections.abc import Iterator
from typing import Any

import pytest

from plugin import clock
from plugin.context import Context
from plugin.offers.flows import drawing, finding
from plugin.offers.flows.configuring import configure
from plugin.offers.rules.filled import filled
from plugin.offers.rules.filling import drawn, read
from plugin.offers.rules.model import Benefit
from plugin.offers.tables import configuration, findings, in_force
from tests.desk.conftest import CANDLE, VASE, Desk, goods, on_one
from tests.desk.test_offers import made, saving
from tests.mining.conftest import Stall


@pytest.fixture
def merchant(context: Context, desk: Desk) -> Iterator[Desk]:
    """Vase and candle are bought together in thirty of sixty orders."""
    with context.transaction() as session:
        goods(session, desk.shop.id)
        stall = Stall(session, desk.shop.id)
        for turn in range(30):
            stall.buys(VASE, CANDLE, days_ago=1 + turn)
            stall.buys("79", days_ago=1 + turn)
        stall.mine(clock.now())
    yield desk
    clock.use(None)


def form(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {**drawn("Goes along"), "kind": "together", **more}


@pytest.mark.parametrize("more", [
    {"worth": "none"}, {"worth": "percent", "value": "12.5", "companions": "3", "goods_a": ["p:71"]}], ids=str)
def test_the_form_is_the_offer_and_back(more: dict[str, Any]) -> None:
    told = read(form(**more), "together", "GBP")
    assert told.offer and not told.faults and read(filled(told.offer), "together", "GBP").offer == told.offer
    assert told.offer.whole == (None if more["worth"] == "none" else Benefit("percent", 1250))


@pytest.mark.parametrize(("more", "field"), [
    ({"companions": "9"}, "companions"), ({"worth": "amount", "value": "5"}, "worth"), ({"worth": "percent", "value": "100"}, "value"),
    ({"goods_a": []}, "goods_a"), ({"stacks": "yes"}, "stacks"), ({"code": "TOGETHER"}, "code")], ids=str)
def test_what_makes_no_sense_is_said_at_its_field(more: dict[str, Any], field: str) -> None:
    assert field in read(form(**more), "together", "GBP").faults


@on_one
def test_the_preview_shows_a_page_and_says_why(merchant: Desk) -> None:
    page = saving(merchant.post("/app/offers/preview", form(worth="percent", value="10", look_product=VASE)).text)
    assert "Beside Vase" in page and "In 30 of 30 orders with Vase" in page and "Saves" in page
    plain = saving(merchant.post("/app/offers/preview", form(look_product=CANDLE)).text)
    assert "Beside Candle" in plain and "Saves" not in plain and "normal price" in plain
    assert "Nothing is drawn for this page" in merchant.post("/app/offers/preview", form(goods_a=["p:1"])).text


@on_one
def test_from_the_kinds_to_the_shop_and_a_ban_is_told_at_once(context: Context, merchant: Desk) -> None:
    assert "source=orders" in merchant.get("/app/offers/new").text
    assert "Let your orders choose" in merchant.get("/app/offers/new/together").text
    asked = merchant.get("/app/offers/new/together", source="orders").text
    assert 'name="source" value="orders"' in asked and 'name="title" label="Name" value="Bought together"' in asked
    merchant.done("/app/offers", form(worth="percent", value="10"))
    offer_id = made(context, merchant.shop)
    assert "The offer is on" in merchant.done(f"/app/offers/{offer_id}/publication", {"revision": "1"})
    assert 'name="source" value="orders"' in merchant.get(f"/app/offers/{offer_id}").text
    with context.transaction() as session:
        offer = in_force(session, merchant.shop.id)[offer_id].offer()
        drawing.keep(session, merchant.shop.id, [offer], {offer_id: {VASE: [CANDLE]}}, clock.now())
        row = configuration(session, merchant.shop.id)
        assert row is not None
        row.sent, before = True, row.revision_id
    merchant.done("/app/suggestions/wishes", {"beside": VASE, "second": CANDLE, "wish": "ban"})
    with context.reading() as session:
        row = configuration(session, merchant.shop.id)
        assert row is not None and row.revision_id != before


@on_one
def test_last_month_is_asked_what_it_would_have_cost(merchant: Desk) -> None:
    assert "30" in merchant.post("/app/offers/simulation", form(worth="percent", value="10")).text


@on_one
def test_the_page_of_the_floor_says_what_its_sets_may_take(context: Context, merchant: Desk) -> None:
    """Goods that cost 85 % of their price bear 5.55 % beside a floor of 10 % (a candle, in whole pence, 5.5 %); every set takes 10 %."""
    merchant.done("/app/offers", form(worth="percent", value="10"))
    offer_id = made(context, merchant.shop)
    merchant.done(f"/app/offers/{offer_id}/publication", {"revision": "1"})
    with context.transaction() as session:
        offer = in_force(session, merchant.shop.id)[offer_id].offer()
        drawing.keep(session, merchant.shop.id, [offer], {offer_id: {VASE: [CANDLE], CANDLE: [VASE]}}, clock.now())
    whole = merchant.get("/app/margin").text
    assert "Goes along" in whole and "Vase: at most" not in whole
    cut = merchant.done("/app/margin-floor", {"floor": "10", "cost": "85"})
    assert cut.count("Goes along") == 1 and "Vase: at most 5.55%" in cut and "Candle: at most 5.5%" in cut
    with context.transaction() as session:
        offers = [one.offer() for one in in_force(session, merchant.shop.id).values()]
        now = configure(session, merchant.shop.id, offers, now=clock.now(), leaving_out=True)
        finding.note(session, merchant.shop.id, now.weighed, now.drawn, now=clock.now())
        assert findings(session, merchant.shop.id)[offer_id].state == "cut"
