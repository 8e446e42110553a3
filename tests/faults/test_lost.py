"""The webhooks of orders and goods are lost in turn: what reconciliation reads leaves the shop as the webhook would have left it."""

from datetime import timedelta
from typing import Any

import pytest

from jobs import entry
from plugin import clock
from plugin.mirror import catalogue
from plugin.mirror import tables as mirror
from tests.faults.losing import change, lose, make_older, mug, order_row, recover
from tests.faults.world import World

# -- orders: create, paid, updated, edited, cancelled, deleted; refunds/create -------------------------------------------------


def test_an_order_that_nothing_was_told_of_is_found_with_all_that_befell_it(shop: World) -> None:
    shop.publish("code")
    code = shop.advocate("code", "al")
    lose(shop)
    order_id = shop.order("bo", code, paid=False)
    recover(shop)
    assert order_row(shop, order_id) == ("pending", False, False, 0), "orders/create"
    steps: tuple[tuple[str, dict[str, object], tuple[Any, ...]], ...] = (
        ("pay", {}, ("paid", False, True, 0)),
        ("refund", {"lines": {shop.read(f"orders/{order_id}")["lines"][0]["id"]: 1}}, ("partially_refunded", False, True, 1)),
        ("cancel", {}, ("refunded", True, True, 2)))
    for verb, fields, after in steps:
        make_older(shop)
        shop.ask(f"orders/{order_id}/{verb}", **fields)
        recover(shop)
        assert order_row(shop, order_id) == after, verb
    assert shop.kinds() == ["code_added", "code_deleted"]
    shop.check_books(issued=0)


def test_a_lost_edit_is_found(shop: World) -> None:
    order_id = shop.order("bo")
    lose(shop)
    line = shop.read(f"orders/{order_id}")["lines"][0]["id"]
    shop.ask(f"orders/{order_id}/edit", quantities={line: 1})
    recover(shop)
    shop_id = shop.shop_id()
    with shop.context.transaction() as session:
        order = mirror.load(session, shop_id, order_id)
    assert order is not None
    assert [one.current_quantity for one in order.lines] == [1]


@pytest.mark.parametrize("is_lost", [True, False])
def test_a_deleted_order_takes_its_reward_with_it(shop: World, is_lost: bool) -> None:
    shop.publish("code")
    order_id = shop.order("bo", shop.advocate("code", "al"), test=False)
    shop.delivered()
    shop.finish()
    assert shop.states([order_id]) == ["issued"]
    shop.ask("webhooks/drop", shop="north", topic="orders/cancelled")
    shop.ask("webhooks/drop", shop="north", topic="orders/updated")
    shop.ask("webhooks/drop", shop="north", topic="refunds/create")
    if is_lost:
        lose(shop)
    shop.ask(f"orders/{order_id}/cancel")
    change(shop, "DELETE", f"orders/{order_id}")
    shop.delivered()
    recover(shop) if is_lost else shop.finish()
    assert shop.states([order_id]) == ["reversed"]
    assert shop.kinds() == ["code_added", "code_deleted"]


def test_an_order_that_is_only_too_old_to_be_shown_is_not_deleted(shop: World) -> None:
    order_id = shop.order("bo")
    lose(shop)
    past = timedelta(days=59, hours=12)
    shop.store.services.store.shop("north").orders[int(order_id)].created_at -= timedelta(days=61)
    shop_id = shop.shop_id()
    with shop.context.transaction() as session:
        session.get_one(mirror.Order, (shop_id, order_id)).created_at -= past
    recover(shop)
    assert order_row(shop, order_id)[:2] == ("paid", False)


# -- products, costs, stock ------------------------------------------------------------------------------------------------


def test_products_are_found_changed_new_and_gone(shop: World) -> None:
    before, thrown = mug(shop), shop.ask("products", shop="north", title="Thrown away", price=100)["id"]
    lose(shop)
    change(shop, "PATCH", f"products/{before.id}", title="Tin Mug", price=1234)
    new = shop.ask("products", shop="north", title="Brand new", price=700)["id"]
    change(shop, "DELETE", f"products/{thrown}")
    recover(shop)
    after = mug(shop)
    assert (after.title, after.variants[0].price.amount) == ("Tin Mug", 1234)
    shop_id = shop.shop_id()
    with shop.context.transaction() as session:
        assert mirror.product(session, shop_id, new) is not None
        assert thrown not in catalogue.known_ids(session, shop_id)


def test_a_lost_cost_is_found_though_the_product_did_not_change(shop: World) -> None:
    before = mug(shop)
    lose(shop)
    store = shop.store.services.store
    variant = store.shop("north").products[int(before.id)].variants[0]
    variant.cost, variant.item_updated_at = 77, clock.now()
    recover(shop)
    cost = mug(shop).variants[0].cost
    assert cost is not None
    assert cost.amount == 77


def test_lost_stock_is_found(shop: World) -> None:
    """Told once, then lost: the level that we know is older than the product's own figure."""
    before = mug(shop)
    change(shop, "PATCH", f"products/{before.id}", stock=500)
    shop.delivered()
    entry.work_events(shop.context, shop.shop_id())
    assert mug(shop).variants[0].stock == 500
    lose(shop)
    shop.ask("orders", shop="north", email="zed@friends.example", lines=[{"product": "enamel-mug", "quantity": 7}])
    recover(shop)
    assert mug(shop).variants[0].stock == 493
