"""How often a bundle can be sold, and that an order with line groups reads as the components that it is made of."""

from dataclasses import replace
from typing import Any

import pytest

from plugin.context import Context
from plugin.money import Money
from plugin.offers.rules.model import Goods, Part
from plugin.offers.rules.sold import Known, sales
from plugin.offers.rules.stock import left
from plugin.shopify import payloads
from plugin.shops.tables import Shop
from tests.native.test_rules import goods, offer, percent
from tests.pipes import bodies
from tests.pipes.test_mirror import told


@pytest.mark.parametrize(("parts", "stock", "times", "short"), [
    ((Part(goods(1)), Part(goods(2), 2)), {"1": 9, "2": 7}, 3, ("2",)),
    ((Part(goods(1)), Part(goods(2))), {"1": 4, "2": None}, 4, ("1",)),
    ((Part(goods(1)), Part(goods(2))), {"1": 4}, 0, ("2",)),
    ((Part(goods(1)), Part(goods(2))), {"1": 4, "2": -3}, 0, ("2",)),
    ((Part(goods(1), 3),), {"1": 8}, 2, ("1",)),
    ((Part(goods(1)), Part(goods(1))), {"1": 5}, 2, ("1",)),
    ((Part(goods(1)), Part(goods(1, 2))), {"1": 3, "2": 1}, 2, ("1", "2"))])
def test_as_often_as_the_scarcest_part_allows(parts: tuple[Part, ...], stock: dict[str, int | None], times: int,
                                              short: tuple[str, ...]) -> None:
    found = left(offer("kit", *parts, whole=percent(1000)), _named, stock)
    assert found is not None and (found.times, found.short) == (times, short)


def test_stock_that_is_not_counted_limits_nothing() -> None:
    kit = offer("kit", Part(goods(1)), Part(goods(2)), whole=percent(1000))
    assert left(kit, _named, {"1": None, "2": None}) is None
    assert left(offer("shipping", benefit=percent(10_000)), _named, {"1": 0}) is None


def _named(wanted: Goods) -> frozenset[str]:
    return wanted.products


# -- orders with bundles that are one product ----------------------------------------------------------------------------

PARTS = [bodies.line(1, price="40.00", quantity=2), bodies.line(2, price="10.00", quantity=1)]
GROUP = {"id": 501, "title": "Tea for two", "quantity": 1, "variant_id": 77, "product_id": 7, "properties": []}


def grouped(minutes: int = 0, **more: str) -> dict[str, Any]:
    """As Shopify tells it: each component is a line, and names the group that it was bought in."""
    lines = [{**line, "sales_line_item_group_id": GROUP["id"]} for line in PARTS]
    return bodies.order(minutes, lines=lines, line_item_groups=[GROUP], **more)


def test_a_group_s_lines_are_its_components() -> None:
    plain, group = (payloads.order(bodies.raw(one)) for one in (bodies.order(lines=PARTS), grouped()))
    assert [replace(line, bundle_id=None) for line in group.lines] == list(plain.lines)
    assert [line.quantity for line in group.lines] == [2, 1]


def test_a_refund_of_one_component_takes_back_that_component(context: Context, north: Shop) -> None:
    order = told(context, north.id, grouped(), grouped(10, financial_status="paid"), bodies.refund(1, 20, [(2, 1, "10.00")]))
    assert order.net == Money(8000, "GBP") and [line.refunded_quantity for line in order.lines] == [0, 1]
    everything = bodies.refund(1, 20, [(1, 2, "80.00"), (2, 1, "10.00")])
    whole = told(context, north.id, grouped(), grouped(10, financial_status="paid"), everything)
    assert whole.net == Money(0, "GBP")


def test_what_the_page_said_with_a_bundle_stands_at_its_group() -> None:
    """Offered on the page of product 1: its part there is that page's own, the other was put into the cart by the offer."""
    said = [{"name": name, "value": value} for name, value in (("_offer", "4"), ("_placement", "product"), ("_page", "71"), ("note", "me"))]
    group = {**GROUP, "properties": said}
    told = payloads.order(bodies.raw({**grouped(), "line_item_groups": [group]}))
    assert [(line.product_id, line.offer, line.placement, line.bundle_id) for line in told.lines] == [
        ("71", 4, "own", "7"), ("72", 4, "product", "7")]
    assert all(line.bundle_id == "7" and not line.offer for line in payloads.order(bodies.raw(grouped())).lines)


def test_a_bundle_that_was_bought_counts_to_its_kit(context: Context, north: Shop) -> None:
    """Bought on the bundle's own page, which tells nothing; one component comes back."""
    order = told(context, north.id, grouped(), grouped(10, financial_status="paid"), bodies.refund(1, 20, [(2, 1, "10.00")]))
    assert sales(order, Known({4})) == []
    found = sales(order, Known({4}, bundles={"7": 4}))
    assert [(one.offer, one.bought, one.kept, one.caused, one.discount) for one in found] == [(4, 2, 2, 8000, 0), (4, 1, 0, 0, 0)]


def test_what_a_bundle_saved_is_what_its_parts_cost_less(context: Context, north: Shop) -> None:
    """45.00 and 10.00 by themselves, two and one of them for 90.00: 10.00 less; one component comes back."""
    order = told(context, north.id, grouped(), grouped(10, financial_status="paid"), bodies.refund(1, 20, [(1, 1, "40.00")]))
    first, second = (line.variant_id or "" for line in order.lines)
    known = Known({4}, bundles={"7": 4}, listed={"7": {first: 4500, second: 1000}})
    assert [(one.caused, one.discount, one.beside) for one in sales(order, known)] == [(4000, 500, 0), (1000, 0, 0)]
    dearer = Known({4}, bundles={"7": 4}, listed={"7": {first: 3900, second: 1000}})
    assert [one.discount for one in sales(order, dearer)] == [0, 0]
