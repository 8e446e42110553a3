"""Lines, shipping lines, discount applications and taxes of an order."""

from devstore import gid
from devstore.admin_api.call import Node, bag, money
from devstore.currency import half_up
from devstore.state.orders import Allocation, Line, Order, ShippingLine
from devstore.state.presented import presented, presented_line, presented_shipping

_TYPES = {"discount_code": "DiscountCodeApplication", "automatic": "AutomaticDiscountApplication", "manual": "ManualDiscountApplication"}


def application_node(order: Order, index: int) -> Node:
    one = order.applications[index]
    percentage = {"__typename": "PricingPercentageValue", "percentage": one.value / 100}
    return {
        "__typename": _TYPES[one.kind],
        "index": index,
        "allocationMethod": one.allocation_method.upper(),
        "targetSelection": one.target_selection.upper(),
        "targetType": one.target_type.upper(),
        "value": percentage if one.value_type == "percentage" else money(one.value, order.currency),
        "code": one.code,
        "title": one.title,
    }


def line_node(order: Order, line: Line) -> Node:
    (total, left), (total_shown, left_shown) = (_worth(order, one) for one in (line, presented_line(order, line)))
    return {
        "__typename": "LineItem",
        "id": gid.make("LineItem", line.id),
        "title": line.title,
        "name": f"{line.title} - {line.variant_title}" if line.variant_title else line.title,
        "variantTitle": line.variant_title,
        "sku": line.sku,
        "vendor": line.vendor,
        "quantity": line.quantity,
        "currentQuantity": line.current_quantity,
        "refundableQuantity": line.current_quantity,
        "requiresShipping": line.requires_shipping,
        "taxable": line.taxable,
        "isGiftCard": False,
        "product": {"id": gid.make("Product", line.product_id)} if line.product_id else None,
        "variant": {"id": gid.make("ProductVariant", line.variant_id)} if line.variant_id else None,
        "lineItemGroup": _group(order, line),
        "customAttributes": [{"key": key, "value": value} for key, value in line.properties.items()],
        "originalUnitPriceSet": bag(order, line.price),
        "originalTotalSet": bag(order, total, total_shown),
        "discountedTotalSet": bag(order, left, left_shown),
        "discountedUnitPriceSet": bag(order, half_up(left, line.quantity), half_up(left_shown, line.quantity)),
        "totalDiscountSet": bag(order, total - left, total_shown - left_shown),
        "discountAllocations": lambda _info: _allocations(order, line.allocations),
        "taxLines": lambda _info: tax_nodes(order, line.tax, line),
    }


def _worth(order: Order, line: Line) -> tuple[int, int]:
    """Of a line before discounts, and after those that are its own."""
    across = sum(one.amount for one in line.allocations if order.applications[one.application].allocation_method == "across")
    return line.price * line.quantity, line.discounted + across


def _group(order: Order, line: Line) -> Node | None:
    group = next((one for one in order.groups if one.id == line.group_id), None)
    if group is None:
        return None
    return {
        "id": gid.make("LineItemGroup", group.id),
        "title": group.title,
        "quantity": group.quantity,
        "productId": gid.make("Product", group.product_id),
        "variantId": gid.make("ProductVariant", group.variant_id),
        "customAttributes": [{"key": key, "value": value} for key, value in group.properties.items()],
    }


def shipping_node(order: Order, line: ShippingLine) -> Node:
    return {
        "id": gid.make("ShippingLine", line.id),
        "title": line.title,
        "code": line.code,
        "source": "shopify",
        "isRemoved": False,
        "originalPriceSet": bag(order, line.price),
        "discountedPriceSet": bag(order, line.discounted, presented_shipping(order, line).discounted),
        "currentDiscountedPriceSet": bag(order, order.current_shipping, presented(order).current_shipping),
        "discountAllocations": lambda _info: _allocations(order, line.allocations),
        "taxLines": lambda _info: tax_nodes(order, line.tax, line),
    }


def _allocations(order: Order, parts: list[Allocation]) -> list[Node]:
    return [
        {"allocatedAmountSet": bag(order, one.amount, one.shown), "discountApplication": application_node(order, one.application)}
        for one in parts
    ]


def tax_nodes(order: Order, amount: int, line: Line | ShippingLine | None) -> list[Node]:
    """Rates are JSON numbers in the published schema."""
    if line is None or not amount:
        return []
    rate = line.tax_ppm / 1_000_000
    return [{"title": line.tax_title, "rate": rate, "ratePercentage": rate * 100, "priceSet": bag(order, amount)}]
