"""The profit and loss agrees with the orders and the books to the minor unit, whatever has happened."""

from datetime import timedelta
from fractions import Fraction

import pytest

from plugin.context import Context
from plugin.insights import profit
from plugin.insights.profit import Statement
from plugin.insights.rules.breakeven import Effort
from plugin.insights.rules.profit import Spending
from plugin.rewards.rules import RewardTerms
from plugin.shops.tables import Shop
from tests.books.stage import DAY, Stage
from tests.insights.histories import History, added_up

NOTHING = Spending(Effort(Fraction(0), 0, 0), 0)
KINDS = profit.KINDS


def told(stage: Stage, days: int | None = None, cost_bp: int | None = None) -> Statement:
    since = stage.now - timedelta(days=days) if days is not None else None
    with stage.context.transaction() as session:
        return profit.statement(session, stage.shop_id, "GBP", since=since, spending=NOTHING, cost_bp=cost_bp)


@pytest.mark.parametrize(("kind", "seed"), [("fixed", 1), ("fixed", 2), ("store_credit", 1)])
def test_random_histories_reconcile(stage: Stage, kind: str, seed: int) -> None:
    stage.programme(RewardTerms(kind, amount=stage.money(777)), expiry=80 * DAY)  # type: ignore[arg-type]
    History(stage, seed).play(14)
    with stage.context.transaction() as session:
        clerk = added_up(session, stage.shop_id)
    found = told(stage)
    sales = found.sales
    assert (sales.orders, sales.net, sales.cost, sales.unknown) == (clerk.orders, clerk.net, clerk.cost, clerk.unknown)
    assert {name: getattr(found.posted, name) for name in KINDS} == {name: clerk.kinds[name] for name in KINDS}
    assert found.expense == found.posted.expense == clerk.expense
    assert found.agrees
    kinds = clerk.kinds
    rewards = kinds["earn"] + kinds["correct"] - kinds["correct_down"] - kinds["take_back_close"] - kinds["expire"]
    assert found.profit.total == clerk.net - clerk.cost - clerk.unknown - rewards
    assert clerk.orders > 3 and clerk.kinds["discount"] > 0 and clerk.kinds["earn"] > 0


def test_periods_add_up_to_the_whole(stage: Stage) -> None:
    stage.programme(RewardTerms("fixed", amount=stage.money(500)))
    History(stage, 5).play(8)
    whole, everything, nothing = told(stage), told(stage, days=5000), told(stage, days=0)
    assert everything.sales == whole.sales
    assert everything.posted == whole.posted
    assert (nothing.sales.orders, nothing.posted.expense) == (0, 0)
    assert everything.expense is None  # the account knows no periods


def test_an_assumed_cost_fills_what_is_not_known(stage: Stage) -> None:
    stage.programme(RewardTerms("fixed", amount=stage.money(500)))
    History(stage, 1).play(14)
    unknown, assumed = told(stage), told(stage, cost_bp=4000)
    assert unknown.sales.unknown > 0
    assert assumed.sales.unknown == 0
    assert assumed.sales.cost > unknown.sales.cost


def test_another_shop_has_nothing_of_it(context: Context, stage: Stage, south: Shop) -> None:
    stage.programme(RewardTerms("fixed", amount=stage.money(500)))
    History(stage, 3).play(6)
    with context.transaction() as session:
        found = profit.statement(session, south.id, "GBP", since=None, spending=NOTHING, cost_bp=None)
    assert (found.sales.orders, found.profit.total, found.expense) == (0, 0, 0)
