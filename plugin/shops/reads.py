"""Reaching a shop: its token, renewed by exactly one worker, and what Shopify says about it. No transaction is open here."""

import random
import time
from collections.abc import Mapping
from typing import Any

import structlog

from plugin import failpoint
from plugin.clock import now as business_now
from plugin.context import Context
from plugin.db import ShopId
from plugin.errors import Broken, Refused, TryAgain
from plugin.shopify import tokens
from plugin.shopify.admin_api import AdminApi
from plugin.shopify.failures import Frozen
from plugin.shopify.tokens import Grant
from plugin.shops import flows, tables, vault
from plugin.shops.flows import LAPSED, Held
from plugin.shops.tables import INSTALLED

WAIT_SECONDS = 15.0
NO_GRANT = frozenset({"refresh_token", "not_installed"})
NOT_OURS = frozenset({400, 401})

log = structlog.get_logger()


def admin_api(context: Context, shop_id: ShopId) -> AdminApi:
    """The way to this shop's Admin API. Raises Frozen if it is not installed or its access has lapsed, TryAgain."""
    domain, token = access(context, shop_id)
    return AdminApi(context.http, context.settings, domain, token, renew=lambda used: _newer(context, shop_id, used))


def access(context: Context, shop_id: ShopId) -> tuple[str, str]:
    """The shop's domain and a token good for at least half a minute. Waits while another worker renews it."""
    give_up = time.monotonic() + WAIT_SECONDS
    while True:
        with context.transaction() as session:
            held = flows.hold_token(session, context.settings, shop_id)
        token = _renew(context, shop_id, held) if held.fence is not None else held.access
        if token is not None:
            return held.domain, token
        if time.monotonic() > give_up:
            raise TryAgain("The shop's token is being renewed.", after=2.0)
        time.sleep(random.uniform(0.1, 0.3))


def renew(context: Context, shop_id: ShopId) -> None:
    """The merchant has granted more than the token carries: fetch one that carries it, if Shopify gives one now."""
    _ask_anew(context, shop_id)


def _renew(context: Context, shop_id: ShopId, held: Held) -> str | None:
    """One call, under the lease. None if the pair changed meanwhile: look again."""
    assert held.fence is not None
    assert held.refresh is not None
    try:
        grant = tokens.refresh(context.settings, held.domain, held.refresh)
    except (Refused, TryAgain, Broken) as error:
        return _not_renewed(context, shop_id, held, error)
    failpoint.reach("token")
    with context.transaction() as session:
        stored = flows.renew_token(session, context.settings, shop_id, grant, fence=held.fence)
    return grant.access if stored else None


def _not_renewed(context: Context, shop_id: ShopId, held: Held, error: Refused | TryAgain | Broken) -> str:
    """Give the lease back. The old token serves while it lasts; else the error stands."""
    assert held.fence is not None
    reason = error.reason if isinstance(error, Refused) else None
    with context.transaction() as session:
        if reason == "not_installed":
            flows.left(session, shop_id, business_now(), fence=held.fence)
        else:
            (flows.lapse if reason == "refresh_token" else flows.give_back)(session, shop_id, fence=held.fence)
    if reason == "not_installed":
        raise Frozen
    if held.access is not None:
        return held.access
    raise Frozen(LAPSED) if reason == "refresh_token" else error


def _newer(context: Context, shop_id: ShopId, used: str) -> str | None:
    """The stored token, if it is not the one that was refused."""
    with context.transaction() as session:
        row = tables.token(session, shop_id)
        if row is None or tables.get(session, shop_id).state != INSTALLED:
            return None
        stored = vault.unseal(context.settings, row.access)
    return stored if stored != used else _ask_anew(context, shop_id)


def _ask_anew(context: Context, shop_id: ShopId) -> str | None:
    """The token was refused before its time. If the refresh is refused too, the shop has left and nobody told us."""
    with context.transaction() as session:
        held = flows.hold_refresh(session, context.settings, shop_id)
    if held is None or held.fence is None:
        return None
    grant, gone = _grant(context, held)
    with context.transaction() as session:
        if grant is not None and flows.renew_token(session, context.settings, shop_id, grant, fence=held.fence):
            return grant.access
        if gone and flows.left(session, shop_id, business_now(), fence=held.fence):
            log.warning("shop_has_left", shop_id=str(shop_id))
        elif not gone:
            flows.give_back(session, shop_id, fence=held.fence)
    return None


def _grant(context: Context, held: Held) -> tuple[Grant | None, bool]:
    """A new pair, or whether Shopify says that there will be none for this app."""
    if held.refresh is None:
        return None, True
    try:
        return tokens.refresh(context.settings, held.domain, held.refresh), False
    except Frozen as frozen:
        return None, frozen.status in NOT_OURS
    except Refused as refused:
        return None, refused.reason in NO_GRANT
    except (TryAgain, Broken):
        return None, False


def describe(context: Context, shop_id: ShopId) -> None:
    """Ask Shopify about the shop and store it. Its language would need one more scope: shop/update tells it. Raises what a call raises."""
    asked_at = business_now()
    told = admin_api(context, shop_id).call("shop_read")
    shop = told.get("shop")
    with context.transaction() as session:
        flows.describe(session, shop_id, {
            "name": _dig(shop, "name"), "email": _dig(shop, "email"), "currency": _dig(shop, "currencyCode"),
            "currencies": flows.currencies(_dig(shop, "enabledPresentmentCurrencies")),
            "timezone": _dig(shop, "ianaTimezone"), "country": _dig(shop, "shopAddress", "countryCodeV2"),
            "plan": _dig(shop, "plan", "publicDisplayName"), "storefront_url": _dig(shop, "primaryDomain", "url")}, told_at=asked_at)
        flows.subscribed(session, shop_id, _subscription(told))


def _subscription(told: Mapping[str, Any]) -> str:
    """The name of what this shop has subscribed to, "" for nothing. An app has at most one active subscription."""
    active = _dig(told, "currentAppInstallation", "activeSubscriptions")
    names = [_dig(one, "name") for one in active] if isinstance(active, list) else []
    return next((name for name in names if isinstance(name, str)), "")


def _dig(value: object, *names: str) -> object:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
