"""Shops, products and customers: making and changing them, and telling the app."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devstore.clock import iso
from devstore.payloads.customers import customer_delete_payload, customer_tags_payload, customer_update_payload
from devstore.payloads.products import inventory_item_payload, inventory_level_payload, product_delete_payload, product_payload
from devstore.payloads.shops import shop_payload
from devstore.state.bundling import restocked
from devstore.state.carts import Buyer
from devstore.state.collecting import gather
from devstore.state.people import Customer
from devstore.state.products import Product, Variant
from devstore.state.shops import Shop

if TYPE_CHECKING:
    from devstore.state.store import Store


@dataclass(frozen=True, slots=True)
class NewVariant:
    price: int
    title: str = "Default Title"
    sku: str = ""
    cost: int | None = None
    compare_at: int | None = None
    stock: int = 1000
    tracked: bool = True


@dataclass(frozen=True, slots=True)
class NewProduct:
    """Prices and costs in minor units of the shop's currency. The handle comes from the title if none is given."""

    title: str
    variants: Sequence[NewVariant]
    handle: str = ""
    vendor: str = ""
    kind: str = ""
    html: str = ""
    image: str | None = None
    tags: Sequence[str] = field(default_factory=tuple)
    collections: Sequence[int] = field(default_factory=tuple)


def slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "product"


def new_product(store: Store, shop: Shop, wanted: NewProduct) -> Product:
    now = store.clock.now()
    product = Product(store.next_id(), wanted.title, _free_handle(shop, wanted), now, now, wanted.vendor, wanted.kind, wanted.html)
    product.image, product.tags, product.collections = wanted.image, list(wanted.tags), list(wanted.collections)
    for one in wanted.variants:
        variant = Variant(store.next_id(), product.id, store.next_id(), one.title, one.price, one.sku, one.compare_at, one.cost, one.stock)
        variant.tracked, variant.item_updated_at = one.tracked, now
        product.variants.append(variant)
        shop.variants[variant.id] = variant
        shop.items[variant.inventory_item_id] = variant.id
    shop.products[product.id] = product
    gather(shop, product)
    shop.handles[product.handle] = product.id
    shop.changed_products.add(now, product.id)
    store.tell(shop, "products/create", product_payload(shop, product, store.settings.origin))
    return product


def _free_handle(shop: Shop, wanted: NewProduct) -> str:
    base = wanted.handle or slug(wanted.title)
    handle, count = base, 0
    while handle in shop.handles:
        count += 1
        handle = f"{base}-{count}"
    return handle


def product_changed(store: Store, shop: Shop, product: Product) -> None:
    """Call after changing a product's or variant's fields."""
    before, product.updated_at = product.updated_at, store.clock.now()
    shop.changed_products.move(before, product.updated_at, product.id)
    gather(shop, product)
    store.tell(shop, "products/update", product_payload(shop, product, store.settings.origin))


def set_cost(store: Store, shop: Shop, variant: Variant, cost: int | None) -> None:
    variant.cost, variant.item_updated_at = cost, store.clock.now()
    store.tell(shop, "inventory_items/update", inventory_item_payload(shop, variant, iso(variant.item_updated_at)))


def set_stock(store: Store, shop: Shop, variant: Variant, count: int) -> None:
    adjust_stock(store, shop, {variant.id: count - variant.stock})


def adjust_stock(store: Store, shop: Shop, changes: Mapping[int, int]) -> None:
    """``changes``: variant id to the difference. What is not tracked stays; an adjustment counts as an update of the product."""
    moved = [(shop.variants[id], by) for id, by in changes.items() if by and id in shop.variants and shop.variants[id].tracked]
    for variant, by in moved:
        variant.stock += by
        store.tell(shop, "inventory_levels/update", inventory_level_payload(shop, variant, iso(store.clock.now())))
    moved += [(shop.products[one].variants[0], 0) for one in restocked(shop, [variant.id for variant, _ in moved])]
    for product_id in dict.fromkeys(variant.product_id for variant, _ in moved):
        product_changed(store, shop, shop.products[product_id])


def delete_product(store: Store, shop: Shop, product: Product) -> None:
    del shop.products[product.id], shop.handles[product.handle]
    for variant in product.variants:
        del shop.variants[variant.id], shop.items[variant.inventory_item_id]
    shop.changed_products.remove(product.updated_at, product.id)
    store.tell(shop, "products/delete", product_delete_payload(product))


def new_customer(store: Store, shop: Shop, buyer: Buyer) -> Customer:
    now = store.clock.now()
    customer = Customer(store.next_id(), now, now, buyer.email, locale=buyer.locale, phone=buyer.phone)
    customer.first_name, customer.last_name = buyer.address.first_name or None, buyer.address.last_name or None
    customer.accepts_marketing = buyer.accepts_marketing
    customer.address = buyer.address if buyer.address.country_code else None
    shop.customers[customer.id] = customer
    if buyer.email:
        shop.customer_emails[buyer.email.strip().casefold()] = customer.id
    return customer


def customer_changed(store: Store, shop: Shop, customer: Customer) -> None:
    """Call after changing a customer's fields (not the email: ``change_email``)."""
    customer.updated_at = store.clock.now()
    store.tell(shop, "customers/update", customer_update_payload(shop, customer))


def tag_customer(store: Store, shop: Shop, customer: Customer, tags: Sequence[str]) -> None:
    """These are the customer's tags now. Their webhooks tell each change alone; customers/update does not tell tags."""
    before, now = {tag.casefold() for tag in customer.tags}, {tag.casefold() for tag in tags}
    added, removed = [tag for tag in tags if tag.casefold() not in before], [tag for tag in customer.tags if tag.casefold() not in now]
    if added or removed:
        customer.tags = [*(tag for tag in customer.tags if tag.casefold() in now), *added]
        customer_changed(store, shop, customer)
    for topic, changed in (("customer.tags_added", added), ("customer.tags_removed", removed)):
        if changed:
            store.tell(shop, topic, customer_tags_payload(customer, changed, store.clock.now()))


def change_email(store: Store, shop: Shop, customer: Customer, email: str) -> None:
    if customer.email:
        shop.customer_emails.pop(customer.email.strip().casefold(), None)
    customer.email = email
    shop.customer_emails[email.strip().casefold()] = customer.id
    customer_changed(store, shop, customer)


def delete_customer(store: Store, shop: Shop, customer: Customer) -> None:
    """Orders stay, without their customer."""
    for order_id in customer.orders:
        shop.orders[order_id].customer_id = None
    for account in customer.accounts:
        del shop.accounts[account.id]
    if customer.email:
        shop.customer_emails.pop(customer.email.strip().casefold(), None)
    del shop.customers[customer.id]
    store.tell(shop, "customers/delete", customer_delete_payload(customer))


def shop_changed(store: Store, shop: Shop) -> None:
    shop.updated_at = store.clock.now()
    store.tell(shop, "shop/update", shop_payload(shop))
