"""ID tokens: the merchant's, from the admin, and the buyer's, from checkout and customer account extensions.

Both are signed with the same secret and name the same audience, so each is told by what only it carries:
the merchant's issuer is the shop's admin, the buyer's subject is a customer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shopify_app import ShopifyApp

from plugin.config import Settings
from plugin.errors import Refused
from plugin.shopify.verify.domain import shop_domain

LONGEST = 4096
_JWT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_STAFF = re.compile(r"[0-9]{1,20}")
_CUSTOMER = re.compile(r"gid://shopify/Customer/([0-9]{1,20})")


@dataclass(frozen=True)
class Identity:
    """``subject`` is a staff member's id for ``id_token``, a customer's digits for ``customer_token``, or nobody."""

    domain: str
    subject: str | None


def id_token(settings: Settings, token: str) -> Identity:
    """The merchant's token. Raises Refused("signature") unless issued by the admin of the shop that it names."""
    claims = _claims(settings, token)
    domain = _destination(claims)
    if claims.get("iss") != f"https://{domain}/admin":
        raise _wrong("issuer")
    subject = str(claims.get("sub", ""))
    return Identity(domain, subject if _STAFF.fullmatch(subject) else None)


def customer_token(settings: Settings, token: str) -> Identity:
    """The buyer's token; checkout's has no issuer. Only a customer's gid counts as a subject: never a staff id."""
    claims = _claims(settings, token)
    domain = _destination(claims)
    issuer = claims.get("iss")
    if issuer is not None and str(issuer).removeprefix("https://").partition("/")[0] != domain:
        raise _wrong("issuer")
    customer = _CUSTOMER.fullmatch(str(claims.get("sub", "")))
    return Identity(domain, customer[1] if customer else None)


def _claims(settings: Settings, token: str) -> Mapping[str, object]:
    """What shopifyapp decoded, after the checks it does not make: exp and nbf there and whole, aud ours alone."""
    if len(token) > LONGEST or not _JWT.fullmatch(token):
        raise _wrong("shape")
    app = ShopifyApp(settings.shopify_api_key, settings.shopify_api_secret, settings.shopify_old_api_secret)
    request = {"method": "GET", "headers": {"Authorization": f"Bearer {token}"}, "url": "https://app.invalid/", "body": ""}
    try:
        result = app.verify_checkout_ui_ext_req(request)  # type: ignore[arg-type]
    except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise _wrong("content") from error
    if not result.ok or result.id_token is None:
        raise _wrong(result.log.code)
    claims = result.id_token.claims
    if any(type(claims.get(name)) is not int for name in ("exp", "nbf")) or claims.get("aud") != settings.shopify_api_key:
        raise _wrong("claims")
    return claims


def _destination(claims: Mapping[str, object]) -> str:
    return shop_domain(str(claims.get("dest", "")).removeprefix("https://"))


def _wrong(what: str) -> Refused:
    return Refused("signature", "This session token is not valid.", fault=what)
