"""Products that are bundles: their stock, their making in the background, and what an order makes of them.

A bundle's price is its own; there are as many of it as the scarcest component allows; an order has a line for each component, and the
lines share the bundle's price by what the components cost by themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from devstore.currency import split
from devstore.payloads.products import product_payload
from devstore.pricing.values import PricedLine
from devstore.state.orders import Allocation
from devstore.state.products import Bundling, Component, Product, Variant
from devstore.state.shops import Shop

if TYPE_CHECKING:
    from devstore.state.store import Store

NOT_COUNTED = 1_000_000


def taken_apart(shop: Shop, line: PricedLine) -> list[PricedLine]:
    """The components' lines. Together they cost what the bundle costs, with its discounts and its tax."""
    parts = list(_priced(shop, line))
    weights = [part.subtotal for part in parts]
    for part in parts:
        part.requires_shipping, part.taxable = line.requires_shipping, line.taxable
    for part, tax in zip(parts, split(line.tax, weights), strict=True):
        part.tax = tax
    for taken in line.allocations:
        shown = split(taken.shown or 0, weights)
        for part, amount, seen in zip(parts, split(taken.amount, weights), shown, strict=True):
            part.allocations.append(Allocation(taken.application, amount, None if taken.shown is None else seen))
    return parts


def _priced(shop: Shop, line: PricedLine) -> Iterable[PricedLine]:
    """Units of one component that cannot all cost the same are two lines, a minor unit apart."""
    inside = [(one, shop.variants[one.variant_id]) for one in shop.products[line.product_id].components if one.variant_id in shop.variants]
    prices = split(line.price, [variant.price * one.quantity or one.quantity for one, variant in inside])
    for (one, variant), whole in zip(inside, prices, strict=True):
        price, dearer = divmod(whole, one.quantity)
        for count, unit in ((dearer, price + 1), (one.quantity - dearer, price)):
            if count:
                yield PricedLine(line.key, variant.product_id, variant.id, unit, count * line.quantity)


def left(shop: Shop, components: Iterable[Component]) -> int:
    """As many bundles as the scarcest component allows."""
    found = [(shop.variants[one.variant_id], one.quantity) for one in components if one.variant_id in shop.variants]
    return min((max(0, variant.stock) // count for variant, count in found if variant.tracked), default=NOT_COUNTED)


def restocked(shop: Shop, variant_ids: Collection[int]) -> list[int]:
    """Sets the stock of the bundles that have these variants inside. Returns the products whose stock is another now."""
    changed = []
    for product in shop.products.values():
        if any(one.variant_id in variant_ids for one in product.components):
            before, product.variants[0].stock = product.variants[0].stock, left(shop, product.components)
            changed += [product.id] if before != product.variants[0].stock else []
    return changed


def finish_bundling(store: Store, shop: Shop, work: Bundling) -> None:
    """What was asked for in the background is done; a component that went away meanwhile is a fault of the work."""
    work.done = True
    if any(one.variant_id not in shop.variants for one in work.components or []):
        work.fault = "PRODUCT_DOES_NOT_EXIST"
        return
    product = shop.products.get(work.product_id) if work.product_id else None
    if product is None:
        work.product_id = _make(store, shop, work).id
        return
    product.title = work.title or product.title
    product.components = work.components if work.components is not None else product.components
    product.variants[0].stock = left(shop, product.components)
    before, product.updated_at = product.updated_at, store.clock.now()
    shop.changed_products.move(before, product.updated_at, product.id)
    store.tell(shop, "products/update", product_payload(shop, product, store.settings.origin))


def _make(store: Store, shop: Shop, work: Bundling) -> Product:
    """Not in the online store, and at what its components cost, until somebody says otherwise."""
    now, title = store.clock.now(), work.title or "Bundle"
    product = Product(store.next_id(), title, _free(shop, title), now, now, components=list(work.components or []), published=False)
    price = sum(shop.variants[one.variant_id].price * one.quantity for one in product.components)
    variant = Variant(store.next_id(), product.id, store.next_id(), "Default Title", price, stock=left(shop, product.components))
    product.variants.append(replace(variant, item_updated_at=now))
    shop.products[product.id], shop.handles[product.handle] = product, product.id
    shop.variants[variant.id], shop.items[variant.inventory_item_id] = product.variants[0], variant.id
    shop.changed_products.add(now, product.id)
    store.tell(shop, "products/create", product_payload(shop, product, store.settings.origin))
    return product


def _free(shop: Shop, title: str) -> str:
    base = "-".join("".join(one if one.isascii() and one.isalnum() else " " for one in title.lower()).split()) or "bundle"
    return next(name for at in range(len(shop.handles) + 1) if (name := f"{base}-{at}" if at else base) not in shop.handles)
