"""Reaching a shop: its token, renewed by exactly one worker, and what Shopify says about it. No transaction is open here."""

import random
import time

from plugin import failpoint
from plugin.clock import now as business_now
from plugin.context import Context
from plugin.db import ShopId
from plugin.errors import Broken, Refused, TryAgain
from plugin.shopify import tokens
from plugin.shopify.admin_api import AdminApi
from plugin.shopify.failures import Frozen
from plugin.shops import flows, tables, vault
from plugin.shops.flows import LAPSED, Held
from plugin.shops.tables import INSTALLED

WAIT_SECONDS = 15.0


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
    lapsed = isinstance(error, Refused) and error.reason == "refresh_token"
    with context.transaction() as session:
        (flows.lapse if lapsed else flows.give_back)(session, shop_id, fence=held.fence)
    if held.access is not None:
        return held.access
    raise Frozen(LAPSED) if lapsed else error


def _newer(context: Context, shop_id: ShopId, used: str) -> str | None:
    """The stored token, if it is not the one that was refused."""
    with context.transaction() as session:
        row = tables.token(session, shop_id)
        if row is None or tables.get(session, shop_id).state != INSTALLED:
            return None
        stored = vault.unseal(context.settings, row.access)
    return stored if stored != used else None


def describe(context: Context, shop_id: ShopId) -> None:
    """Ask Shopify about the shop and store it. Its language would need one more scope: shop/update tells it. Raises what a call raises."""
    asked_at = business_now()
    shop = admin_api(context, shop_id).call("shop_read").get("shop")
    with context.transaction() as session:
        flows.describe(session, shop_id, {
            "name": _dig(shop, "name"), "email": _dig(shop, "email"), "currency": _dig(shop, "currencyCode"),
            "timezone": _dig(shop, "ianaTimezone"), "country": _dig(shop, "shopAddress", "countryCodeV2"),
            "plan": _dig(shop, "plan", "publicDisplayName"), "storefront_url": _dig(shop, "primaryDomain", "url")}, told_at=asked_at)


def _dig(value: object, *names: str) -> object:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
