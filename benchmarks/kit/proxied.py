"""What a shopper's browser asks of a shop, and how Shopify's app proxy asks us for it; and whose answer it was."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

from benchmarks.kit import shelves
from benchmarks.kit.shared_cache import Answer

CAREFUL = 100
"""Basis points of every offer of shop n leave n when divided by this; see ``shelves``."""


def address(shop: int, product: str) -> str:
    """Where the shopper asks."""
    return f"https://{shelves.domain(shop)}/apps/tandem/offers.json?product={product}"


def forwarded(shop: int, product: str, *, secret: str, timestamp: int, customer: str = "") -> str:
    """What Shopify then asks us. The signature: all parameters, sorted, without separators, HMAC-SHA256 in hexadecimal digits."""
    told = {"product": product, "shop": shelves.domain(shop), "path_prefix": "/apps/tandem", "timestamp": str(timestamp),
            "logged_in_customer_id": customer}
    text = "".join(f"{name}={value}" for name, value in sorted(told.items()))
    return "/proxy/offers.json?" + urlencode({**told, "signature": hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()})


def fault(shop: int, product: str, answer: Answer) -> str:
    """What is wrong with an answer; nothing, if it is right."""
    return "" if is_right(shop, product, answer) else str(answer.status) if answer.status != 200 else "another's"


def is_right(shop: int, product: str, answer: Answer) -> bool:
    """It names this shop and product, and everything in it is this shop's: the handles, and the rates of its offers."""
    if answer.status != 200:
        return False
    told = json.loads(answer.body)
    return (told["shop"], told["product"]) == (shelves.domain(shop), product) and {shop} >= set(shelves.numbers(told)) | set(_rates(told))


def _rates(told: Any) -> set[int]:  # noqa: ANN401 - whatever JSON holds
    """Of which shops the percentages are: a gain is ``[1, basis points, 0, {}]``."""
    if isinstance(told, dict):
        return {found for value in told.values() for found in _rates(value)}
    if not isinstance(told, list):
        return set()
    if len(told) == 4 and told[0] == 1 and isinstance(told[3], dict):
        return {told[1] % CAREFUL}
    return {found for value in told for found in _rates(value)}
