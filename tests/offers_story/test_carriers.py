"""What the checkout must know of a shopper, through the whole stack: a friend sent by an advocate, a campaign's link and code, a segment, a
cap. Each by its own road, and nobody by a forged one."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from playwright.sync_api import Page, expect

from devstore.demo.cast import Merchant
from devstore.demo.story import PROGRAMME
from tests.offers_story.cases import CANDLE, THROW, VASE
from tests.offers_story.conftest import Builder, Example, pence
from tests.offers_story.shopping import fill_cart
from tests.walk.conftest import Stage, Visit, publish, until
from tests.walk.steps import link_to_share, log_in, pay, to_checkout

SHOP = "south"
FRIEND_BP, FLOOR_BP, COST_BP = 1500, 3000, 4000
ATTRIBUTES = "() => fetch('/cart.js').then((told) => told.json()).then((cart) => cart.attributes)"
FORGE = """(value) => fetch('/cart/update.js', {method: 'POST', headers: {'Content-Type': 'application/json'},
  body: JSON.stringify({attributes: {_tandem_offer: value}})})"""
GOODS = [(1, "Stoneware Vase"), (1, "Beeswax Candle")]


@dataclass
class Club:
    """A shop whose friends get a discount of their own and a bundle; ``link`` is an advocate's."""

    stage: Stage
    link: str
    example: Example
    full: int

    @property
    def friends_price(self) -> int:
        """What the preview says, less the friend's discount on the order."""
        return self.example.paid - (self.example.paid * FRIEND_BP + 5_000) // 10_000

    def order(self, page: Page, email: str) -> dict[str, Any]:
        to_checkout(page, self.stage, SHOP)
        pay(page, email)
        return self.stage.last_order(SHOP, email)


@pytest.fixture(scope="module")
def shop(stage: Stage) -> Builder:
    publish(stage.place, SHOP, PROGRAMME)
    merchant = Merchant(stage.place, SHOP)
    merchant.place_all()
    ids = {one["handle"]: one["id"] for one in stage.control(f"products?shop={SHOP}")["products"]}
    made = Builder(stage, merchant, ids)
    until("the products are mirrored", lambda: f'value="p:{ids[THROW]}"' in merchant.send(
        "/app/offers/choices?letter=a", {"words_a": "wool"}).text or None)
    merchant.send("/app/margin-floor", {"floor": str(FLOOR_BP // 100), "cost": str(COST_BP // 100)})
    return made


@pytest.fixture
def club(shop: Builder, stage: Stage, visitor: Visit) -> Iterator[Club]:
    values = shop.values("welcome", {"goods_a": (VASE,), "goods_b": (CANDLE,), "value": "10"})
    [example] = shop.preview(values)
    offer = shop.publish(values)
    page = visitor()
    page.goto(stage.shop(SHOP, "/"))
    fill_cart(page, [(1, "Wool Throw")])
    to_checkout(page, stage, SHOP)
    pay(page, "ada@club.example")
    prices = {one["handle"]: one["variants"][0]["price"] for one in stage.control(f"products?shop={SHOP}")["products"]}
    yield Club(stage, link_to_share(page), example, int(prices[VASE]) + int(prices[CANDLE]))
    shop.pause(offer)


def claim(page: Page, link: str) -> str:
    """The landing page's one button. Returns the friend's code."""
    page.goto(link)
    page.locator("main form button").first.click()
    expect(page.locator("[data-cart-count]").first).to_be_visible()
    code = next((one["value"] for one in page.context.cookies() if one["name"] == "discount_code"), "")
    assert code, "Shopify's /discount keeps the code"
    return unquote(code)


def paid(order: dict[str, Any]) -> int:
    return int(order["subtotal"])


def test_a_friend_has_the_bundle_and_their_own_discount_and_nobody_else(club: Club, visitor: Visit) -> None:
    friend = visitor()
    code = claim(friend, club.link)
    until("the cart knows", lambda: friend.evaluate(ATTRIBUTES).get("_tandem_offer") or None)
    proof = friend.evaluate(ATTRIBUTES)["_tandem_offer"]
    assert "tandem_offer" not in friend.url
    fill_cart(friend, GOODS)
    order = club.order(friend, "bea@club.example")
    assert paid(order) == club.friends_price
    told = [(one["kind"], one["code"] or one["title"]) for one in order["discounts"]]
    assert told == [("automatic", "Our welcome"), ("discount_code", code)]
    assert paid(order) * (10_000 - FLOOR_BP) >= club.full * COST_BP  # the floor holds with both

    for at, forged in enumerate((f"5;{proof.split(';')[1]};{'0' * 64}", proof.replace(";2", ";9", 1), "5")):
        stranger = visitor()
        stranger.goto(club.stage.shop(SHOP, "/"))
        stranger.evaluate(FORGE, forged)
        fill_cart(stranger, GOODS)
        assert paid(club.order(stranger, f"mallory{at}@club.example")) == club.full, forged


def test_the_code_alone_proves_the_same(club: Club, visitor: Visit) -> None:
    """A friend who reads it to themselves on another device."""
    first, second = visitor(), visitor()
    code = claim(first, club.link)
    second.goto(club.stage.shop(SHOP, f"/discount/{code.lower()}"))
    assert "_tandem_offer" not in second.evaluate(ATTRIBUTES)
    fill_cart(second, GOODS)
    assert paid(club.order(second, "cyd@club.example")) == club.friends_price
    third = visitor()
    third.goto(club.stage.shop(SHOP, f"/discount/{code[:6]}{code[:6]}"))
    fill_cart(third, GOODS)
    assert paid(club.order(third, "dot@club.example")) == club.full


def sale(shop: Builder, **asked: object) -> str:
    """A fifth off a throw, for whom it is. Returns the offer's id."""
    return shop.publish(shop.values("tiers", {"goods_a": (THROW,), "least_a": "1", "value_a": "20", "least_b": "", "value_b": "", **asked}))


def throw(page: Page, club: Stage, email: str, *, known: bool = False) -> int:
    """What a throw costs this shopper."""
    if not page.url.startswith(club.shop(SHOP, "/")):
        page.goto(club.shop(SHOP, "/"))
    fill_cart(page, [(1, "Wool throw")])
    to_checkout(page, club, SHOP)
    pay(page, email, known=known)
    return paid(club.last_order(SHOP, email))


@pytest.fixture(scope="module")
def full(stage: Stage) -> int:
    """What a throw costs without any offer."""
    return next(int(one["variants"][0]["price"]) for one in stage.control(f"products?shop={SHOP}")["products"] if one["handle"] == THROW)


def test_a_campaign_is_known_by_its_link_and_by_its_codes(shop: Builder, stage: Stage, visitor: Visit, full: int) -> None:
    merchant = shop.merchant
    merchant.send("/app/audiences/campaigns", {"name": "Podcast", "public_name": "The Kitchen Hour", "code": "podcast-"})
    page = merchant.open("/app/audiences")
    link = re.findall(r"https?://[^\s<]+/apps/tandem/c/[\w-]+", page)[0]
    campaign = re.findall(r"/app/audiences/campaigns/([\w-]{36})/stop", page)[0]
    offer = sale(shop, campaigns=[campaign])
    by_link, by_code, by_nothing = visitor(), visitor(), visitor()
    landing = f"{stage.shop(SHOP, '/apps/tandem/c/')}{link.rsplit('/', 1)[1]}"
    by_link.goto(f"{landing}?product={THROW}")
    expect(by_link.get_by_role("heading", name="The Kitchen Hour recommends")).to_be_visible()
    by_link.get_by_role("button", name="Go shopping").click()
    expect(by_link).to_have_url(re.compile(THROW))
    until("the cart knows", lambda: by_link.evaluate(ATTRIBUTES).get("_tandem_offer") or None)
    assert throw(by_link, stage, "eli@club.example") == full * 8 // 10
    by_page = visitor()
    by_page.goto(landing)
    said = pence(by_page.locator(".bundle .price").evaluate("one => one.lastChild.textContent"))
    by_page.get_by_role("button", name="Put it in my cart").click()
    to_checkout(by_page, stage, SHOP)
    pay(by_page, "kit@club.example")
    assert paid(stage.last_order(SHOP, "kit@club.example")) == said == full * 8 // 10
    by_code.goto(stage.shop(SHOP, "/discount/Podcast-7"))
    assert throw(by_code, stage, "fay@club.example") == full * 8 // 10
    assert throw(by_nothing, stage, "gus@club.example") == full

    merchant.send(f"/app/audiences/campaigns/{campaign}/stop", {})
    shop.told()
    late = visitor()
    late.goto(landing)
    expect(late).to_have_url(stage.shop(SHOP, "/"))
    assert "_tandem_offer" not in late.evaluate(ATTRIBUTES)
    shop.pause(offer)


def test_a_segment_and_a_cap_are_known_of_who_is_logged_in(shop: Builder, stage: Stage, visitor: Visit, full: int) -> None:
    """Regulars have ordered once; they get the offer once."""
    merchant = shop.merchant
    conditions = {"name": "Regulars", "test_0": "orders_least", "value_0": "1", "test_1": "country_none", "value_1": "US"}
    merchant.send("/app/audiences/segments", conditions)
    segment = re.findall(r"/app/audiences/segments/([\w-]{36})", merchant.open("/app/audiences"))[0]
    offer = sale(shop, segments=[segment], cap_times="1", cap_days="30")
    page = visitor()
    assert throw(page, stage, "hal@club.example") == full
    told(stage, "hal@club.example", lambda marks: any(5_000 <= mark < 10_000 for mark in marks))
    assert "orders: 1" in merchant.send("/app/audiences/segments/look", conditions).text
    log_in(page, stage, "hal@club.example", SHOP)
    assert throw(page, stage, "hal@club.example", known=True) == full * 8 // 10
    told(stage, "hal@club.example", lambda marks: any(10_000 <= mark < 20_000 for mark in marks))
    assert throw(page, stage, "hal@club.example", known=True) == full
    shop.pause(offer)


def told(stage: Stage, email: str, look: Callable[[list[int]], bool]) -> None:
    """Shopify knows these marks of the customer."""
    [customer] = [one["id"] for one in stage.control(f"customers?shop={SHOP}")["customers"] if one["email"] == email]
    until("Shopify knows the marks", lambda: look([one for one in marks_of(stage, customer) if not isinstance(one, str)]) or None)


def marks_of(stage: Stage, customer: str) -> list[int | str]:
    found = stage.control(f"metafields?shop={SHOP}&owner=gid://shopify/Customer/{customer}")["metafields"]
    return list(json.loads(found.get("$app.marks", "[]")))


def test_an_offer_that_is_given_as_a_code_is_for_who_types_it(shop: Builder, stage: Stage, visitor: Visit, full: int) -> None:
    offer = sale(shop, code="throw-20")
    typed, silent = visitor(), visitor()
    typed.goto(stage.shop(SHOP, "/discount/Throw-20"))
    assert throw(typed, stage, "ivy@club.example") == full * 8 // 10
    assert stage.last_order(SHOP, "ivy@club.example")["codes"] == ["THROW-20"]
    assert throw(silent, stage, "jon@club.example") == full
    shop.pause(offer)
    until("the code is gone", lambda: not [one for one in stage.control(f"codes?shop={SHOP}")["codes"] if one["code"] == "THROW-20"])


def test_a_collection_is_what_shopify_says_is_in_it(shop: Builder, stage: Stage, visitor: Visit, full: int) -> None:
    made = stage.control("collections", {"shop": SHOP, "title": "Warm things", "products": [shop.ids[VASE]]})
    chosen = until("the collection is known", lambda: re.findall(r'value="(c:\d+)"', shop.merchant.send(
        "/app/offers/choices?letter=a", {"words_a": "warm"}).text) or None)
    assert chosen == [f"c:{made['id']}"]
    offer = sale(shop, goods_a=chosen)
    assert throw(visitor(), stage, "kim@club.example") == full
    httpx.patch(f"{stage.place.devstore}/_devstore/collections/{made['id']}", json={"products": [shop.ids[THROW]]}).raise_for_status()
    assert throw(visitor(), stage, "lou@club.example") == full * 8 // 10
    shop.pause(offer)


def test_a_market_is_its_countries_and_the_offer_follows_it(shop: Builder, stage: Stage, visitor: Visit, full: int) -> None:
    made = stage.control("markets", {"shop": SHOP, "name": "Neighbours", "countries": ["DE", "AT"]})
    until("the market is known", lambda: "Neighbours" in shop.merchant.open("/app/offers/new/tiers") or None)
    offer = sale(shop, markets=[made["id"]])
    page = visitor()
    page.goto(stage.shop(SHOP, f"/products/{THROW}"))
    expect(page.locator("tandem-offer").first).to_be_visible()
    assert throw(visitor(), stage, "mia@club.example") == full * 8 // 10
    address = f"{stage.place.devstore}/_devstore/markets/{made['id']}"
    httpx.patch(address, json={"countries": ["AT"]}).raise_for_status()
    until("the page has heard", lambda: not _shows(visitor, stage) or None)
    assert throw(visitor(), stage, "ned@club.example") == full
    httpx.delete(address).raise_for_status()
    until("the merchant reads it", lambda: "Some offers are kept from the shop" in shop.merchant.open("/app/offers") or None)
    assert "A market that is no longer there" in shop.merchant.open(f"/app/offers/{offer}")
    shop.pause(offer)


def _shows(visitor: Visit, stage: Stage) -> bool:
    page = visitor()
    page.goto(stage.shop(SHOP, f"/products/{THROW}"))
    return page.locator("tandem-offer").count() > 0


def test_an_advocates_own_code_is_refused_with_words_and_a_friends_is_not(club: Club, visitor: Visit) -> None:
    """Ada, whose link it is, takes a code by it, and enters it while she is logged in."""
    stage = club.stage
    code = claim(visitor(), club.link)
    until("Shopify knows whose it is", lambda: code.lower() in _told_codes(stage, "ada@club.example") or None)
    ada, friend = visitor(), visitor()
    log_in(ada, stage, "ada@club.example", SHOP)
    friend.goto(stage.shop(SHOP, "/"))
    for page in (ada, friend):
        fill_cart(page, GOODS)
        to_checkout(page, stage, SHOP)
        page.fill("[name=discount]", code)
        page.locator("button[value=apply]").click()
    expect(ada.get_by_text("it is for your friends")).to_be_visible()
    expect(friend.get_by_text(code).first).to_be_visible()
    expect(friend.get_by_text("it is for your friends")).to_have_count(0)
    pay(ada, "ada@club.example", known=True)
    order = stage.last_order(SHOP, "ada@club.example")
    assert (paid(order), order["codes"]) == (club.full, [])


def _told_codes(stage: Stage, email: str) -> list[str]:
    [customer] = [one["id"] for one in stage.control(f"customers?shop={SHOP}")["customers"] if one["email"] == email]
    return [one for one in marks_of(stage, customer) if isinstance(one, str)]
