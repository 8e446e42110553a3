"""Adding to a paid order: what is offered, at which price, and the changeset that is signed for it. Never twice, never another shop's."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import jwt
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from plugin.config import Settings
from plugin.context import Context
from plugin.experiments import flows
from plugin.margin import flows as margins
from plugin.mirror import tables as mirror
from plugin.offers.rules.model import Audience, Benefit, Offer, Part
from plugin.shops.tables import Shop
from tests.placements.cast import goods, off, offer, percent
from tests.placements.purchases import BAG, MUG, TRAY, data, token
from tests.placements.served.conftest import Live
from tests.reports.test_counting import counted
from tests.rules.cast import NOON
from tests.rules.shopfront import PHONE

Send = Callable[..., TestResponse]
KIT = offer("kit", Part(goods(11)), Part(goods(12), 2), whole=percent(1500))
BAGS = offer("together", Part(goods(11)), Part(goods(13), benefit=percent(1000)), number=2, priority=9)


@pytest.fixture
def send(app: Flask, settings: Settings, north: Shop) -> Send:
    """As the extension asks, of a purchase of these lines."""

    def post(*lines: tuple[int, int, int, str], path: str = "", shop: Shop = north, more: dict[str, Any] | None = None,
             agent: str = "", **told: str) -> TestResponse:
        body = {"token": token(settings, data(shop.domain, *lines, **told)), **(more or {})}
        answer = app.test_client().post(f"/extension/afterwards{path}", json=body, headers={"User-Agent": agent} if agent else {})
        answer.close()
        return answer

    return post


def offered(answer: TestResponse) -> list[tuple[int, str, str]]:
    assert answer.status_code == 200, answer.text
    return [(one["number"], one["before"], one["price"]) for one in answer.get_json()["offers"]]


def claims(settings: Settings, answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = jwt.decode(answer.get_json()["changeset"], settings.shopify_api_secret, ["HS256"])
    return found


def test_one_and_a_smaller_one(send: Send, north: Shop, live: Live) -> None:
    live(north, KIT, BAGS)
    answer = send(MUG)
    assert offered(answer) == [(2, "30.00", "27.00"), (1, "20.00", "17.00")]
    (bag, tray) = answer.get_json()["offers"]
    assert (bag["title"], bag["variant"], bag["count"], tray["count"]) == ("Bag", 131, 1, 2)
    assert json.loads(bag["changes"]) == [
        {"type": "add_variant", "variantId": 131, "quantity": 1, "discount": {"value": 3, "valueType": "fixed_amount", "title": "Offer 2"}}]
    # Each unit is a change of its own, so that a fixed amount cannot be taken for a line's or a unit's.
    assert [(one["quantity"], one["discount"]["value"]) for one in json.loads(tray["changes"])] == [(1, 1.5), (1, 1.5)]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("status", ["unpublished", "draft", "archived"])
def test_what_left_the_online_store_is_not_offered(send: Send, context: Context, north: Shop, live: Live, status: str) -> None:
    live(north, KIT, BAGS)
    assert offered(send(MUG)) == [(2, "30.00", "27.00"), (1, "20.00", "17.00")]
    with context.transaction() as session:
        session.get_one(mirror.Product, (north.id, "13")).status = status
    assert offered(send(MUG)) == [(1, "20.00", "17.00")]


def test_what_costs_more_is_no_second_choice(send: Send, north: Shop, live: Live) -> None:
    live(north, offer("together", Part(goods(11)), Part(goods(12), benefit=percent(1000)), number=5, priority=10), BAGS)
    assert offered(send(MUG)) == [(5, "10.00", "9.00")]


def test_amounts_are_whole_to_the_penny(send: Send, north: Shop, live: Live) -> None:
    live(north, offer("kit", Part(goods(11)), Part(goods(12), 3), whole=off(1001)))
    (one,) = send(MUG).get_json()["offers"]
    cuts = [change["discount"]["value"] for change in json.loads(one["changes"], parse_float=Decimal)]
    assert cuts == [Decimal("2.01"), Decimal("2.00"), Decimal("2.00")] and one["price"] == "23.99"


def test_the_changeset_says_what_was_shown(send: Send, settings: Settings, north: Shop, live: Live) -> None:
    live(north, KIT)
    answer = send(MUG, path="/changeset", more={"number": 1, "price": "17.00"})
    told = claims(settings, answer)
    assert (told["iss"], told["sub"]) == (settings.shopify_api_key, "ref-1") and type(told["iat"]) is int
    assert told["changes"] == json.loads(send(MUG).get_json()["offers"][0]["changes"])
    assert set(told) == {"iss", "sub", "jti", "iat", "changes"}


def test_a_second_tap_is_the_same_changeset(send: Send, settings: Settings, north: Shop, live: Live) -> None:
    """Shopify applies each ``jti`` once."""
    live(north, KIT, BAGS)
    def unique(number: int, price: str, reference: str = "ref-1") -> str:
        found = claims(settings, send(MUG, path="/changeset", more={"number": number, "price": price}, reference=reference))["jti"]
        return str(found)

    assert unique(1, "17.00") == unique(1, "17.00")
    assert len({unique(1, "17.00"), unique(2, "27.00"), unique(1, "17.00", "ref-2")}) == 3


@pytest.mark.parametrize(("number", "price", "status"), [
    (1, "16.99", 422), (1, "17.0", 422), (9, "17.00", 422), (True, "17.00", 400), ("1", "17.00", 400), (1, 17, 400), (1, None, 400),
    (1, "1" * 21, 400)])
def test_nothing_else_is_signed(send: Send, north: Shop, live: Live, number: object, price: object, status: int) -> None:
    live(north, KIT)
    assert send(MUG, path="/changeset", more={"number": number, "price": price}).status_code == status


def test_it_is_asked_with_a_token_of_shopifys(app: Flask, settings: Settings, north: Shop, live: Live) -> None:
    live(north, KIT)
    forged = jwt.encode({"iss": "shopify", "sub": "ref-1", "iat": 1}, "x" * 32, "HS256")
    for body in ({}, {"token": forged}, {"token": None}, {"token": ["x"]}):
        assert app.test_client().post("/extension/afterwards", json=body).status_code == 401
    assert app.test_client().options("/extension/afterwards/changeset").status_code == 204


@pytest.mark.parametrize("told", [
    {"currency": "EUR"}, {"shown": "EUR"}])
def test_not_in_another_currency(send: Send, north: Shop, live: Live, told: dict[str, str]) -> None:
    live(north, KIT)
    assert offered(send(MUG, **told)) == []


def test_another_shops_offers_stay_there(send: Send, north: Shop, south: Shop, live: Live) -> None:
    live(north, KIT)
    live(south, BAGS)
    assert [one[0] for one in offered(send(MUG))] == [1]
    assert [one[0] for one in offered(send(MUG, shop=south, currency=south.currency))] == [2]


@pytest.mark.parametrize("offers", [
    [], [offer("kit", Part(goods(11)), Part(goods(12), 6), whole=percent(1500))],
    [offer("kit", Part(goods(11)), Part(goods(12)), whole=percent(1500), audience=Audience(countries=frozenset({"GB"})))],
    [offer("together", Part(goods(11), benefit=percent(1000)), Part(goods(12)))]],
    ids=["none", "too many", "for some", "nothing off what is missing"])
def test_what_is_not_offered(send: Send, north: Shop, live: Live, offers: list[Offer]) -> None:
    live(north, *offers)
    assert offered(send(MUG)) == []


def test_nothing_for_who_has_it_or_bought_less(send: Send, north: Shop, live: Live) -> None:
    live(north, KIT)
    assert [offered(send(*lines)) for lines in ((MUG, TRAY), (BAG,), (), ((99, 991, 1, "1.00"),))] == [[], [], [], []]


def test_goods_that_were_sold_for_less_pay_for_nothing(send: Send, north: Shop, live: Live) -> None:
    """A bag for nothing is borne by the mug's full price alone; a percentage off the bag is the bag's own."""
    live(north, offer("buy_get", Part(goods(11)), Part(goods(13), benefit=Benefit("free")), number=3))
    cheap = (11, 111, 1, "18.00")
    assert [len(offered(send(one))) for one in (MUG, cheap)] == [1, 0]
    live(north, offer("kit", Part(goods(11)), Part(goods(13)), whole=percent(1000), number=4))
    assert offered(send(cheap)) == [(4, "30.00", "27.00")]


def test_the_floor_holds(send: Send, context: Context, north: Shop, live: Live) -> None:
    """A bag for 30.00 that costs 10.00 may give up 1.41 of its 3.00 at a floor of 65 %; a tray that costs its price gives up nothing."""
    live(north, KIT, offer("kit", Part(goods(11)), Part(goods(13)), whole=percent(1000), number=2, priority=9))
    with context.transaction() as session:
        margins.set_floor(session, north.id, floor_bp=6500, cost_bp=None, now=NOON)
    assert offered(send(MUG)) == [(2, "30.00", "28.59")]


def test_what_was_shown_and_added_is_counted(send: Send, context: Context, north: Shop, south: Shop, live: Live) -> None:
    """By who has the purchase's token, of this shop's offers alone; not for machines, and nothing for nonsense."""
    live(north, KIT)
    for marks in ("s1post_purchase", "a1post_purchase", "s9post_purchase", "s1moon"):
        assert send(MUG, path="/seen", more={"marks": marks}, agent=PHONE).status_code == 204
    assert send(MUG, path="/seen", more={"marks": "s1post_purchase"}, agent="curl/8").status_code == 204
    assert send(MUG, path="/seen", more={"marks": "s1post_purchase"}, agent=PHONE, shop=south).status_code == 204
    assert [send(MUG, path="/seen", more={"marks": one}, agent=PHONE).status_code for one in (7, None, "s" * 2000)] == [400] * 3
    assert counted(context, north) == {(1, "post_purchase", "all"): (1, 1, 0)} and counted(context, south) == {}


def test_it_is_not_offered_where_some_are_held_out(send: Send, context: Context, north: Shop, live: Live) -> None:
    """Nobody knows here who they are."""
    with context.transaction() as session:
        flows.secret(session, north.id)
    live(north, offer("kit", Part(goods(11)), Part(goods(12), 2), whole=percent(1500), audience=Audience(holdout_bp=1)))
    assert offered(send(MUG)) == []
