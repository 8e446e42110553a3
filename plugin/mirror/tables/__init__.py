"""What the mirror keeps: orders with their lines and refunds, products with costs and stock."""

from plugin.mirror.tables.orders import (
    DeletedOrder,
    Order,
    OrderLine,
    Refund,
    is_unsettled,
    load,
    names,
    orders_of_customer,
    orders_of_person,
    row_of,
    shops_with_unsettled,
    unsettled,
    updated_at,
)
from plugin.mirror.tables.products import (
    Cost,
    Level,
    Product,
    Variant,
    product,
    products,
    search,
)

__all__ = [
    "Cost",
    "DeletedOrder",
    "Level",
    "Order",
    "OrderLine",
    "Product",
    "Refund",
    "Variant",
    "is_unsettled",
    "load",
    "names",
    "orders_of_customer",
    "orders_of_person",
    "product",
    "products",
    "row_of",
    "search",
    "shops_with_unsettled",
    "unsettled",
    "updated_at",
]
