"""Tokens of a purchase: Shopify's alone, of this shop, not old, and whole."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jwt
import pytest
import time_machine

from plugin.config import Settings
from plugin.errors import Refused
from plugin.shopify import verify
from tests.placements.purchases import BAG, MUG, claims, data
from tests.wire.signed import OLD_SECRET, SECRET, SHOP
from tests.wire.signed import claims as session_claims

NOW = int(time.time())


@pytest.fixture(autouse=True)
def at_that_moment() -> Iterator[None]:
    """The tokens below are made when the tests are collected, which may be long before."""
    with time_machine.travel(NOW, tick=False):
        yield


def made(told: dict[str, Any] | None = None, secret: str = SECRET, **changes: Any) -> str:  # noqa: ANN401 - any claim
    return jwt.encode(claims(told or data(SHOP, MUG, BAG), **changes), secret, "HS256")


def changed(**parts: Any) -> dict[str, Any]:  # noqa: ANN401 - any part
    told = data(SHOP, MUG)
    told["initialPurchase"] |= parts
    return told


def line(**parts: Any) -> dict[str, Any]:  # noqa: ANN401 - any part
    told = data(SHOP, MUG)
    told["initialPurchase"]["lineItems"][0] |= parts
    return told


def test_a_purchase(bare_settings: Settings) -> None:
    found = verify.purchase_token(bare_settings, made())
    lines = (verify.Bought("11", "111", 1, "20.00"), verify.Bought("13", "131", 1, "30.00"))
    assert found == verify.Purchase(SHOP, "ref-1", "GBP", "GBP", lines)
    assert verify.purchase_token(bare_settings, made(secret=OLD_SECRET)) == found
    assert verify.purchase_token(bare_settings, made(exp=NOW + 60, iat=NOW - 7000)) == found


WRONG = [
    "", "x", "a.b.c", made(secret="another-secret-of-some-length-0123"), made(iss=None), made(iss=f"https://{SHOP}/admin"), made(sub=None),
    made(sub="ref-2"), made(iat=None), made(iat=NOW - 7300), made(iat=NOW + 120), made(iat=(NOW + 0.5)), made(iat=str(NOW)),
    made(exp=NOW - 60), made(input_data=None), made(input_data=[]), made(input_data={"shop": {"domain": SHOP}}),
    made(data("evil.com", MUG)), made(data("", MUG)), made(changed(lineItems=None)), made(changed(lineItems=[{}])),
    made(changed(lineItems=["x"])), made(changed(totalPriceSet={})), made(data(SHOP, MUG, currency="gbp")),
    made(line(quantity=0)), made(line(quantity=True)), made(line(quantity=10**7)), made(line(quantity="1")),
    made(line(totalPriceSet={"shopMoney": {"amount": "-1", "currencyCode": "GBP"}})), made(line(product={"id": "11"})),
    jwt.encode(session_claims(), SECRET, "HS256"), jwt.encode(claims(data(SHOP, MUG)), "", "none"), "é.b.c"]


# Tokens have the time in them, so they cannot name the tests: every process would call them something else.
@pytest.mark.parametrize("text", WRONG, ids=[f"wrong-{at}" for at in range(len(WRONG))])
def test_everything_else_is_refused(bare_settings: Settings, text: str) -> None:
    with pytest.raises(Refused) as caught:
        verify.purchase_token(bare_settings, text)
    assert caught.value.reason == "signature"


def test_a_retired_secret_is_refused(bare_settings: Settings) -> None:
    with pytest.raises(Refused):
        verify.purchase_token(replace(bare_settings, shopify_old_api_secret=None), made(secret=OLD_SECRET))


def test_a_purchase_is_no_session(bare_settings: Settings) -> None:
    for check in (verify.id_token, verify.customer_token):
        with pytest.raises(Refused):
            check(bare_settings, made())
