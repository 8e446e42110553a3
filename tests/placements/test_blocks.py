"""Offers on the product page and in the cart, drawn by Liquid alone: from the app's metafields and Shopify's own goods, or not at all."""

import re
from datetime import UTC

import pytest
from flask.testing import FlaskClient

from devstore.state.shops import Shop
from devstore.state.store import Store
from plugin.money import Money
from plugin.offers.rules.model import Audience, Basket, Goods, Part, Schedule, Step
from plugin.offers.rules.placing import placed
from plugin.offers.rules.specs import Shelf
from tests.placements.cast import NOON, goods, offer, percent
from tests.placements.conftest import Place
from tests.placements.reading import add, boxes, goals, kit, number
from tests.store.conftest import give_code

LONG_AGO = NOON.replace(year=2020, tzinfo=UTC)


def test_a_set_shows_its_goods(visitor: FlaskClient, north: Shop, place: Place) -> None:
    place(kit(north))
    (said,) = boxes(visitor)
    assert "The set Stoneware vase Each £42.00 Beeswax candle × 2 Each £12.00" in said and "Add to cart" in said
    assert boxes(visitor, "/products/beeswax-candle") and not boxes(visitor, "/products/enamel-mug")


def test_without_a_script_the_form_adds_the_set(visitor: FlaskClient, north: Shop, place: Place) -> None:
    place(kit(north))
    form = re.search(r"<tandem-offer.*?</tandem-offer>", visitor.get("/products/stoneware-vase").text, re.DOTALL)
    assert form is not None
    fields = dict(re.findall(r'name="(items[^"]+)" value="(\w+)"', form[0]))
    assert visitor.post("/cart/add", data=fields).status_code == 303
    lines = visitor.get("/cart.js").get_json()["items"]
    assert [(line["quantity"], line["properties"]) for line in lines] == [
        (1, {"_offer": "1", "_placement": "own"}), (2, {"_offer": "1", "_placement": "product"})]


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


@pytest.mark.parametrize(("attributes", "friend"), [
    ({"_tandem_offer": f"5;209912312359;{'0' * 64}"}, True), ({"_tandem_offer": f"5,123;209912312359;{'0' * 64}"}, True),
    ({"_tandem_offer": f"5;202012312359;{'0' * 64}"}, False), ({"_tandem_offer": f"123,515;209912312359;{'0' * 64}"}, False),
    ({"_tandem_visit": "token"}, False), ({}, False)])
def test_a_friend_is_who_the_checkout_takes_for_one(visitor: FlaskClient, north: Shop, place: Place, attributes: dict[str, str],
                                                    friend: bool) -> None:
    """The mark that we signed, which needs no consent; a visit alone gives nothing at the checkout."""
    visitor.post("/cart/update.js", json={"attributes": attributes})
    place(kit(north, audience=Audience(referred=True)))
    assert bool(boxes(visitor)) is friend
    place(kit(north, audience=Audience(referred=False)))
    assert bool(boxes(visitor)) is not friend


@pytest.mark.parametrize(("code", "seen"), [("7SQM2XW9CL5V", False), ("SUMMER10", True)])
def test_a_code_that_may_be_a_friends_hides_what_is_not_for_friends(store: Store, visitor: FlaskClient, north: Shop, place: Place,
                                                                    code: str, seen: bool) -> None:
    give_code(store, north, code)
    add(visitor, north, "enamel-mug")
    visitor.post("/cart/update.js", json={"discount": code})
    place(kit(north, audience=Audience(referred=False)))
    assert bool(boxes(visitor)) is seen


def test_tags_are_compared_without_regard_to_case(visitor: FlaskClient, north: Shop, place: Place) -> None:
    vase = north.products[number(north, "stoneware-vase")]
    vase.tags = ["Blue", "new"]
    place(offer("tiers", goods=Goods(tags=frozenset({"BLUE"})), steps=(Step(3, percent(1000)),)))
    assert boxes(visitor) and not boxes(visitor, "/products/enamel-mug")


@pytest.mark.parametrize(("audience", "seen"), [
    (Audience(customer_tags=frozenset({"vip"})), True), (Audience(customer_tags=frozenset({"Trade"})), False),
    (Audience(not_customer_tags=frozenset({"vip"})), False), (Audience(not_customer_tags=frozenset({"Trade"})), True)])
def test_a_customers_tags_too(visitor: FlaskClient, north: Shop, place: Place, audience: Audience, seen: bool) -> None:
    visitor.post("/account/login", data={"customer[email]": "ada@example.com"})
    next(one for one in north.customers.values() if one.email == "ada@example.com").tags = ["VIP", "Early"]
    place(kit(north, audience=audience))
    assert bool(boxes(visitor)) is seen


def test_a_schedule_opens_and_closes(visitor: FlaskClient, north: Shop, place: Place) -> None:
    place(kit(north, schedule=Schedule(ends=NOON.replace(year=2020))))
    assert not boxes(visitor)
    place(kit(north, schedule=Schedule(starts=NOON.replace(year=2020), ends=NOON.replace(year=2099))))
    assert boxes(visitor)


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
    assert boxes(visitor)[0].startswith("Choose your own set Any 2: 10% off 0 of 2 chosen Stoneware vase")


def test_of_several_sets_all_are_needed_and_not_any(visitor: FlaskClient, north: Shop, place: Place) -> None:
    vase, candle, throw = (number(north, one) for one in ("stoneware-vase", "beeswax-candle", "wool-throw"))
    place(offer("mix", Part(goods(vase)), Part(goods(candle, throw), 2), whole=percent(1000)))
    assert boxes(visitor)[0].startswith("Choose your own set All 3 together: 10% off")


def test_a_cap_of_the_margin_guard_reaches_the_row(visitor: FlaskClient, north: Shop, place: Place) -> None:
    place(kit(north), cap=2000, caps={str(number(north, "beeswax-candle")): 700})
    html = visitor.get("/products/stoneware-vase").text
    assert re.findall(r'data-of="\d"[^>]* data-cap="(\d+)"', html) == ["2000", "700"]


def test_metafields_stay_far_below_what_shopify_takes() -> None:
    """25 offers of eight parts with 250 goods each, handles as long as Shopify allows."""
    ids = [str(10**12 + one) for one in range(2000)]
    shelf = Shelf({one: one + "h" * 240 for one in ids}, cap=5000, caps=dict.fromkeys(ids, 9000))
    parts = [[Part(goods(*range(10**12 + at * 250, 10**12 + at * 250 + 250))) for at in range(8)] for _ in range(25)]
    told = placed([offer("kit", *each, number=at + 1, whole=percent(1000)) for at, each in enumerate(parts)], shelf)
    sizes = {key: len(repr(value)) for key, value in told.items()}
    assert max(sizes.values()) < 125_000 and len(sizes) == 11, sizes
