"""Shop, app installation, webhook subscriptions, metafields."""

import hashlib
from typing import Any
from zoneinfo import ZoneInfo

from devstore import gid
from devstore.admin_api.call import Call, Info, Node, Resolver, call_of
from devstore.admin_api.paging import connection
from devstore.clock import machine_now, zulu
from devstore.state.shops import Metafield

_PLANS = {"basic": "Basic", "advanced": "Advanced", "plus": "Shopify Plus", "enterprise": "Enterprise"}
_LANGUAGES = {"en": "English", "de": "German"}


def shop_node(call: Call) -> Node:
    shop = call.shop
    address = {
        "countryCodeV2": shop.country_code,
        "country": shop.country,
        "city": "Northtown",
        "zip": "N1 1AA",
        "address1": "1 Market Street",
    }
    offset = machine_now().astimezone(ZoneInfo(shop.timezone)).strftime("%z")
    return {
        "id": gid.make("Shop", shop.id),
        "name": shop.name,
        "email": shop.email,
        "contactEmail": shop.email,
        "myshopifyDomain": shop.domain,
        "url": _front(call),
        "currencyCode": shop.currency,
        "currencyFormats": {"moneyFormat": "{{amount}}"},
        "ianaTimezone": shop.timezone,
        "timezoneOffset": offset,
        "createdAt": zulu(shop.created_at),
        "updatedAt": zulu(shop.updated_at),
        "taxesIncluded": shop.taxes_included,
        "enabledPresentmentCurrencies": [shop.currency, *(one for one in shop.rates if one != shop.currency)],
        "shopOwnerName": shop.owner,
        "primaryDomain": {"id": gid.make("Domain", shop.id + 3), "host": _front(call).partition("://")[2], "url": _front(call)},
        "billingAddress": address,
        "shopAddress": address,
        "plan": {"publicDisplayName": _PLANS[shop.plan], "shopifyPlus": shop.plan == "plus", "partnerDevelopment": True},
        "features": {"giftCards": True},
        "metafield": metafield_reader(gid.make("Shop", shop.id)),
    }


def _front(call: Call) -> str:
    """Where browsers reach the shop: ``http://north.localhost:PORT``."""
    origin = call.store.settings.origin
    port = origin.rpartition(":")[2] if origin.count(":") == 2 else ""
    return f"http://{call.shop.handle}.localhost{f':{port}' if port else ''}"


def locales(call: Call) -> list[Node]:
    code = call.shop.locale
    others = [one for one in _LANGUAGES if one != code]
    return [{"locale": one, "name": _LANGUAGES[one], "primary": one == code, "published": True} for one in [code, *others]]


def installation_node(call: Call) -> Node:
    app, installation = call.store.settings.app, call.shop.installation
    scopes = installation.scopes if installation else []
    number = call.shop.id + 4
    return {
        "__typename": "AppInstallation",
        "id": gid.make("AppInstallation", number),
        "accessScopes": [{"handle": scope, "description": scope.replace("_", " ").capitalize()} for scope in scopes],
        "app": {"id": gid.make("App", 1), "handle": app.handle, "title": app.name, "apiKey": app.client_id},
        "activeSubscriptions": [],
        "metafield": metafield_reader(gid.make("AppInstallation", number)),
    }


def subscriptions(call: Call, args: dict[str, Any]) -> Node:
    """Those made by the API. What the app's configuration subscribes to is not listed, as at Shopify."""
    return connection(call, [], args, lambda _: {})


def metafield_reader(owner: str) -> Resolver:
    """The resolver of ``metafield(namespace:, key:)`` for that owner."""

    def read(info: Info, key: str, namespace: str = "$app") -> Node | None:
        found = call_of(info).shop.metafields.get(owner, {}).get(f"{namespace}.{key}")
        return metafield_node(found) if found else None

    return read


def metafield_node(one: Metafield) -> Node:
    return {
        "__typename": "Metafield",
        "id": gid.make("Metafield", one.id),
        "namespace": one.namespace,
        "key": one.key,
        "type": one.kind,
        "value": one.value,
        "compareDigest": digest(one),
        "createdAt": zulu(one.created_at),
        "updatedAt": zulu(one.updated_at),
    }


def digest(one: Metafield) -> str:
    return hashlib.sha256(f"{one.value}{one.updated_at.isoformat()}".encode()).hexdigest()
