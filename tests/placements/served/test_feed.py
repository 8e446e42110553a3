"""What we answer ourselves: a product's offers for any storefront, and what goes with a checkout. Never another shop's."""

import time

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.config import Settings
from plugin.db import ShopId, new_id
from plugin.offers.flows import showing
from plugin.offers.rules.model import Goods, Part, Step
from plugin.offers.rules.placing import Shelf
from plugin.offers.rules.suggesting import suggest
from plugin.offers.storefront.feed import Kept
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

    def pages(_session: object, shop_id: ShopId) -> dict[str, ShopId]:
        made.append(shop_id)
        return {"shop": shop_id}

    monkeypatch.setattr(showing, "pages", pages)
    kept, shops = Kept(most=2), [ShopId(new_id()) for _ in range(3)]
    asked = [shops[0], shops[0], shops[1], shops[0], shops[2], shops[0], shops[1]]
    assert [kept.pages(None, one, "1") for one in asked] == [{"shop": one} for one in asked]  # type: ignore[arg-type]
    assert made == [shops[0], shops[1], shops[2], shops[1]]


def test_what_completes_the_set(app: Flask, settings: Settings, north: Shop, live: Live) -> None:
    live(north, KIT)
    client = app.test_client()
    answer = ask(client, settings, north, {"held": [{"product": "gid://shopify/Product/11", "quantity": 1}]}).get_json()
    (one,) = answer["offers"]
    assert (one["number"], one["missing"]["product"], one["missing"]["count"], one["missing"]["title"]) == (1, "12", 2, "Tray")
    assert (one["missing"]["price"], one["missing"]["variant"]) == (1000, "121")
    assert one["had"] == [{"product": "11", "count": 1, "part": 0, "cap": 10000}]
    both = [{"product": "11", "quantity": 1}, {"product": "12", "quantity": 2}]
    assert [ask(client, settings, north, {"held": held}).get_json()["offers"] for held in (both, [])] == [[], []]


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
    found = suggest([KIT, other, third], {"11": 1}, shelf)
    assert [(one.number, one.missing.product_id) for one in found] == [(1, "12"), (4, "13")]
    assert suggest([offer("kit", Part(goods(11), 2), Part(goods(12)), whole=percent(1500))], {"11": 1}, shelf) == []
