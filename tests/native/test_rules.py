"""Which offers one of Shopify's own discounts says exactly, and why others are not; and that for those the checkout takes the engine's
number, whatever is in the cart."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from devstore.pricing.engine import price
from devstore.state.carts import Buyer, Cart, CartLine
from devstore.state.people import Address
from devstore.state.products import Product, Variant
from devstore.state.settings import Settings
from devstore.state.shops import ShippingRate, Shop
from devstore.state.store import Store
from plugin.margin.rules.guard import Room
from plugin.money import Money
from plugin.offers.deliveries.native import Step as Change
from plugin.offers.deliveries.native import bring, told
from plugin.offers.rules.cart import Context, Line
from plugin.offers.rules.compiling import Shop as Facts
from plugin.offers.rules.compiling import compile_offers
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.model import Audience, Basket, Benefit, DiscountClass, Goods, Kind, Offer, Part, Step
from plugin.offers.rules.native import FORMS, Around, why_not
from tests.native.admin import Admin

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PRICES: Mapping[int, int] = {1: 2000, 2: 1000, 3: 3000, 4: 500, 5: 999}
SHIPPING = 450


def percent(rate: int) -> Benefit:
    return Benefit("percent", rate)


def off(amount: int) -> Benefit:
    return Benefit("amount", amounts=(Money(amount, "EUR"),))


def goods(*products: int) -> Goods:
    return Goods(products=frozenset(map(str, products)))


def offer(kind: Kind, *parts: Part, number: int = 1, **more: Any) -> Offer:  # noqa: ANN401 - an Offer's own fields
    return Offer(UUID(int=number), number, kind, f"Offer {number}", parts=parts, outcome="units", **more)


def around(*others: Offer, room: Room = Room()) -> Around:  # noqa: B008 - frozen
    def products(wanted: Goods) -> list[str]:
        return [str(one) for one in PRICES if wanted.everything or str(one) in wanted.products]

    return Around(others, products, {str(one): [amount] for one, amount in PRICES.items()}, room)


GET = offer("buy_get", Part(goods(1), 2), Part(goods(2), 1, Benefit("free")), pick="cheapest")
EACH = offer("tiers", goods=goods(1, 2), steps=(Step(1, percent(1000)),))
ORDER = offer("basket", benefit=off(500), basket=Basket(amounts=(Money(3000, "EUR"),)))
FREE = offer("shipping", benefit=Benefit("free"), audience=Audience(countries=frozenset({"DE"})))
ALL: frozenset[DiscountClass] = frozenset({"product", "order", "shipping"})


@pytest.mark.parametrize("said", [GET, replace(GET, limit=2), EACH, replace(EACH, steps=(Step(3, off(250)),)), ORDER, FREE,
                                  replace(ORDER, benefit=off(1), basket=Basket(quantity=3))])
def test_what_is_the_same(said: Offer) -> None:
    assert why_not(said, around()) is None


@pytest.mark.parametrize(("why", "said"), [
    ("kind", offer("kit", Part(goods(1)), Part(goods(2)), whole=percent(1000))),
    ("kind", offer("buy_get", Part(goods(1)), Part(goods(2), 1, percent(500)), Part(goods(3), 1, percent(500)))),
    ("goods", replace(EACH, goods=Goods(tags=frozenset({"warm"})))),
    ("goods", replace(EACH, goods=Goods(everything=True))),
    ("goods", replace(EACH, goods=replace(goods(1), not_variants=frozenset({"11"})))),
    ("goods", replace(GET, parts=(Part(goods(1, 2), 2), Part(goods(2, 3), 1, Benefit("free"))))),
    ("pick", replace(GET, pick="dearest")),
    ("worth", replace(GET, parts=(GET.parts[0], Part(goods(2), 1, off(100))))),
    ("worth", offer("shipping", benefit=percent(5000))),
    ("steps", replace(EACH, steps=(Step(2, percent(1000)), Step(5, percent(2000))))),
    ("steps", replace(EACH, steps=(Step(2, percent(1000)),), scope="line")),
    ("goal", replace(EACH, basket=Basket(quantity=3))),
    ("goal", replace(ORDER, basket=Basket(goods=goods(1), quantity=3))),
    ("audience", replace(EACH, audience=Audience(referred=True))),
    ("audience", replace(ORDER, audience=Audience(countries=frozenset({"DE"})))),
    ("audience", replace(EACH, audience=Audience(holdout_bp=1000))),
    ("marked", replace(GET, marked=True)),
    ("code", replace(EACH, code="SUMMER")),
    ("stacks", replace(EACH, stacks=True)),
    ("currencies", replace(ORDER, benefit=Benefit("amount", amounts=(Money(500, "EUR"), Money(600, "USD"))))),
    ("rounding", replace(EACH, goods=goods(5))),
    ("rounding", replace(ORDER, benefit=percent(1000)))])
def test_what_is_not(why: str, said: Offer) -> None:
    assert why_not(said, around()) == why


@pytest.mark.parametrize(("same", "said", "other"), [
    (False, EACH, replace(EACH, number=2, goods=goods(3))),
    (True, replace(EACH, combines=ALL), replace(EACH, number=2, goods=goods(3), combines=ALL)),
    (False, replace(EACH, combines=ALL), replace(EACH, number=2, goods=goods(2, 3), combines=ALL)),
    (False, ORDER, replace(ORDER, number=2)),
    (False, replace(ORDER, combines=ALL), replace(EACH, number=2, combines=ALL)),
    (False, replace(EACH, combines=ALL), replace(ORDER, number=2, combines=ALL)),
    (True, replace(EACH, combines=ALL), replace(FREE, number=2, combines=ALL)),
    (True, replace(FREE, combines=ALL), replace(EACH, number=2, combines=ALL)),
    (False, replace(FREE, basket=Basket(amounts=(Money(1, "EUR"),)), combines=ALL), replace(EACH, number=2, combines=ALL)),
    (False, FREE, replace(EACH, number=2, combines=frozenset())),
    (True, replace(ORDER, combines=ALL), replace(FREE, number=2, combines=ALL))])
def test_what_stands_beside_it_may_change_it(same: bool, said: Offer, other: Offer) -> None:
    assert why_not(said, around(other)) == (None if same else "beside")


def test_what_the_floor_cuts_is_cut_by_the_function() -> None:
    assert why_not(EACH, around(room=Room(caps={"2": 500}))) == why_not(EACH, around(room=Room(alone=True))) == "margin"
    assert why_not(EACH, around(room=Room(caps={"3": 500}))) is None


# -- the same number -----------------------------------------------------------------------------------------------------

products = st.sets(st.integers(1, 4), min_size=1, max_size=3).map(lambda chosen: goods(*chosen))
rates = st.integers(1, 100).map(lambda whole: percent(whole * 100))
goals = st.one_of(st.just(Basket()), st.integers(1, 12).map(lambda count: Basket(quantity=count)),
                  st.integers(1, 9000).map(lambda amount: Basket(amounts=(Money(amount, "EUR"),))))


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    kind = draw(st.sampled_from(sorted(FORMS)))
    if kind == "buy_get":
        bought = draw(products)
        got = draw(st.one_of(st.just(bought), products))
        return offer("buy_get", Part(bought, draw(st.integers(1, 3))), Part(got, draw(st.integers(1, 2)), draw(rates)), pick="cheapest",
                     limit=draw(st.integers(0, 3)))
    if kind == "tiers":
        return offer("tiers", goods=draw(products), steps=(Step(draw(st.integers(1, 6)), draw(rates | st.integers(1, 2500).map(off))),))
    if kind == "basket":
        return offer("basket", benefit=draw(st.integers(1, 9000).map(off)), basket=draw(goals))
    return offer("shipping", benefit=Benefit("free"), basket=draw(goals), audience=draw(st.sampled_from(
        [Audience(), Audience(countries=frozenset({"DE", "FR"}))])))


carts = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 5)), min_size=1, max_size=6)


def stocked() -> Shop:
    shop = Shop(1, "north", "north.myshopify.com", "North", "sam@north.test", "EUR", NOW, NOW, timezone="UTC")
    shop.shipping_rates = [ShippingRate("standard", "Standard", SHIPPING)]
    for id_, amount in PRICES.items():
        product = Product(id_, "Goods", f"goods-{id_}", NOW, NOW)
        product.variants.append(Variant(id_ * 10, id_, id_, "Default Title", amount))
        shop.products[id_], shop.variants[id_ * 10] = product, product.variants[0]
    return shop


def at_the_checkout(said: Offer, cart: Sequence[tuple[int, int]], country: str) -> tuple[list[int], int]:
    """What one of Shopify's own discounts takes off each line, and off shipping."""
    shop = stocked()
    made = told(said, zone=UTC, now=NOW)
    bring(Admin(Store(Settings()), shop), [Change(said.id, FORMS[said.kind], made, None, None)])  # type: ignore[arg-type]
    for one in shop.discounts.values():
        one.starts_at = NOW
    lines = [CartLine(str(at), product * 10, count) for at, (product, count) in enumerate(cart)]
    found = price(shop, Cart("cart", lines), Buyer(address=Address(country_code=country)), NOW)
    return [line.subtotal - line.discounted for line in found.lines], SHIPPING - found.shipping.discounted if found.shipping else 0


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(offers(), carts, st.sampled_from(["DE", "GB"]))
def test_the_native_number_is_the_engines(said: Offer, cart: list[tuple[int, int]], country: str) -> None:
    assume(why_not(said, around()) is None)
    lines = [Line(str(at), product * 10, product, PRICES[product], count, 0) for at, (product, count) in enumerate(cart)]
    outcome = evaluate(compile_offers([said], Facts("EUR", NOW.replace(tzinfo=None))), lines,
                       Context("EUR", country=country, shipping=SHIPPING))
    off_lines, off_shipping = at_the_checkout(said, cart, country)
    assert off_shipping == (outcome.shipping[1] if outcome.shipping else 0)
    assert sum(off_lines) == outcome.total
    if said.own_class == "product":  # Shopify shares an order's discount out over the lines as it likes
        assert _by_product(cart, off_lines) == _by_product(cart, [outcome.product(line.id) for line in lines])


def _by_product(cart: Sequence[tuple[int, int]], off_each: Sequence[int]) -> dict[int, int]:
    """Off each product: between two lines of one product it makes no difference."""
    found: dict[int, int] = {}
    for (product, _), amount in zip(cart, off_each, strict=True):
        found[product] = found.get(product, 0) + amount
    return found
