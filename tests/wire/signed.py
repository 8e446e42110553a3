"""Signatures as Shopify makes them, written from its documentation and not from our code."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlencode

KEY = "0123456789abcdef0123456789abcdef"
SECRET = "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"
OLD_SECRET = "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"
SHOP = "north.myshopify.com"

Pairs = Iterable[tuple[str, str]]


def body_hmac(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def webhook_headers(body: bytes, *, secret: str = SECRET, family: str = "X-Shopify-", **changed: str | None) -> dict[str, str]:
    """``changed`` by the header's last part in snake case; None leaves it out."""
    values: dict[str, str | None] = {
        "Hmac-Sha256": body_hmac(body, secret), "Topic": "orders/paid", "Shop-Domain": SHOP, "API-Version": "2026-07",
        "Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043", "Event-Id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
        "Triggered-At": "2026-11-21T18:00:27.877041743Z"}
    for name, value in changed.items():
        values[name.replace("_", "-").title().replace("Api", "API")] = value
    return {family + name: value for name, value in values.items() if value is not None}


def proxy_query(pairs: Pairs = (), *, secret: str = SECRET, shop: str | None = SHOP, timestamp: object = None,
                customer: str | None = "", more: Pairs = ()) -> str:
    """``more`` is appended after signing over everything, to forge repeats; None leaves a value out."""
    given = list(pairs)
    if shop is not None:
        given.append(("shop", shop))
    if timestamp is not False:
        given.append(("timestamp", str(int(time.time()) if timestamp is None else timestamp)))
    if customer is not None:
        given.append(("logged_in_customer_id", customer))
    given.append(("path_prefix", "/apps/tandem"))
    return urlencode([*given, ("signature", proxy_signature(given, secret)), *more], quote_via=quote)


def proxy_signature(pairs: Pairs, secret: str = SECRET) -> str:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    text = "".join(f"{name}={','.join(grouped[name])}" for name in sorted(grouped))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def oauth_query(pairs: Pairs = (), *, secret: str = SECRET, shop: str = SHOP, timestamp: object = None, more: Pairs = ()) -> str:
    given = [*pairs, ("shop", shop), ("timestamp", str(int(time.time()) if timestamp is None else timestamp))]
    text = "&".join(f"{name}={value}" for name, value in sorted(given))
    return urlencode([*given, ("hmac", hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()), *more])


def claims(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - claims are of any type, above all of the wrong one
    """A merchant's token; None leaves a claim out."""
    now = int(time.time())
    full = {"iss": f"https://{SHOP}/admin", "dest": f"https://{SHOP}", "aud": KEY, "sub": "42", "exp": now + 3600, "nbf": now, "iat": now,
            "jti": "f8912129-1af6-4cad-9ca3-76b0f7621087", "sid": "aaea182f2732d44c23057c0fea584021a4485b2bd25d3eb7fd349313ad24c685"}
    return {name: value for name, value in {**full, **changed}.items() if value is not None}


def token(payload: dict[str, Any] | bytes, *, secret: str = SECRET, header: dict[str, Any] | None = None) -> str:
    head = _b64(json.dumps(header or {"alg": "HS256", "typ": "JWT"}).encode())
    body = _b64(payload if isinstance(payload, bytes) else json.dumps(payload).encode())
    return f"{head}.{body}.{_b64(hmac.new(secret.encode(), f'{head}.{body}'.encode(), hashlib.sha256).digest())}"


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
