"""App proxy requests: Shopify forwarded them. Who the visitor is, only ``logged_in_customer_id`` says."""

import re
from dataclasses import dataclass

from shopify_app import ShopifyApp

from plugin.config import Settings
from plugin.errors import Refused
from plugin.shopify.verify import query
from plugin.shopify.verify.domain import shop_domain

OWN = ("shop", "timestamp", "signature", "path_prefix", "logged_in_customer_id")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_CUSTOMER = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True)
class Visitor:
    """``params`` are the visitor's own words: signed by Shopify, but written by anybody. Repeats are joined by commas."""

    domain: str
    customer_id: str | None
    params: dict[str, str]


def proxy(settings: Settings, query_string: bytes) -> Visitor:
    """Raises Refused("signature")."""
    values = query.read(query_string, once=OWN)
    query.check_time(values)
    [signature] = values.get("signature", [""])
    if not _SIGNATURE.fullmatch(signature) or not _signed(settings, query_string):
        raise Refused("signature", "The signature of this request is wrong.")
    return Visitor(shop_domain(values.get("shop", [""])[0]), _customer(values.get("logged_in_customer_id", [""])[0]),
                   {name: ",".join(given) for name, given in values.items() if name not in OWN})


def _signed(settings: Settings, query_string: bytes) -> bool:
    app = ShopifyApp(settings.shopify_api_key, settings.shopify_api_secret, settings.shopify_old_api_secret)
    url = f"https://proxy.invalid/?{query_string.decode('ascii')}"
    return app.verify_app_proxy_req({"method": "GET", "headers": {}, "url": url, "body": ""}).ok


def _customer(text: str) -> str | None:
    if text and not _CUSTOMER.fullmatch(text):
        raise Refused("signature", "The customer of this request is malformed.")
    return text or None
