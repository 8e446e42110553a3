"""The root fields of QueryRoot: name → resolver."""

from devstore.admin_api.call import Resolver, call_of
from devstore.admin_api.nodes import discounts, shops
from devstore.admin_api.nodes.customers import customer_node
from devstore.admin_api.nodes.markets import market_node
from devstore.admin_api.nodes.products import collection_node, product_node, variant_node
from devstore.admin_api.queries import many, one
from devstore.admin_api.schema import VERSION

QUERIES: dict[str, Resolver] = {
    "shop": lambda info: shops.shop_node(call_of(info)),
    "shopLocales": lambda info, published=False: shops.locales(call_of(info)),
    "currentAppInstallation": lambda info: shops.installation_node(call_of(info)),
    "appInstallation": lambda info, id=None: shops.installation_node(call_of(info)),
    "publicApiVersions": lambda info: [{"handle": VERSION, "displayName": f"{VERSION} (Latest)", "supported": True}],
    "webhookSubscriptions": many.subscriptions,
    "node": one.node,
    "nodes": one.nodes,
    "order": one.by_id("Order"),
    "orders": many.orders,
    "ordersCount": many.count_orders,
    "orderByIdentifier": one.identified_order,
    "product": one.by_id("Product"),
    "collection": one.by_id("Collection"),
    "collections": many.filtered("collections", many.COLLECTION_FIELDS, collection_node),
    "market": one.by_id("Market"),
    "markets": many.filtered("markets", many.MARKET_FIELDS, market_node),
    "products": many.filtered("products", many.PRODUCT_FIELDS, product_node),
    "productByIdentifier": one.identified_product,
    "productVariant": one.by_id("ProductVariant"),
    "productVariants": many.filtered("variants", many.VARIANT_FIELDS, variant_node),
    "inventoryItem": one.by_id("InventoryItem"),
    "inventoryItems": many.items,
    "customer": one.by_id("Customer"),
    "customers": many.filtered("customers", many.CUSTOMER_FIELDS, customer_node),
    "customerByIdentifier": one.identified_customer,
    "storeCreditAccount": one.by_id("StoreCreditAccount"),
    "codeDiscountNode": one.by_id("DiscountCodeNode", "DiscountNode"),
    "codeDiscountNodeByCode": one.by_code,
    "codeDiscountNodes": many.discount_list("code", discounts.code_node),
    "automaticDiscountNode": one.by_id("DiscountAutomaticNode", "DiscountNode"),
    "automaticDiscountNodes": many.discount_list("automatic", discounts.automatic_node),
    "discountNode": one.by_id("DiscountNode", "DiscountCodeNode", "DiscountAutomaticNode"),
    "discountNodes": many.discount_list(None, discounts.any_node),
    "discountRedeemCodeBulkCreation": one.by_id("DiscountRedeemCodeBulkCreation"),
    "discountCodesCount": lambda info, **_: {"count": len(call_of(info).shop.codes), "precision": "EXACT"},
    "job": one.by_id("Job"),
    "productOperation": one.product_operation,
    "publications": many.publications,
    "bulkOperation": one.by_id("BulkOperation"),
    "bulkOperations": many.operations,
}
