"""Liquid's objects, as plain mappings: what templates see of products, customers and orders."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from devstore.state.markets import market_of
from devstore.state.orders import Order
from devstore.state.people import Customer
from devstore.state.products import Product, Variant
from devstore.state.shops import Shop
from devstore.storefront.shopper import Shopper

Drop = dict[str, Any]
DEFAULT_VARIANT = "Default Title"
MOST_BY_HANDLE = 20


def picture_path(product: Product, variant: Variant | None = None) -> str:
    return f"/_cdn/pictures/{product.id}/{variant.id if variant else 0}.svg"


def market(shop: Shop) -> Drop | None:
    found = market_of(shop, shop.country_code)
    return {"id": found.id, "handle": found.handle, "name": found.name} if found else None


def image(path: str, title: str, number: int) -> Drop:
    return {"id": number, "src": path, "alt": title, "width": 400, "height": 400, "aspect_ratio": 1, "position": 1, "media_type": "image"}


def product(seen: Shopper, one: Product) -> Drop:
    """Shopify's `product`; prices in hundredths of the shown currency."""
    found = [variant(seen, one, each) for each in one.variants]
    prices = [each["price"] for each in found] or [0]
    before = [each["compare_at_price"] for each in found if each["compare_at_price"]]
    picture = image(picture_path(one), one.title, one.id)
    chosen = next((each for each in found if each["available"]), found[0] if found else None)
    return {
        "id": one.id,
        "title": one.title,
        "handle": one.handle,
        "description": one.html,
        "content": one.html,
        "vendor": one.vendor,
        "type": one.kind,
        "tags": one.tags,
        "url": seen.url(f"/products/{one.handle}"),
        "available": any(each["available"] for each in found),
        "price": min(prices),
        "price_min": min(prices),
        "price_max": max(prices),
        "price_varies": min(prices) != max(prices),
        "compare_at_price": min(before) if before else None,
        "images": [picture],
        "featured_image": picture,
        "featured_media": {**picture, "preview_image": picture},
        "media": [picture],
        "options": ["Title"] if default_only(one) else ["Version"],
        "has_only_default_variant": default_only(one),
        "variants": found,
        "first_available_variant": chosen if chosen and chosen["available"] else None,
        "selected_variant": None,
        "selected_or_first_available_variant": chosen,
        "variants_count": len(found),
    }


def default_only(one: Product) -> bool:
    return len(one.variants) == 1 and one.variants[0].title == DEFAULT_VARIANT


def variant(seen: Shopper, of: Product, one: Variant) -> Drop:
    own = None if default_only(of) else image(picture_path(of, one), f"{of.title} - {one.title}", one.id)
    return {
        "id": one.id,
        "title": one.title,
        "name": of.title if default_only(of) else f"{of.title} - {one.title}",
        "option1": one.title,
        "option2": None,
        "option3": None,
        "options": [one.title],
        "sku": one.sku,
        "price": seen.shown(one.price),
        "compare_at_price": seen.shown(one.compare_at) if one.compare_at else None,
        "available": one.stock > 0 and of.on_sale,
        "inventory_management": "shopify" if one.tracked else None,
        "inventory_policy": "deny",
        "inventory_quantity": one.stock,
        "requires_shipping": one.requires_shipping,
        "taxable": one.taxable,
        "barcode": one.barcode,
        "featured_image": own,
        "image": own,
        "url": seen.url(f"/products/{of.handle}?variant={one.id}"),
    }


class AllProducts(Mapping[str, Drop]):
    """Liquid's `all_products`: a product by its handle, nothing for one that is not on sale; at most twenty a page."""

    def __init__(self, seen: Shopper) -> None:
        self._seen = seen
        self._given: dict[str, Drop] = {}

    def __getitem__(self, handle: str) -> Drop:
        number = self._seen.shop.handles.get(handle)
        one = self._seen.shop.products.get(number) if number else None
        if one is None or not one.on_sale or (handle not in self._given and len(self._given) >= MOST_BY_HANDLE):
            raise KeyError(handle)
        return self._given.setdefault(handle, product(self._seen, one))

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


def app(shop: Shop) -> Drop:
    """Liquid's `app`, which only the app's own blocks see: what the app keeps at its installation, `app.metafields.space.key`."""
    spaces: Drop = {}
    for owner, fields in shop.metafields.items():
        if "/AppInstallation/" in owner:
            for one in fields.values():
                value = json.loads(one.value) if one.kind == "json" or one.kind.startswith("list.") else one.value
                spaces.setdefault(one.namespace, {})[one.key] = {"value": value, "type": one.kind}
    return {"metafields": spaces}


def collection(seen: Shopper, title: str, handle: str, members: list[Product]) -> Drop:
    return {
        "id": 0,
        "title": title,
        "handle": handle,
        "url": seen.url(f"/collections/{handle}"),
        "description": "",
        "products": [product(seen, one) for one in members],
        "products_count": len(members),
        "all_products_count": len(members),
    }


def customer(seen: Shopper, one: Customer, status: Callable[[str], str]) -> Drop:
    held = next((account for account in one.accounts if account.balance), None)
    orders = sorted((seen.shop.orders[number] for number in one.orders), key=lambda order: order.number, reverse=True)
    name = " ".join(part for part in (one.first_name, one.last_name) if part)
    return {
        "id": one.id,
        "email": one.email,
        "first_name": one.first_name,
        "last_name": one.last_name,
        "name": name or one.email,
        "tags": one.tags,
        "accepts_marketing": one.accepts_marketing,
        "has_account": True,
        "orders_count": len(orders),
        "total_spent": seen.shown(one.spent),
        "orders": [order_row(seen, order, status) for order in orders],
        "store_credit_account": {"balance": seen.shown(held.balance)} if held else None,
    }


def order_row(seen: Shopper, one: Order, status: Callable[[str], str]) -> Drop:
    state = "cancelled" if one.cancelled_at else one.financial_status
    return {
        "id": one.id,
        "name": one.name,
        "order_number": one.number,
        "created_at": one.created_at.isoformat(),
        "financial_status": one.financial_status,
        "financial_status_label": status(state),
        "total_price": seen.shown(one.current_total),
        "customer_url": seen.url(f"/account/orders/{one.token}"),
    }


def shop(seen: Shopper) -> Drop:
    return {
        "id": seen.shop.id,
        "name": seen.shop.name,
        "email": seen.shop.email,
        "domain": seen.host,
        "permanent_domain": seen.shop.domain,
        "url": f"http://{seen.host}",
        "secure_url": f"http://{seen.host}",
        "currency": seen.shop.currency,
        "money_format": seen.money.pattern,
        "money_with_currency_format": f"{seen.money.pattern} {seen.currency}",
        "locale": seen.shop.locale,
        "description": "",
        "enabled_currencies": [{"iso_code": code} for code in currencies(seen)],
        "customer_accounts_enabled": True,
        "products_count": len(seen.shop.products),
    }


def currencies(seen: Shopper) -> list[str]:
    return [seen.shop.currency, *(code for code in seen.shop.rates if code != seen.shop.currency)]


def routes(seen: Shopper) -> Drop:
    paths = {
        "root_url": seen.root or "/",
        "all_products_collection_url": seen.url("/collections/all"),
        "collections_url": seen.url("/collections"),
        "account_url": seen.url("/account"),
        "account_login_url": seen.url("/account/login"),
        "account_logout_url": seen.url("/account/logout"),
        "account_register_url": seen.url("/account/login"),
        "search_url": seen.url("/search"),
    }
    return paths | {f"cart{part}_url": seen.url(f"/cart{part.replace('_', '/')}") for part in ("", "_add", "_change", "_clear", "_update")}


def template(name: str) -> Drop:
    """`product`, `customers/account` → Shopify's `template` with its parts."""
    directory, _, last = name.rpartition("/")
    return {"name": last, "directory": directory or None, "suffix": None}
