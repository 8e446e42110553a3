"""What Shopify told of people, discounts and the shop itself, and nobody heard, is found by reading."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs import entry, gone, history
from plugin.attribution.tables import Code
from plugin.people import tables as people
from plugin.people.tables import Person
from plugin.rewards.tables import Discount
from plugin.shops import tables as shops
from plugin.shops.tables import Shop, Token
from tests.faults.losing import change, lose, order_row, recover
from tests.faults.world import World

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
