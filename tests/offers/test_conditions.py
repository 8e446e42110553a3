"""For whom an offer is, and when: each condition with its carrier."""

from dataclasses import replace
from datetime import datetime

import pytest

from plugin.errors import Refused
from plugin.mirror.rules import Product, Variant
from plugin.money import Money
from plugin.offers.rules.cart import Context
from plugin.offers.rules.compiling import Shop, compile_offers
from plugin.offers.rules.evaluation import evaluate
from plugin.offers.rules.model import Audience, Basket, Cap, Goods, Offer, Part, Schedule, Step
from plugin.offers.rules.pages import variables
from plugin.offers.rules.sets import Where, cuts
from plugin.offers.rules.suggesting import Row
from tests.offers.cast import line
from tests.offers.said import NOW, euros, given, goods, offer, part, rate, taken, why

KIT = offer("kit", parts=(part(1), part(2)), whole=rate(1000))
CART = line(1, 1000), line(2, 1000)
SHOP = Shop("EUR", NOW, marks={"vip": 100, "spring": 101})


def _with(**told: object) -> Offer:
    return replace(KIT, audience=Audience(**told))  # type: ignore[arg-type]


@pytest.mark.parametrize(("said", "context", "key"), [
    (_with(countries=frozenset({"DE", "FR"})), Context("EUR", country="DE"), "taken"),
    (_with(countries=frozenset({"DE", "FR"})), Context("EUR", country="GB"), "country"),
    (_with(countries=frozenset({"DE"})), Context("EUR"), "country"),
    (_with(currencies=frozenset({"EUR"})), Context("EUR"), "taken"),
    (_with(currencies=frozenset({"EUR"})), Context("USD", "1.1"), "currency"),
    (_with(customer_tags=frozenset({"vip"})), Context("EUR", marks=frozenset({1})), "taken"),
    (_with(customer_tags=frozenset({"vip"})), Context("EUR"), "shopper"),
    (_with(not_customer_tags=frozenset({"trade"})), Context("EUR", marks=frozenset({1})), "barred"),
    (_with(segments=frozenset({"vip"})), Context("EUR", marks=frozenset({100})), "taken"),
    (_with(segments=frozenset({"vip"}), campaigns=frozenset({"spring"})), Context("EUR", marks=frozenset({100})), "shopper"),
    (_with(segments=frozenset({"vip"}), campaigns=frozenset({"spring"})), Context("EUR", marks=frozenset({100, 101})), "taken"),
    (_with(segments=frozenset({"vip", "spring"})), Context("EUR", marks=frozenset({101})), "taken"),
    (_with(referred=True), Context("EUR"), "shopper"), (_with(referred=True), Context("EUR", marks=frozenset({5})), "taken"),
    (_with(referred=False), Context("EUR"), "taken"), (_with(referred=False), Context("EUR", marks=frozenset({5})), "barred"),
    (_with(cap=Cap(3, 30)), Context("EUR"), "taken"), (_with(cap=Cap(3, 30)), Context("EUR", marks=frozenset({10_001})), "barred"),
    (_with(holdout_bp=1000), Context("EUR", marks=frozenset({20_001})), "barred"),
    (KIT, Context("EUR", classes=frozenset({"order"})), "class")])
def test_conditions(said: Offer, context: Context, key: str) -> None:
    assert why(given(said, *CART, shop=SHOP, context=context))[0] == key


@pytest.mark.parametrize(("added_from", "key"), [(1, "taken"), (2, "barred"), (0, "barred")])
def test_who_was_shown_a_price_keeps_it_whatever_account_they_sign_in_with(added_from: int, key: str) -> None:
    cart = replace(CART[0], chosen=added_from), CART[1]
    assert why(given(_with(holdout_bp=1000), *cart, shop=SHOP, context=Context("EUR", marks=frozenset({20_001}))))[0] == key


@pytest.mark.parametrize(("basket", "key"), [
    (Basket(quantity=2), "taken"), (Basket(quantity=3), "quantity"), (Basket(amounts=(euros(2000),)), "taken"),
    (Basket(amounts=(euros(2001),)), "amount"), (Basket(goods(1), 2), "quantity"), (Basket(goods(1), amounts=(euros(1000),)), "taken")])
def test_what_must_be_in_the_cart_besides(basket: Basket, key: str) -> None:
    assert why(given(replace(KIT, basket=basket), *CART))[0] == key


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}")


@pytest.mark.parametrize(("starts", "ends", "opened"), [
    (None, None, [True, True, True]), (_at("11-23"), None, [False, True, True]), (None, _at("11-24"), [True, True, False]),
    (_at("11-23"), _at("11-24"), [False, True, False]), (_at("11-01"), _at("11-02"), [False, False, False])])
def test_schedules_open_and_close_at_the_switches(starts: datetime | None, ends: datetime | None, opened: list[bool]) -> None:
    """The two switches are made by another offer, so that every row has both."""
    other = replace(KIT, number=2, schedule=Schedule(_at("11-23"), _at("11-24")))
    compiled = compile_offers([replace(KIT, schedule=Schedule(starts, ends)), other], SHOP)
    assert compiled.switches == (202611230000, 202611240000)
    found = [evaluate(compiled, CART, Context("EUR", passed=passed)).told[0].key != "schedule" for passed in range(3)]
    assert found == opened


def test_the_query_is_asked_with_what_was_said() -> None:
    asked = Goods(collections=frozenset({"9"}))
    said = replace(KIT, schedule=Schedule(ends=_at("12-01")), parts=(Part(asked), part(2)),
                   audience=Audience(customer_tags=frozenset({"vip"})))
    told = variables(compile_offers([said], SHOP))
    assert (told["collections"], told["customerTags"], told["s0"]) == (["gid://shopify/Collection/9"], ["vip"], "2026-12-01T00:00:00")


def test_groups_of_goods_by_mark_by_vendor_and_by_expansion() -> None:
    """Four collections are asked of Shopify; the fifth, vendors and tags become product ids. What nothing has any more names nothing."""
    asked = Goods(collections=frozenset("12345"), vendors=frozenset({"Anna"}), tags=frozenset({"tea", "gone"}), not_tags=frozenset({"old"}))
    known = Shop("EUR", NOW, vendors={"Anna": frozenset({"70"})}, collections={"5": frozenset({"50"})},
                 tags={"tea": frozenset({"60"}), "old": frozenset({"61"})})
    one = compile_offers([offer("tiers", goods=asked, steps=TIER)], known)
    [found] = [made for made in one.sets if made.products]
    assert (found.with_marks, found.products, found.not_products, one.collections) == (0b1111, (50, 60, 70), (61,), (1, 2, 3, 4))


TIER = (Step(1, rate(1000)),)


def _ids(count: int, start: int = 1000) -> frozenset[str]:
    return frozenset(map(str, range(start, start + count)))


@pytest.mark.parametrize(("about", "key", "facts"), [
    (Goods(tags=frozenset({"Wide", "tea"}), vendors=frozenset({"Anna"})), "too_wide", {"names": ["Wide", "Anna", "tea"], "count": 2102}),
    (Goods(everything=True, not_tags=frozenset({"wide"})), "too_wide", {"names": ["wide"], "count": 2001}),
    (Goods(collections=frozenset("12345")), "too_wide_collections", {"places": 4, "count": 2500}),
    (Goods(products=_ids(2003)), "too_many_products", {"count": 3})], ids=["tags", "not-tags", "collections", "products"])
def test_what_is_too_wide_is_told_by_what_it_is_mended(about: Goods, key: str, facts: dict[str, object]) -> None:
    known = Shop("EUR", NOW, vendors={"Anna": _ids(100, 9000)}, collections={"5": _ids(2500)},
                 tags={"wide": _ids(2001), "tea": frozenset({"60"})})
    with pytest.raises(Refused) as refused:
        compile_offers([offer("tiers", goods=about, steps=TIER)], known)
    assert refused.value.key == f"offers.refused_{key}" and {**refused.value.facts, **facts} == refused.value.facts


@pytest.mark.parametrize(("about", "off"), [
    (Goods(tags=frozenset({"sale"})), 100), (Goods(everything=True, not_tags=frozenset({"sale"})), 0),
    (Goods(collections=frozenset("12345")), 100), (Goods(everything=True, not_collections=frozenset("12345")), 0)])
def test_outside_a_cart_goods_are_known_by_tags_and_collections_too(about: Goods, off: int) -> None:
    """What is suggested after the payment is worked out from the goods that are meant, however they are named."""
    mug = Product("7", "Mug", "mug", "active", None, NOW, (Variant("70", "Default", None, Money(1000, "EUR"), None, None, None),),
                  tags=("Sale",), collections=("5",))
    said = offer("tiers", goods=about, steps=TIER)
    assert cuts(said, [Row("7", 1, 0, 10_000)], {"7": (mug, mug.variants[0])}, Where("EUR", NOW)).by_part.get(0, 0) == off


def test_gift_cards_never_and_subscriptions_only_where_allowed_count() -> None:
    card, subscription = line(1, 1000, marks=1 << 8), line(2, 1000, marks=1 << 9)
    assert taken(given(offer("tiers", goods=goods(1, 2), steps=TIER), card, subscription)) == {}
    assert taken(given(offer("tiers", goods=goods(1, 2, subscriptions=True), steps=TIER), card, subscription)) == {2: 100}


def test_excluded_goods_do_not_count() -> None:
    said = offer("tiers", goods=Goods(everything=True, not_products=frozenset({"1"}), not_variants=frozenset({"20"})), steps=TIER)
    assert taken(given(said, line(1, 1000), line(2, 1000), line(3, 1000))) == {3: 100}
