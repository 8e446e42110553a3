"""Every signature Shopify makes. Nothing here is shared with ``plugin/``: a mistake made once would agree with itself."""

import base64
import hashlib
import hmac
import secrets
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jwt

from devstore.clock import machine_now

ID_TOKEN_SECONDS = 60


def webhook(secret: str, body: bytes) -> str:
    """``X-Shopify-Hmac-Sha256``: base64 HMAC-SHA256 over the raw body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode("ascii")


def proxy_query(secret: str, query: str, *, shop: str, path_prefix: str, customer_id: int | None) -> str:
    """The query string that the app proxy forwards: the visitor's parameters, Shopify's, and ``signature`` over all of them.

    The visitor's own ``shop``, ``timestamp`` … are dropped, as Shopify's take their place."""
    ours = {
        "shop": shop,
        "logged_in_customer_id": "" if customer_id is None else str(customer_id),
        "path_prefix": path_prefix,
        "timestamp": str(int(machine_now().timestamp())),
    }
    theirs = [(key, value) for key, value in parse_qsl(query, keep_blank_values=True) if key not in ours and key != "signature"]
    pairs = [*theirs, *ours.items()]
    return urlencode([*pairs, ("signature", _proxy_signature(secret, pairs))])


def _proxy_signature(secret: str, pairs: list[tuple[str, str]]) -> str:
    """Sorted ``key=value`` without separator, repeated keys joined by commas, HMAC-SHA256 in hex."""
    values: dict[str, list[str]] = {}
    for key, value in pairs:
        values.setdefault(key, []).append(value)
    message = "".join(f"{key}={','.join(values[key])}" for key in sorted(values))
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def query_hmac(secret: str, params: dict[str, str]) -> str:
    """``hmac`` of an OAuth or application_url query: sorted, joined by ``&``, HMAC-SHA256 in hex."""
    message = "&".join(f"{key}={params[key]}" for key in sorted(params) if key != "hmac")
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def admin_id_token(secret: str, client_id: str, *, domain: str, staff_id: int) -> str:
    """The ID token of the admin: who (``sub`` = staff id), for whom (``aud``), where (``iss``, ``dest``), for one minute."""
    return _id_token(secret, {"iss": f"https://{domain}/admin", "dest": f"https://{domain}", "aud": client_id, "sub": str(staff_id)})


def extension_id_token(secret: str, client_id: str, *, domain: str, customer_id: int | None) -> str:
    """The ID token of a checkout or customer-account extension: ``dest`` is the bare host, ``sub`` the logged-in customer if any."""
    claims = {"dest": domain, "aud": client_id}
    if customer_id is not None:
        claims["sub"] = f"gid://shopify/Customer/{customer_id}"
    return _id_token(secret, claims)


def purchase_token(secret: str, reference: str, data: dict[str, Any]) -> str:
    """What the post-purchase page tells the app of a purchase: no audience, no end, no ``jti`` (shopify.dev's JWT specification)."""
    claims = {"iss": "shopify", "sub": reference, "iat": int(machine_now().timestamp()), "input_data": data}
    return jwt.encode(claims, secret, algorithm="HS256")


def _id_token(secret: str, claims: dict[str, str]) -> str:
    now = int(machine_now().timestamp())
    times = {"iat": now, "nbf": now, "exp": now + ID_TOKEN_SECONDS}
    marks = {"jti": secrets.token_hex(16), "sid": secrets.token_hex(32)}
    return jwt.encode({**claims, **times, **marks}, secret, algorithm="HS256")
