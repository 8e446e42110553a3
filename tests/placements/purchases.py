"""Purchases as Shopify tells a post-purchase extension of them, written from its documentation and not from our code."""

import time
from typing import Any

import jwt

from plugin.config import Settings

MUG, TRAY, BAG = (11, 111, 1, "20.00"), (12, 121, 1, "10.00"), (13, 131, 1, "30.00")
"""Product, variant, quantity and what the line cost, as in ``tests.rules.shelf.stocked``."""


def data(domain: str, *lines: tuple[int, int, int, str], currency: str = "GBP", shown: str = "",
         reference: str = "ref-1") -> dict[str, Any]:
    """``input_data`` of a token."""
    return {
        "extensionPoint": "Checkout::PostPurchase::ShouldRender", "locale": "en", "version": "unstable",
        "shop": {"id": 1, "domain": domain, "metafields": []},
        "initialPurchase": {
            "referenceId": reference, "customerId": "7", "destinationCountryCode": "GB", "totalPriceSet": bag("60.00", currency, shown),
            "lineItems": [{"product": {"id": product, "title": "A", "variant": {"id": variant, "title": "", "metafields": []},
                                       "metafields": []},
                           "quantity": quantity, "totalPriceSet": bag(paid, currency, shown)}
                          for product, variant, quantity, paid in lines]}}


def bag(amount: str, currency: str, shown: str) -> dict[str, Any]:
    return {"shopMoney": {"amount": amount, "currencyCode": currency},
            "presentmentMoney": {"amount": amount, "currencyCode": shown or currency}}


def claims(told: dict[str, Any], **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any claim
    """None leaves a claim out."""
    made = {"iss": "shopify", "sub": told["initialPurchase"]["referenceId"], "iat": int(time.time()), "input_data": told, **changes}
    return {name: value for name, value in made.items() if value is not None}


def token(settings: Settings, told: dict[str, Any]) -> str:
    return jwt.encode(claims(told), settings.shopify_api_secret, "HS256")
