"""What the store takes from the page after the purchase: changes that are signed by the app for this purchase, once, and while it waits."""

import json
import re
import time
from typing import Any

import jwt
import pytest
from flask.testing import FlaskClient

from devstore.checkout.afterwards import APP, SETTING
from devstore.state.shops import Shop
from tests.store.fake_app import CLIENT, SECRET
from tests.store.test_checkout import begin, only_order, pay


@pytest.fixture
def page(visitor: FlaskClient, north: Shop) -> str:
    """The path of the page after the purchase of the first product."""
    north.block_settings[SETTING] = {"app": APP}
    path = begin(visitor, north)
    assert pay(visitor, path) == f"{path}/post-purchase"
    return f"{path}/post-purchase"


def facts(visitor: FlaskClient, page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json">(.+?)</script>', visitor.get(page).text)
    assert found is not None
    told: dict[str, Any] = json.loads(found[1])
    return told


def add(north: Shop, quantity: int = 1, **discount: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    made: dict[str, Any] = {"type": "add_variant", "variantId": list(north.variants)[1], "quantity": quantity}
    return made | ({"discount": {"valueType": "fixed_amount", "title": "Set", **discount}} if discount else {})


def signed(reference: str, changes: list[Any], secret: str = SECRET, **claims: Any) -> str:  # noqa: ANN401 - any claim
    told = {"iss": CLIENT, "sub": reference, "jti": "1", "iat": int(time.time()), "changes": changes, **claims}
    return jwt.encode({name: value for name, value in told.items() if value is not None}, secret, "HS256")


def test_what_the_app_is_told_is_signed(visitor: FlaskClient, north: Shop, page: str) -> None:
    told = facts(visitor, page)["input"]
    claims = jwt.decode(told["token"], SECRET, ["HS256"])
    assert claims["iss"] == "shopify" and claims["sub"] == told["initialPurchase"]["referenceId"] and "aud" not in claims
    assert claims["input_data"] == {name: value for name, value in told.items() if name != "token"}
    assert told["initialPurchase"]["lineItems"][0]["totalPriceSet"]["shopMoney"] == {"amount": "14.50", "currencyCode": "GBP"}


def test_worked_out_and_applied_are_the_same(visitor: FlaskClient, north: Shop, page: str) -> None:
    reference, changes = facts(visitor, page)["input"]["initialPurchase"]["referenceId"], [add(north, value=1.05), add(north)]
    found = visitor.post(page, json={"changes": changes}).get_json()["calculatedPurchase"]
    assert found["totalOutstandingSet"]["presentmentMoney"]["amount"] == "17.95"  # 9.50 − 1.05 + 9.50
    assert only_order(north).outstanding == 0
    assert visitor.post(page, json={"changeset": signed(reference, changes)}).get_json()["status"] == "processed"
    order = only_order(north)
    assert [(line.quantity, line.discounted) for line in order.lines] == [(1, 1450), (1, 845), (1, 950)]
    assert order.transactions[-1].amount == 1795 and order.financial_status == "paid"
    again = visitor.post(page, json={"changeset": signed(reference, changes)}).get_json()
    assert again["errors"][0]["code"] == "changeset_already_applied" and len(order.lines) == 3


@pytest.mark.parametrize("forged", [
    {"secret": "another-secret-of-the-length-it-needs"}, {"iss": "shopify"}, {"sub": "another"}, {"jti": None}, {"iat": 1},
    {"iat": 10**10}, {"exp": 1}], ids=["secret", "iss", "sub", "jti", "old", "ahead", "ended"])
def test_only_the_apps_own_word_counts(visitor: FlaskClient, north: Shop, page: str, forged: dict[str, Any]) -> None:
    reference = facts(visitor, page)["input"]["initialPurchase"]["referenceId"]
    told = visitor.post(page, json={"changeset": signed(**{"reference": reference, "changes": [add(north)], **forged})}).get_json()
    assert told["errors"][0]["code"] == "invalid_request" and len(only_order(north).lines) == 1


@pytest.mark.parametrize(("change", "code"), [
    ({"type": "add_shipping_line"}, "invalid_request"), ({"quantity": 0}, "invalid_request"), ({"variantId": 1}, "invalid_request"),
    ({"variantId": "1"}, "invalid_request"), ({"quantity": 10_000}, "insufficient_inventory"), ({"more": 1}, "invalid_request"),
    ({"quantity": 2, "discount": {"value": 1, "valueType": "fixed_amount", "title": "x"}}, "invalid_request"),
    ({"discount": {"value": 1.005, "valueType": "fixed_amount", "title": "x"}}, "invalid_request"),
    ({"discount": {"value": "1", "valueType": "fixed_amount", "title": "x"}}, "invalid_request"),
    ({"discount": {"value": 1, "valueType": "fixed_amount"}}, "invalid_request")])
def test_changes_that_cannot_be(visitor: FlaskClient, north: Shop, page: str, change: dict[str, Any], code: str) -> None:
    told = visitor.post(page, json={"changes": [add(north) | change]}).get_json()
    assert (told["status"], told["errors"][0]["code"]) == ("unprocessed", code)


def test_after_the_thanks_it_is_too_late(visitor: FlaskClient, north: Shop, page: str) -> None:
    reference = facts(visitor, page)["input"]["initialPurchase"]["referenceId"]
    visitor.get(page.replace("post-purchase", "thank-you"))
    told = visitor.post(page, json={"changeset": signed(reference, [add(north)])}).get_json()
    assert told["errors"][0]["code"] == "order_released_error"
    assert visitor.get(page).location.endswith("/thank-you")


def test_the_merchant_chooses_the_page(visitor: FlaskClient, admin: FlaskClient, north: Shop) -> None:
    for app, then in ((APP, "post-purchase"), ("", "thank-you")):
        admin.post("/store/north/settings/checkout/post-purchase", data={"app": app})
        path = begin(visitor, north)
        assert pay(visitor, path) == f"{path}/{then}"
    assert "Post-purchase page" in admin.get("/store/north/settings/checkout/editor").text
