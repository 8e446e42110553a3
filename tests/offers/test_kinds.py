"""Each kind of offer on carts small enough to work out by hand."""

import pytest

from plugin.money import Money
from plugin.offers.rules.cart import Context, Line
from plugin.offers.rules.compiling import Shop
from plugin.offers.rules.model import Audience, Basket, Offer, Step
from tests.offers.cast import EUR, line
from tests.offers.said import FREE, NOW, euros, given, goods, off, offer, part, price, rate, taken, why

TEA, CUP, POT, MUG = 1, 2, 3, 4

KIT = offer("kit", parts=(part(TEA), part(CUP, count=2)), whole=price(2500))
MIX = offer("mix", parts=(part(TEA, CUP, POT, count=3),), whole=rate(2000))
ANY_TWO = offer("mix", parts=(part(TEA, CUP, POT, count=2),), whole=price(1500))
TIERS = offer("tiers", goods=goods(TEA, CUP), steps=(Step(5, rate(1000)), Step(10, rate(2000))))
BY_PRODUCT = offer("tiers", goods=goods(TEA, CUP), steps=(Step(3, off(50)),), scope="product")
BUY_TWO = offer("buy_get", parts=(part(TEA, CUP, count=2), part(TEA, CUP, benefit=FREE)), pick="cheapest")
ONCE = offer("buy_get", parts=(part(TEA), part(CUP, benefit=rate(5000))), limit=1)
FIXED = offer("buy_get", parts=(part(TEA), part(CUP, POT, benefit=price(500))), pick="dearest")
CHOSEN = offer("buy_get", parts=(part(TEA), part(CUP, POT, benefit=FREE)), pick="chosen", limit=1)
TOGETHER = offer("together", parts=(part(TEA), part(CUP, benefit=rate(1500)), part(POT, benefit=off(300))))
UPGRADE = offer("upgrade", parts=(part(POT, benefit=off(500)),), replaces=frozenset({"2"}))
COMPLETE = offer("complete", parts=(part(TEA), part(CUP), part(POT)), whole=off(1000))
GIFT = offer("gift", parts=(part(MUG, benefit=FREE),), basket=Basket(amounts=(euros(5000),)))
ANY_GIFT = offer("gift", parts=(part(MUG, CUP, benefit=FREE),), basket=Basket(amounts=(euros(4000),)))
TWO_GIFTS = offer("gift", parts=(part(MUG, CUP, count=2, benefit=FREE),), basket=Basket(amounts=(euros(4000),)))
SHIPPING = offer("shipping", benefit=FREE, basket=Basket(amounts=(euros(5000),)))
BASKET = offer("basket", benefit=rate(1000), basket=Basket(quantity=3))
WELCOME = offer("welcome", parts=(part(TEA), part(CUP)), whole=rate(2000), audience=Audience(referred=True))


@pytest.mark.parametrize(("said", "cart", "expected"), [
    # A kit of 10.00 + 2 x 9.00 = 28.00 for 25.00: 3.00 off, split 10:18 = 1.07 + 1.93.
    (KIT, [line(TEA, 1000), line(CUP, 900, 2)], {TEA: 107, CUP: 193}),
    # Two kits fit, the third has one cup too few: 6.00 off, split 20:36 = 2.142… and 3.857…, the half cent to the larger remainder.
    (KIT, [line(TEA, 1000, 3), line(CUP, 900, 5)], {TEA: 214, CUP: 386}),
    # A kit that would cost more than its parts saves nothing.
    (KIT, [line(TEA, 500), line(CUP, 900, 2)], {}),
    # Three of the set, the dearest: 30.00, 20.00 and one of the two at 10.00, each 20 % off; the fourth pays in full.
    (MIX, [line(TEA, 1000, 2), line(CUP, 2000), line(POT, 3000)], {TEA: 200, CUP: 400, POT: 600}),
    # Any two for 15.00: 12.00 + 10.00 = 22.00, 7.00 off, split 12:10; the one at 6.00 stays alone.
    (ANY_TWO, [line(TEA, 1200), line(CUP, 1000), line(POT, 600)], {TEA: 382, CUP: 318}),
    # Between the tiers: 7 units at tier 5's price, all of them.
    (TIERS, [line(TEA, 300, 4), line(CUP, 500, 3)], {TEA: 120, CUP: 150}),
    (TIERS, [line(TEA, 300, 4)], {}),
    (TIERS, [line(TEA, 300, 6), line(CUP, 500, 4)], {TEA: 360, CUP: 400}),
    # Counted by product, only the tea has three.
    (BY_PRODUCT, [line(TEA, 300, 3), line(CUP, 500, 2)], {TEA: 150}),
    # Buy two get the cheapest free, twice in six units: the two cheapest units are free (2.00 and 2.00), not the dear ones.
    (BUY_TWO, [line(TEA, 200, 3), line(CUP, 800, 3)], {TEA: 400}),
    (BUY_TWO, [line(TEA, 200, 2)], {}),
    # At most once, although four would fit: half of 8.00.
    (ONCE, [line(TEA, 1000, 4), line(CUP, 800, 4)], {CUP: 400}),
    # Fixed means fixed: a pot of 30.00 for 5.00 is 25.00 off, not 5 %.
    (FIXED, [line(TEA, 1000), line(POT, 3000), line(CUP, 400)], {POT: 2500}),
    # What the shopper took from the offer is free, though a cheaper one is in the cart.
    (CHOSEN, [line(TEA, 1000), line(POT, 3000, chosen=1), line(CUP, 400)], {POT: 3000}),
    (CHOSEN, [line(TEA, 1000), line(POT, 3000), line(CUP, 400)], {CUP: 400}),
    # Two benefits in one bundle: 15 % of 8.00 and 3.00 off the pot.
    (TOGETHER, [line(TEA, 1000), line(CUP, 800), line(POT, 3000)], {CUP: 120, POT: 300}),
    # The better product, once, and only when it was taken from the offer.
    (UPGRADE, [line(POT, 3000, 2, chosen=1)], {POT: 500}),
    (UPGRADE, [line(POT, 3000, 2)], {}),
    (COMPLETE, [line(TEA, 1000), line(CUP, 1000), line(POT, 2000)], {TEA: 250, CUP: 250, POT: 500}),
    # 50.00 without the mug itself; with 45.00 + 10.00 the goal is not reached.
    (GIFT, [line(TEA, 5000), line(MUG, 1000)], {MUG: 1000}),
    (GIFT, [line(TEA, 4500), line(MUG, 1000)], {}),
    (GIFT, [line(TEA, 4000), line(MUG, 1000, 2)], {MUG: 1000}),
    # 30.00 + 10.00 reach 40.00, so the cup that was then taken from the offer is the gift, and not the mug that helped to reach it.
    (ANY_GIFT, [line(TEA, 3000), line(MUG, 1000), line(CUP, 600, chosen=1)], {CUP: 600}),
    (ANY_GIFT, [line(TEA, 3000), line(MUG, 1000, chosen=1), line(CUP, 600)], {}),
    # Nothing was taken from the offer: the cheaper one, which leaves more for the goal.
    (ANY_GIFT, [line(TEA, 3200), line(MUG, 1000), line(CUP, 600)], {CUP: 600}),
    # Two units or none.
    (TWO_GIFTS, [line(TEA, 4000), line(CUP, 600, chosen=1)], {}),
    (TWO_GIFTS, [line(TEA, 4000), line(CUP, 600, 2, chosen=1)], {CUP: 1200}),
    (TWO_GIFTS, [line(TEA, 4000), line(MUG, 1000), line(CUP, 600, chosen=1)], {MUG: 1000, CUP: 600}),
])
def test_worked_examples(said: Offer, cart: list[Line], expected: dict[int, int]) -> None:
    assert taken(given(said, *cart)) == expected


def test_a_reason_tells_what_is_missing() -> None:
    assert why(given(KIT, line(TEA, 1000), line(CUP, 900)))[0] == "units"
    assert why(given(TIERS, line(TEA, 300, 3))) == ("units", {"count": 2, "slot": 0})
    assert why(given(TIERS, line(TEA, 300, 7))) == ("taken", {"times": 1, "more": 3})
    assert why(given(GIFT, line(TEA, 4500), line(MUG, 1000))) == ("amount", {"amount": 500})
    assert why(given(BASKET, line(TEA, 4500))) == ("quantity", {"count": 2})
    assert why(given(KIT, line(TEA, 500), line(CUP, 900, 2))) == ("nothing", {})


def test_the_order_is_counted_after_the_goods() -> None:
    """30.00 - 6.00 = 24.00, 10 % of that; not of 30.00."""
    outcome = given([MIX, offer("basket", 2, benefit=rate(1000))], line(TEA, 1000, 3))
    assert (taken(outcome), outcome.order) == ({TEA: 600}, {2: 240})
    assert outcome.order_lines == {"line-1-1000-0": 240}


def test_an_orders_discount_lies_on_all_lines() -> None:
    """10 % of the tea; but an order carries one amount, and Shopify shares it out over the cups as well."""
    outcome = given([offer("basket", 2, benefit=rate(1000), goods=goods(TEA))], line(TEA, 1000, 3), line(CUP, 3000))
    assert outcome.order == {2: 300}
    assert outcome.order_lines == {f"line-{TEA}-1000-0": 150, f"line-{CUP}-3000-0": 150}


def test_of_two_discounts_on_the_order_the_larger_is_taken() -> None:
    outcome = given([offer("basket", 1, benefit=off(500)), offer("basket", 2, benefit=rate(1000))], line(TEA, 4000))
    assert outcome.order == {1: 500}
    assert why(outcome, 2) == ("better", {})


def test_orders_that_stack_multiply_and_never_add() -> None:
    """40 % and 70 % leave 18 %, not -10 %."""
    outcome = given([offer("basket", 1, benefit=rate(4000)), offer("basket", 2, benefit=rate(7000), stacks=True)], line(TEA, 10_000))
    assert outcome.order == {1: 4000, 2: 4200}


def test_goods_that_stack_multiply_too() -> None:
    both = [offer("tiers", 1, goods=goods(TEA), steps=(Step(1, rate(4000)),)),
            offer("tiers", 2, goods=goods(TEA), steps=(Step(1, rate(7000)),), stacks=True)]
    assert given(both, line(TEA, 10_000)).lines == {"line-1-10000-0": {1: 4000, 2: 4200}}


def test_shipping_is_free_from_a_goal_on() -> None:
    assert given(SHIPPING, line(TEA, 5000), context=Context("EUR", shipping=490)).shipping == (1, 490)
    short = given(SHIPPING, line(TEA, 4999), context=Context("EUR", shipping=490))
    assert (short.shipping, why(short)) == (None, ("amount", {"amount": 1}))


def test_a_goal_is_what_is_to_be_paid() -> None:
    """60.00 with 20 % off is 48.00: no free shipping yet."""
    outcome = given([MIX, offer("shipping", 2, benefit=FREE, basket=Basket(amounts=(euros(5000),)))], line(TEA, 2000, 3),
                    context=Context("EUR", shipping=490))
    assert (outcome.shipping, why(outcome, 2)) == (None, ("amount", {"amount": 200}))


def test_a_welcome_is_for_friends_only() -> None:
    cart = line(TEA, 1000), line(CUP, 1000)
    assert why(given(WELCOME, *cart)) == ("shopper", {})
    assert taken(given(WELCOME, *cart, context=Context("EUR", marks=frozenset({5})))) == {TEA: 200, CUP: 200}


def test_a_unit_is_used_once() -> None:
    """One tea cannot be in two kits; the kit that saves more has it."""
    kits = [offer("kit", 1, parts=(part(TEA), part(CUP)), whole=off(300)), offer("kit", 2, parts=(part(TEA), part(POT)), whole=off(400))]
    outcome = given(kits, line(TEA, 1000), line(CUP, 1000), line(POT, 1000))
    assert (taken(outcome), why(outcome, 1)) == ({TEA: 200, POT: 200}, ("used", {}))


def test_best_may_be_two_small_ones_instead_of_one_large() -> None:
    """Greedy would take the 5.00 of all three; two kits of 3.00 each are better."""
    three = offer("kit", 1, parts=(part(TEA), part(CUP)), whole=off(500))
    kits = [three, offer("kit", 2, parts=(part(TEA), part(POT)), whole=off(300)),
            offer("kit", 3, parts=(part(CUP), part(MUG)), whole=off(300))]
    cart = [line(product, 1000) for product in (TEA, CUP, POT, MUG)]
    assert given(kits, *cart).total == 600


def test_by_priority_is_by_priority() -> None:
    small = offer("kit", 1, parts=(part(TEA), part(CUP)), whole=off(300), priority=1)
    large = offer("kit", 2, parts=(part(TEA), part(POT)), whole=off(400))
    outcome = given([small, large], line(TEA, 1000), line(CUP, 1000), line(POT, 1000), shop=Shop("EUR", NOW, best=False))
    assert outcome.total == 300


@pytest.mark.parametrize(("context", "expected"), [
    (EUR, 300), (Context("JPY", "161.27"), 484), (Context("KWD", "0.3321"), 996), (Context("USD", "1.0834"), 250),
    (Context("GBP", "0.85"), 255)])
def test_amounts_in_other_currencies(context: Context, expected: int) -> None:
    """3.00 euros: 484 yen (483.81), 0.996 dinars (0.9963), 2.50 dollars because the merchant fixed it, 2.55 pounds."""
    said = offer("kit", parts=(part(TEA), part(CUP)), whole=off(300, Money(250, "USD")))
    assert given(said, line(TEA, 100_000), line(CUP, 100_000), context=context).total == expected


def test_rounding_happens_once_a_line() -> None:
    """25 pieces at 0.11, 10 % off: 0.28 (27.5 cents), not 25 times 0.01."""
    said = offer("tiers", goods=goods(TEA), steps=(Step(1, rate(1000)),))
    assert given(said, line(TEA, 11, 25)).total == 28
