"""Products, variants, inventory items."""

from typing import Any

from devstore import gid
from devstore.admin_api.call import Call, Node, money, money_text
from devstore.admin_api.nodes.shops import metafield_reader
from devstore.admin_api.paging import connection
from devstore.clock import zulu
from devstore.state.collecting import members
from devstore.state.products import Collection, Product, Variant


def product_node(call: Call, product: Product) -> Node:
    shop = call.shop
    prices = sorted(one.price for one in product.variants) or [0]
    own = gid.make("Product", product.id)
    return {
        "__typename": "Product",
        "id": own,
        "legacyResourceId": str(product.id),
        "title": product.title,
        "handle": product.handle,
        "status": product.status,
        "vendor": product.vendor,
        "productType": product.kind,
        "description": product.html.replace("<p>", "").replace("</p>", ""),
        "descriptionHtml": product.html,
        "tags": sorted(product.tags),
        "createdAt": zulu(product.created_at),
        "updatedAt": zulu(product.updated_at),
        "publishedAt": zulu(product.created_at) if product.on_sale else None,
        "onlineStoreUrl": f"https://{shop.domain}/products/{product.handle}",
        "totalInventory": sum(one.stock for one in product.variants),
        "hasVariantsThatRequiresComponents": bool(product.components),
        "featuredMedia": _media(call, product),
        "media": lambda _info, **args: connection(call, [product.id] if product.image else [], args, lambda _: _media(call, product) or {}),
        "variants": lambda _info, **args: _variants(call, product, args),
        "options": [{"id": gid.make("ProductOption", product.id), "name": "Title", "values": [one.title for one in product.variants]}],
        "priceRangeV2": {"minVariantPrice": money(prices[0], shop.currency), "maxVariantPrice": money(prices[-1], shop.currency)},
        "metafield": metafield_reader(own),
    }


def collection_node(call: Call, one: Collection) -> Node:
    products = call.shop.products
    return {
        "__typename": "Collection",
        "id": gid.make("Collection", one.id),
        "title": one.title,
        "handle": one.handle,
        "updatedAt": zulu(one.updated_at),
        "products": lambda _info, **args: connection(
            call, members(call.shop, one), args, lambda number: product_node(call, products[number])),
    }


def _media(call: Call, product: Product) -> Node | None:
    if product.image is None:
        return None
    address = product.image if "://" in product.image else f"{call.store.settings.origin}{product.image}"
    image = {"url": address, "altText": product.title, "width": 800, "height": 800}
    shown = {"id": gid.make("MediaImage", product.id + 2), "alt": product.title, "mediaContentType": "IMAGE"}
    return {"__typename": "MediaImage", **shown, "preview": {"image": image}, "image": image}


def _variants(call: Call, product: Product, args: dict[str, Any]) -> Node:
    by_id = {one.id: one for one in product.variants}
    return connection(call, list(by_id), args, lambda number: variant_node(call, by_id[number]))


def variant_node(call: Call, variant: Variant) -> Node:
    shop = call.shop
    product = shop.products[variant.product_id]
    return {
        "__typename": "ProductVariant",
        "id": gid.make("ProductVariant", variant.id),
        "legacyResourceId": str(variant.id),
        "title": variant.title,
        "displayName": f"{product.title} - {variant.title}",
        "sku": variant.sku,
        "barcode": variant.barcode,
        "price": money_text(variant.price, shop.currency),
        "compareAtPrice": None if variant.compare_at is None else money_text(variant.compare_at, shop.currency),
        "availableForSale": variant.stock > 0 or not variant.tracked,
        "inventoryQuantity": variant.stock,
        "position": 1 + product.variants.index(variant),
        "createdAt": zulu(product.created_at),
        "updatedAt": zulu(variant.updated_at or product.updated_at),
        "taxable": variant.taxable,
        "selectedOptions": [{"name": "Title", "value": variant.title}],
        "productVariantComponents": lambda _info, **args: _components(call, product, args),
        "product": lambda _info: product_node(call, product),
        "inventoryItem": lambda _info: item_node(call, variant),
    }


def _components(call: Call, product: Product, args: dict[str, Any]) -> Node:
    by_id = {one.variant_id: one for one in product.components}

    def node(number: int) -> Node:
        return {"id": gid.make("ProductVariantComponent", number), "quantity": by_id[number].quantity,
                "productVariant": variant_node(call, call.shop.variants[number])}  # fmt: skip

    return connection(call, [one for one in by_id if one in call.shop.variants], args, node)


def item_node(call: Call, variant: Variant) -> Node:
    product = call.shop.products[variant.product_id]
    return {
        "__typename": "InventoryItem",
        "id": gid.make("InventoryItem", variant.inventory_item_id),
        "legacyResourceId": str(variant.inventory_item_id),
        "sku": variant.sku,
        "tracked": variant.tracked,
        "requiresShipping": variant.requires_shipping,
        "createdAt": zulu(product.created_at),
        "updatedAt": zulu(variant.item_updated_at or product.created_at),
        "unitCost": None if variant.cost is None else money(variant.cost, call.shop.currency),
        "variant": lambda _info: variant_node(call, variant),
    }
