"""What orders say of offers: by hand, and over generated histories, to the minor unit, whatever comes in which order."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from plugin.context import Context
from plugin.mirror import flows as mirror
from plugin.mirror import tables as mirrored
from plugin.mirror.rules import Line, LineDiscount, Order
from plugin.money import Money, half_up
from plugin.offers import flows as offers
from plugin.offers.rules.sold import Known, Sale, sales, shared
from plugin.offers.tables.sales import OfferSale
from plugin.shopify.payloads import DiscountTold, LineTold, OrderTold, RefundLineTold, RefundTold
from tests.books.stage import START, Stage
from tests.desk.conftest import World, on_one

KNOWN = Known({1, 2}, {"Set": [1], "Tiers": [2]})


def money(amount: int) -> Money:
    return Money(amount, "GBP")


def line(number: int, quantity: int, price: int, *, off: int = 0, title: str = "Set", offer: int = 0, placement: str = "",
         gone: int = 0, back: int = 0) -> Line:
    """``gone`` units were refunded, ``back`` minor units for them."""
    taken = (LineDiscount("automatic", None, title, money(off)),) if off else ()
    return Line(str(number), "7", "8", "Mug", quantity, money(price), taken, gone, money(back), quantity - gone, offer, placement)


def order(*lines: Line, net: int | None = None, **more: Any) -> Order:  # noqa: ANN401 - Order's own fields
    left = sum(one.left.amount for one in lines)
    told: dict[str, Any] = {
        "id": "1", "name": "#1", "currency": "GBP", "created_at": START, "updated_at": START, "cancelled_at": None, "financial": "paid",
        "test": False, "customer_id": None, "person_id": None, "email_key": None, "address_key": None, "device_key": None, "lines": lines,
        "shipping": money(0), "shipping_discounts": (), "subtotal": money(left), "net": money(left if net is None else net), "codes": (),
        "attributes": {}, "landing_site": None, "country": None, "risk": None, "gateways": (), "paid_once": True}
    return Order(**{**told, **more})


def test_the_product_on_its_own_page_is_not_the_offers_doing() -> None:
    """A vase for 40.00 from its own page, two candles for 10.00 each beside it; the set took 4.00 and 2.00 off."""
    told = sales(order(line(1, 1, 4000, off=400, offer=1, placement="own"), line(2, 2, 1000, off=200, offer=1, placement="product")), KNOWN)
    assert told == [Sale("1", 1, "product", "8", discount=400, beside=400),
                    Sale("2", 1, "product", "8", bought=2, kept=2, caused=1800, discount=200)]


def test_more_of_the_same_counts_beyond_the_first() -> None:
    """Five for 3.00 with 20 % off, from the product's own page: four of them are the offer's doing."""
    told = sales(order(line(1, 5, 300, off=300, title="Tiers", offer=2, placement="own")), KNOWN)
    assert told == [Sale("1", 2, "product", "8", bought=4, kept=4, caused=960, discount=300, beside=60)]


def test_the_rest_of_the_cart_is_nobodys() -> None:
    told = sales(order(line(1, 3, 9000), line(2, 1, 1000, offer=1, placement="cart")), KNOWN)
    assert told == [Sale("2", 1, "cart", "8", bought=1, kept=1, caused=1000)]


def test_a_discount_without_the_offers_help() -> None:
    """Whoever puts a set together unaided gets its discount: a cost, and no sale."""
    assert sales(order(line(1, 2, 1000, off=300)), KNOWN) == [Sale("1", 1, "", "8", discount=300, beside=300)]


def test_refunded_units_take_their_part_along() -> None:
    """Four at 10.00 less 1.00 in all; one went back for 9.75."""
    told = sales(order(line(1, 4, 1000, off=100, offer=1, placement="cart", gone=1, back=975)), KNOWN)
    assert told == [Sale("1", 1, "cart", "8", bought=4, kept=3, caused=2925, discount=75)]


def test_what_was_refunded_beyond_lines_is_shared_out() -> None:
    """10.00 of 40.00 were given back as an amount: a quarter of every line."""
    told = sales(order(line(1, 1, 3000), line(2, 1, 1000, offer=1, placement="cart"), net=3000), KNOWN)
    assert [one.caused for one in told] == [750]


def test_two_offers_on_one_line_are_told_as_one_sum() -> None:
    told = sales(order(line(1, 1, 1000, off=101, title="Set + Tiers")), KNOWN)
    assert [(one.offer, one.discount) for one in told] == [(1, 51), (2, 50)]


def test_an_offer_that_is_given_as_a_code() -> None:
    """By the code, whatever its case and the title; a code of somebody else's is not ours, whatever its title."""
    known = replace(KNOWN, codes={"vases": 2})
    off = (LineDiscount("code", " VaSeS", "Set", money(150)), LineDiscount("code", "OTHER", "Set", money(7)),
           LineDiscount("code", None, "", money(1)))
    shipping = (LineDiscount("code", "VASES", "", money(495)),)
    told = sales(order(replace(line(1, 2, 1000), discounts=off), shipping_discounts=shipping), known)
    assert told == [Sale("1", 2, "", "8", discount=150, beside=150), Sale("shipping", 2, "", discount=495, beside=495)]


def test_they_share_it_as_our_own_calculation_says() -> None:
    """90 to 11 of 101; in equal parts where it finds but one of them there. A line with one discount is not asked."""
    known = replace(KNOWN, parts={"1": {1: 90, 2: 11}, "2": {1: 7}, "3": {2: 1}})
    told = order(*(line(number, 1, 1000, off=101, title="Set + Tiers") for number in (1, 2)), line(3, 1, 1000, off=5))
    assert [(one.line_id, one.offer, one.discount) for one in sales(told, known)] == [
        ("1", 1, 90), ("1", 2, 11), ("2", 1, 51), ("2", 2, 50), ("3", 1, 5)]
    assert shared(told, known) == {1, 2} and shared(order(line(1, 1, 1000, off=5)), known) == frozenset()


def test_what_a_landing_page_put_into_the_cart() -> None:
    """A cart's link cannot mark lines, so the cart says it; what was marked otherwise or is other goods is not meant."""
    lines = (replace(line(1, 1, 4000, off=400), variant_id="71"), replace(line(2, 2, 1000, offer=2, placement="cart"), variant_id="72"),
             replace(line(3, 1, 500), variant_id="73"))
    told = sales(order(*lines, attributes={"_tandem_landing": "1 71:1,72:2"}), KNOWN)
    assert told == [Sale("1", 1, "landing", "71", bought=1, kept=1, caused=3600, discount=400),
                    Sale("2", 2, "cart", "72", bought=2, kept=2, caused=2000)]


@pytest.mark.parametrize("value", ["", "1", "1 ", "0 71:1", "9 71:1", "1 71:1;72:2", "1 71:1,", "1 x:1", "1 72:1", "1 71:1 "])
def test_a_forged_landing_is_none(value: str) -> None:
    assert sales(order(replace(line(1, 1, 1000), variant_id="71"), attributes={"_tandem_landing": value}), KNOWN) == []


def test_what_was_added_after_the_purchase() -> None:
    """Shopify keeps no attributes there; the discount that the app asked for carries the offer's title."""
    off = (LineDiscount("manual", None, "Set", money(150)),)
    told = sales(order(line(1, 1, 3000), replace(line(2, 1, 1000), discounts=off)), KNOWN)
    assert told == [Sale("2", 1, "post_purchase", "8", bought=1, kept=1, caused=850, discount=150)]


def test_a_title_that_two_offers_share_is_the_lines_own() -> None:
    shared = Known({1, 2}, {"Set": [1, 2]})
    assert [one.offer for one in sales(order(line(1, 1, 1000, off=100, offer=2, placement="cart")), shared)] == [2]
    assert [one.offer for one in sales(order(line(1, 1, 1000, off=100)), shared)] == [1]


def test_shipping_that_an_offer_paid_for() -> None:
    off = (LineDiscount("automatic", None, "Set", money(495)), LineDiscount("code", "X", "Set", money(5)))
    told = sales(order(line(1, 1, 1000, offer=1, placement="cart"), shipping_discounts=off), KNOWN)
    assert told[-1] == Sale("shipping", 1, "cart", discount=495, beside=495)


@pytest.mark.parametrize("more", [{"test": True}, {"paid_once": False}, {"cancelled_at": START}, {"financial": "voided"}])
def test_what_does_not_count(more: dict[str, Any]) -> None:
    assert sales(order(line(1, 1, 1000, offer=1, placement="cart"), **more), KNOWN) == []


def test_an_order_that_went_back_whole_was_bought_and_not_kept() -> None:
    told = sales(order(line(1, 2, 1000, off=100, offer=1, placement="cart", gone=2, back=1900), net=0, financial="refunded"), KNOWN)
    assert told == [Sale("1", 1, "cart", "8", bought=2)]


@pytest.mark.parametrize(("offer", "placement"), [(9, "cart"), (0, "cart")])
def test_forged_lines_of_no_offer(offer: int, placement: str) -> None:
    assert sales(order(line(1, 1, 1000, offer=offer, placement=placement)), KNOWN) == []


def test_a_forged_place_is_no_place() -> None:
    assert [one.placement for one in sales(order(line(1, 1, 1000, offer=1, placement="moon")), KNOWN)] == [""]


# -- over histories ----------------------------------------------------------------------------------------------------


@on_one
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_are_what_the_orders_say(stage: Stage, world: World, context: Context, seed: int) -> None:
    """Orders with offers, refunds before and after, cancellations, replays: at the end the rows are what a clerk with a pencil gets."""
    with context.transaction() as session:
        offers.publish_offer(session, stage.shop_id, world.offer, currency="GBP", now=stage.now)
    dice = Random(seed)
    told: list[OrderTold] = []
    for number in range(25):
        stage.move(timedelta(hours=1))
        told.append(_told(stage, dice, str(7000 + number)))
        if dice.random() < 0.3:  # the refund comes before its order
            _refund(stage, dice, told[-1], number)
        stage.tell(told[-1])
        stage.settle(told[-1].id)
        one = dice.choice(told)
        _afterwards(stage, dice, one, number)
        stage.settle(one.id)
    for one in dice.sample(told, len(told)):
        stage.tell(one)  # everything once more, in any order
        stage.settle(one.id)
    _agree(stage, context, [one.id for one in told])


def _told(stage: Stage, dice: Random, id: str) -> OrderTold:
    lines = tuple(_line(stage, dice, f"{id}{at}") for at in range(dice.randrange(1, 4)))
    return replace(stage.order(id, financial=dice.choice(["paid", "paid", "pending"])), lines=lines)


def _line(stage: Stage, dice: Random, id: str) -> LineTold:
    price, quantity = dice.randrange(100, 9000), dice.randrange(1, 5)
    off = dice.randrange(0, price * quantity // 2)
    discounts = (DiscountTold("automatic", None, dice.choice(["More vases", "Another app's"]), stage.money(off)),) if off else ()
    return LineTold(id, "71", "710", "Vase", quantity, 0, stage.money(price), discounts, offer=dice.choice([0, 1, 1, 7]),
                    placement=dice.choice(["own", "product", "cart", "", "moon"]))


def _refund(stage: Stage, dice: Random, told: OrderTold, number: int) -> None:
    line, extra = dice.choice(told.lines), dice.randrange(0, 300)
    refund = RefundTold(f"r{number}", told.id, stage.now, (RefundLineTold(line.id, 1, stage.money(dice.randrange(1, line.price.amount))),),
                        stage.money(extra))
    with stage.context.transaction() as session:
        mirror.apply_refund(session, stage.shop_id, refund)


def _afterwards(stage: Stage, dice: Random, told: OrderTold, number: int) -> None:
    if dice.random() < 0.6:
        _refund(stage, dice, told, 100 + number)
    elif dice.random() < 0.3:
        with stage.context.transaction() as session:
            later = replace(told, cancelled_at=stage.now, updated_at=stage.now + timedelta(seconds=1), digest=f"c{number}")
            mirror.apply_order(session, stage.shop_id, later, stage.now)


def _agree(stage: Stage, context: Context, order_ids: list[str]) -> None:
    with context.transaction() as session:
        rows = session.scalars(select(OfferSale).where(OfferSale.shop_id == stage.shop_id, OfferSale.order_id.in_(order_ids))).all()
        orders = [mirrored.load(session, stage.shop_id, one) for one in order_ids]
    living = [one for one in orders if one is not None and one.paid_once and one.cancelled_at is None]
    ours = [(one, line) for one in living for line in one.lines if line.offer == 1]
    spared = [int(line.placement == "own") for _, line in ours]
    assert sum(row.bought for row in rows) == sum(max(0, line.quantity - less) for (_, line), less in zip(ours, spared, strict=True)) > 0
    assert sum(row.kept for row in rows) == sum(max(0, line.current_quantity - less) for (_, line), less in zip(ours, spared, strict=True))
    assert sum(row.discount for row in rows) == sum(_kept_discount(line) for one in living for line in one.lines) > 0
    for one in living:  # nobody's revenue is claimed twice, nor more than is left of the order
        assert sum(row.caused for row in rows if row.order_id == one.id) <= one.net.amount + len(one.lines)
    assert sum(row.caused for row in rows) == sum(_caused(one) for one in living)
    assert {row.order_id for row in rows} <= {one.id for one in living}


def _kept_discount(line: Line) -> int:
    off = sum(one.amount.amount for one in line.discounts if one.title == "More vases")
    return half_up(Fraction(off * line.current_quantity, line.quantity))


def _caused(one: Order) -> int:
    shares = one.net.split([line.left.amount for line in one.lines])
    return sum(half_up(Fraction(share.amount * max(0, line.current_quantity - int(line.placement == "own")), line.current_quantity))
               for line, share in zip(one.lines, shares, strict=True) if line.offer == 1 and line.current_quantity)
