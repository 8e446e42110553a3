"""The AJAX cart as storefront scripts rely on it."""

import pytest
from flask.testing import FlaskClient

from devstore.state.shops import Shop
from devstore.state.store import Store
from tests.store.conftest import give_code


@pytest.fixture
def variants(north: Shop) -> list[int]:
    return list(north.variants)


def test_add_one_answers_the_item(visitor: FlaskClient, variants: list[int]) -> None:
    item = visitor.post("/cart/add.js", json={"id": variants[0], "quantity": 2, "properties": {"engraving": "A"}}).get_json()
    assert (item["variant_id"], item["quantity"], item["final_line_price"]) == (variants[0], 2, 2900)
    assert item["properties"] == {"engraving": "A"}


def test_add_many_answers_items(visitor: FlaskClient, variants: list[int]) -> None:
    answer = visitor.post("/cart/add.js", json={"items": [{"id": variants[0]}, {"id": variants[1], "quantity": 3}]}).get_json()
    assert [item["quantity"] for item in answer["items"]] == [1, 3]
    assert visitor.get("/cart.js").get_json()["item_count"] == 4


def test_same_variant_and_properties_share_a_line(visitor: FlaskClient, variants: list[int]) -> None:
    for properties in ({}, {}, {"a": "b"}):
        visitor.post("/cart/add.js", json={"id": variants[0], "properties": properties})
    assert [item["quantity"] for item in visitor.get("/cart.js").get_json()["items"]] == [2, 1]


@pytest.mark.parametrize(
    ("said", "status"),
    [({"id": 1}, 404), ({}, 400), ({"id": "x"}, 400), ({"quantity": 0}, 400), ({"quantity": "many"}, 400), ({"quantity": 100_000}, 422)],
)
def test_what_cannot_be_added(visitor: FlaskClient, variants: list[int], said: dict[str, object], status: int) -> None:
    asked = {"id": variants[0], **said} if said and "id" not in said else said
    answer = visitor.post("/cart/add.js", json=asked)
    assert answer.status_code == status
    assert answer.get_json()["status"] == status
    assert answer.get_json()["description"]
    assert visitor.get("/cart.js").get_json()["items"] == []


def test_in_another_currency_each_price_is_rounded_by_itself(
        visitor: FlaskClient, store: Store, north: Shop, variants: list[int]) -> None:
    """Three at 14.50 pounds are three at 16.79 euros, not 43.50 pounds by the rate, which would be 50.36."""
    north.rates["EUR"] = "1.1577"
    give_code(store, north, "TENTH")
    visitor.set_cookie("cart_currency", "EUR", domain="north.localhost")
    visitor.post("/cart/add.js", json={"id": variants[0], "quantity": 3})
    cart = visitor.post("/cart/update.js", json={"discount": "TENTH"}).get_json()
    [item] = cart["items"]
    assert (item["price"], item["original_line_price"], cart["original_total_price"]) == (1679, 5037, 5037)
    assert (cart["currency"], cart["total_price"]) == ("EUR", 5037 - cart["total_discount"])
    assert cart["total_discount"] == sum(one["amount"] for one in item["discounts"]) == 504


def test_update_touches_only_what_it_names(visitor: FlaskClient, variants: list[int]) -> None:
    visitor.post("/cart/add.js", json={"id": variants[0]})
    visitor.post("/cart/update.js", json={"attributes": {"_tandem_visit": "token", "gift": "yes"}, "note": "soon"})
    cart = visitor.post("/cart/update.js", json={"attributes": {"gift": ""}, "updates": {str(variants[0]): 5}}).get_json()
    assert cart["attributes"] == {"_tandem_visit": "token"}
    assert (cart["note"], cart["item_count"]) == ("soon", 5)


def test_update_takes_form_fields(visitor: FlaskClient, variants: list[int]) -> None:
    cart = visitor.post("/cart/update.js", data={"attributes[a]": "b", "note": "n"}).get_json()
    assert (cart["attributes"], cart["note"]) == ({"a": "b"}, "n")


def test_change_by_key_and_by_position(visitor: FlaskClient, variants: list[int]) -> None:
    key = visitor.post("/cart/add.js", json={"id": variants[0]}).get_json()["key"]
    assert visitor.post("/cart/change.js", json={"id": key, "quantity": 4}).get_json()["item_count"] == 4
    assert visitor.post("/cart/change.js", json={"line": 1, "quantity": 0}).get_json()["items"] == []
    assert visitor.post("/cart/change.js", json={"id": key, "quantity": 1}).status_code == 400


def test_clear_keeps_attributes(visitor: FlaskClient, variants: list[int]) -> None:
    visitor.post("/cart/add.js", json={"id": variants[0], "attributes": {"a": "b"}})
    cart = visitor.post("/cart/clear.js").get_json()
    assert (cart["items"], cart["attributes"]) == ([], {"a": "b"})


def test_codes_by_the_discount_parameter(visitor: FlaskClient, store: Store, north: Shop, variants: list[int]) -> None:
    give_code(store, north, "TEN")
    visitor.post("/cart/add.js", json={"id": variants[0]})
    cart = visitor.post("/cart/update.js", json={"discount": "TEN,NOPE"}).get_json()
    assert cart["discount_codes"] == [{"code": "TEN", "applicable": True}, {"code": "NOPE", "applicable": False}]
    (application,) = cart["cart_level_discount_applications"]
    assert (application["value"], application["total_allocated_amount"], cart["total_discount"]) == ("10.00", 145, 145)


def test_carts_are_apart(visitor: FlaskClient, stranger: FlaskClient, variants: list[int]) -> None:
    visitor.post("/cart/add.js", json={"id": variants[0]})
    assert stranger.get("/cart.js").get_json()["item_count"] == 0


def test_form_goes_to_the_cart_page_and_on_to_checkout(visitor: FlaskClient, variants: list[int]) -> None:
    assert visitor.post("/cart/add", data={"id": variants[0], "quantity": 2}).location == "/cart"
    assert "Enamel mug" in visitor.get("/cart").text
    assert visitor.post("/cart", data={"updates[]": "3", "checkout": ""}).location == "/checkout"
    assert visitor.get("/cart.js").get_json()["item_count"] == 3
