"""From a cart to an order: as a guest, as a customer, with codes, with store credit, and past the cart."""

import re

import jwt
import pytest
from flask.testing import FlaskClient

from devstore.state.crediting import Credit
from devstore.state.orders import Order
from devstore.state.shops import Shop
from devstore.state.store import Store
from tests.store.conftest import give_code
from tests.store.fake_app import CLIENT, SECRET

GUEST = {
    "contact": "1",
    "email": "robin@example.com",
    "first_name": "Robin",
    "last_name": "Walker",
    "address1": "12 Mill Lane",
    "city": "Bristol",
}


def begin(visitor: FlaskClient, north: Shop, quantity: int = 1) -> str:
    """The path of a new checkout of the first product."""
    visitor.post("/cart/add.js", json={"id": next(iter(north.variants)), "quantity": quantity})
    return str(visitor.get("/checkout").location)


def pay(visitor: FlaskClient, path: str, **fields: str) -> str:
    """Pays; the path that comes next."""
    return str(visitor.post(path, data={**GUEST, **fields, "action": "pay"}).location)


def only_order(north: Shop) -> Order:
    (order,) = north.orders.values()
    return order


def test_guest_buys(visitor: FlaskClient, north: Shop) -> None:
    visitor.get("/products/enamel-mug?utm_source=x")
    path = begin(visitor, north)
    visitor.post("/cart/update.js", json={"attributes": {"_tandem_visit": "token"}})
    html = visitor.get(pay(visitor, path)).text
    order = only_order(north)
    assert (order.email, order.financial_status, order.attributes) == ("robin@example.com", "paid", {"_tandem_visit": "token"})
    assert order.landing_site == "/products/enamel-mug?utm_source=x"
    assert "Thank you, Robin!" in html
    assert visitor.get("/cart.js").get_json()["items"] == []


def test_paying_twice_makes_one_order(visitor: FlaskClient, north: Shop) -> None:
    path = begin(visitor, north)
    assert pay(visitor, path) == pay(visitor, path) == f"{path}/thank-you"
    assert len(north.orders) == 1


def test_what_is_missing_is_said_and_nothing_is_lost(visitor: FlaskClient, north: Shop) -> None:
    path = begin(visitor, north)
    answer = visitor.post(path, data={"contact": "1", "email": "robin", "city": "Bath", "action": "pay"})
    assert answer.status_code == 422
    assert "Please fill in: Last name, Address, Email" in answer.text
    assert 'value="Bath"' in answer.text
    assert north.orders == {}


def test_code_is_applied_and_taken_away(visitor: FlaskClient, store: Store, north: Shop) -> None:
    give_code(store, north, "TEN")
    path = begin(visitor, north)
    visitor.post(path, data={"action": "apply", "discount": "ten"})
    assert "£13.05" in visitor.get(path).text
    visitor.post(path, data={"action": "remove:TEN"})
    assert "£13.05" not in visitor.get(path).text


def test_codes_that_do_not_combine(visitor: FlaskClient, store: Store, north: Shop) -> None:
    give_code(store, north, "TEN")
    give_code(store, north, "TWENTY", basis_points=2000)
    path = begin(visitor, north)
    for code in ("TEN", "TWENTY", "NOPE"):
        visitor.post(path, data={"action": "apply", "discount": code})
    html = visitor.get(path).text
    assert "This code cannot be combined with your other discounts" in html
    assert "Enter a valid discount code" in html
    pay(visitor, path)
    assert only_order(north).codes == ["TWENTY"]


def test_discount_link_reaches_the_order(visitor: FlaskClient, store: Store, north: Shop) -> None:
    give_code(store, north, "FRIEND")
    visitor.get("/discount/FRIEND")
    pay(visitor, begin(visitor, north))
    assert only_order(north).codes == ["FRIEND"]
    assert visitor.get_cookie("discount_code", domain="north.localhost") is None


def test_buy_now_skips_the_cart(visitor: FlaskClient, store: Store, north: Shop) -> None:
    """The code of a followed link still applies; the cart, its lines and its attributes take no part."""
    give_code(store, north, "FRIEND")
    first, second = list(north.variants)[:2]
    visitor.post("/cart/add.js", json={"id": first, "attributes": {"_tandem_visit": "token"}})
    visitor.get("/discount/FRIEND")
    pay(visitor, str(visitor.post("/cart/buy", data={"id": second, "quantity": "1"}).location))
    order = only_order(north)
    assert ([line.variant_id for line in order.lines], order.attributes, order.codes) == ([second], {}, ["FRIEND"])
    assert visitor.get("/cart.js").get_json()["item_count"] == 1


def test_permalink(visitor: FlaskClient, store: Store, north: Shop) -> None:
    give_code(store, north, "TEN")
    first, second = list(north.variants)[:2]
    path = str(visitor.get(f"/cart/{first}:2,{second}:1?discount=TEN&attributes[a]=b").location)
    pay(visitor, path)
    order = only_order(north)
    assert ([line.quantity for line in order.lines], order.codes, order.attributes) == ([2, 1], ["TEN"], {"a": "b"})


def test_customer_pays_with_store_credit(visitor: FlaskClient, store: Store, north: Shop) -> None:
    visitor.post("/account/login", data={"customer[email]": "ada@example.com"})
    customer = north.customer_by_email("ada@example.com")
    assert customer is not None
    store.credit(north, customer, Credit(500, "GBP"))
    path = begin(visitor, north)
    assert "Use store credit (£5.00)" in visitor.get(path).text
    visitor.post(path, data={**GUEST, "use_store_credit": "on", "action": "save"})
    assert "−£5.00" in visitor.get(path).text
    pay(visitor, path, use_store_credit="on")
    order = only_order(north)
    assert sorted((one.gateway, one.amount) for one in order.transactions) == [("bogus", 1449), ("shopify_store_credit", 500)]
    assert (order.customer_id, customer.accounts[0].balance) == (customer.id, 0)


def test_order_pages(visitor: FlaskClient, stranger: FlaskClient, north: Shop) -> None:
    pay(visitor, begin(visitor, north))
    order = only_order(north)
    for path in (
        f"/account/orders/{order.token}",
        f"/{north.id}/orders/{order.token}/authenticate?key=x",
        f"/de/account/orders/{order.token}",
    ):
        html = stranger.get(path).text
        assert order.name in html
        assert "Translation missing" not in html


def test_another_stores_checkout_is_none(visitor: FlaskClient, north: Shop) -> None:
    path = begin(visitor, north)
    assert visitor.get(path, base_url="http://south.localhost").location == "/cart"


@pytest.mark.parametrize("logged_in", [True, False])
def test_session_token_names_only_who_is_logged_in(visitor: FlaskClient, north: Shop, *, logged_in: bool) -> None:
    if logged_in:
        visitor.post("/account/login", data={"customer[email]": "robin@example.com"})
    thanks = pay(visitor, begin(visitor, north))
    token = visitor.get(thanks.replace("thank-you", "session-token")).get_json()["token"]
    claims = jwt.decode(token, SECRET, ["HS256"], audience=CLIENT)
    assert claims["dest"] == "north.myshopify.com"
    assert claims.get("sub") == (f"gid://shopify/Customer/{only_order(north).customer_id}" if logged_in else None)


def test_extension_is_offered_with_its_order(visitor: FlaskClient, north: Shop) -> None:
    html = visitor.get(pay(visitor, begin(visitor, north))).text
    assert f"gid://shopify/Order/{only_order(north).id}" in html
    assert re.search(r'"script": ?"/_cdn/extensions/ui/share/tandem-share\.js\?v=', html)


def test_an_empty_cart_has_no_checkout(visitor: FlaskClient, north: Shop) -> None:
    assert visitor.get("/checkout").location == "/cart"
    assert visitor.get("/checkouts/cn/unknown").location == "/cart"
