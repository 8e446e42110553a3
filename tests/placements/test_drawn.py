"""Companions drawn from the shop's orders, on the product page and in the cart: by Liquid alone, what can be bought, at an honest price."""

from dataclasses import replace

from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from devstore.state.shops import Shop
from plugin.offers.rules.model import EVERYTHING, Offer
from plugin.offers.rules.placing import placed, shard
from plugin.offers.rules.specs import Shelf
from plugin.offers.rules.suggesting import bundles, suggest
from tests.placements.cast import SHELF, offer, percent
from tests.placements.conftest import Place
from tests.placements.reading import add, boxes, goals
from tests.placements.test_browser import fits, open_page

SHOWN = offer("together", number=7, goods=EVERYTHING, drawn=2)
PRICED = replace(SHOWN, whole=percent(1000))


def told(shop: Shop, **pages: str) -> dict[int, dict[str, list[str]]]:
    """What stands on which page, by handles with underscores."""
    ids = {handle.replace("-", "_"): str(number) for handle, number in shop.handles.items()}
    return {7: {ids[page]: [ids[one] for one in mates.split()] for page, mates in pages.items()}}


def sold_out(shop: Shop, handle: str) -> None:
    shop.products[shop.handles[handle]].variants[0].stock = 0


def drawn(of: Offer, **pages: list[str]) -> Shelf:
    return replace(SHELF, drawn={of.number: {page.removeprefix("p"): mates for page, mates in pages.items()}})


def test_each_page_names_its_own_companions() -> None:
    fields = placed([PRICED], drawn(PRICED, p101=["102", "103"], p102=["101", "103"]))
    assert fields["offers"]["offers"]["7"] == {
        "kind": "together", "drawn": 2, "pick": 1, "parts": [{"count": 1, "gain": [1, 1000, 0, {}]}] * 3}
    assert fields[shard("101")]["at"]["101"] == [7] and fields[shard("101")]["mates"] == {"101": {"7": ["product-102", "product-103"]}}
    assert "103" not in fields[shard("103")]["at"]


def test_what_left_the_shop_is_not_shown_and_takes_a_discounts_set_along() -> None:
    away = drawn(SHOWN, p101=["999", "103"], p999=["101"])
    assert placed([SHOWN], away)[shard("101")]["mates"] == {"101": {"7": ["product-103"]}}
    assert placed([PRICED], away)["offers"]["order"] == []
    assert placed([SHOWN], replace(SHELF, drawn={}))["offers"]["order"] == []


def test_where_liquid_cannot_reach_the_missing_one_is_suggested() -> None:
    shelf = drawn(SHOWN, p101=["102", "103"])
    [priced] = suggest(bundles([PRICED], shelf), {"101": 1, "103": 1})
    assert (priced.number, priced.missing.product_id, {row.product_id for row in priced.had}) == (7, "102", {"101", "103"})
    assert suggest(bundles([PRICED], shelf), {"101": 1}) == []
    assert [one.missing.product_id for one in suggest(bundles([SHOWN], shelf), {"101": 1})] == ["102", "103"]
    assert [one.missing.product_id for one in suggest(bundles([SHOWN], shelf), {"101": 1, "102": 2})] == ["103"]


def test_the_page_shows_what_is_drawn_for_it(visitor: FlaskClient, north: Shop, place: Place) -> None:
    place(SHOWN, drawn=told(north, stoneware_vase="beeswax_candle enamel_mug", enamel_mug="beeswax_candle"))
    (said,) = boxes(visitor)
    assert "Goes well with it Stoneware vase Each £42.00 Beeswax candle Each £12.00 Enamel mug" in said
    assert boxes(visitor, "/products/enamel-mug") and not boxes(visitor, "/products/beeswax-candle")


def test_one_that_is_sold_out_gives_way_to_the_next(visitor: FlaskClient, north: Shop, place: Place) -> None:
    pages = told(north, stoneware_vase="beeswax_candle enamel_mug brass_pen")
    sold_out(north, "beeswax-candle")
    place(SHOWN, drawn=pages)
    (said,) = boxes(visitor)
    assert "Enamel mug" in said and "Brass pen" in said and "candle" not in said
    place(PRICED, drawn={7: {page: mates[:2] for page, mates in pages[7].items()}})
    assert boxes(visitor) == [], "a set that is not whole would not cost what the page says"


def test_the_cart_offers_what_it_does_not_hold(visitor: FlaskClient, north: Shop, place: Place) -> None:
    place(SHOWN, drawn=told(north, stoneware_vase="beeswax_candle enamel_mug"))
    add(visitor, north, "stoneware-vase")
    assert "Beeswax candle Each £12.00" in goals(visitor) and "Enamel mug" not in goals(visitor)
    add(visitor, north, "beeswax-candle")
    assert "Enamel mug Each" in goals(visitor) and "Beeswax candle" not in goals(visitor)
    add(visitor, north, "enamel-mug")
    assert "Each" not in goals(visitor)


def test_a_discounts_set_is_completed_in_the_cart(visitor: FlaskClient, north: Shop, place: Place) -> None:
    place(PRICED, drawn=told(north, stoneware_vase="beeswax_candle enamel_mug"))
    add(visitor, north, "stoneware-vase")
    said = goals(visitor)
    assert "Stoneware vase in your cart Each" in said and "Beeswax candle Each £12.00" in said and "Enamel mug Each" in said
    add(visitor, north, "enamel-mug")
    assert "Enamel mug in your cart" in goals(visitor)
    sold_out(north, "beeswax-candle")
    assert "Each" not in goals(visitor)


def test_the_price_of_what_is_drawn_follows_and_one_tap_adds_it(phone: Page, address: str, north: Shop, place: Place) -> None:
    place(PRICED, drawn=told(north, stoneware_vase="beeswax_candle"))
    open_page(phone, address)
    box = phone.locator("tandem-offer")
    expect(box).to_contain_text("Together £48.60, you save £5.40.")
    box.locator("[data-part=add]").click()
    expect(box.get_by_role("status").last).to_have_text("It is in your cart.")
    place(SHOWN, drawn=told(north, stoneware_vase="beeswax_candle"))
    phone.reload()
    expect(box).to_contain_text("Together £54.00.")
    assert fits(phone)
