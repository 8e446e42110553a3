"""Goals in the cart and what they bring: the page promises what the checkout gives, and nothing else."""

import re
from dataclasses import replace
from datetime import UTC

from flask.testing import FlaskClient

from devstore.state.discounts import Discount, Items, Value
from devstore.state.shops import Shop
from plugin.money import Money
from plugin.offers.rules.model import Basket, Benefit, Goods, Part
from tests.placements.cast import NOON, goods, offer
from tests.placements.conftest import Place
from tests.placements.reading import FREE, add, boxes, goals, kit, number

LONG_AGO = NOON.replace(year=2020, tzinfo=UTC)


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


def gets(visitor: FlaskClient) -> list[tuple[int, int]]:
    """Variant and quantity of each button that adds a gift."""
    found = re.findall(r'items\[0\]\[id\]" value="(\d+)">\s*<input type="hidden" name="items\[0\]\[quantity\]" value="(\d+)"',
                       visitor.get("/cart").text)
    return [(int(variant), int(quantity)) for variant, quantity in found]


def take(visitor: FlaskClient, variant: int, quantity: int) -> None:
    visitor.post("/cart/add.js", json={"items": [{"id": variant, "quantity": quantity, "properties": {"_offer": "1"}}]})


SPENT = Basket(amounts=(Money(4000, "GBP"),))


def test_a_gift_of_two_is_added_as_two(visitor: FlaskClient, north: Shop, place: Place) -> None:
    """The checkout gives both or none."""
    mug = north.products[number(north, "enamel-mug")].variants[0]
    place(offer("gift", Part(goods(number(north, "enamel-mug")), 2, FREE), basket=SPENT))
    add(visitor, north, "stoneware-vase")
    assert "Reached: Enamel mug × 2 for free" in goals(visitor) and "Add Enamel mug × 2" in goals(visitor)
    assert gets(visitor) == [(mug.id, 2)]
    take(visitor, mug.id, 1)
    assert gets(visitor) == [(mug.id, 1)] and "is in your cart" not in goals(visitor)
    take(visitor, mug.id, 1)
    assert gets(visitor) == [] and "Enamel mug is in your cart." in goals(visitor)


def test_a_gift_that_is_not_there_as_often_is_not_promised(visitor: FlaskClient, north: Shop, place: Place) -> None:
    mug, candle = (north.products[number(north, one)] for one in ("enamel-mug", "beeswax-candle"))
    mug.variants[0].stock = 1
    place(offer("gift", Part(goods(mug.id), 2, FREE), basket=SPENT))
    add(visitor, north, "stoneware-vase")
    assert goals(visitor) == ""
    place(offer("gift", Part(goods(mug.id, candle.id), 2, FREE), basket=SPENT))
    assert "Reached: Beeswax candle × 2 for free" in goals(visitor)


def test_the_variant_that_is_given_is_the_one_that_is_added(visitor: FlaskClient, north: Shop, place: Place) -> None:
    mug = north.products[number(north, "enamel-mug")]
    other = replace(mug.variants[0], id=mug.variants[0].id + 5_000, title="Blue")
    mug.variants.append(other)
    north.variants[other.id] = other
    place(offer("gift", Part(Goods(variants=frozenset({str(other.id)})), 1, FREE), basket=SPENT))
    add(visitor, north, "stoneware-vase")
    assert gets(visitor) == [(other.id, 1)]


def test_a_gift_that_the_cart_has_for_nothing_is_not_offered_again(visitor: FlaskClient, north: Shop, place: Place) -> None:
    """The checkout gives what lies in the cart if nothing was taken from the offer; another one would be paid in full."""
    mug = north.products[number(north, "enamel-mug")]
    place(offer("gift", Part(goods(mug.id), 1, FREE), basket=SPENT))
    add(visitor, north, "stoneware-vase")
    add(visitor, north, "enamel-mug")
    assert "Add Enamel mug" in goals(visitor)
    north.discounts[1] = Discount(1, "automatic", "basic", "A gift", LONG_AGO, LONG_AGO, LONG_AGO, value=Value(basis_points=10_000),
                                  items=Items(all=False, products=[mug.id]))
    assert "Enamel mug is in your cart." in goals(visitor) and gets(visitor) == []


def test_a_goal_counts_units_too(visitor: FlaskClient, north: Shop, place: Place) -> None:
    place(offer("shipping", benefit=FREE, basket=Basket(quantity=3)))
    assert "3 items to go: free shipping" in goals(visitor) and 'max="1000" value="0"' in visitor.get("/cart").text
    add(visitor, north, "stoneware-vase", 2)
    assert "1 item to go: free shipping" in goals(visitor) and 'max="1000" value="666"' in visitor.get("/cart").text
    add(visitor, north, "enamel-mug")
    assert "Reached: free shipping" in goals(visitor) and 'max="1000" value="1000"' in visitor.get("/cart").text


def test_a_goal_of_both_is_reached_by_both(visitor: FlaskClient, north: Shop, place: Place) -> None:
    mug = number(north, "enamel-mug")
    place(offer("gift", Part(goods(mug), 1, FREE), basket=Basket(quantity=3, amounts=(Money(6000, "GBP"),))))
    add(visitor, north, "stoneware-vase")
    assert "£18.00 and 2 items to go: Enamel mug for free" in goals(visitor)
    add(visitor, north, "stoneware-vase")
    assert "1 item to go: Enamel mug for free" in goals(visitor) and gets(visitor) == []
    take(visitor, north.products[mug].variants[0].id, 1)
    assert "1 item to go: Enamel mug for free" in goals(visitor)  # what the offer gives does not count
    add(visitor, north, "beeswax-candle")
    assert "Reached: Enamel mug for free" in goals(visitor)


def test_amounts_in_thousandths_are_not_guessed(visitor: FlaskClient, north: Shop, place: Place) -> None:
    """Liquid's amounts are hundredths; what a dinar's are, Shopify does not say."""
    north.rates["KWD"] = "0.4"
    spend, count = Basket(amounts=(Money(6000, "GBP"), Money(24000, "KWD"))), Basket(quantity=3)
    place(offer("shipping", benefit=FREE, basket=spend), kit(north, number=2), offer("shipping", benefit=FREE, basket=count, number=3))
    add(visitor, north, "stoneware-vase")
    assert "£18.00 to go" in goals(visitor) and "Complete your set" in goals(visitor)
    visitor.post("/localization", data={"currency_code": "KWD", "return_to": "/"})
    assert goals(visitor) == "2 items to go: free shipping" and boxes(visitor) == []
    place(offer("basket", benefit=Benefit("amount", 0, (Money(500, "GBP"), Money(2000, "KWD"))), basket=count))
    assert goals(visitor) == ""


def test_only_what_is_named_counts_towards_a_goal(visitor: FlaskClient, north: Shop, place: Place) -> None:
    named = replace(goods(number(north, "enamel-mug")), subscriptions=True)
    place(offer("shipping", benefit=FREE, basket=Basket(named, quantity=2)))
    add(visitor, north, "stoneware-vase", 3)
    assert "2 items to go: free shipping" in goals(visitor)
    add(visitor, north, "enamel-mug", 2)
    assert "Reached: free shipping" in goals(visitor)
