"""Whether an offer does its job: what may be said of its return, and each purpose's figure on the page."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from plugin import clock
from plugin.attribution.tables import Decision
from plugin.context import Context
from plugin.experiments import tables
from plugin.experiments.rules import Place, Tally
from plugin.insights.purpose import Reached, reached
from plugin.insights.rules.intervals import ENOUGH
from plugin.insights.rules.returns import LOOKS, Spent, Verdict, back, judge
from plugin.insights.selling import Scope, total
from plugin.offers.rules.model import Outcome
from plugin.offers.tables import Offer
from plugin.shopify.payloads import LineTold
from tests.books.stage import Stage
from tests.desk.conftest import CANDLE, Desk, on_one
from tests.reports.test_pages import ALL, bought, ours

__all__ = ["bought", "ours"]
SPENT = Spent(discount=1000, margin=2400, is_sure=True, orders=ENOUGH, shown=100)


@pytest.mark.parametrize(("spent", "verdict", "came"), [
    (SPENT, "pays", 240),
    (replace(SPENT, orders=ENOUGH - 1), "early", None),
    (replace(SPENT, margin=0), "loses", 0),
    (replace(SPENT, margin=-5), "loses", -1),
    (replace(SPENT, margin=-5, is_sure=False), "unknown", None),
    (replace(SPENT, is_sure=False), "pays", None),
    (replace(SPENT, discount=0), "pays", None),
    (Spent(0, 0, True, 0, LOOKS - 1), "early", None),
    (Spent(0, 0, True, 0, LOOKS), "ignored", None),
], ids=["pays", "few", "nothing-left", "half-away-from-zero", "unsure", "surely-more", "nothing-given", "hardly-seen", "never-taken"])
def test_what_may_be_said_of_a_return(spent: Spent, verdict: Verdict, came: int | None) -> None:
    assert (judge(spent), back(spent, 100)) == (verdict, came)


def _later(stage: Stage, number: str) -> None:
    """The same buyer buys a candle, without the offer."""
    stage.move(timedelta(days=3))
    stage.tell(replace(stage.order(number), lines=(LineTold("91", CANDLE, f"{CANDLE}0", "Candle", 1, 0, stage.money(1000), ()),)))
    stage.settle(number)


@on_one
@pytest.mark.parametrize(("outcome", "before", "after"), [
    ("basket", Reached(1800, 1), Reached(1800, 1)), ("units", Reached(2, 1), Reached(2, 1)),
    ("friends", Reached(0, 1), Reached(1, 1)), ("again", Reached(0, 1), Reached(1, 1))])
def test_each_purpose_has_its_figure(
        context: Context, stage: Stage, bought: UUID, outcome: Outcome, before: Reached, after: Reached) -> None:
    def figure() -> Reached:
        with context.transaction() as session:
            scope = Scope("GBP", bought)
            return reached(session, stage.shop_id, scope, outcome, total(session, stage.shop_id, scope))

    assert figure() == before
    _later(stage, "6002")
    with context.transaction() as session:
        session.get_one(Decision, (stage.shop_id, "6001")).verdict = "attributed"
    assert figure() == after


@on_one
def test_the_report_says_how_far_it_came(desk: Desk, bought: UUID) -> None:
    page = desk.get(f"/app/offers/{bought}/report").text
    assert "What it is for: " in page and "Too few orders to judge: 1 of 30 that are needed." in page


@on_one
def test_one_that_nobody_takes_is_flagged(desk: Desk, ours: UUID, context: Context, stage: Stage) -> None:
    with context.transaction() as session:
        number = session.get_one(Offer, (stage.shop_id, ours)).number
        tables.add(session.connection(), stage.shop_id, clock.now().date(), {Place(number, "product", "all"): Tally(shown=LOOKS)})
    assert "Never taken" in desk.get(ALL).text
    assert f"Shown {LOOKS} times and never taken." in desk.get(f"/app/offers/{ours}/report").text
