"""The older way in: a query signed for OAuth, and the page where a merchant grants scopes.

Tokens never come this way (ShopifyAPI's code exchange asks for permanent ones): after the grant the merchant is sent into the
admin, and the token exchange happens there.
"""

from collections.abc import Sequence
from typing import Any

import shopify

from plugin.config import Settings
from plugin.errors import Refused
from plugin.shopify import version
from plugin.shopify.verify import query
from plugin.shopify.verify.domain import shop_domain

ONCE = ("shop", "timestamp", "hmac", "state", "code", "host", "session", "locale")


def oauth(settings: Settings, query_string: bytes) -> dict[str, str]:
    """The query's values, ``shop`` in lower case. Raises Refused("signature").

    ShopifyAPI lets any future time pass and breaks on a time that is no number, so the time is checked first, as ±90 s.
    """
    values = query.read(query_string, once=ONCE)
    query.check_time(values)
    flat = {name: given if name.endswith("[]") else ",".join(given) for name, given in values.items()}
    if not any(_session_class(settings, secret).validate_params(flat) for secret in settings.api_secrets()):
        raise Refused("signature", "The signature of this link is wrong.")
    plain = {name: given for name, given in flat.items() if isinstance(given, str)}
    return {**plain, "shop": shop_domain(plain.get("shop"))}


def permission_url(settings: Settings, domain: str, scopes: Sequence[str]) -> str:
    """Where the merchant grants ``scopes``; Shopify then opens the app. Nothing is acted on at the return, so it carries no state."""
    session = _session_class(settings, settings.shopify_api_secret)(domain, version.ADMIN)
    url: str = session.create_permission_url(scope=list(scopes), redirect_uri=f"{settings.app_url}/app")
    return url.replace(f"https://{domain}", settings.origin(domain), 1)


def _session_class(settings: Settings, secret: str) -> Any:  # noqa: ANN401 - ShopifyAPI has no types
    """ShopifyAPI keeps key and secret on the class; a class of our own keeps them off everybody else's."""
    return type("OauthSession", (shopify.Session,), {"api_key": settings.shopify_api_key, "secret": secret})
