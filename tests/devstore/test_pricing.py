"""The price engine: tables of carts, discounts and what they must cost, to the minor unit."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstore.currency import decimal, half_up, parse, split, text
from devstore.pricing.values import Priced
from devstore.seeds import NewShop, new_shop
from devstore.state import discounting
from devstore.state.carts import Buyer, Cart, CartLine
from devstore.state.discounts import Bxgy, Discount, Items, Value
from devstore.state.people import Address
from devstore.state.settings import Settings
from devstore.state.shops import Shop
from devstore.state.stocking import NewProduct, NewVariant
from devstore.state.store import Store

ALL = ["order", "product", "shipping"]
BUYER = Buyer("ann@example.com", address=Address(country_code="GB"))


class Till:
    """A shop with three products, a (1000), b (333), c (50), and no tax on top."""

    def __init__(self, currency: str = "GBP") -> None:
        self.store = Store(Settings())
        self.shop: Shop = new_shop(self.store, NewShop("north", "North", currency, shipping=500))
        prices = (("a", 1000), ("b", 333), ("c", 50))
        self.goods = {name: self.store.new_product(self.shop, NewProduct(name, [NewVariant(price)])) for name, price in prices}

    def discount(self, code: str | None = None, **changes: object) -> Discount:
        now = datetime.now(UTC) - timedelta(days=1)
        made = Discount(self.store.next_id(), "code" if code else "automatic", "basic", code or "auto", now, now, now)
        for name, value in changes.items():
            setattr(made, name, value)
        discounting.create(self.store, self.shop, made, code)
        return made

    def items(self, *names: str) -> Items:
        return Items(all=False, products=[self.goods[name].id for name in names])

    def cart(self, *codes: str, **counts: int) -> Cart:
        lines = [CartLine(name, self.goods[name].variants[0].id, count) for name, count in counts.items()]
        return Cart("t", lines, codes=list(codes))

    def price(self, *codes: str, **counts: int) -> Priced:
        return self.store.price(self.shop, self.cart(*codes, **counts), BUYER)

    def off(self, *codes: str, **counts: int) -> list[int]:
        return [line.subtotal - line.discounted for line in self.price(*codes, **counts).lines]

    def reason(self, *codes: str, **counts: int) -> str | None:
        return self.price(*codes, **counts).verdicts[0].reason


@pytest.fixture
def till() -> Iterator[Till]:
    yield Till()


def percent(basis_points: int) -> Value:
    return Value(basis_points=basis_points)


def test_an_order_percentage_is_rounded_once_and_shared_exactly(till: Till) -> None:
    till.discount("X", value=percent(1500))
    assert till.off("x", a=1, b=1, c=1) == [150, 50, 7] and sum([150, 50, 7]) == half_up(1383 * 15, 100)


def test_a_product_percentage_is_rounded_per_line(till: Till) -> None:
    till.discount("X", value=percent(1500), items=till.items("b", "c"))
    assert till.off("X", a=1, b=1, c=1) == [0, 50, 8]


def test_an_amount_never_exceeds_the_goods(till: Till) -> None:
    till.discount("X", value=Value(amount=99_999))
    assert till.off("X", b=1, c=1) == [333, 50]


def test_an_amount_off_each_item(till: Till) -> None:
    till.discount("X", value=Value(amount=100, each=True), items=till.items("b", "c"))
    assert till.off("X", a=1, b=2, c=2) == [0, 200, 100]


@pytest.mark.parametrize(
    ("changes", "counts", "reason"),
    [
        ({"minimum_subtotal": 1001}, {"a": 1}, "minimum_subtotal"),
        ({"minimum_subtotal": 1000}, {"a": 1}, None),
        ({"minimum_quantity": 3}, {"a": 2}, "minimum_quantity"),
        ({"customers": [1]}, {"a": 1}, "not_for_customer"),
        ({"ends_at": datetime(2021, 1, 1, tzinfo=UTC)}, {"a": 1}, "not_active"),
        ({"starts_at": datetime(2091, 1, 1, tzinfo=UTC)}, {"a": 1}, "not_active"),
    ],
)
def test_reasons_against_a_code(till: Till, changes: dict[str, object], counts: dict[str, int], reason: str | None) -> None:
    till.discount("X", value=percent(1000), **changes)
    assert till.reason("X", **counts) == reason


def test_unknown_codes_and_goods_that_are_not_meant(till: Till) -> None:
    till.discount("X", value=percent(1000), items=till.items("b"))
    assert till.reason("X", a=1) == "not_entitled"
    assert till.reason("NONE", a=1) == "not_found"


def test_limits_count_per_code(till: Till) -> None:
    discount = till.discount("X", value=percent(1000), usage_limit=1)
    discounting.add_code(till.store, till.shop, discount, "Y", by_app=True)
    till.store.place_order(till.shop, till.cart("X", a=1), BUYER)
    assert till.reason("X", a=1) == "used_up"
    assert till.reason("Y", a=1) is None


def test_once_per_customer(till: Till) -> None:
    till.discount("X", value=percent(1000), once_per_customer=True)
    till.store.place_order(till.shop, till.cart("X", a=1), Buyer("ann@example.com"))
    assert till.reason("X", a=1) == "already_used"


def test_without_leave_of_both_sides_the_better_one_wins(till: Till) -> None:
    till.discount("X", value=percent(1000), combines=ALL)
    till.discount(None, value=percent(2000), items=till.items("a"))
    priced = till.price("X", a=1, b=1)
    assert sum(line.subtotal - line.discounted for line in priced.lines) == 200
    assert priced.verdicts[0].reason == "not_combinable" and priced.codes == []


def test_product_first_then_order_on_what_is_left(till: Till) -> None:
    till.discount("X", value=percent(1000), combines=ALL)
    till.discount(None, value=percent(2000), items=till.items("a"), combines=ALL)
    assert till.off("X", a=1) == [280]
    assert till.price("X", a=1).codes == ["X"]


def test_two_order_discounts_look_at_the_same_subtotal(till: Till) -> None:
    till.discount("X", value=percent(1000), combines=ALL)
    till.discount("Y", value=percent(2000), combines=ALL)
    assert till.off("X", "Y", a=1) == [300]


def test_only_the_best_product_discount_of_a_line_applies(till: Till) -> None:
    till.discount("X", value=percent(1000), items=till.items("a"), combines=ALL)
    till.discount("Y", value=percent(2000), items=till.items("a", "b"), combines=ALL)
    assert till.off("X", "Y", a=1, b=1) == [200, 67]


def test_free_shipping_beside_an_order_discount(till: Till) -> None:
    till.discount("X", value=percent(1000), combines=ALL)
    till.discount("S", kind="free_shipping", combines=ALL)
    priced = till.price("X", "S", a=1)
    assert priced.shipping is not None
    assert (priced.shipping.discounted, priced.total, priced.codes) == (0, 900, ["X", "S"])


def test_buy_two_get_the_cheapest(till: Till) -> None:
    terms = Bxgy(till.items("a", "b"), 1, buy_quantity=2)
    till.discount(None, kind="bxgy", value=percent(10_000), items=till.items("a", "b"), bxgy=terms)
    assert till.off(a=2, b=1) == [0, 333]
    assert till.off(a=2) == [0]
    assert till.off(a=5, b=1) == [1000, 333]


def test_buy_x_get_y_has_a_limit_per_order(till: Till) -> None:
    terms = Bxgy(till.items("a"), 1, buy_quantity=1, uses_per_order=1)
    till.discount(None, kind="bxgy", value=percent(1500), items=till.items("b"), bxgy=terms)
    assert till.off(a=4, b=4) == [0, 50]


def test_tax_is_inside_or_on_top(till: Till) -> None:
    assert (till.price(a=1).tax, till.price(a=1).total) == (167 + 83, 1500)
    till.shop.taxes_included = False
    assert (till.price(a=1).tax, till.price(a=1).total) == (200 + 100, 1800)


@given(prices=st.lists(st.integers(0, 10**6), min_size=1, max_size=8), points=st.integers(1, 10_000))
def test_shares_always_sum_to_the_whole(prices: list[int], points: int) -> None:
    total = half_up(sum(prices) * points, 10_000)
    parts = split(total, prices)
    assert sum(parts) == (total if sum(prices) else 0)
    assert all(0 <= part <= price for part, price in zip(parts, prices, strict=True))


@pytest.mark.parametrize(
    ("amount", "currency", "shown", "exact"),
    [
        (1230, "GBP", "12.30", "12.3"),
        (1200, "EUR", "12.00", "12.0"),
        (1230, "JPY", "1230", "1230.0"),
        (1230, "KWD", "1.230", "1.23"),
        (-5, "GBP", "-0.05", "-0.05"),
    ],
)
def test_amounts_as_text(amount: int, currency: str, shown: str, exact: str) -> None:
    assert text(amount, currency) == shown and decimal(amount, currency) == exact
    assert parse(shown, currency) == parse(exact, currency) == amount
