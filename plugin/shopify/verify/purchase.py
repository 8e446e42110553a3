"""The token of a post-purchase extension: what Shopify says of a purchase that is being completed.

It is signed with the app's secret like a session token, but is none: it names no audience, no session and often no end. Its issuer is
"shopify", its subject the purchase's reference, and ``input_data`` what the extension itself was told
(shopify.dev/docs/api/checkout-extensions/post-purchase/jwt-specification).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from plugin import clock
from plugin.config import Settings
from plugin.errors import Refused
from plugin.shopify.verify.domain import shop_domain

LONGEST, LINES, QUANTITY = 500_000, 500, 1_000_000
OLDEST, AHEAD = 7200, 60
"""Seconds after and before its ``iat`` in which it counts: the page can be left open, and clocks differ."""
_REFERENCE = re.compile(r"[\x21-\x7e]{1,200}")
_AMOUNT = re.compile(r"[0-9]{1,16}(\.[0-9]{1,9})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Bought:
    """One line. ``paid``: for all its units, after discounts, decimal text in the shop's currency."""

    product_id: str
    variant_id: str
    quantity: int
    paid: str


@dataclass(frozen=True)
class Purchase:
    """``reference``: Shopify's name for it. ``currency``: the shop's; ``shown``: the one that the shopper paid in."""

    domain: str
    reference: str
    currency: str
    shown: str
    lines: tuple[Bought, ...]


def purchase_token(settings: Settings, token: str) -> Purchase:
    """Raises Refused("signature")."""
    claims = _claims(settings, token)
    data = claims.get("input_data")
    try:
        return _purchase(str(claims.get("sub", "")), data if isinstance(data, dict) else {})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _wrong("content") from error


def _claims(settings: Settings, token: str) -> Mapping[str, Any]:
    if len(token) > LONGEST or not token.isascii():
        raise _wrong("shape")
    for secret in settings.api_secrets():
        try:
            claims: dict[str, Any] = jwt.decode(token, secret, ["HS256"], issuer="shopify", options={
                "require": ["iss", "sub", "iat"], "verify_aud": False, "verify_iat": False})
        except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError):
            continue
        issued = claims["iat"]
        if type(issued) is int and -AHEAD <= clock.machine_now().timestamp() - issued <= OLDEST:
            return claims
    raise _wrong("claims")


def _purchase(subject: str, data: Mapping[str, Any]) -> Purchase:
    bought = data["initialPurchase"]
    if bought["referenceId"] != subject or not _REFERENCE.fullmatch(subject) or len(bought["lineItems"]) > LINES:
        raise ValueError("reference")
    total = bought["totalPriceSet"]
    currency, shown = (str(total[name]["currencyCode"]) for name in ("shopMoney", "presentmentMoney"))
    if not _CURRENCY.fullmatch(currency) or not _CURRENCY.fullmatch(shown):
        raise ValueError("currency")
    return Purchase(shop_domain(data["shop"]["domain"]), subject, currency, shown, tuple(_lines(bought["lineItems"])))


def _lines(told: list[Mapping[str, Any]]) -> Iterator[Bought]:
    """Raises ValueError for what is no line."""
    for line in told:
        product, variant, quantity = line["product"]["id"], line["product"]["variant"]["id"], line["quantity"]
        paid = str(line["totalPriceSet"]["shopMoney"]["amount"])
        whole = all(type(one) is int and one > 0 for one in (product, variant, quantity))
        if not whole or quantity > QUANTITY or not _AMOUNT.fullmatch(paid):
            raise ValueError("line")
        yield Bought(str(product), str(variant), quantity, paid)


def _wrong(what: str) -> Refused:
    return Refused("signature", "This token of a purchase is not valid.", fault=what)
