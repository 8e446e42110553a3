"""Products, variants, unit costs and stock as webhooks tell them. Prices are in the shop's currency, which the bodies do not name."""

from dataclasses import dataclass
from datetime import datetime

from plugin.money import Money
from plugin.shopify.payloads.reading import Fields, listed_tags, only_id, parse, refuse


@dataclass(frozen=True, slots=True)
class VariantTold:
    """``cost`` only where we asked for it ourselves: webhooks of products do not carry it."""

    id: str
    title: str
    sku: str | None
    price: Money
    compare_at: Money | None
    inventory_item_id: str | None
    stock: int | None
    has_cost: bool
    cost: Money | None


@dataclass(frozen=True, slots=True)
class ProductTold:
    id: str
    title: str
    handle: str
    status: str
    image: str | None
    updated_at: datetime
    variants: tuple[VariantTold, ...]
    kind: str
    vendor: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CollectionTold:
    """What is in it no webhook tells."""

    id: str
    title: str
    handle: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CostTold:
    inventory_item_id: str
    cost: Money | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class LevelTold:
    """``available`` None: not tracked at this place."""

    inventory_item_id: str
    location_id: str
    available: int | None
    updated_at: datetime


def product(raw: bytes, currency: str) -> ProductTold:
    """products/create, products/update."""
    fields = parse(raw)
    updated_at = fields.time("updated_at") or fields.time("created_at") or refuse("body.updated_at", "missing")
    return ProductTold(
        id=fields.own_id("Product"), title=fields.need_text("title"), handle=fields.text("handle") or "",
        status=_status(fields), image=_image(fields), updated_at=updated_at,
        variants=tuple(_variant(one, currency) for one in fields.children("variants")),
        kind=fields.text("product_type") or "", vendor=fields.text("vendor") or "", tags=listed_tags(fields))


def _status(fields: Fields) -> str:
    """Shopify's, or "unpublished": active, but not in the online store (``published_at`` is told and empty)."""
    status = (fields.text("status", longest=12) or "active").lower()
    is_hidden = "published_at" in fields.told and fields.time("published_at") is None
    return "unpublished" if status == "active" and is_hidden else status


def _image(fields: Fields) -> str | None:
    image = fields.child("image") or next(fields.children("images"), None)
    source = image.text("src", longest=1000) if image else None
    return source if source and source.startswith(("https://", "http://")) else None


def _variant(fields: Fields, currency: str) -> VariantTold:
    price = fields.need_money("price", currency)
    if price.amount < 0:
        refuse(fields.where, "a price below zero")
    return VariantTold(
        id=fields.own_id("ProductVariant"), title=fields.text("title") or "", sku=fields.text("sku"), price=price,
        compare_at=fields.money("compare_at_price", currency), inventory_item_id=fields.id("inventory_item_id", "InventoryItem"),
        stock=fields.whole("inventory_quantity", least=-10**9, most=10**9), has_cost="unit_cost" in fields.told,
        cost=fields.money("unit_cost", currency))


def deleted_product(raw: bytes) -> str:
    """products/delete: the id alone."""
    return only_id(parse(raw), "Product")


def collection(raw: bytes) -> CollectionTold:
    """collections/create, collections/update."""
    fields = parse(raw)
    return CollectionTold(fields.own_id("Collection"), fields.need_text("title"), fields.text("handle") or "",
                          fields.need_time("updated_at"))


def deleted_collection(raw: bytes) -> str:
    """collections/delete: the id alone."""
    return only_id(parse(raw), "Collection")


def deleted_discount(raw: bytes) -> str:
    """discounts/delete: the digits of a code or an automatic discount. An update's body has no ``deleted_at`` and is refused."""
    fields = parse(raw)
    fields.need_time("deleted_at")
    kind = "DiscountAutomaticNode" if "DiscountAutomaticNode" in (fields.text("admin_graphql_api_id") or "") else "DiscountCodeNode"
    return fields.own_id(kind)


def unit_cost(raw: bytes, currency: str) -> CostTold:
    """inventory_items/update."""
    fields = parse(raw)
    return CostTold(fields.own_id("InventoryItem"), fields.money("cost", currency), fields.need_time("updated_at"))


def level(raw: bytes) -> LevelTold:
    """inventory_levels/update."""
    fields = parse(raw)
    item = fields.id("inventory_item_id", "InventoryItem") or refuse("body.inventory_item_id", "missing")
    place = fields.id("location_id", "Location") or refuse("body.location_id", "missing")
    return LevelTold(item, place, fields.whole("available", least=-10**9, most=10**9), fields.need_time("updated_at"))
