"""What we answer ourselves: a product's offers for any storefront, and what goes with a checkout. Never another shop's."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.config import Settings
from plugin.context import Context
from plugin.db import ShopId, new_id
from plugin.experiments import flows
from plugin.offers.flows import shown
from plugin.offers.rules.model import Audience, Goods, Part, Step
from plugin.offers.rules.specs import Shelf
from plugin.offers.rules.suggesting import bundles, suggest
from plugin.shops.tables import Shop
from tests.placements.cast import goods, offer, percent
from tests.placements.served.conftest import Live
from tests.rules.shopfront import Storefront

KIT = offer("kit", Part(goods(11)), Part(goods(12), 2), whole=percent(1500))
TIERS = offer("tiers", number=2, goods=Goods(everything=True, not_products=frozenset({"13"})), steps=(Step(3, percent(1000)),))


def ask(client: FlaskClient, settings: Settings, shop: Shop, body: object) -> TestResponse:
    """As a UI extension of this shop asks."""
    now = int(time.time())
    claims = {"dest": shop.domain, "aud": settings.shopify_api_key, "exp": now + 60, "nbf": now - 5, "iat": now - 5, "jti": "1"}
    token = jwt.encode(claims, settings.shopify_api_secret, "HS256")
    return client.post("/extension/offers", json=body, headers={"Authorization": f"Bearer {token}"})


def numbers(answer: TestResponse) -> list[int]:
    return [one["number"] for one in answer.get_json()["offers"]]


def test_a_products_offers(bob: Storefront, north: Shop, live: Live) -> None:
    live(north, KIT, TIERS)
    answer = bob.get("offers.json", product="11")
    assert numbers(answer) == [1, 2] and answer.get_json()["shop"] == north.domain
    assert [numbers(bob.get("offers.json", product=one)) for one in ("12", "13", "99")] == [[1, 2], [], [2]]


def test_caches_may_keep_it_a_minute(bob: Storefront, north: Shop, live: Live) -> None:
    live(north, KIT)
    answer = bob.get("offers.json", product="11")
    assert answer.headers["Cache-Control"] == "public, max-age=60" and "Set-Cookie" not in answer.headers
    again = bob.get("offers.json", product="11", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_shop_sees_its_own(bob: Storefront, eve: Storefront, north: Shop, south: Shop, live: Live) -> None:
    live(north, KIT)
    live(south, TIERS)
    for _ in range(3):
        assert numbers(bob.get("offers.json", product="11")) == [1] and numbers(eve.get("offers.json", product="11")) == [2]


def test_what_changes_is_told_at_once(bob: Storefront, north: Shop, live: Live) -> None:
    assert numbers(bob.get("offers.json", product="11")) == []
    live(north, KIT)
    assert numbers(bob.get("offers.json", product="11")) == [1]
    live(north, TIERS)  # only this one is shown now
    assert numbers(bob.get("offers.json", product="11")) == [2]


@pytest.mark.parametrize("product", ["", "x", "1" * 21, "1,2", "٣"])
def test_what_is_no_product_is_refused(bob: Storefront, product: str) -> None:
    assert bob.get("offers.json", product=product).status_code == 400


def test_only_so_many_shops_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[ShopId] = []

    def make(_session: object, shop_id: ShopId) -> shown.Shown:
        made.append(shop_id)
        return shown.Shown({"shop": shop_id})

    monkeypatch.setattr(shown, "make", make)
    monkeypatch.setattr(shown, "_revision", lambda *_: "1")
    kept, shops = shown.Kept(most=2), [ShopId(new_id()) for _ in range(3)]
    asked = [shops[0], shops[0], shops[1], shops[0], shops[2], shops[0], shops[1]]
    assert [kept.of(None, one).pages for one in asked] == [{"shop": one} for one in asked]  # type: ignore[arg-type]
    assert made == [shops[0], shops[1], shops[2], shops[1]]


def test_of_many_who_ask_at_once_one_works_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    made, many = Event(), Barrier(8)
    times: list[int] = []

    def make(_session: object, _shop_id: ShopId) -> shown.Shown:
        times.append(1)
        made.wait(0.2)  # long enough for the others to ask
        return shown.Shown({"one": 1})

    def ask_at_once(_: int) -> shown.Shown:
        many.wait()
        return kept.of(None, shop_id)  # type: ignore[arg-type]

    monkeypatch.setattr(shown, "make", make)
    monkeypatch.setattr(shown, "_revision", lambda *_: "1")
    kept, shop_id = shown.Kept(), ShopId(new_id())
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(ask_at_once, range(8)))
    assert len(times) == 1 and all(one is told[0] for one in told)


def test_no_page_fails_while_a_merchant_saves(app: Flask, settings: Settings, north: Shop, live: Live) -> None:
    """More ask at once than there are connections to the database."""
    live(north, KIT)
    saved, many = Event(), 20

    def shop_around(_: int) -> set[tuple[int, int]]:
        bob = Storefront(app, settings, north)
        seen: set[tuple[int, int]] = set()
        while not saved.is_set() or not seen:
            answer = bob.get("offers.json", product="11")
            seen |= {(answer.status_code, one) for one in numbers(answer)} if answer.status_code == 200 else {(answer.status_code, 0)}
        return seen

    with ThreadPoolExecutor(many) as pool:
        asked = [pool.submit(shop_around, one) for one in range(many)]
        try:
            for number in range(2, 8):
                live(north, replace(KIT, id=new_id(), number=number))
        finally:
            saved.set()
        told = set().union(*(one.result() for one in asked))
    assert {status for status, _ in told} == {200} and {number for _, number in told} <= set(range(1, 8))
    assert numbers(Storefront(app, settings, north).get("offers.json", product="11")) == [7]


def test_what_else_may_charge_for_a_products_goods(bob: Storefront, north: Shop, live: Live) -> None:
    """A storefront that draws its own pages can say what the checkout will take, too."""
    live(north, replace(KIT, id=new_id(), number=3))
    assert "rounds" not in bob.get("offers.json", product="11").get_json()
    live(north, KIT, TIERS)
    told = bob.get("offers.json", product="11").get_json()
    assert told["rounds"] == {"1": [[0, 2]]}
    assert told["rivals"]["2"]["terms"] == {"pick": 1, "steps": [[3, [1, 1000, 0, {}]]], "keys": ["2.0"]}
    assert told["rivals"]["2"]["goods"] == [{"all": True, "without": {"products": [13]}}] and not told["turns"]


def test_what_completes_the_set_tells_what_else_may_charge_for_it(app: Flask, settings: Settings, north: Shop, live: Live) -> None:
    """Of what is for everybody: who asks for a tag or a segment cannot be told here."""
    some = replace(TIERS, id=new_id(), number=3, audience=Audience(customer_tags=frozenset({"vip"})))
    live(north, KIT, TIERS, some)
    held = {"held": [{"product": "11", "quantity": 1}]}
    (one,) = ask(app.test_client(), settings, north, held).get_json()["offers"]
    assert one["spec"]["rounds"] == [[0, {"pick": 1, "steps": [[3, [1, 1000, 0, {}]]], "keys": ["2.0"]}]]
    assert [one["had"][0]["keys"], one["missing"]["keys"]] == ["2.0", "2.0"]


def test_what_completes_the_set(app: Flask, settings: Settings, north: Shop, live: Live) -> None:
    live(north, KIT)
    client = app.test_client()
    answer = ask(client, settings, north, {"held": [{"product": "gid://shopify/Product/11", "quantity": 1}]}).get_json()
    (one,) = answer["offers"]
    assert (one["number"], one["missing"]["product"], one["missing"]["count"], one["missing"]["title"]) == (1, "12", 2, "Tray")
    assert (one["missing"]["price"], one["missing"]["variant"]) == (1000, "121")
    assert one["had"] == [{"product": "11", "count": 1, "part": 0, "cap": 10000, "keys": ""}]
    both = [{"product": "11", "quantity": 1}, {"product": "12", "quantity": 2}]
    assert [ask(client, settings, north, {"held": held}).get_json()["offers"] for held in (both, [])] == [[], []]


def test_a_held_out_share_in_the_checkout(app: Flask, settings: Settings, context: Context, north: Shop, live: Live) -> None:
    """Who agreed to be counted has an arm, the same that the product's page drew; everybody else is shown it, and is in none."""
    with context.transaction() as session:
        flows.secret(session, north.id)
    live(north, replace(KIT, audience=Audience(holdout_bp=5000)))
    client, lines = app.test_client(), [{"product": "11", "quantity": 1}]

    def told(**buyer: object) -> dict[str, object]:
        (one,) = ask(client, settings, north, {"held": lines, **({"buyer": buyer} if buyer else {})}).get_json()["offers"]
        found: dict[str, object] = one.get("arm", {})
        return found

    assert told() == {} == told(unit="")
    arms = [told(unit=f"checkout {number}", writes=True) for number in range(40)]
    assert {one["first"] for one in arms} == {True} and {one["held"] for one in arms} == {True, False}
    again = told(attributes={"_tandem_arm1": arms[0]["name"]}, unit="another")
    assert again == {**arms[0], "first": False}
    assert told(attributes={"_tandem_arm1": "forged"}, unit="checkout 0", writes=False) == {**arms[0], "first": False}


@pytest.mark.parametrize("buyer", [None, [], "x", {"unit": 7}, {"unit": "x" * 1001}, {"attributes": []}, {"attributes": {"a": 1}},
                                   {"attributes": {str(one): "" for one in range(251)}}, {"writes": 1}])
def test_a_buyer_that_is_none_is_refused(app: Flask, settings: Settings, north: Shop, buyer: object) -> None:
    assert ask(app.test_client(), settings, north, {"held": [], "buyer": buyer}).status_code == 400


@pytest.mark.parametrize("held", [None, "11", [1], [{"product": 11, "quantity": 1}], [{"product": "11", "quantity": 0}],
                                  [{"product": "11", "quantity": True}], [{"product": "11", "quantity": 10**9}], [{}] * 501])
def test_bad_lines_are_refused(app: Flask, settings: Settings, north: Shop, held: object) -> None:
    assert ask(app.test_client(), settings, north, {"held": held}).status_code == 400


def test_without_a_token_nothing_is_said(app: Flask) -> None:
    assert app.test_client().post("/extension/offers", json={"held": []}).status_code == 401


def test_no_product_is_suggested_twice_and_none_that_is_too_little_of() -> None:
    shelf = Shelf({"11": "mug", "12": "tray", "13": "bag"})
    other = offer("together", Part(goods(11)), Part(goods(12), benefit=percent(500)), number=3)
    third = offer("together", Part(goods(11)), Part(goods(13), benefit=percent(500)), number=4)
    found = suggest(bundles([KIT, other, third], shelf), {"11": 1})
    assert [(one.number, one.missing.product_id) for one in found] == [(1, "12"), (4, "13")]
    two = offer("kit", Part(goods(11), 2), Part(goods(12)), whole=percent(1500))
    assert suggest(bundles([two], shelf), {"11": 1}) == []


def test_what_is_better_is_told_only_where_the_old_one_can_leave(app: Flask, settings: Settings, north: Shop, live: Live) -> None:
    live(north, offer("upgrade", Part(goods(13), benefit=percent(1000)), replaces=frozenset({"11"}), number=9))
    client, held = app.test_client(), [{"product": "11", "quantity": 1}]
    assert ask(client, settings, north, {"held": held}).get_json()["offers"] == []
    [one] = ask(client, settings, north, {"held": held, "swap": True}).get_json()["offers"]
    assert (one["replaces"], one["missing"]["product"], one["had"]) == ("11", "13", [])
    both = [*held, {"product": "13", "quantity": 1}]
    assert ask(client, settings, north, {"held": both, "swap": True}).get_json()["offers"] == []
    assert ask(client, settings, north, {"held": held, "swap": "yes"}).status_code == 400
