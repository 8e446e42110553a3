"""Lines of an order, shipping lines, taxes."""

from typing import Any

from devstore import gid
from devstore.payloads.money import Purse
from devstore.state.orders import Allocation, Group, Line, Order, ShippingLine
from devstore.state.presented import presented, presented_shipping


def line_payload(line: Line, purse: Purse) -> dict[str, Any]:
    return {
        "id": line.id,
        "admin_graphql_api_id": gid.make("LineItem", line.id),
        "attributed_staffs": [],
        "current_quantity": line.current_quantity,
        "fulfillable_quantity": line.current_quantity,
        **_goods(line),
        **purse.pair("price", line.price),
        "properties": [{"name": name, "value": value} for name, value in line.properties.items()],
        "quantity": line.quantity,
        "sales_line_item_group_id": line.group_id,
        **purse.pair("total_discount", 0),
        "tax_lines": tax_lines(line.tax, line.tax_title, line.tax_ppm, purse) if line.taxable else [],
        "duties": [],
        "discount_allocations": allocations(line.allocations, purse),
    }


def group_payload(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "product_id": group.product_id,
        "variant_id": group.variant_id,
        "title": group.title,
        "quantity": group.quantity,
        "properties": [{"name": name, "value": value} for name, value in group.properties.items()],
    }


def _goods(line: Line) -> dict[str, Any]:
    return {
        "fulfillment_service": "manual",
        "fulfillment_status": None,
        "gift_card": False,
        "grams": 0,
        "name": f"{line.title} - {line.variant_title}" if line.variant_title else line.title,
        "title": line.title,
        "variant_title": line.variant_title,
        "variant_id": line.variant_id,
        "variant_inventory_management": "shopify",
        "product_id": line.product_id,
        "product_exists": line.product_id is not None,
        "requires_shipping": line.requires_shipping,
        "sku": line.sku,
        "taxable": line.taxable,
        "vendor": line.vendor,
    }


def shipping_payload(line: ShippingLine, purse: Purse, order: Order) -> dict[str, Any]:
    return {
        "id": line.id,
        "carrier_identifier": None,
        "code": line.code,
        "current_discounted_price_set": purse.set(order.current_shipping, presented(order).current_shipping),
        **purse.pair("discounted_price", line.discounted, presented_shipping(order, line).discounted),
        "is_removed": False,
        "phone": None,
        **purse.pair("price", line.price),
        "requested_fulfillment_service_id": None,
        "source": "shopify",
        "title": line.title,
        "tax_lines": tax_lines(line.tax, line.tax_title, line.tax_ppm, purse),
        "discount_allocations": allocations(line.allocations, purse),
    }


def allocations(parts: list[Allocation], purse: Purse) -> list[dict[str, Any]]:
    return [{"discount_application_index": one.application, **purse.pair("amount", one.amount, one.shown)} for one in parts]


def tax_lines(amount: int, title: str, ppm: int, purse: Purse) -> list[dict[str, Any]]:
    """One line: a shop has one rate here. ``rate`` is a JSON number, as at Shopify."""
    return [{"channel_liable": False, **purse.pair("price", amount), "rate": ppm / 1_000_000, "title": title}]
