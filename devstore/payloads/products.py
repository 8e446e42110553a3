"""products/*, inventory_items/update, inventory_levels/update."""

from typing import Any

from devstore import gid
from devstore.clock import iso
from devstore.currency import text
from devstore.state.products import Collection, Product, Variant
from devstore.state.shops import Shop


def product_payload(shop: Shop, product: Product, origin: str) -> dict[str, Any]:
    """``origin``: where this store serves its own pictures from, since receivers get whole addresses."""
    picture = _image(product, origin)
    return {
        "id": product.id,
        "admin_graphql_api_id": gid.make("Product", product.id),
        "title": product.title,
        "handle": product.handle,
        "body_html": product.html,
        "vendor": product.vendor,
        "product_type": product.kind,
        "status": product.status.lower(),
        "tags": ", ".join(product.tags),
        "created_at": iso(product.created_at),
        "updated_at": iso(product.updated_at),
        "published_at": iso(product.created_at) if product.on_sale else None,
        "published_scope": "web",
        "template_suffix": None,
        "variants": [_variant(shop, product, at, one) for at, one in enumerate(product.variants, 1)],
        "options": [
            {"name": "Title", "id": product.id + 1, "product_id": product.id, "position": 1, "values": [v.title for v in product.variants]}
        ],
        "images": [picture] if picture else [],
        "image": picture,
        "media": [],
        "variant_gids": [
            {"admin_graphql_api_id": gid.make("ProductVariant", one.id), "updated_at": iso(one.updated_at or product.updated_at)}
            for one in product.variants
        ],
        "has_variants_that_requires_components": bool(product.components),
        "category": None,
    }


def _image(product: Product, origin: str) -> dict[str, Any] | None:
    if product.image is None:
        return None
    return {
        "id": product.id + 2,
        "product_id": product.id,
        "position": 1,
        "alt": product.title,
        "width": 800,
        "height": 800,
        "src": product.image if "://" in product.image else f"{origin}{product.image}",
        "created_at": iso(product.created_at),
        "updated_at": iso(product.updated_at),
        "variant_ids": [],
        "admin_graphql_api_id": gid.make("ProductImage", product.id + 2),
    }


def _variant(shop: Shop, product: Product, position: int, variant: Variant) -> dict[str, Any]:
    return {
        "id": variant.id,
        "admin_graphql_api_id": gid.make("ProductVariant", variant.id),
        "product_id": product.id,
        "inventory_item_id": variant.inventory_item_id,
        "title": variant.title,
        "option1": variant.title,
        "option2": None,
        "option3": None,
        "price": text(variant.price, shop.currency),
        "compare_at_price": None if variant.compare_at is None else text(variant.compare_at, shop.currency),
        "position": position,
        "sku": variant.sku,
        "barcode": variant.barcode,
        "taxable": variant.taxable,
        "inventory_policy": "deny",
        "inventory_quantity": variant.stock,
        "old_inventory_quantity": variant.stock,
        "image_id": None,
        "created_at": iso(product.created_at),
        "updated_at": iso(variant.updated_at or product.updated_at),
    }


def product_delete_payload(product: Product) -> dict[str, Any]:
    return {"id": product.id}


def inventory_item_payload(shop: Shop, variant: Variant, moment: str) -> dict[str, Any]:
    return {
        "id": variant.inventory_item_id,
        "admin_graphql_api_id": gid.make("InventoryItem", variant.inventory_item_id),
        "sku": variant.sku,
        "created_at": moment,
        "updated_at": moment,
        "requires_shipping": variant.requires_shipping,
        "cost": None if variant.cost is None else text(variant.cost, shop.currency),
        "country_code_of_origin": None,
        "province_code_of_origin": None,
        "harmonized_system_code": None,
        "tracked": variant.tracked,
        "country_harmonized_system_codes": [],
        "weight_value": 0.0,
        "weight_unit": "kg",
    }


def inventory_level_payload(shop: Shop, variant: Variant, moment: str) -> dict[str, Any]:
    level = f"{gid.make('InventoryLevel', shop.id + 1)}?inventory_item_id={variant.inventory_item_id}"
    return {
        "inventory_item_id": variant.inventory_item_id,
        "location_id": shop.id + 1,
        "available": variant.stock,
        "updated_at": moment,
        "admin_graphql_api_id": level,
    }


def collection_payload(one: Collection) -> dict[str, Any]:
    return {
        "id": one.id,
        "admin_graphql_api_id": gid.make("Collection", one.id),
        "handle": one.handle,
        "title": one.title,
        "updated_at": iso(one.updated_at),
        "body_html": "",
        "published_at": iso(one.updated_at),
        "sort_order": None,
        "template_suffix": None,
        "published_scope": "web",
    }


def collection_delete_payload(one: Collection) -> dict[str, Any]:
    return {"id": one.id, "published_scope": "web", "admin_graphql_api_id": gid.make("Collection", one.id)}
