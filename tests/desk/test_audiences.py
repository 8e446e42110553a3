"""Whom offers are for, in the builder: markets by name, with those that went; and what is done when signed links are believed no more."""

import re

import pytest

from plugin import clock
from plugin.attribution import campaigns
from plugin.context import Context
from plugin.mirror.tables.markets import Market, keep_markets
from plugin.offers.rules.filling import suggested
from plugin.offers.tables import segments
from plugin.people import tagging
from tests.desk.conftest import CANDLE, Desk, World, on_one

FORM = suggested("tiers", "More") | {"kind": "tiers", "goods_a": f"p:{CANDLE}", "outcome": "units"}


def _markets(context: Context, desk: Desk, *told: tuple[str, str, bool, list[str]]) -> None:
    with context.transaction() as session:
        keep_markets(session, desk.shop.id, [
            Market(shop_id=desk.shop.id, id=id, name=name, active=active, by_country=True, everywhere=False, countries=countries,
                   read_at=clock.now()) for id, name, active, countries in told])


@on_one
def test_markets_are_chosen_by_name_and_one_that_is_gone_stays_until_it_is_taken_out(context: Context, desk: Desk, world: World) -> None:
    assert "Only in these markets" not in desk.get("/app/offers/new/tiers").text
    _markets(context, desk, ("7", "Isles", True, ["GB", "IE"]), ("8", "Draft", False, ["FR"]))
    page = desk.get("/app/offers/new/tiers").text
    assert "Isles" in page and "GB, IE" in page and "cannot tell who is in it" in page
    assert "Only in the markets Isles." in desk.post("/app/offers/preview", FORM | {"markets": ["7"]}).text
    assert "must be active and made of countries" in desk.post("/app/offers/preview", FORM | {"markets": ["8"]}).text
    assert "None of these countries" in desk.post("/app/offers/preview", FORM | {"markets": ["7"], "countries": "FR"}).text
    saved = desk.post("/app/offers", FORM | {"markets": ["7"]})
    assert saved.status_code in (200, 303)
    _markets(context, desk)
    gone = desk.post("/app/offers", FORM | {"markets": ["7"], "title": ""})
    assert gone.status_code == 422 and "A market that is no longer there" in gone.text
    assert "no longer there" in desk.post("/app/offers/preview", FORM | {"markets": ["7"]}).text
    assert desk.post("/app/offers", FORM | {"markets": ["<script>"]}).status_code == 422


@on_one
def test_without_the_permission_the_builder_says_what_to_do(monkeypatch: pytest.MonkeyPatch, desk: Desk, world: World) -> None:
    monkeypatch.setattr("plugin.offers.admin.offers.may_read", lambda _session, _shop_id: False)
    assert "To choose markets, let Tandem read them" in desk.get("/app/offers/new/tiers").text


@on_one
def test_signed_links_are_distrusted_with_a_word_of_who_did_it(desk: Desk, world: World) -> None:
    page = desk.get("/app/audiences").text
    assert "loses its offers within a few minutes" in page and "Distrusted on" not in page
    assert "No signed link from before counts" in desk.done("/app/audiences/links/distrust")
    assert "Distrusted on" in desk.get("/app/audiences").text


@on_one
def test_a_segment_is_made_by_what_was_bought_and_removed(desk: Desk, world: World) -> None:
    form = {"name": "Vases", "test_0": "bought_any", "value_0": "Stoneware vase, Kitchen"}
    assert "Has bought any of Kitchen, Stoneware vase" in desk.done("/app/audiences/segments", form)
    address = f"/app/audiences/segments/{world.segment}"
    assert "Remove" in desk.get(address).text
    assert "The segment is removed." in desk.done(f"{address}/removal")
    assert desk.get(address).status_code == 404 and desk.post(f"{address}/removal").status_code == 404


@on_one
def test_a_segment_says_in_words_why_somebody_belongs(context: Context, desk: Desk, rival: Desk, world: World) -> None:
    with context.transaction() as session:
        for one, tags in ((desk, ["VIP", "Blue"]), (rival, ["VIP", "Green"])):
            tagging.told(session, one.shop.id, "77001", tags, clock.now())
    form = {"name": "Chosen", "test_0": "tagged_any", "value_0": "vip", "test_1": "friends_most", "value_1": "0", "test_2": "referred_most",
            "value_2": "0", "test_3": "orders_most", "value_3": "0"}
    told = desk.post("/app/audiences/segments/look", form).text
    assert "Customer 77001" in told and "Green" not in told
    assert "customer tags: Blue, VIP · friends’ orders: 0 · orders through a friend: 0 · orders: 0" in told
    advocates = form | {"test_1": "friends_least", "value_1": "1"}
    assert "Nobody belongs" in desk.post("/app/audiences/segments/look", advocates).text
    listed = desk.done("/app/audiences/segments", form)
    assert "Customer tags: any of vip · Friends’ orders: at most 0" in listed
    refused = desk.post("/app/audiences/segments", form | {"value_0": "", "value_1": "few"})
    assert refused.status_code == 422 and refused.text.count("tags such as VIP") == 2


@on_one
def test_a_campaign_says_who_changed_it_and_what_its_link_opens(desk: Desk, rival: Desk, world: World) -> None:
    address = f"/app/audiences/campaigns/{world.campaign}"
    assert "so the link leads to the shop" in desk.get(address).text
    said = {"name": "Podcast", "public_name": "The Hour", "opens": "shop"}
    for _ in range(2):  # the same again is no change
        assert "The campaign is saved." in desk.done(address, said)
    desk.done(f"{address}/stop")
    desk.done(f"{address}/stop")
    assert "proves nothing" in desk.get(address).text
    desk.done(f"{address}/resumption")
    page = desk.get(address).text
    assert re.findall(r'<li class="past"><s-text type="strong">(\w+)', page) == ["Resumed", "Stopped", "Changed", "Made"]
    assert "Podcast · The Hour · The shop at once" in page and page.count("<bdi>You</bdi>") == 3 and "<bdi>Tandem</bdi>" in page
    assert "The link leads to the shop." in page
    for path, form in ((address, said), (f"{address}/stop", None), (f"{address}/resumption", None)):
        assert rival.post(path, form).status_code == 404
    assert rival.get(address).status_code == 404


@on_one
def test_who_changed_a_campaign_or_a_segment_is_forgotten_with_the_shop(context: Context, desk: Desk, world: World) -> None:
    desk.done(f"/app/audiences/campaigns/{world.campaign}/stop")
    desk.done(f"/app/audiences/segments/{world.segment}", {"name": "Often", "test_0": "orders_least", "value_0": "4"})
    with context.transaction() as session:
        campaigns.forget_shop(session, desk.shop.id)
        segments.forget_shop(session, desk.shop.id)
        of_campaign = campaigns.changes(session, desk.shop.id, world.campaign)
        staff = [one.staff for one in of_campaign] + [one.staff for one in segments.segment_changes(session, desk.shop.id, world.segment)]
    assert staff == [None] * 4 and [one.kind for one in of_campaign] == ["stopped", "made"]
