"""Installing and uninstalling the app, and changing what it may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devstore.clock import iso
from devstore.payloads.shops import scopes_payload, shop_payload
from devstore.state.apps import Installation, Subscription
from devstore.state.shops import Shop

if TYPE_CHECKING:
    from devstore.state.store import Store


def install(store: Store, shop: Shop, scopes: list[str] | None = None) -> Installation:
    """Managed installation: the scopes and subscriptions that the app declared. Nothing changes when it is installed."""
    if shop.installation is not None:
        return shop.installation
    app = store.settings.app
    made = Installation(store.clock.now(), list(scopes if scopes is not None else app.scopes))
    made.subscriptions = [Subscription(store.next_id(), topic, f"{app.url}{app.webhook_path}") for topic in app.topics]
    shop.installation = made
    store.effects.add(shop.handle, "installed")
    return made


def uninstall(store: Store, shop: Shop) -> None:
    """Tokens die at once; app/uninstalled is the last thing the app hears (``shop/redact`` is sent on request)."""
    if shop.installation is None:
        return
    store.tell(shop, "app/uninstalled", shop_payload(shop))
    shop.installation = None
    for owner in [one for one in shop.metafields if "/AppInstallation/" in one]:
        del shop.metafields[owner]
    store.effects.add(shop.handle, "uninstalled")


def change_scopes(store: Store, shop: Shop, scopes: list[str]) -> None:
    """Tokens made before keep what they had; new ones get the new scopes."""
    if shop.installation is None:
        return
    previous, shop.installation.scopes = shop.installation.scopes, list(scopes)
    store.tell(shop, "app/scopes_update", scopes_payload(shop, previous, list(scopes), iso(store.clock.now())))
