"""The wire of access tokens: exchange and refresh, by ``shopifyapp``.

``shopifyapp`` writes Shopify's address itself, so it is handed an HTTP client whose transport maps that one host to
SHOPIFY_ORIGIN, bounds the answer, and remembers what the library does not tell.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
from shopify_app import IdTokenDetails, ShopifyApp, TokenExchangeAccessToken, TokenExchangeResult

from plugin.clock import machine_now
from plugin.config import Settings
from plugin.errors import Broken, Refused, TryAgain
from plugin.shopify.failures import Frozen

SECONDS = 10.0
LARGEST_ANSWER = 65_536
UNUSABLE = frozenset({402, 403, 404, 423})
NOT_INSTALLED = "application_cannot_be_found"


@dataclass(frozen=True)
class Grant:
    """What a shop gave us. Times are machine time. Tokens never show in repr."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    scopes: str
    expires_at: datetime
    refresh_expires_at: datetime


def exchange(settings: Settings, domain: str, id_token: str) -> Grant:
    """An expiring offline token for a merchant's ID token that was verified already.

    Raises Refused("signature") if Shopify does not take the token, Frozen, TryAgain.
    """
    details = IdTokenDetails(exchangeable=True, token=id_token, claims={"dest": f"https://{domain}"})
    return _ask(settings, domain, lambda app, client: app.exchange_using_token_exchange("offline", details, http_client=client))


def refresh(settings: Settings, domain: str, refresh_token: str) -> Grant:
    """A new pair. The old refresh token works until the new one is first used, so asking again after a crash is safe.

    Raises Refused("refresh_token") if it is spent, revoked or too old, Refused("not_installed"), Frozen, TryAgain.
    """
    old = TokenExchangeAccessToken(shop=domain.removesuffix(".myshopify.com"), token="", expires=None, scope="", access_mode="offline",
                                   refresh_token=refresh_token, refresh_token_expires=None, user=None)
    return _ask(settings, domain, lambda app, client: app.refresh_token_exchanged_access_token(old, http_client=client))


def _ask(settings: Settings, domain: str, question: Callable[[ShopifyApp, httpx.Client], TokenExchangeResult]) -> Grant:
    app = ShopifyApp(settings.shopify_api_key, settings.shopify_api_secret)
    transport = _Reroute(settings, domain)
    try:
        with httpx.Client(transport=transport, timeout=SECONDS) as client:
            result = question(app, client)
        if not result.ok:
            raise _failure(NOT_INSTALLED if transport.error == NOT_INSTALLED else result.log.code, transport.status)
        return _grant(result.access_token)
    except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise TryAgain("Shopify's answer about the token could not be read.") from error


def _failure(code: str, status: int) -> Exception:
    if code == "invalid_subject_token":
        return Refused("signature", "Shopify did not take this session token.")
    if code == NOT_INSTALLED:
        return Refused("not_installed", "This shop has not installed Tandem.")
    if code in ("invalid_grant", "refresh_token_expired"):
        return Refused("refresh_token", "The access of this shop has lapsed. It comes back when a merchant opens Tandem.")
    if code == "invalid_client" or status in UNUSABLE:
        return Frozen(status=status)
    if code == "network_error":
        return TryAgain("Shopify did not hand out a token now.", code=code)
    return Broken("Shopify refused a token request", code=code, status=status)


def _grant(token: TokenExchangeAccessToken | None) -> Grant:
    """Raises TryAgain for an answer that lacks anything: a permanent token would be refused by the Admin API anyway."""
    if token is None or not token.token or not token.refresh_token or not token.expires or not token.refresh_token_expires:
        raise TryAgain("Shopify's answer about the token is incomplete.")
    if not isinstance(token.token, str) or not isinstance(token.refresh_token, str) or not isinstance(token.scope, str):
        raise TryAgain("Shopify's answer about the token could not be read.")
    expires_at, refresh_expires_at = _time(token.expires), _time(token.refresh_token_expires)
    if min(expires_at, refresh_expires_at) <= machine_now():  # shopifyapp reads a missing lifetime as none at all
        raise TryAgain("Shopify's answer about the token has no lifetime.")
    return Grant(token.token, token.refresh_token, token.scope, expires_at, refresh_expires_at)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class _Reroute(httpx.BaseTransport):
    """One host, sent to where the settings say it is. Anything else is a mistake and goes nowhere."""

    def __init__(self, settings: Settings, domain: str) -> None:
        self._inner = httpx.HTTPTransport()
        self._domain, self._origin = domain, settings.origin(domain)
        self.status, self.error = 0, ""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != self._domain:
            raise httpx.UnsupportedProtocol("a token request left its shop")
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity",
                   "User-Agent": request.headers.get("User-Agent", "")}
        rerouted = httpx.Request("POST", self._origin + request.url.raw_path.decode("ascii"), headers=headers,
                                 content=request.read(), extensions=request.extensions)
        response = self._inner.handle_request(rerouted)
        try:
            self.status = response.status_code
            if self.status == 429 or self.status >= 500:  # shopifyapp would repeat at once, or sleep inside our request
                raise httpx.ReadError("not now")
            body = _bounded(response)
            self.error = _error(body) if self.status >= 400 else ""
            return httpx.Response(self.status, content=body)
        finally:
            response.close()

    def close(self) -> None:
        self._inner.close()


def _error(body: bytes) -> str:
    """OAuth's word for what went wrong, which shopifyapp keeps to itself where it does not know it."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return str(told.get("error", "")) if isinstance(told, dict) else ""


def _bounded(response: httpx.Response) -> bytes:
    body = b""
    for part in response.iter_raw():
        body += part
        if len(body) > LARGEST_ANSWER:
            raise httpx.ReadError("the answer is too long")
    return body
