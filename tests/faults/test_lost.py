"""Every topic's webhook is lost in turn: what reconciliation reads leaves the shop as the webhook would have left it."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from sqlalchemy import select

from jobs import entry, gone, history
from plugin import clock
from plugin.attribution.tables import Code
from plugin.mirror import catalogue
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Product
from plugin.people import tables as people
from plugin.people.tables import Person
from plugin.rewards.tables import Discount
from plugin.shops import tables as shops
from plugin.shops.tables import Shop, Token
from tests.faults.world import World


def lose(shop: World) -> None:
    """From now on nothing is told."""
    shop.delivered()
    entry.work_events(shop.context, shop.shop_id())
    _make_older(shop)
    shop.ask("webhooks/drop", shop="north")


def _make_older(shop: World) -> None:
    """Shopify's times are whole seconds, and a test is faster: what we know is a few seconds old."""
    past = timedelta(seconds=5)
    with shop.context.transaction() as session:
        for table in (mirror.Order, mirror.Product, mirror.Variant, mirror.Cost, mirror.Level):
            for row in session.scalars(select(table)):
                row.updated_at -= past  # type: ignore[attr-defined]
        for person in session.scalars(select(Person)):
            person.told_at = person.told_at and person.told_at - past


def recover(shop: World) -> None:
    """One cycle: what recurs every quarter of an hour, then what recurs daily."""
    history.reconcile(shop.context)
    history.reconcile_week(shop.context)
    shop.finish()


def change(shop: World, verb: str, path: str, **fields: object) -> None:
    answer = requests.request(verb, f"{shop.store.url}/_devstore/{path}", json=fields, timeout=10)
    assert answer.ok, answer.text


def mug(shop: World) -> Product:
    shop_id = shop.shop_id()
    with shop.context.transaction() as session:
        return next(one for one in mirror.search(session, shop_id) if one.handle == "enamel-mug")


def order_row(shop: World, order_id: str) -> tuple[Any, ...]:
    (row,) = shop.books().rows(
        "select financial, cancelled_at is not null, paid_once, (select count(*) from refunds r where r.shop_id = o.shop_id and "
        "r.order_id = o.id) from orders o where shop_id = :shop and id = :order", order=order_id)
    return tuple(row)


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
        _make_older(shop)
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


# -- customers ---------------------------------------------------------------------------------------------------------------


def test_a_customers_new_address_is_found_and_a_strangers_is_not_kept(shop: World) -> None:
    shop.publish("code")
    shop.advocate("code", "al")
    shop.ask("customers", shop="north", email="stranger@example.com")
    ada = _customer(shop, "ada.al@advocates.example")
    lose(shop)
    change(shop, "PATCH", f"customers/{ada}", email="ada@elsewhere.example", first_name="Adelheid")
    recover(shop)
    shop_id = shop.shop_id()
    with shop.context.transaction() as session:
        person = people.by_customer(session, shop_id, ada)
        assert person is not None
        assert (person.email, person.first_name) == ("ada@elsewhere.example", "Adelheid")
        assert not session.scalars(select(Person).where(Person.email == "stranger@example.com")).all()


def test_an_older_telling_of_a_customer_changes_nothing(shop: World) -> None:
    shop.publish("code")
    shop.advocate("code", "al")
    ada = _customer(shop, "ada.al@advocates.example")
    shop.ask("webhooks/hold", shop="north")
    change(shop, "PATCH", f"customers/{ada}", email="first@example.com")
    shop.store.services.store.clock.move(5)
    change(shop, "PATCH", f"customers/{ada}", email="second@example.com")
    held = shop.store.services.webhooks.held
    for delivery in (held[1], held[0]):
        assert shop.app.test_client().post("/webhooks", data=delivery.body, headers=delivery.headers).status_code == 200
        entry.work_events(shop.context, shop.shop_id())
    shop_id = shop.shop_id()
    with shop.context.transaction() as session:
        person = people.by_customer(session, shop_id, ada)
        assert person is not None
        assert person.email == "second@example.com"


def test_a_deleted_customer_is_forgotten(shop: World) -> None:
    shop.publish("code")
    shop.advocate("code", "al")
    shop.advocate("code", "cy")
    ada = _customer(shop, "ada.al@advocates.example")
    lose(shop)
    change(shop, "DELETE", f"customers/{ada}")
    recover(shop)
    with shop.context.transaction() as session:
        left = {person.email for person in session.scalars(select(Person)) if person.redacted_at is None}
    assert left == {"ada.cy@advocates.example"}


def _customer(shop: World, email: str) -> str:
    (found,) = [one for one in shop.read("customers?shop=north")["customers"] if one["email"] == email]
    return str(found["id"])


# -- discounts, the shop, its scopes, its leaving ------------------------------------------------------------------------------


def test_a_deleted_discount_is_found_before_anybody_stumbles_over_it(shop: World) -> None:
    shop.publish("code")
    order_id = shop.referred("code", "al")
    shop.finish()
    lose(shop)
    with shop.context.transaction() as session:
        discount = session.scalars(select(Discount).where(Discount.state == "ready")).one()
    _delete_discount(shop, str(discount.external_id))
    recover(shop)
    assert shop.states([order_id]) == ["issued"]
    with shop.context.transaction() as session:
        codes = {code.state: code.discount_id for code in session.scalars(select(Code).where(Code.kind == "reward"))}
    assert codes.keys() == {"failed", "ready"}
    assert codes["failed"] == discount.id != codes["ready"]


def _delete_discount(shop: World, number: str) -> None:
    from devstore.state import discounting

    store = shop.store.services.store
    north = store.shop("north")
    with store.action():
        discounting.delete(store, north, north.discounts[int(number)])


def test_the_shops_new_name_is_found(shop: World) -> None:
    lose(shop)
    change(shop, "PATCH", "shops/north", name="Far North")
    recover(shop)
    assert _row(shop).name == "Far North"


def test_new_scopes_are_found_and_more_of_the_past_is_read(shop: World) -> None:
    lose(shop)
    old = shop.order("bo")
    shop.store.services.store.shop("north").orders[int(old)].created_at -= timedelta(days=90)
    before = _row(shop).scopes
    shop.ask("scopes", shop="north", scopes=[*before.split(","), "read_all_orders"])
    _hours_pass(shop)
    recover(shop)
    assert "read_all_orders" in _row(shop).scopes.split(",")
    recover(shop)
    for _ in range(3):
        history.backfill(shop.context)
        shop.finish()
    assert order_row(shop, old)[0] == "paid"


def test_a_lost_end_of_a_bulk_operation_costs_nothing(shop: World) -> None:
    """A backfill asks how far it is; the install of every test here was one."""
    assert {row.state for row in shop.books().rows("select state from backfills where shop_id = :shop")} == {"finished"}


@pytest.mark.parametrize("after_hours", [False, True])
def test_a_shop_that_left_without_a_word_is_asked_nothing_more(shop: World, after_hours: bool) -> None:
    shop.publish("code")
    order_id = shop.referred("code", "bo")
    lose(shop)
    shop.ask("uninstall", shop="north")
    if after_hours:
        _hours_pass(shop)
    history.reconcile(shop.context)
    assert _row(shop).state == "uninstalled"
    asked = shop.calls()
    for _ in range(3):
        shop.work()
        history.reconcile(shop.context)
        history.reconcile_week(shop.context)
    assert shop.calls() == asked
    assert {row.state for row in shop.open_deliveries()} == {"frozen"}
    assert shop.states([order_id]) == ["frozen"]
    shop.ask("webhooks/release")
    shop.install()
    shop.finish()
    assert shop.states([order_id]) == ["issued"]


def test_a_token_that_dies_before_its_time_is_renewed_and_the_shop_stays(shop: World) -> None:
    installation = shop.store.services.store.shop("north").installation
    assert installation is not None
    installation.access_tokens.clear()
    history.reconcile(shop.context)
    assert _row(shop).state == "installed"
    assert len(shop.read("effects?shop=north&kind=token_refreshed")["effects"]) == 1


def _row(shop: World) -> Shop:
    shop_id = shop.shop_id()
    with shop.context.transaction() as session:
        return shops.get(session, shop_id)


def _hours_pass(shop: World) -> None:
    """The access token ends; so does everybody's patience."""
    shop_id = shop.shop_id()
    with shop.context.transaction() as session:
        token = session.get_one(Token, shop_id)
        token.expires_at -= timedelta(hours=2)


def test_what_is_found_is_found_once(shop: World) -> None:
    lose(shop)
    shop.order("bo")
    recover(shop)
    recover(shop)  # whose order it is we learn by the order
    kept = _found(shop)
    recover(shop)
    assert _found(shop) == kept
    assert gone.reconcile_deleted(shop.context, shop.shop_id()) == 0


def _found(shop: World) -> int:
    (row,) = shop.books().rows("select count(*) as many from inbox where shop_id = :shop and source = 'reconcile'")
    return int(row.many)


