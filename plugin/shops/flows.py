"""The life of a tenant: seen, installed, told about, uninstalled; and its tokens. ``now`` is business time except where said."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from plugin.clock import machine_now
from plugin.config import Settings
from plugin.db import ShopId, insert_once, new_id
from plugin.shopify.failures import Frozen
from plugin.shopify.tokens import Grant
from plugin.shops import rules, tables, vault
from plugin.shops.tables import INSTALLED, UNINSTALLED, UNKNOWN, Shop, Token

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
LAPSED = "The access of this shop has lapsed. It comes back when a merchant opens Tandem in the admin."


class Told(Protocol):
    """What an event must offer to the topic handlers below."""

    @property
    def triggered_at(self) -> datetime | None: ...
    @property
    def body(self) -> bytes: ...


@dataclass(frozen=True)
class Held:
    """A token to use, or ``fence``: the right and duty to renew with ``refresh``. Neither: somebody else is renewing."""

    domain: str
    access: str | None = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    fence: int | None = None


def recognise(session: Session, domain: str, now: datetime) -> Shop:
    """The shop of this domain; a new one is ``unknown``. ``domain`` must come from a verified source."""
    shop = tables.by_domain(session, domain)
    if shop is None:
        insert_once(session, Shop, {"id": new_id(), "domain": domain, "state": UNKNOWN, "seen_at": now})
        shop = tables.by_domain(session, domain)
    if shop is None:
        raise LookupError("a shop that was just inserted is not there")
    return shop


def install(session: Session, settings: Settings, domain: str, grant: Grant, now: datetime) -> tuple[Shop, bool]:
    """Store the grant, and make the shop a tenant if it was none. True if it was not installed before this call."""
    shop = tables.lock(session, recognise(session, domain, now).id)
    arrived = shop.state != INSTALLED
    if arrived:
        shop.state, shop.installed_at, shop.uninstalled_at = INSTALLED, now, None
    shop.scopes = grant.scopes
    _store(session, settings, shop.id, grant)
    return shop, arrived


def _store(session: Session, settings: Settings, shop_id: ShopId, grant: Grant) -> None:
    row = session.get(Token, shop_id, populate_existing=True, with_for_update=True)
    values = _sealed(settings, grant)
    if row is None:
        session.add(Token(shop_id=shop_id, fence=0, **values))
    else:
        for name, value in values.items():
            setattr(row, name, value)
        row.fence += 1  # whoever is renewing the old pair must not write over the new one
    session.flush()


def _sealed(settings: Settings, grant: Grant) -> dict[str, Any]:
    return {"access": vault.seal(settings, grant.access), "refresh": vault.seal(settings, grant.refresh), "scopes": grant.scopes,
            "expires_at": grant.expires_at, "refresh_expires_at": grant.refresh_expires_at, "lease_until": None}


def needs_exchange(session: Session, settings: Settings, domain: str) -> bool:
    """Whether this visit of a merchant must fetch a token: new, come back, lapsed, or granted other scopes since."""
    shop = tables.by_domain(session, domain)
    row = tables.token(session, shop.id) if shop else None
    if shop is None or row is None or shop.state != INSTALLED:
        return True
    renewable = vault.unseal(settings, row.refresh) is not None and row.refresh_expires_at > machine_now()
    return not renewable or row.scopes != shop.scopes


def hold_token(session: Session, settings: Settings, shop_id: ShopId) -> Held:
    """A good token, or the lease to renew it. Raises Frozen if the shop has none and cannot get one by itself."""
    shop, row = tables.get(session, shop_id), tables.token(session, shop_id)
    if shop.state != INSTALLED or row is None:
        raise Frozen("This shop has not installed the app.")
    now = machine_now()
    access = vault.unseal(settings, row.access)
    if access and rules.is_fresh(row.expires_at, now):
        return Held(shop.domain, access)
    good = access if rules.is_usable(row.expires_at, now) else None
    refresh = vault.unseal(settings, row.refresh) if row.refresh_expires_at > now else None
    if refresh is None and good is None:
        raise Frozen(LAPSED)
    fence = tables.take_lease(session, shop_id, row.fence, rules.REFRESH_LEASE_SECONDS) if refresh else None
    return Held(shop.domain, good, refresh, fence)


def hold_refresh(session: Session, settings: Settings, shop_id: ShopId) -> Held | None:
    """The lease to renew a token that was refused, whatever its age; without ``refresh`` if there is nothing to renew it with.
    None if somebody else is renewing it, or the shop has left."""
    shop, row = tables.get(session, shop_id), tables.token(session, shop_id)
    if shop.state != INSTALLED or row is None:
        return None
    refresh = vault.unseal(settings, row.refresh) if row.refresh_expires_at > machine_now() else None
    fence = tables.take_lease(session, shop_id, row.fence, rules.REFRESH_LEASE_SECONDS)
    return Held(shop.domain, None, refresh, fence) if fence is not None else None


def renew_token(session: Session, settings: Settings, shop_id: ShopId, grant: Grant, *, fence: int) -> bool:
    """Store both values at once. False if the pair changed or the shop left meanwhile: then this grant counts for nothing."""
    stored = tables.change(session, shop_id, fence, {**_sealed(settings, grant), "fence": fence + 1})
    if stored:
        tables.get(session, shop_id).scopes = grant.scopes
    return stored


def give_back(session: Session, shop_id: ShopId, *, fence: int) -> None:
    """It did not work; somebody may try again."""
    tables.change(session, shop_id, fence, {"lease_until": None})


def lapse(session: Session, shop_id: ShopId, *, fence: int) -> None:
    """Shopify does not take the refresh token any more. The next visit of a merchant brings a new one."""
    tables.change(session, shop_id, fence, {"lease_until": None, "refresh": None})


def uninstalled(session: Session, shop_id: ShopId, event: Told, now: datetime) -> Iterable[str]:
    """Topic app/uninstalled: the token is gone, so no call can be made. Ignored if it is older than the present install."""
    shop = tables.lock(session, shop_id)
    if shop.state != INSTALLED or rules.is_late(event.triggered_at, shop.installed_at) or not _is_about(event, shop):
        return ()
    _leave(session, shop, now)
    return ()


def left(session: Session, shop_id: ShopId, now: datetime, *, fence: int) -> bool:
    """Shopify says that the app is gone, and app/uninstalled did not say so (yet). False if a token has come meanwhile."""
    shop = tables.lock(session, shop_id)
    if shop.state != INSTALLED or not tables.change(session, shop_id, fence, {"lease_until": None}):
        return False
    _leave(session, shop, now)
    return True


def _leave(session: Session, shop: Shop, now: datetime) -> None:
    shop.state, shop.uninstalled_at = UNINSTALLED, now
    row = tables.token(session, ShopId(shop.id))
    if row is not None:
        session.delete(row)
    session.flush()


def scopes_updated(session: Session, shop_id: ShopId, event: Told, now: datetime) -> Iterable[str]:
    """Topic app/scopes_update: the next visit of a merchant fetches a token that carries them."""
    current = _object(event).get("current")
    scopes = rules.joined(current) if isinstance(current, list) else None
    shop = tables.get(session, shop_id)
    if scopes is not None and shop.state == INSTALLED and not rules.is_late(event.triggered_at, shop.installed_at):
        shop.scopes = scopes
    return ()


def updated(session: Session, shop_id: ShopId, event: Told, now: datetime) -> Iterable[str]:
    """Topic shop/update: what the merchant changed about the shop. An older telling than the last is ignored."""
    shop, told = tables.get(session, shop_id), _object(event)
    if shop.state == INSTALLED and _is_about(event, shop):
        describe(session, shop_id, {
            "name": told.get("name"), "email": told.get("email"), "currency": told.get("currency"),
            "timezone": told.get("iana_timezone"), "locale": told.get("primary_locale"), "country": told.get("country_code"),
            "currencies": currencies(told.get("enabled_presentment_currencies")), "plan": told.get("plan_name"),
            "storefront_url": f"https://{told['domain']}" if told.get("domain") else None,
        }, told_at=event.triggered_at or now)
    return ()


def describe(session: Session, shop_id: ShopId, facts: Mapping[str, object], *, told_at: datetime) -> None:
    """Take over what Shopify says about the shop; what it does not say stays."""
    shop = tables.get(session, shop_id)
    if shop.told_at is not None and told_at < shop.told_at:
        return
    for name, value in facts.items():
        if isinstance(value, str) and value:
            setattr(shop, name, value[:_room(name)])
    shop.told_at = told_at


def currencies(told: object) -> str:
    """A list of codes as the shop keeps them; nothing where none was told."""
    return ",".join(sorted({one for one in told if isinstance(one, str) and _CURRENCY.fullmatch(one)})) if isinstance(told, list) else ""


def subscribed(session: Session, shop_id: ShopId, name: str) -> None:
    """What Shopify says the shop pays for; unlike what it is called, nothing is news too."""
    tables.get(session, shop_id).subscription = name[:_room("subscription")]


def _room(column: str) -> int | None:
    return getattr(Shop.__table__.columns[column].type, "length", None)


def _is_about(event: Told, shop: Shop) -> bool:
    """The header that names the shop is not signed; the body is, and names it too."""
    named = _object(event).get("myshopify_domain")
    return named is None or named == shop.domain


def _object(event: Told) -> dict[str, Any]:
    try:
        body = json.loads(event.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
