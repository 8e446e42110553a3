"""Collections: what the merchant puts together, and what gathers by itself. Products carry what they are in."""

from __future__ import annotations

from collections.abc import Collection as Several
from typing import TYPE_CHECKING

from devstore.payloads.products import collection_delete_payload, collection_payload
from devstore.state.products import Collection, Product
from devstore.state.shops import Shop

if TYPE_CHECKING:
    from devstore.state.store import Store


def new_collection(store: Store, shop: Shop, title: str, handle: str, *, tag: str | None = None) -> Collection:
    made = Collection(store.next_id(), title, handle, store.clock.now(), tag)
    shop.collections[made.id] = made
    for product in shop.products.values():
        gather(shop, product)
    store.tell(shop, "collections/create", collection_payload(made))
    return made


def collection_changed(store: Store, shop: Shop, one: Collection, products: Several[int] | None = None) -> None:
    """Told once, however many products were put in or taken out by hand; None: they stay."""
    one.updated_at = store.clock.now()
    for product in shop.products.values() if products is not None else ():
        kept = [other for other in product.collections if other != one.id]
        product.collections = [*kept, one.id] if product.id in (products or ()) else kept
    store.tell(shop, "collections/update", collection_payload(one))


def delete_collection(store: Store, shop: Shop, one: Collection) -> None:
    del shop.collections[one.id]
    for product in shop.products.values():
        product.collections = [other for other in product.collections if other != one.id]
    store.tell(shop, "collections/delete", collection_delete_payload(one))


def gather(shop: Shop, product: Product) -> None:
    """What gathers by itself follows the product, and nobody is told: Shopify does not either."""
    for one in shop.collections.values():
        if one.tag is not None:
            inside = one.tag.casefold() in {tag.casefold() for tag in product.tags}
            kept = [other for other in product.collections if other != one.id]
            product.collections = [*kept, one.id] if inside else kept


def members(shop: Shop, one: Collection) -> list[int]:
    return sorted(product.id for product in shop.products.values() if one.id in product.collections)
