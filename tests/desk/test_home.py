"""The home page: figures that are the ledger's, compared with care, live; and the guide through the first ten minutes."""

import re
import tomllib
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select

from plugin import clock
from plugin.attribution.tables import Decision, Link, Visit
from plugin.context import Context
from plugin.db import new_id
from plugin.insights import guide
from plugin.insights.figures import figures
from plugin.insights.rules.periods import period
from plugin.intake.tables import Backfill
from plugin.ledger import tables as ledger
from plugin.messaging.filters import zone
from plugin.referrals.tables import Advocate, Programme
from plugin.rewards.rules import RewardTerms
from plugin.rewards.tables import Reward
from plugin.shops.tables import Shop
from tests.books.stage import Stage
from tests.desk.conftest import Desk, World, everything, on_one


def test_every_figure_is_what_the_ledger_says(context: Context, north: Shop, world: World, stage: Stage) -> None:
    asked = period("all", zone("UTC"), stage.now)
    with context.transaction() as session:
        told = figures(session, north.id, asked, compared=False)
    assert (told.now.brought, told.waiting, told.dead, told.now.came_in) == (1, 1, 2, {"GBP": 9000})
    stage.refund(4500)
    stage.settle()
    with context.transaction() as session:
        told, balances = figures(session, north.id, asked, compared=False), ledger.balances(session, north.id)
    assert told.now.came_in == {"GBP": 4500}
    assert told.now.cost["GBP"] == balances["expense"]["GBP"]
    assert told.standing["held"]["GBP"] == -balances["held"]["GBP"]


def test_a_period_counts_what_was_booked_in_it(context: Context, north: Shop, world: World, stage: Stage) -> None:
    with context.transaction() as session:
        all_of_it = figures(session, north.id, period("all", zone("UTC"), stage.now), compared=False)
        week = figures(session, north.id, period("7", zone("UTC"), stage.now + timedelta(hours=1)), compared=False)
        later = figures(session, north.id, period("7", zone("UTC"), stage.now + timedelta(days=9)), compared=True)
    assert week.now == all_of_it.now
    assert later.before is not None
    assert (later.now.brought, later.now.cost, later.before.brought) == (0, {"GBP": 0}, 1)


def _decide(context: Context, stage: Stage, shop: Shop, *, count: int, brought: int, ago: timedelta) -> None:
    with context.transaction() as session:
        for n in range(count):
            at = stage.now - ago - timedelta(minutes=n)
            session.add(Decision(shop_id=shop.id, order_id=f"9{ago.days:03}{n}", verdict="attributed" if n < brought else "none", trace=[],
                                 ordered_at=at, decided_at=at, currency="GBP", net=1000))


def _long_installed(context: Context, shop: Shop, stage: Stage) -> None:
    with context.transaction() as session:
        session.get_one(Shop, shop.id).installed_at = stage.now - timedelta(days=400)


@on_one
def test_few_are_counted_and_many_are_shares(context: Context, desk: Desk, stage: Stage) -> None:
    stage.move(timedelta(0))
    _long_installed(context, desk.shop, stage)
    _decide(context, stage, desk.shop, count=8, brought=3, ago=timedelta(days=1))
    shown = desk.get("/app").text
    assert "3 of 8 orders came by friends" in shown and "%" not in shown
    _decide(context, stage, desk.shop, count=40, brought=33, ago=timedelta(days=2))
    _decide(context, stage, desk.shop, count=30, brought=30, ago=timedelta(days=40))
    shown = desk.get("/app").text
    assert "75% of 48 orders came by friends" in shown and "30 in the 30 days before (+20%)" in shown


@on_one
def test_what_could_not_be_recorded_is_not_compared(context: Context, desk: Desk, stage: Stage) -> None:
    stage.move(timedelta(0))
    _decide(context, stage, desk.shop, count=8, brought=8, ago=timedelta(hours=1))
    shown = desk.get("/app").text
    assert "Nothing to compare with: Tandem was installed on" in shown and "days before" not in shown


@on_one
def test_currencies_are_never_added(context: Context, desk: Desk, stage: Stage) -> None:
    stage.move(timedelta(0))
    _decide(context, stage, desk.shop, count=2, brought=2, ago=timedelta(hours=1))
    with context.transaction() as session:
        session.scalars(select(Decision)).first().currency = "EUR"  # type: ignore[union-attr]
    shown = desk.get("/app").text
    assert shown.count("£10.00") == 1 and shown.count("€10.00") == 1 and "20.00" not in shown


@on_one
def test_the_live_part_says_nothing_until_something_happens(context: Context, desk: Desk, world: World, stage: Stage) -> None:
    client, headers = desk.app.test_client(), desk._headers()
    path = unescape(re.search(r'hx-get="(/app/figures[^"]*)"', desk.get("/app", period="7").text)[1])  # type: ignore[index]
    assert client.get(path, headers=headers).status_code == 204
    stage.refund(4500)
    stage.settle()
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200 and 'id="figures"' in answer.text and "period=7" in answer.text


@on_one
def test_each_figure_opens_to_its_rows(desk: Desk, world: World) -> None:
    shown = desk.get("/app", period="7").text
    links = {unescape(link) for link in re.findall(r'<s-link href="([^"]+)"', shown) if "from=" in link or "account=" in link}
    assert len(links) >= 6
    for link in links:
        assert desk.app.test_client().get(link, headers=desk._headers()).status_code == 200, link


@on_one
def test_the_guide_sees_what_is_done(context: Context, desk: Desk, world: World) -> None:
    assert "Not checked yet" in desk.get("/app").text
    thanks = "purchase.thank-you.block.render"
    told = f"tandem-embed tandem-share/{thanks} <script> unknown"
    for places, done in ((f"tandem-embed {thanks} tandem-offers/{thanks}", False), (told, True)):
        answer = desk.post("/app/guide/places", {"places": places})
        with context.transaction() as session:
            assert guide.standing(session, desk.shop.id, clock.now()).steps["thanks"] is done  # the referral's own block, not another
    assert answer.status_code == 200 and "Not checked yet" not in answer.text and "<script>" not in answer.text
    with context.transaction() as session:
        stands = guide.standing(session, desk.shop.id, clock.now())
    assert stands.steps == {"programme": True, "embed": True, "block": False, "thanks": True, "test": True}
    assert "4 of 5 done" in desk.get("/app").text


def test_what_the_guide_looks_for_is_ours() -> None:
    snippets = Path(guide.__file__).parents[2] / "storefront_snippets"
    share = tomllib.loads((snippets / "share" / "shopify.extension.toml").read_text())["extensions"][0]
    assert guide.THANKS in {f"{share['handle']}/{one['target']}" for one in share["targeting"]}
    assert {guide.EMBED, guide.BLOCK} <= {block.stem for block in (snippets / "theme" / "blocks").glob("*.liquid")}


@on_one
def test_the_guide_goes_and_comes_back(desk: Desk, world: World) -> None:
    assert "first ten minutes" not in desk.done("/app/guide/dismissal")
    assert "first ten minutes" not in desk.get("/app").text
    assert "first ten minutes" in desk.done("/app/guide/return")


@on_one
def test_a_proposal_becomes_a_draft_that_can_be_published(context: Context, desk: Desk) -> None:
    assert "Use this proposal" in desk.get("/app/guide/proposal").text
    assert "Publish" in desk.done("/app/guide/proposal")
    with context.transaction() as session:
        assert [programme.state for programme in session.scalars(select(Programme))] == ["draft"]


@on_one
def test_without_a_programme_there_is_nothing_to_try(context: Context, desk: Desk) -> None:
    before = everything(context)
    assert desk.post("/app/guide/test").status_code == 422
    assert everything(context) == before


@on_one
def test_a_test_referral_is_recognised_and_earns_nothing(context: Context, desk: Desk, stage: Stage) -> None:
    stage.programme(RewardTerms("fixed", amount=stage.money(500)), RewardTerms("percentage", 1000))
    assert "Open the test link" in desk.done("/app/guide/test")
    with context.transaction() as session:
        link = session.scalars(select(Link).where(Link.test)).one()
        assert session.get_one(Advocate, (desk.shop.id, link.id)).how == "test"
        session.add(Visit(shop_id=desk.shop.id, id=new_id(), advocate_id=link.id, programme_id=link.programme_id,
                          version_id=stage.version_id, at=stage.now, token="t1"))
    assert desk.get("/app/guide").text.count("Waiting") == 2
    stage.tell(replace(stage.order("7001", at=stage.now + timedelta(seconds=2)), attributes=(("_tandem_visit", "t1"),)))
    stage.settle("7001")
    shown = desk.get("/app").text
    assert "Recognised: this order would have earned a reward" in shown and "/app/referrals/7001" in shown
    with context.transaction() as session:
        assert session.scalars(select(Reward)).all() == []
        assert not figures(session, desk.shop.id, period("all", zone("UTC"), stage.now), compared=False).now.brought


@pytest.mark.parametrize("path", ["/app/guide", "/app/guide/proposal"])
def test_another_shop_has_its_own_guide(rival: Desk, world: World, path: str) -> None:
    answer = rival.get(path)
    assert answer.status_code == 200 and "Friends" not in answer.text.replace("Friends get", "")


@on_one
def test_few_orders_are_bars_and_many_a_course(context: Context, desk: Desk, stage: Stage) -> None:
    stage.move(timedelta(0))
    _decide(context, stage, desk.shop, count=1, brought=1, ago=timedelta(days=2))
    shown = desk.get("/app", period="30").text
    assert '<tandem-chart data-kind="bars"' in shown and "each bar counts them" in shown
    _decide(context, stage, desk.shop, count=40, brought=40, ago=timedelta(days=3))
    shown = desk.get("/app", period="30").text
    assert '<tandem-chart data-kind="line"' in shown and "each bar counts them" not in shown


def test_reading_the_past_is_stopped_and_taken_up_again(context: Context, desk: Desk, world: World) -> None:
    with context.transaction() as session:
        row = session.get_one(Backfill, (desk.shop.id, "orders"))
        row.state, row.lines_done, row.objects_total, row.url = "loading", 300, 1000, "https://files.example/1"
    shown = desk.get("/app").text
    assert "300 of 1,000" in shown and "/app/history/orders/stop" in shown and "/app/history/orders/resumption" not in shown
    shown = desk.done("/app/history/orders/stop", {"period": "7"})
    assert "Stopped" in shown and "300 of 1,000" in shown and "what was not is missing from the figures" in shown
    assert "These figures rest on all orders" not in shown and "/app/history/orders/resumption" in shown
    assert "/app/history/orders/stop" in desk.done("/app/history/orders/resumption")
    with context.transaction() as session:
        assert session.get_one(Backfill, (desk.shop.id, "orders")).state == "loading"
    assert desk.post("/app/history/tea/stop").status_code == 404
