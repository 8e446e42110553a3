"""The figures over orders that were worked out by hand, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from plugin.attribution.tables import Decision, Visit
from plugin.context import Context
from plugin.db import ShopId, new_id
from plugin.insights import baseline, funnel, proposal, readiness, value
from plugin.insights.baseline import Sender, Span
from plugin.insights.rules.baseline import read
from plugin.insights.rules.value import Worth
from plugin.mirror.tables import Order
from plugin.money import Money
from plugin.rewards.rules import RewardTerms
from plugin.shopify.payloads import OrderTold
from plugin.shops.tables import Shop
from tests.books.stage import DAY, START, Stage
from tests.insights.histories import KNOWN, UNIT_COST, UNKNOWN, goods


@pytest.fixture
def shop(stage: Stage) -> Iterator[Stage]:
    with stage.context.transaction() as session:
        goods(session, stage.shop_id)
    stage.programme(RewardTerms("fixed", amount=stage.money(500)))
    yield stage


def bought(stage: Stage, id: int, customer: int, days: int, **more: Any) -> OrderTold:  # noqa: ANN401
    """An order of one mug, ``days`` days into the story, settled."""
    order = stage.order(str(id), customer=str(customer), at=START + days * DAY, price=more.pop("price", 10_000),
                        code=more.pop("code", None), off=more.pop("off", 0), financial=more.pop("financial", "paid"))
    told = replace(order, lines=(replace(order.lines[0], variant_id=more.pop("variant", KNOWN)),), **more)
    stage.tell(told)
    stage.settle(told.id)
    return told


def worths(stage: Stage, days: int, cost_bp: int | None = None) -> dict[tuple[str, int], Worth]:
    with stage.context.transaction() as session:
        found = value.values(session, stage.shop_id, cost_bp=cost_bp, now=START + days * DAY)
    return {(one.source, one.days): one for one in found}


def test_what_customers_were_worth_by_hand(shop: Stage) -> None:
    """301 buys thrice (days 0, 29 and 95) and returns 20.00 of the second; 302 is a friend's friend; 303 buys a plate of unknown cost."""
    bought(shop, 1, 301, 0)
    bought(shop, 2, 301, 29, price=8000)
    bought(shop, 3, 301, 95, price=9000)
    shop.refund(2000, id="1", order_id="2")
    shop.settle("2")
    bought(shop, 4, 302, 1, code=shop.friend_code(), off=1000)
    bought(shop, 5, 303, 2, variant=UNKNOWN)
    found = worths(shop, days=100)
    assert [(days, found["other", days].margin.n, found["other", days].margin.total, found["other", days].unknown)
            for days in (0, 30, 90, 365)] == [(0, 1, 10_000 - UNIT_COST, 1), (30, 1, 16_000 - 2 * UNIT_COST, 1),
                                             (90, 1, 16_000 - 2 * UNIT_COST, 1), (365, 0, 0, 0)]
    assert (found["friend", 0].margin.total, found["friend", 90].margin.n) == (9000 - UNIT_COST, 1)
    assert worths(shop, days=91)["friend", 90].margin.n == 1
    assert worths(shop, days=90)["friend", 90].margin.n == 0  # bought on day 1: not 90 days ago yet
    assert worths(shop, days=100, cost_bp=4000)["other", 0].margin.total == 10_000 - UNIT_COST + 6000
    assert worths(shop, days=500)["other", 365].margin.total == 25_000 - 3 * UNIT_COST


def test_a_horizon_ends_on_the_second(shop: Stage) -> None:
    bought(shop, 1, 301, 0)
    for number, seconds in ((2, -1), (3, 0)):
        told = shop.order(str(number), customer="301", at=START + 30 * DAY + timedelta(seconds=seconds))
        shop.tell(replace(told, lines=(replace(told.lines[0], variant_id=KNOWN),)))
        shop.settle(str(number))
    assert worths(shop, days=40)["other", 30].margin.total == 2 * (10_000 - UNIT_COST)


def test_what_does_not_count(shop: Stage) -> None:
    """Tests and unpaid orders; a cancelled one counts with nothing left of it."""
    bought(shop, 1, 301, 0, test=True)
    bought(shop, 2, 302, 0, financial="pending")
    bought(shop, 3, 303, 0, cancelled_at=START)
    found = worths(shop, days=1)
    assert (found["other", 0].margin.n, found["other", 0].margin.total) == (1, 0)


def test_refunds_repeats_and_the_proposal(shop: Stage) -> None:
    for number in range(32):
        bought(shop, 100 + number, 400 + number % 16, number)  # sixteen customers, each twice
    shop.refund(10_000, id="9", order_id="100")
    shop.settle("100")
    with shop.context.transaction() as session:
        went_back, again = readiness.refunds(session, shop.shop_id), readiness.repeat(session, shop.shop_id, START + 60 * DAY)
        made = proposal.proposal(session, shop.shop_id, "GBP", START + 60 * DAY)
        known = value.basis(session, shop.shop_id, "GBP")
    assert ((went_back.hits, went_back.n), (again.hits, again.n)) == ((1, 32), (16, 16))
    assert (known.orders, known.order.n, known.order.value, known.margin_bp, known.known_bp) == (32, 31, 10_000, 6863, 10_000)
    # A third of 68.63 % is 22.87 %, half each 11.43 %: the friend 10 %, the advocate 11.43 → 10.00.
    assert (made.friend_bp, made.advocate) == (1000, Money(1000, "GBP"))


def test_friends_who_came_and_bought(shop: Stage) -> None:
    """Two devices came, one of them twice, one a year ago, one too lately to tell; one order is by a visit."""
    with shop.context.transaction() as session:
        visits = [_visit(shop, days, device) for days, device in (
            (-60, "a"), (-59, "a"), (-50, "b"), (-40, None), (-5, "c"), (-300, "d"))]
        visits[1].source = visits[4].source = "card"
        session.add_all(visits)
        session.add(Decision(shop_id=shop.shop_id, order_id="77", verdict="attributed", visit_id=visits[1].id, trace=[], ordered_at=START,
                             decided_at=START, currency="GBP", net=0))
        session.flush()
        found = funnel.measured(session, shop.shop_id, START)
    assert (found.bought.hits, found.bought.n, found.by_card) == (1, 3, 1)
    assert (found.sharing.hits, found.sharing.n) == (0, 0)  # Alice joined later than that


def _visit(stage: Stage, days: int, device: str | None) -> Visit:
    return Visit(shop_id=stage.shop_id, id=new_id(), advocate_id=stage.advocate_id, programme_id=new_id(), version_id=stage.version_id,
                 device_key=device, address_key=None, token=None, landing="/", at=START + days * DAY)


def test_word_of_mouth_by_hand(shop: Stage, south: Shop) -> None:
    """Five newcomers: one asked and sent by a friend, one asked and not, one who noted it, one whom the till reported, one by code."""
    bought(shop, 1, 301, 0, heard="friend")
    bought(shop, 2, 302, 0, heard="other")
    bought(shop, 3, 303, 0, heard="noted")
    bought(shop, 4, 304, 0)
    bought(shop, 5, 305, 0, code=shop.friend_code(), off=100)
    bought(shop, 6, 302, 1, heard="friend")  # no newcomer any more
    report(shop, "till-1", order="#4", bought=True)
    report(shop, "till-2", bought=False)
    told = counted(shop, shop.shop_id)
    assert (told.newcomers, told.by_programme, told.asked, told.friend, told.known, told.reports, told.bought) == (5, 1, 2, 1, 3, 2, 1)
    assert counted(shop, ShopId(south.id)).newcomers == 0


def report(stage: Stage, key: str, **told: Any) -> None:  # noqa: ANN401
    with stage.context.transaction() as session:
        baseline.take(session, stage.shop_id, read({"team": "store", **told}, START), key, sender=Sender(), machine_now=START)


def counted(stage: Stage, shop_id: ShopId) -> Any:  # noqa: ANN401
    with stage.context.transaction() as session:
        return baseline.counted(session, shop_id, Span(None, START + 30 * DAY)).counted


def test_an_order_is_weighed_when_it_is_settled(context: Context, shop: Stage) -> None:
    told = bought(shop, 1, 301, 0)
    shop.refund(2500, id="1", order_id="1")
    shop.settle("1")
    with context.transaction() as session:
        row = session.scalars(select(Order).where(Order.id == told.id)).one()
        assert (row.subtotal, row.net) == (10_000, 7500)
