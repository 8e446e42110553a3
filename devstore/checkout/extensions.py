"""The app's UI extensions: which targets they name, their built bundles, and what the `shopify` global of a page holds."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devstore import gid
from devstore.app import services
from devstore.currency import decimal
from devstore.state.orders import Order
from devstore.state.shops import Shop, own_settings
from devstore.storefront.shopper import Shopper

SNIPPETS = Path(__file__).parents[2] / "storefront_snippets"
BUNDLES = "/_cdn/extensions/ui"


@dataclass(frozen=True)
class Target:
    """One target of one extension and the one file that the build made for all its targets."""

    name: str
    handle: str
    folder: Path
    bundle: Path

    @property
    def key(self) -> str:
        """Two extensions may stand at one target, each placed by itself."""
        return f"{self.handle}/{self.name}"


def found_targets(root: Path = SNIPPETS) -> list[Target]:
    """Every target of every extension below `root`, by its shopify.extension.toml."""
    return [target for file in sorted(root.glob("*/shopify.extension.toml")) for target in _targets(file)]


def _targets(file: Path) -> list[Target]:
    said = tomllib.loads(file.read_text())
    return [
        Target(one["target"], extension["handle"], file.parent, file.parent / "dist" / f"{extension['handle']}.js")
        for extension in said.get("extensions", [])
        for one in extension.get("targeting", [])
        if extension.get("type") == "ui_extension"
    ]


def is_placed(shop: Shop, target: Target) -> bool:
    """A merchant places UI extensions in the checkout editor; in a shop that is not bare they stand until they are taken away."""
    return not own_settings(shop.block_settings, target.key).get("disabled")


@dataclass(frozen=True)
class Facts:
    """What is shown where extensions stand. ``lines``: units by variant; ``change_path``: where the cart may be changed, while it may;
    ``attributes``: the cart's or the order's; ``checkout``: its token, "" where it is not known any more."""

    token_path: str
    order: Order | None = None
    lines: tuple[tuple[int, int], ...] = ()
    change_path: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    checkout: str = ""


def of_order(order: Order, token_path: str, checkout: str) -> Facts:
    lines = tuple((line.variant_id, line.quantity) for line in order.lines if line.variant_id)
    return Facts(token_path, order, lines, attributes=order.attributes, checkout=checkout)


def extension_frames(seen: Shopper, target: str, facts: Facts) -> list[dict[str, Any]]:
    """What the page needs to run each extension of a target; none while the app is not installed."""
    if seen.shop.installation is None:
        return []
    fitting = [one for one in found_targets() if one.name == target and one.bundle.is_file() and is_placed(seen.shop, one)]
    return [_frame(seen, one, facts) for one in fitting]


def _frame(seen: Shopper, target: Target, facts: Facts) -> dict[str, Any]:
    order, token_path = facts.order, facts.token_path
    return {
        "lines": [_line(seen, variant, quantity) for variant, quantity in facts.lines if variant in seen.shop.variants],
        "change": facts.change_path,
        "attributes": [{"key": name, "value": value} for name, value in facts.attributes.items()],
        "checkout": facts.checkout,
        "target": target.name,
        "handle": target.handle,
        "script": f"{BUNDLES}/{target.folder.name}/{target.bundle.name}?v={target.bundle.stat().st_mtime_ns}",
        "token": token_path,
        "app_url": services().store.settings.app.url,
        "language": seen.language,
        "country": seen.shop.country_code,
        "currency": seen.currency,
        "texts": _texts(target.folder / "locales", seen.language),
        "shop": {
            "myshopifyDomain": seen.shop.domain,
            "name": seen.shop.name,
            "storefrontUrl": f"http://{seen.host}",
            "id": _gid("Shop", seen.shop.id),
        },
        "order": _order(order) if order else None,
        "customer": {"id": _gid("Customer", seen.customer.id)} if seen.customer else None,
        "cost": {"amount": decimal(order.total, order.currency), "currencyCode": order.currency} if order else None,
    }


def _line(seen: Shopper, variant_id: int, quantity: int) -> dict[str, Any]:
    product = {"id": _gid("Product", seen.shop.product_of(variant_id).id)}
    return {"id": _gid("CartLine", variant_id), "quantity": quantity, "attributes": [],
            "merchandise": {"id": _gid("ProductVariant", variant_id), "type": "variant", "product": product}}  # fmt: skip


def _order(order: Order) -> dict[str, Any]:
    return {"id": _gid("Order", order.id), "name": order.name, "processedAt": order.created_at.isoformat()}


def _gid(kind: str, number: int) -> str:
    return gid.make(kind, number)


def _texts(folder: Path, language: str) -> dict[str, Any]:
    """The default locale's texts under the page's language's, as the platform merges them."""
    default = next(iter(sorted(folder.glob("*.default.json"))), None)
    own = folder / f"{language}.json"
    texts: dict[str, Any] = json.loads(default.read_text()) if default else {}
    return texts | (json.loads(own.read_text()) if own.is_file() else {})
