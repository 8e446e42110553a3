"""The mirror's state depends on what Shopify told, not on the order, the repeats or the gaps in which it told it."""

import itertools
import random
from typing import Any

import pytest
from sqlalchemy.orm import Session

from plugin.context import Context
from plugin.db import ShopId
from plugin.mirror import catalogue, flows, tables
from plugin.mirror.rules import Order
from plugin.money import Money
from plugin.shopify import payloads
from plugin.shops.tables import Shop
from tests.pipes import bodies

FIRST, SECOND = bodies.refund(1, 20, [(1, 1, "40.00")]), bodies.refund(2, 30, [(1, 1, "40.00"), (2, 1, "10.00")])
PARTLY = [bodies.line(1, current_quantity=1), bodies.line(2, price="10.00", quantity=1)]
NOTHING_LEFT = [bodies.line(1, current_quantity=0), bodies.line(2, price="10.00", quantity=1, current_quantity=0)]
STORY: dict[str, Any] = {
    "created": bodies.order(0),
    "paid": bodies.order(10, financial_status="paid"),
    "partly refunded": FIRST,
    "refunded": SECOND,
    "cancelled": bodies.order(40, financial_status="refunded", cancelled_at=bodies.when(40), lines=NOTHING_LEFT, refunds=[FIRST, SECOND]),
}
PAID, UPDATED = STORY["paid"], bodies.order(20, financial_status="partially_refunded", lines=PARTLY, refunds=[FIRST])


def tell(session: Session, shop_id: ShopId, body: dict[str, Any]) -> bool:
    if "order_id" in body:
        return flows.apply_refund(session, shop_id, payloads.refund(bodies.raw(body)))
    return flows.apply_order(session, shop_id, payloads.order(bodies.raw(body)), bodies.START)


def state(session: Session, shop_id: ShopId) -> Order | None:
    session.expire_all()
    return tables.load(session, shop_id, bodies.ORDER_ID)


def told(context: Context, shop_id: ShopId, *stories: dict[str, Any]) -> Order:
    """The order after these tellings, in a transaction that is thrown away."""
    with context.sessions() as session:
        for story in stories:
            tell(session, shop_id, story)
        found = state(session, shop_id)
        session.rollback()
    assert found is not None
    assert found.person_id is not None
    return found


def same(order: Order) -> tuple[Any, ...]:
    """Everything but the person's id, which is made anew in each transaction."""
    return tuple(
        getattr(order, name) for name in order.__dataclass_fields__ if name not in ("person_id", "email_key", "address_key", "device_key")
    )


def test_all_120_orders_of_events_with_repeats_end_alike(context: Context, north: Shop) -> None:
    expected = told(context, north.id, *STORY.values())
    assert (expected.net, expected.paid_once, expected.financial) == (Money(0, "GBP"), True, "refunded")
    chance = random.Random(5)
    for sequence in itertools.permutations(STORY.values()):
        repeated = [story for story in sequence for _ in range(chance.choice((1, 1, 2, 3)))]
        assert same(told(context, north.id, *repeated)) == same(expected)


@pytest.mark.parametrize("sequence", list(itertools.permutations((STORY["created"], PAID, FIRST, UPDATED))), ids=str)
def test_a_part_refunded_order_keeps_what_is_left(session: Session, north: Shop, sequence: tuple[dict[str, Any], ...]) -> None:
    for story in sequence:
        tell(session, north.id, story)
    order = state(session, north.id)
    assert order is not None
    assert (order.subtotal, order.net) == (Money(9000, "GBP"), Money(5000, "GBP"))
    assert [(line.refunded_quantity, line.current_quantity) for line in order.lines] == [(1, 1), (0, 1)]


def test_a_refund_seen_first_waits_for_its_order(session: Session, north: Shop) -> None:
    assert tell(session, north.id, SECOND)
    assert state(session, north.id) is None
    tell(session, north.id, PAID)
    order = state(session, north.id)
    assert order is not None
    assert order.net == Money(4000, "GBP")


def test_an_amount_refunded_without_lines_counts(session: Session, north: Shop) -> None:
    tell(session, north.id, PAID)
    tell(session, north.id, bodies.refund(3, 20, [], beyond="15.00"))
    order = state(session, north.id)
    assert order is not None
    assert order.net == Money(7500, "GBP")


def test_an_edit_takes_its_share(session: Session, north: Shop) -> None:
    tell(session, north.id, bodies.order(20, financial_status="paid", lines=[bodies.line(1, quantity=4, current_quantity=1)]))
    order = state(session, north.id)
    assert order is not None
    assert (order.subtotal, order.net, order.lines[0].removed_quantity) == (Money(16000, "GBP"), Money(4000, "GBP"), 3)


BOUGHT, TAKEN_OUT = bodies.line(1), bodies.line(2, price="10.00", quantity=1, current_quantity=0)


@pytest.mark.parametrize(("earlier", "later"), [
    ({"financial_status": "paid"}, {"financial_status": "partially_paid", "lines": [BOUGHT, PARTLY[1]]}),
    ({"financial_status": "paid"}, {"financial_status": "paid", "lines": [BOUGHT, PARTLY[1]]}),
    ({"financial_status": "paid"}, {"financial_status": "paid", "lines": [bodies.line(1, quantity=3)]}),
    ({"financial_status": "paid", "lines": [BOUGHT, PARTLY[1]]}, {"financial_status": "paid", "lines": [BOUGHT, TAKEN_OUT]}),
], ids=["charged for", "paid for", "more of one", "taken out"])
@pytest.mark.parametrize("turned", [False, True])
def test_within_a_second_the_further_edit_holds(context: Context, north: Shop, earlier: dict[str, Any], later: dict[str, Any],
                                                turned: bool) -> None:
    """An offer after payment is accepted in the second in which the order was paid; whichever news comes first."""
    before, after = bodies.order(10, **{"lines": [BOUGHT], **earlier}), bodies.order(10, **later)
    kept, wanted = told(context, north.id, *((after, before) if turned else (before, after))), told(context, north.id, after)
    assert (kept.lines, kept.financial) == (wanted.lines, wanted.financial)


def test_repeats_change_nothing_and_settle_nothing(session: Session, north: Shop) -> None:
    assert tell(session, north.id, PAID)
    row = tables.row_of(session, north.id, bodies.ORDER_ID)
    assert row is not None
    flows.settled(session, north.id, bodies.ORDER_ID, row.revision, None)
    assert not any(tell(session, north.id, story) for story in (PAID, STORY["created"], PAID))
    assert (row.settled, row.revision) == (True, row.settled_revision)


def test_news_during_settling_leaves_the_order_due(session: Session, north: Shop) -> None:
    tell(session, north.id, STORY["created"])
    row = tables.row_of(session, north.id, bodies.ORDER_ID)
    assert row is not None
    seen = row.revision
    tell(session, north.id, PAID)
    flows.settled(session, north.id, bodies.ORDER_ID, seen, None)
    assert not row.settled


def test_a_deleted_order_stays_dead(session: Session, north: Shop) -> None:
    tell(session, north.id, PAID)
    flows.delete_order(session, north.id, bodies.ORDER_ID, bodies.START)
    tell(session, north.id, bodies.order(50, financial_status="paid"))
    order = state(session, north.id)
    assert order is not None
    assert order.is_dead
    assert not order.net


def test_the_same_order_number_in_two_shops_is_two_orders(session: Session, north: Shop, south: Shop) -> None:
    tell(session, north.id, PAID)
    assert state(session, south.id) is None


def test_who_ordered_is_known_by_keys_alone(session: Session, north: Shop, south: Shop) -> None:
    tell(session, north.id, PAID)
    tell(session, south.id, PAID)
    first, second = state(session, north.id), state(session, south.id)
    assert first is not None
    assert second is not None
    assert first.email_key
    assert first.address_key
    assert first.device_key
    assert first.email_key != second.email_key, "keys must not join two shops' people"


def product(minutes: int = 0, **told: object) -> payloads.ProductTold:
    return payloads.product(
        bodies.raw(
            {
                "id": 71,
                "title": "Thing",
                "handle": "thing",
                "status": "active",
                "updated_at": bodies.when(minutes),
                "variants": [{"id": 81, "title": "Small", "price": "40.00", "inventory_item_id": 91, "inventory_quantity": 7}],
                **told,
            }
        ),
        "GBP",
    )


def test_a_product_is_kept_with_its_kind_its_vendor_and_its_tags(session: Session, north: Shop) -> None:
    catalogue.apply_product(session, north.id, product(product_type="Mugs", vendor=" Kiln ", tags="blue, gift, blue, "))
    kept = tables.product(session, north.id, "71")
    assert kept is not None
    assert (kept.kind, kept.vendor, kept.tags) == ("Mugs", "Kiln", ("blue", "gift"))


@pytest.mark.parametrize(("told", "status"), [
    ({}, "active"), ({"published_at": bodies.when(-5)}, "active"), ({"published_at": None}, "unpublished"),
    ({"published_at": None, "status": "draft"}, "draft"), ({"published_at": None, "status": "unlisted"}, "unlisted")])
def test_a_product_that_left_the_online_store_is_known(session: Session, north: Shop, told: dict[str, Any], status: str) -> None:
    catalogue.apply_product(session, north.id, product(**told))
    kept = tables.product(session, north.id, "71")
    assert kept is not None and kept.status == status


def test_products_take_the_newest_telling(session: Session, north: Shop) -> None:
    catalogue.apply_product(session, north.id, product(10, title="New"))
    assert not catalogue.apply_product(session, north.id, product(5, title="Old"))
    catalogue.apply_cost(
        session, north.id, payloads.unit_cost(bodies.raw({"id": 91, "cost": "12.50", "updated_at": bodies.when(0)}), "GBP"), currency="GBP"
    )
    for place, available in ((1, 3), (2, 4)):
        catalogue.apply_level(
            session,
            north.id,
            payloads.level(
                bodies.raw({"inventory_item_id": 91, "location_id": place, "available": available, "updated_at": bodies.when(1)})
            ),
        )
    found = tables.product(session, north.id, "71")
    assert found is not None
    assert found.title == "New"
    assert (found.variants[0].cost, found.variants[0].stock) == (Money(1250, "GBP"), 7)


def test_a_deleted_product_stays_deleted(session: Session, north: Shop) -> None:
    catalogue.delete_product(session, north.id, "71", bodies.START)
    assert not catalogue.apply_product(session, north.id, product(90))
    assert tables.product(session, north.id, "71") is None
    assert tables.search(session, north.id) == []


def test_products_are_found_by_part_of_their_title(session: Session, north: Shop) -> None:
    catalogue.apply_product(session, north.id, product(title="100% wool"))
    assert [one.title for one in tables.search(session, north.id, "0% W")] == ["100% wool"]
    assert tables.search(session, north.id, "%x") == []
