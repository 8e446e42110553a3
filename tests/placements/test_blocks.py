"""Offers on the product page and in the cart, drawn by Liquid alone: from the app's metafields and Shopify's own goods, or not at all."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from devstore.state.shops import Shop
from plugin.money import Money
from plugin.offers.rules.model import Audience, Basket, Benefit, Goods, Offer, Part, Schedule, Step
from plugin.offers.rules.placing import Shelf, placed
from tests.placements.cast import NOON, goods, offer, percent
from tests.placements.conftest import Place

FREE = Benefit("free")


def number(shop: Shop, handle: str) -> int:
    return shop.handles[handle]


def boxes(visitor: FlaskClient, path: str = "/products/stoneware-vase") -> list[str]:
    """The words of each box."""
    found = re.findall(r"<tandem-offer.*?</tandem-offer>", visitor.get(path).text, re.DOTALL)
    return [" ".join(re.sub(r"<script.*?</script>|<[^>]+>", " ", one, flags=re.DOTALL).split()) for one in found]


def goals(visitor: FlaskClient) -> str:
    found = re.search(r"<tandem-goal.*?</tandem-goal>", visitor.get("/cart").text, re.DOTALL)
    return " ".join(re.sub(r"<script.*?</script>|<[^>]+>", " ", found[0], flags=re.DOTALL).split()) if found else ""


def kit(shop: Shop, **more: Any) -> Offer:  # noqa: ANN401 - Offer's own fields
    vase, candle = goods(number(shop, "stoneware-vase")), goods(number(shop, "beeswax-candle"))
    return offer("kit", Part(vase), Part(candle, 2), whole=percent(1500), **more)


def add(visitor: FlaskClient, shop: Shop, handle: str, quantity: int = 1) -> None:
    variant = shop.products[number(shop, handle)].variants[0]
    visitor.post("/cart/add.js", json={"id": variant.id, "quantity": quantity})


def test_a_set_shows_its_goods(visitor: FlaskClient, north: Shop, place: Place) -> None:
    place(kit(north))
    (said,) = boxes(visitor)
    assert "The set Stoneware vase Each £42.00 Beeswax candle × 2 Each £12.00" in said and "Add to cart" in said
    assert boxes(visitor, "/products/beeswax-candle") and not boxes(visitor, "/products/enamel-mug")


def test_without_a_script_the_form_adds_the_set(visitor: FlaskClient, north: Shop, place: Place) -> None:
    place(kit(north))
    form = re.search(r"<tandem-offer.*?</tandem-offer>", visitor.get("/products/stoneware-vase").text, re.DOTALL)
    assert form is not None
    fields = dict(re.findall(r'name="(items[^"]+)" value="(\d+)"', form[0]))
    assert visitor.post("/cart/add", data=fields).status_code == 303
    lines = visitor.get("/cart.js").get_json()["items"]
    assert [(line["quantity"], line["properties"]) for line in lines] == [(1, {"_offer": "1"}), (2, {"_offer": "1"})]


@pytest.mark.parametrize("handle", ["stoneware-vase", "beeswax-candle"])
def test_what_is_sold_out_takes_the_set_along(visitor: FlaskClient, north: Shop, place: Place, handle: str) -> None:
    place(kit(north))
    for variant in north.products[number(north, handle)].variants:
        variant.stock = 0
    assert boxes(visitor) == []
    assert "<tandem-offer" not in visitor.get("/products/stoneware-vase").text


def test_of_many_choices_only_what_can_be_bought(visitor: FlaskClient, north: Shop, place: Place) -> None:
    names = ("stoneware-vase", "beeswax-candle", "enamel-mug")
    place(offer("mix", Part(goods(*(number(north, one) for one in names)), 2), whole=percent(1000)))
    north.products[number(north, "enamel-mug")].status = "DRAFT"
    (said,) = boxes(visitor)
    assert "Stoneware vase" in said and "Beeswax candle" in said and "Enamel mug" not in said and "0 of 2 chosen" in said
    assert 'value="0" min="0" max="2"' in visitor.get("/products/stoneware-vase").text  # nothing is chosen beforehand


def test_a_volume_table(visitor: FlaskClient, north: Shop, place: Place) -> None:
    steps = (Step(3, percent(1000)), Step(6, percent(2000)))
    place(offer("tiers", goods=Goods(everything=True, not_products=frozenset({str(number(north, "wool-throw"))})), steps=steps))
    (said,) = boxes(visitor)
    assert "From 3 Add 3" in said and "From 6 Add 6" in said
    assert boxes(visitor, "/products/wool-throw") == []


@pytest.mark.parametrize(("audience", "seen"), [
    (Audience(countries=frozenset({"GB"})), True), (Audience(countries=frozenset({"DE"})), False),
    (Audience(currencies=frozenset({"EUR"})), False), (Audience(customer_tags=frozenset({"vip"})), False),
    (Audience(not_customer_tags=frozenset({"vip"})), True), (Audience(referred=True), False), (Audience(referred=False), True),
    (Audience(segments=frozenset({"x"})), False)])
def test_who_sees_it(visitor: FlaskClient, north: Shop, place: Place, audience: Audience, seen: bool) -> None:
    place(kit(north, audience=audience))
    assert bool(boxes(visitor)) is seen


def test_a_friend_sees_the_welcome(visitor: FlaskClient, north: Shop, place: Place) -> None:
    place(kit(north, audience=Audience(referred=True)))
    visitor.post("/cart/update.js", json={"attributes": {"_tandem_visit": "token"}})
    assert boxes(visitor)


def test_a_schedule_opens_and_closes(visitor: FlaskClient, north: Shop, place: Place) -> None:
    place(kit(north, schedule=Schedule(ends=NOON.replace(year=2020))))
    assert not boxes(visitor)
    place(kit(north, schedule=Schedule(starts=NOON.replace(year=2020), ends=NOON.replace(year=2099))))
    assert boxes(visitor)


def test_the_cart_says_how_near_the_goal_is(visitor: FlaskClient, north: Shop, place: Place) -> None:
    place(offer("shipping", benefit=FREE, basket=Basket(amounts=(Money(6000, "GBP"),))))
    assert "£60.00 to go: free shipping" in goals(visitor)
    add(visitor, north, "stoneware-vase")
    assert "£18.00 to go: free shipping" in goals(visitor)
    add(visitor, north, "stoneware-vase")
    assert "Reached: free shipping" in goals(visitor)


def test_a_gift_is_offered_when_it_is_earned(visitor: FlaskClient, north: Shop, place: Place) -> None:
    gift = Part(goods(number(north, "enamel-mug")), benefit=FREE)
    place(offer("gift", gift, basket=Basket(amounts=(Money(4000, "GBP"),))))
    assert "£40.00 to go: Enamel mug for free" in goals(visitor) and "Add Enamel mug" not in goals(visitor)
    add(visitor, north, "stoneware-vase")
    assert "Add Enamel mug" in goals(visitor)
    visitor.post("/cart/add.js", json={"items": [{"id": north.products[number(north, "enamel-mug")].variants[0].id, "quantity": 1,
                                                  "properties": {"_offer": "1"}}]})
    assert "Enamel mug is in your cart." in goals(visitor)


def test_what_a_set_lacks_is_offered_in_the_cart(visitor: FlaskClient, north: Shop, place: Place) -> None:
    place(kit(north))
    assert goals(visitor) == ""
    add(visitor, north, "stoneware-vase")
    assert "Complete your set Stoneware vase in your cart" in goals(visitor)
    add(visitor, north, "beeswax-candle", 2)
    assert goals(visitor) == ""


def test_what_the_basket_must_be_is_said_or_nothing_is(visitor: FlaskClient, north: Shop, place: Place) -> None:
    place(kit(north, basket=Basket(amounts=(Money(8000, "GBP"), Money(9500, "EUR")))))
    assert "From a basket of £80.00." in boxes(visitor)[0]
    visitor.post("/localization", data={"currency_code": "EUR", "return_to": "/"})
    assert "From a basket of €95,00." in boxes(visitor)[0]
    visitor.post("/localization", data={"currency_code": "USD", "return_to": "/"})
    assert boxes(visitor) == []


def test_the_pages_own_product_is_among_the_choices(visitor: FlaskClient, north: Shop, place: Place) -> None:
    others = {one.id: one for one in north.products.values() if one.handle != "stoneware-vase"}
    everything = Part(Goods(everything=True), 2)
    place(offer("mix", everything, whole=percent(1000)), only=[str(one) for one in others])
    assert boxes(visitor)[0].startswith("Choose your own set 0 of 2 chosen Stoneware vase")


def test_a_cap_of_the_margin_guard_reaches_the_row(visitor: FlaskClient, north: Shop, place: Place) -> None:
    place(kit(north), cap=2000, caps={str(number(north, "beeswax-candle")): 700})
    html = visitor.get("/products/stoneware-vase").text
    assert re.findall(r'data-of="\d" data-cap="(\d+)"', html) == ["2000", "700"]


def test_metafields_stay_far_below_what_shopify_takes() -> None:
    """25 offers of eight parts with 250 goods each, handles as long as Shopify allows."""
    ids = [str(10**12 + one) for one in range(2000)]
    shelf = Shelf({one: one + "h" * 240 for one in ids}, cap=5000, caps=dict.fromkeys(ids, 9000))
    parts = [[Part(goods(*range(10**12 + at * 250, 10**12 + at * 250 + 250))) for at in range(8)] for _ in range(25)]
    told = placed([offer("kit", *each, number=at + 1, whole=percent(1000)) for at, each in enumerate(parts)], shelf)
    sizes = {key: len(repr(value)) for key, value in told.items()}
    assert max(sizes.values()) < 125_000 and len(sizes) == 11, sizes
