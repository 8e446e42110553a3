"""What devstore was started with, and what the app declared (the part of shopify.app.toml that the platform acts on)."""

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path

TOPICS = (
    "orders/create", "orders/paid", "orders/updated", "orders/edited", "orders/cancelled", "orders/delete", "refunds/create",
    "products/create", "products/update", "products/delete", "collections/create", "collections/update", "collections/delete",
    "inventory_items/update", "inventory_levels/update", "markets/create", "markets/update", "markets/delete",
    "customers/update", "customers/delete", "customer.tags_added", "customer.tags_removed", "shop/update",
    "discounts/update", "discounts/delete", "bulk_operations/finish", "app/uninstalled", "app/scopes_update",
)  # fmt: skip
COMPLIANCE_TOPICS = ("customers/data_request", "customers/redact", "shop/redact")
SCOPES = (
    "read_products", "read_inventory", "read_markets", "read_orders", "write_customers", "write_discounts", "write_app_proxy",
    "read_store_credit_accounts", "write_store_credit_account_transactions",
)  # fmt: skip


@dataclass(frozen=True)
class App:
    """The app as Shopify knows it. ``url`` has no trailing slash; ``proxy_*`` map /apps/tandem/x to {url}{proxy_target}/x."""

    client_id: str = "devstore-client"
    secret: str = "devstore-secret-0123456789abcdef0123"
    old_secret: str | None = None
    handle: str = "tandem"
    name: str = "Tandem"
    url: str = "http://127.0.0.1:5000"
    home: str = "/app"
    webhook_path: str = "/webhooks"
    proxy_prefix: str = "apps"
    proxy_subpath: str = "tandem"
    proxy_target: str = "/proxy"
    scopes: tuple[str, ...] = SCOPES
    optional: tuple[str, ...] = ()
    topics: tuple[str, ...] = TOPICS + COMPLIANCE_TOPICS
    webhook_version: str = "2026-07"


@dataclass(frozen=True)
class Settings:
    """``origin`` is devstore's own address. Seconds are of the machine's clock. ``bare``: the first shops begin without the app's
    blocks."""

    data: Path | None = None
    app: App = field(default_factory=App)
    origin: str = ""
    webhook_timeout: float = 5.0
    webhook_gaps: tuple[float, ...] = (5, 30, 120, 300, 900, 1800, 3600, 7200)
    bulk_seconds: float = 0.3
    clock_file: Path | None = None
    theme_blocks: Path | None = None
    bare: bool = False


def declared(app: App, file: Path) -> App:
    """``app`` with what a shopify.app.toml says about scopes, webhooks and the proxy."""
    config = tomllib.loads(file.read_text())
    proxy, hooks = config.get("app_proxy", {}), config.get("webhooks", {})
    topics = [topic for one in hooks.get("subscriptions", []) for topic in [*one.get("topics", []), *one.get("compliance_topics", [])]]
    scopes = config.get("access_scopes", {}).get("scopes", "")
    return replace(
        app,
        optional=tuple(config.get("access_scopes", {}).get("optional_scopes", ())),
        scopes=tuple(filter(None, (scope.strip() for scope in scopes.split(",")))) or app.scopes,
        topics=tuple(topics) or app.topics,
        proxy_prefix=proxy.get("prefix", app.proxy_prefix),
        proxy_subpath=proxy.get("subpath", app.proxy_subpath),
        webhook_version=hooks.get("api_version", app.webhook_version),
    )
