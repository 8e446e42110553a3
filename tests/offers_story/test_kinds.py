"""Of every kind: built in the admin, seen in the shop, bought; and the order's number is the preview's, to the minor unit."""

import pytest
from playwright.sync_api import expect

from tests.offers_story.cases import BOOK, CASES, PEN, Case
from tests.offers_story.conftest import Builder
from tests.offers_story.shopping import buy, cart_total, fill_cart, goods_paid, goods_paid_there, take
from tests.walk.conftest import Stage, Visit
from tests.walk.steps import wide

TIERS, FREE = (next(one for one in CASES if one.name == name) for name in ("tiers", "free"))


@pytest.mark.parametrize("case", [one for one in CASES if one.page != "/cart" and one.kind != "welcome"], ids=lambda case: case.name)
def test_one_tap_on_the_products_page(builder: Builder, stage: Stage, visitor: Visit, case: Case) -> None:
    values = builder.values(case.kind, case.typed)
    examples = builder.preview(values)
    offer = builder.publish(values)
    page = visitor()
    page.goto(stage.shop("north", case.page))
    assert take(page, examples[0]) == examples[0].paid
    assert not wide(page) and cart_total(page) == examples[0].paid
    assert goods_paid(buy(page, stage)) == examples[0].paid
    builder.pause(offer)


@pytest.mark.parametrize("case", [case for case in CASES if case.name in ("kit", "tiers", "percent")], ids=lambda case: case.name)
def test_in_a_currency_without_decimals(tokyo: Builder, stage: Stage, visitor: Visit, case: Case) -> None:
    values = tokyo.values(case.kind, case.typed)
    examples = tokyo.preview(values)
    offer = tokyo.publish(values)
    page = visitor()
    page.goto(stage.shop("tokyo", case.page))
    assert take(page, examples[0]) == examples[0].paid
    assert goods_paid(buy(page, stage, "tokyo")) == examples[0].paid
    tokyo.pause(offer)


@pytest.mark.parametrize("case", [case for case in CASES if case.name in ("kit", "tiers", "fixed")], ids=lambda case: case.name)
def test_the_same_offer_shown_in_yen(builder: Builder, stage: Stage, visitor: Visit, case: Case) -> None:
    values = builder.values(case.kind, case.typed)
    examples = builder.preview(values)
    offer = builder.publish(values)
    page = visitor()
    page.goto(stage.shop("north", case.page))
    page.wait_for_load_state("load")  # the theme's own script sends the form
    page.get_by_label("Currency").select_option("JPY")
    expect(page.locator("body")).to_contain_text("JPY")
    shown = take(page, examples[0])
    assert shown == goods_paid_there(stage, buy(page, stage)) > examples[0].paid
    builder.pause(offer)


def test_between_two_steps_the_lower_one_counts_for_all(builder: Builder, stage: Stage, visitor: Visit) -> None:
    """Five notebooks at 6.50 with 7.5 % off: 32.50 − 2.44, not three of them and not at 15 %."""
    offer = builder.publish(builder.values(TIERS.kind, TIERS.typed))
    page = visitor()
    page.goto(stage.shop("north", TIERS.page))
    fill_cart(page, [(2, "Pocket notebook")])
    fill_cart(page, [(3, "Pocket notebook")])
    assert goods_paid(buy(page, stage)) == 3250 - 244
    builder.pause(offer)


def test_what_can_be_repeated_is(builder: Builder, stage: Stage, visitor: Visit) -> None:
    """Two mugs buy a third, up to twice: of eight mugs and a free limit of two, two are free."""
    offer = builder.publish(builder.values("buy_get", {**FREE.typed, "limit": "2"}))
    page = visitor()
    page.goto(stage.shop("north", FREE.page))
    fill_cart(page, [(9, "Enamel mug")])
    assert goods_paid(buy(page, stage)) == 7 * 1450
    builder.pause(offer)


def test_what_is_missing_from_a_set_is_offered_in_the_cart(builder: Builder, stage: Stage, visitor: Visit) -> None:
    values = builder.values("complete", {"goods_a": (PEN,), "goods_b": (BOOK,), "worth": "amount", "value": "3"})
    [example] = builder.preview(values)
    offer = builder.publish(values)
    page = visitor()
    page.goto(stage.shop("north", f"/products/{PEN}"))
    fill_cart(page, [(1, "Brass pen")])
    page.goto(stage.shop("north", "/cart"))
    assert take(page, example) == example.paid
    assert goods_paid(buy(page, stage)) == example.paid
    builder.pause(offer)


def test_the_gift_is_free_when_its_goal_is_reached(builder: Builder, stage: Stage, visitor: Visit) -> None:
    values = builder.values("gift", {"goods_a": (BOOK,), "least_amount": "40"})
    [example] = builder.preview(values)
    offer = builder.publish(values)
    page = visitor()
    page.goto(stage.shop("north", "/cart"))
    goal = page.locator("tandem-goal")
    expect(goal).to_contain_text("£40.00 to go: Pocket notebook for free")
    fill_cart(page, [one for one in example.goods if one[1] != "Pocket notebook"])
    page.reload()
    expect(goal).to_contain_text("Reached: Pocket notebook for free")
    goal.get_by_role("button", name="Add Pocket notebook").click()
    expect(goal).to_contain_text("Pocket notebook is in your cart.")
    expect(page.locator("[data-cart] .lines")).to_contain_text("Pocket notebook")  # the theme heard of it
    assert goods_paid(buy(page, stage)) == example.paid
    builder.pause(offer)


def test_a_discount_on_the_basket(builder: Builder, stage: Stage, visitor: Visit) -> None:
    values = builder.values("basket", {"least_amount": "80", "value": "5"})
    [example] = builder.preview(values)
    offer = builder.publish(values)
    page = visitor()
    page.goto(stage.shop("north", "/cart"))
    expect(page.locator("tandem-goal")).to_contain_text("£80.00 to go: 5% off your order")
    fill_cart(page, list(example.goods))
    assert goods_paid(buy(page, stage)) == example.paid
    builder.pause(offer)


def test_shipping_is_free_when_its_goal_is_reached(builder: Builder, stage: Stage, visitor: Visit) -> None:
    values = builder.values("shipping", {"least_amount": "50"})
    [example] = builder.preview(values)
    offer = builder.publish(values)
    page = visitor()
    page.goto(stage.shop("north", "/cart"))
    fill_cart(page, [(1, "Stoneware vase")])
    page.reload()
    expect(page.locator("tandem-goal")).to_contain_text("£8.00 to go: free shipping")
    fill_cart(page, list(example.goods))
    order = buy(page, stage)
    assert (order["total"], order["shipping"]) == (example.paid + 4200, 0)
    builder.pause(offer)
