"""The merchant's own discounts: read as Shopify tells them, counted where they are marked, kept from where they are not."""

from typing import Any

import pytest

from plugin import clock
from plugin.context import Context
from plugin.errors import NotFound, Refused
from plugin.margin import codes
from plugin.margin.reads import read_discount
from plugin.margin.rules.codes import ShopDiscount
from plugin.money import Money
from plugin.offers import deliveries
from plugin.offers.flows import floors, strangers
from plugin.outbox import flows as outbox
from plugin.shops.tables import Shop
from tests.offers_admin.conftest import Shopify, deliver, published, set_floor, tiers

TEN = {"percentage": 0.1}


def node(number: int, title: str, *, kind: str = "DiscountCodeBasic", classes: str = "ORDER", beside: str = "product",
         **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as Shopify tells it
    told = {"__typename": kind, "title": title, "discountClasses": [classes],
            "combinesWith": {f"{one}Discounts": one == beside for one in ("order", "product")}, **more}
    return {"id": f"gid://shopify/DiscountNode/{number}", "discount": told}


def basic(number: int, title: str, value: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    told = {"codes": {"nodes": [{"code": title}]}, "customerGets": {"value": value or TEN}, "minimumRequirement": None}
    return node(number, title, **{**told, **more})


@pytest.mark.parametrize(("told", "rate_bp", "amount", "minimum"), [
    (basic(1, "TEN"), 1000, None, None),
    (basic(1, "ODD", {"percentage": 0.333333}), 3334, None, None),
    (basic(1, "FIVE", {"amount": {"amount": "5.0", "currencyCode": "EUR"}, "appliesOnEachItem": False}, minimumRequirement={
        "greaterThanOrEqualToSubtotal": {"amount": "20.0", "currencyCode": "EUR"}}), None, Money(500, "EUR"), Money(2000, "EUR")),
    (basic(1, "EACH", {"amount": {"amount": "5.0", "currencyCode": "EUR"}, "appliesOnEachItem": True}), None, None, None),
    (basic(1, "SOME", minimumRequirement={}), 1000, None, None),
    (node(1, "Two for one", kind="DiscountAutomaticBxgy", classes="PRODUCT"), None, None, None)])
def test_a_discount_as_shopify_tells_it(told: dict[str, Any], rate_bp: int | None, amount: Money | None, minimum: Money | None) -> None:
    found = read_discount(told)
    assert found is not None and (found.rate_bp, found.amount, found.minimum) == (rate_bp, amount, minimum)
    take = found.take()
    assert (take is None) == (rate_bp is None and amount is None)
    assert take is None or (take.kind, take.own_class, take.combines) == ("code", "order", frozenset({"product"}))


def test_free_shipping_is_no_concern_of_the_goods() -> None:
    assert read_discount({"id": "gid://shopify/DiscountNode/1", "discount": {"__typename": "DiscountCodeFreeShipping"}}) is None


@pytest.mark.parametrize(("classes", "combines", "ours", "barred"), [
    ({"order"}, {"product"}, {"product"}, {"order"}), ({"order"}, {"product"}, {"order"}, set()), ({"order"}, set(), {"product"}, set()),
    ({"product"}, {"product", "order"}, {"order"}, {"product"}), ({"shipping"}, {"product"}, {"product"}, set())])
def test_what_must_not_stand_beside_ours(classes: set[str], combines: set[str], ours: set[str], barred: set[str]) -> None:
    assert ShopDiscount("1", "X", None, frozenset(classes), frozenset(combines)).barred(ours) == barred


def _read(context: Context, shop: Shop, shopify: Shopify, *nodes: dict[str, Any]) -> None:
    shopify.own = list(nodes)
    with context.transaction() as session:
        strangers.read_soon(session, shop.id, now=clock.now())
        strangers.read_soon(session, shop.id, now=clock.now())  # twice is once
    with context.transaction() as session:
        leases = outbox.lease(session, {"discounts_read": outbox.Terms(100, 60)})
    assert len(leases) == 1
    deliveries.read_discounts(context, leases)
    deliver(context)


def _combines(shopify: Shopify) -> set[str]:
    [one] = shopify.discounts.values()
    return {name for name, told in one["combinesWith"].items() if told}


def test_offers_keep_from_what_nobody_counts(context: Context, shop: Shop, shopify: Shopify) -> None:
    set_floor(context, shop, 2000)
    published(context, shop, tiers(rate=1000))
    deliver(context)
    assert _combines(shopify) == {"orderDiscounts", "shippingDiscounts"}
    _read(context, shop, shopify, basic(7, "SUMMER"), basic(8, "ALONE", beside="none"))
    assert _combines(shopify) == {"shippingDiscounts"}
    with context.transaction() as session:
        floors.mark(session, shop.id, "7", counted=True, now=clock.now())
    deliver(context)
    assert _combines(shopify) == {"orderDiscounts", "shippingDiscounts"}


def test_what_is_counted_and_too_dear_stands_apart_all_the_same(context: Context, shop: Shop, shopify: Shopify) -> None:
    """A mug for 20.00 that costs 10.00 keeps a fifth at 37.5 % off: 10 % and then 30 % are too much, 10 % and 25 % are not."""
    set_floor(context, shop, 2000)
    published(context, shop, tiers(rate=1000))
    for rate, together in ((0.31, False), (0.25, True)):
        _read(context, shop, shopify, basic(7, "SUMMER", {"percentage": rate}))
        with context.transaction() as session:
            floors.mark(session, shop.id, "7", counted=True, now=clock.now())
        deliver(context)
        assert ("orderDiscounts" in _combines(shopify)) is together


def test_our_own_discounts_are_no_strangers(context: Context, shop: Shop, shopify: Shopify) -> None:
    set_floor(context, shop, 2000)
    published(context, shop, tiers(rate=1000))
    deliver(context)
    [ours] = shopify.discounts
    _read(context, shop, shopify, node(int(ours), "Tandem offers", kind="DiscountAutomaticApp", classes="PRODUCT", beside="order"))
    with context.transaction() as session:
        assert strangers.own_ones(session, shop.id) == []
        assert codes.reading(session, shop.id) is not None


def test_marks_stay_and_what_is_gone_goes(context: Context, shop: Shop, shopify: Shopify, south: Shop) -> None:
    _read(context, shop, shopify, basic(7, "SUMMER"), node(9, "Two for one", kind="DiscountAutomaticBxgy", classes="PRODUCT"))
    with context.transaction() as session:
        floors.mark(session, shop.id, "7", counted=True, now=clock.now())
        with pytest.raises(Refused, match="told beforehand"):
            floors.mark(session, shop.id, "9", counted=True, now=clock.now())
        with pytest.raises(NotFound):
            floors.mark(session, south.id, "7", counted=True, now=clock.now())
    _read(context, shop, shopify, basic(7, "SUMMER", {"percentage": 0.2}))
    with context.transaction() as session:
        [row] = codes.discounts(session, shop.id)
        assert (row.id, row.rate_bp, row.counted) == ("7", 2000, True)
