"""Whether a kit may be one product, and what that product is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from plugin.margin.rules.guard import Room
from plugin.mirror.rules import Product, Variant
from plugin.money import Money
from plugin.offers.rules.bundling import Beside, bundle, spared, why_not
from plugin.offers.rules.model import Audience, Basket, Benefit, Cap, Goods, Offer, Part, Schedule, Step
from tests.native.test_rules import goods, off, offer, percent
from tests.offers_admin.conftest import deliver, kit, publish, published, shop  # noqa: F401 - a fixture

NOON = datetime(2026, 6, 1, 12)  # noqa: DTZ001 - a shop's wall clock has no zone


def product(number: int, *prices: int, status: str = "active") -> Product:
    variants = tuple(Variant(f"{number}{at}", "Default Title", None, Money(price, "EUR"), None, None, 9) for at, price in enumerate(prices))
    return Product(str(number), f"Product {number}", f"product-{number}", status, None, datetime(2026, 1, 1, tzinfo=UTC), variants)


SHELF = {one.id: one for one in (product(1, 2000), product(2, 999), product(3, 500, 600), product(4, 100, status="draft"), product(5, 700))}
AROUND = Beside("EUR", SHELF, frozenset({"5"}))
KIT = offer("kit", Part(goods(1)), Part(goods(2), 2), whole=percent(1500), bundled="active")


@pytest.mark.parametrize(("said", "price"), [
    (KIT, 3998 - 600), (replace(KIT, whole=off(1)), 3997), (replace(KIT, whole=Benefit("price", amounts=(Money(2500, "EUR"),))), 2500),
    (replace(KIT, parts=(Part(Goods(variants=frozenset({"31"}))), Part(goods(1)))), 2600 - 390),
    (replace(KIT, parts=(Part(goods(1)), Part(goods(1)))), 4000 - 600),
    (replace(KIT, whole=Benefit("price", amounts=(Money(9999, "EUR"),))), 3998)])
def test_its_price_is_what_the_checkout_takes_for_the_parts(said: Offer, price: int) -> None:
    assert why_not(said, AROUND) is None and bundle(said, AROUND, NOON).price == price


def test_the_margin_guard_holds_for_it() -> None:
    """Of product 1 at most 5 % may be taken: 100 of the 20.00 and 300 of the 19.98."""
    cut = replace(AROUND, room=Room(10_000, {"1": 500}))
    assert bundle(KIT, cut, NOON).price == 3998 - 100 - 300


def test_one_variant_twice_is_one_component_and_its_days_are_its_status() -> None:
    twice = replace(KIT, parts=(Part(goods(1)), Part(goods(1), 2)), schedule=Schedule(starts=NOON + timedelta(days=1)))
    made = bundle(twice, AROUND, NOON)
    assert [(one.variant_id, one.count) for one in made.components] == [("10", 3)] and not made.open
    assert bundle(twice, AROUND, NOON + timedelta(days=1)).open


@pytest.mark.parametrize(("why", "said", "beside"), [
    ("kind", offer("together", Part(goods(1)), Part(goods(2)), whole=percent(1000)), AROUND),
    ("whole", replace(KIT, whole=None, parts=(Part(goods(1)), Part(goods(2), 1, percent(500)))), AROUND),
    ("currencies", replace(KIT, whole=Benefit("amount", amounts=(Money(1, "EUR"), Money(1, "USD")))), AROUND),
    ("code", replace(KIT, code="SET"), AROUND), ("marked", replace(KIT, marked=True), AROUND),
    ("stacks", replace(KIT, stacks=True), AROUND),
    ("audience", replace(KIT, audience=Audience(countries=frozenset({"DE"}))), AROUND),
    ("audience", replace(KIT, audience=Audience(cap=Cap(1, 30))), AROUND),
    ("audience", replace(KIT, audience=Audience(holdout_bp=500)), AROUND),
    ("basket", replace(KIT, basket=Basket(quantity=3)), AROUND), ("limit", replace(KIT, limit=1), AROUND),
    ("combines", replace(KIT, combines=frozenset({"shipping"})), AROUND),
    ("parts", replace(KIT, parts=(Part(goods(1, 2)), Part(goods(2)))), AROUND),
    ("parts", replace(KIT, parts=(Part(Goods(tags=frozenset({"warm"}))), Part(goods(2)))), AROUND),
    ("parts", replace(KIT, parts=(Part(goods(5)), Part(goods(2)))), AROUND),
    ("choice", replace(KIT, parts=(Part(goods(3)), Part(goods(2)))), AROUND),
    ("gone", replace(KIT, parts=(Part(goods(4)), Part(goods(2)))), AROUND),
    ("gone", replace(KIT, parts=(Part(goods(77)), Part(goods(2)))), AROUND),
    ("beside", KIT, replace(AROUND, loose=True)), ("beside", KIT, replace(AROUND, room=Room(alone=True)))])
def test_why_it_is_sold_as_its_parts_alone(why: str, said: Offer, beside: Beside) -> None:
    assert why_not(said, beside) == why


def test_no_offer_on_goods_takes_from_a_bundle() -> None:
    every, order = Goods(everything=True), offer("basket", benefit=off(500))
    wide = offer("tiers", goods=every, steps=(Step(2, percent(1000)),))
    named = offer("buy_get", Part(goods(5), 1), Part(goods(2), 1, Benefit("free")))
    ours = frozenset({"5", "6"})
    assert spared(wide, ours).goods.not_products == ours and spared(wide, frozenset()) is wide
    assert [part.goods.not_products for part in spared(named, ours).parts] == [frozenset({"5"}), frozenset()]
    assert spared(order, ours) == order
