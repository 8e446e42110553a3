"""The pages of what offers bring: every state, each figure with its rows, nothing of another shop."""

import csv
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest

from plugin import clock
from plugin.attribution.tables import Decision
from plugin.context import Context
from plugin.experiments import tables
from plugin.experiments.rules import Place, Tally
from plugin.insights.selling import Beside, Scope, beside_programme
from plugin.mirror.tables import Cost
from plugin.offers import flows as offers
from plugin.offers.rules.filling import read, suggested
from plugin.offers.tables import Offer
from plugin.shopify.payloads import DiscountTold, LineTold
from tests.books.stage import Stage
from tests.desk.conftest import CANDLE, VASE, Desk, World, on_one

ALL, SALES = "/app/offers/reports", "/app/offers/sales"
pytestmark = on_one


@pytest.fixture
def ours(context: Context, world: World, stage: Stage) -> UUID:
    """An offer that is switched on, and that nobody has met yet."""
    wish = read(suggested("tiers", "Candles too"), "tiers", "GBP").offer
    assert wish is not None
    with context.transaction() as session:
        made = offers.save_offer(session, stage.shop_id, wish, currency="GBP", now=stage.now)
        offers.publish_offer(session, stage.shop_id, made.id, currency="GBP", now=stage.now)
        return made.id


@pytest.fixture
def bought(stage: Stage, ours: UUID, context: Context) -> UUID:
    """Somebody added two candles and a vase from the vase's own page; the offer took 6.00 off."""
    with context.transaction() as session:
        number = session.get_one(Offer, (stage.shop_id, ours)).number
        session.add(Cost(shop_id=stage.shop_id, inventory_item_id=f"{CANDLE}1", amount=400, currency="GBP", updated_at=stage.now))
        tables.add(session.connection(), stage.shop_id, clock.now().date(), {Place(number, "product", "all"): Tally(shown=40, added=2)})
    stage.move(timedelta(minutes=1))
    off = (DiscountTold("automatic", None, "Candles too", stage.money(400)),)
    lines = (LineTold("61", VASE, f"{VASE}0", "Vase", 1, 0, stage.money(4000), off, offer=number, placement="own"),
             LineTold("62", CANDLE, f"{CANDLE}0", "Candle", 2, 0, stage.money(1000),
                      (replace(off[0], amount=stage.money(200)),), offer=number, placement="product"))
    stage.tell(replace(stage.order("6001"), lines=lines))
    stage.settle("6001")
    return ours


def test_nothing_yet(desk: Desk) -> None:
    page = desk.get(ALL).text
    assert "No offer yet" in page and "Make an offer" in page
    assert "No order with an offer yet" in desk.get(SALES).text


def test_an_offer_that_nobody_met(desk: Desk, ours: UUID) -> None:
    page = desk.get(f"/app/offers/{ours}/report").text
    assert "Nothing to report yet" in page and "Nobody is held out" in page


def test_figures_of_one_and_of_all(desk: Desk, bought: UUID) -> None:
    """Caused 18.00, given 6.00; of the margin 18.00 − 2 × 4.00 for the candles − 4.00 off the vase."""
    for path in (ALL, f"/app/offers/{bought}/report"):
        page = desk.get(path).text
        assert "£18.00" in page and "£6.00" in page and "Product page" in page and "Orders behind these figures" in page
    assert "5% of 40 times shown" in desk.get(f"/app/offers/{bought}/report").text


def test_unknown_costs_are_no_margin(desk: Desk, bought: UUID, stage: Stage, context: Context) -> None:
    with context.transaction() as session:
        session.delete(session.get_one(Cost, (stage.shop_id, f"{CANDLE}1")))
    page = desk.get(f"/app/offers/{bought}/report").text
    assert "Units of unknown cost: 2. Their £18.00 is not counted as margin." in page and "<s-table-cell>–</s-table-cell>" in page


def test_each_figure_opens_to_its_rows(desk: Desk, bought: UUID) -> None:
    rows = desk.get(SALES, offer=str(bought)).text
    assert "#6001" in rows and "Candle" in rows and "£18.00" in rows and "Download as CSV" in rows
    assert "#6001" not in desk.get(SALES, placement="cart").text


def test_the_rows_as_a_sheet(desk: Desk, bought: UUID) -> None:
    link = unescape(re.findall(r'href="(/download/[^"]+)"', desk.get(SALES, offer=str(bought)).text)[0])
    sheet = list(csv.DictReader(desk.app.test_client().get(link).text.splitlines()))
    columns = ("Order", "Goods", "Where", "Units kept", "Revenue caused", "Discount given")
    assert [tuple(row[name] for name in columns) for row in sheet] == [
        ("#6001", "Candle", "Product page", "2", "18.00", "2.00"), ("#6001", "Vase", "Product page", "0", "0.00", "4.00")]


def test_live_answers_only_with_news(desk: Desk, bought: UUID) -> None:
    path = f"/app/offers/{bought}/report"
    stamp = desk.get(path).text.split("seen=")[1].split('"')[0]
    assert desk.get(f"{path}/figures", seen=stamp).status_code == 204
    assert desk.get(f"{path}/figures", seen="other").status_code == 200
    assert desk.get(f"{ALL}/figures").status_code == 200


@pytest.mark.parametrize("period", ["7", "30", "90", "all", "nonsense"])
def test_every_period_shows(desk: Desk, bought: UUID, period: str) -> None:
    assert desk.get(ALL, period=period).status_code == 200


def test_another_shops_offer_is_not_there(desk: Desk, rival: Desk, bought: UUID) -> None:
    assert desk.get(f"/app/offers/{bought}/report").status_code == 200
    assert rival.get(f"/app/offers/{bought}/report").status_code == 404
    assert "#6001" not in rival.get(SALES).text and "Candles too" not in rival.get(ALL).text


def test_the_first_page_and_the_planner_count_it_once(desk: Desk, bought: UUID, stage: Stage, context: Context) -> None:
    """A friend's order with the offer is in the programme's lines already: the same margin comes off what stands beside."""
    assert "Revenue caused" in desk.get("/app").text
    alone = selling_beside(context, stage)
    with context.transaction() as session:
        session.get_one(Decision, (stage.shop_id, "6001")).verdict = "attributed"
    friends = selling_beside(context, stage)
    assert alone.every == friends.every and friends.friends.margin == 600 and alone.margin - friends.margin == 600
    assert "counted apart" in desk.get("/app/planner/profit").text


def selling_beside(context: Context, stage: Stage) -> Beside:
    with context.transaction() as session:
        return beside_programme(session, stage.shop_id, Scope("GBP"))
