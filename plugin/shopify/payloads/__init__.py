"""Webhook bodies as typed values, and GraphQL nodes in the shape of webhook bodies.

The one place that knows Shopify's words for orders, refunds, products, customers. Whatever the bytes are, the answer is a
value or Refused("payload").
"""

from plugin.shopify.payloads.catalogue import (
    CollectionTold,
    CostTold,
    LevelTold,
    ProductTold,
    VariantTold,
    collection,
    deleted_collection,
    deleted_discount,
    deleted_product,
    level,
    product,
    unit_cost,
)
from plugin.shopify.payloads.disputes import DisputeTold, dispute, disputes_from_node
from plugin.shopify.payloads.nodes import cost_from_node, customer_from_node, order_from_node, product_from_node
from plugin.shopify.payloads.orders import (
    BuyerTold,
    DiscountTold,
    LineTold,
    OrderTold,
    deleted_order,
    edited,
    order,
)
from plugin.shopify.payloads.parties import (
    CustomerTold,
    RequestTold,
    ShopTold,
    TagsTold,
    customer,
    customer_redact,
    customer_tags,
    data_request,
    deleted_customer,
    shop,
    shop_redact,
)
from plugin.shopify.payloads.refunds import RefundLineTold, RefundTold, refund

__all__ = [
    "BuyerTold", "CollectionTold", "CostTold", "CustomerTold", "DiscountTold", "DisputeTold", "LevelTold", "LineTold", "OrderTold",
    "ProductTold", "RefundLineTold", "RefundTold", "RequestTold", "ShopTold", "TagsTold", "VariantTold", "collection", "cost_from_node",
    "customer", "customer_from_node", "customer_redact", "customer_tags", "data_request", "deleted_collection", "deleted_customer",
    "deleted_discount", "deleted_order", "deleted_product", "dispute", "disputes_from_node", "edited", "level", "order", "order_from_node",
    "product", "product_from_node", "refund", "shop", "shop_redact", "unit_cost",
]
