"""Orders, products, customers and costs as GraphQL gives them, put into the shape of webhook bodies, so that one parser reads both.

The nodes are those of operations/order_read.graphql, product_read.graphql, the two bulk queries and what tells of changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Node = Mapping[str, Any]
_KINDS = {"DiscountCodeApplication": "discount_code", "AutomaticDiscountApplication": "automatic",
          "ScriptDiscountApplication": "script", "ManualDiscountApplication": "manual"}
_RISKS = ("HIGH", "PENDING", "MEDIUM", "LOW", "NONE")


def nodes(connection: Node | Sequence[Node] | None) -> list[Node]:
    """The nodes of a connection, of a plain list, or of nothing."""
    if connection is None:
        return []
    return list(connection) if isinstance(connection, Sequence) else list(connection.get("nodes") or ())


def order_from_node(node: Node) -> dict[str, Any]:
    """An Order node as the body of orders/updated."""
    lines, shipping = nodes(node.get("lineItems")), nodes(node.get("shippingLines"))
    customer, address, journey = node.get("customer"), node.get("shippingAddress") or node.get("billingAddress"), node.get("journey")
    return {
        "admin_graphql_api_id": node["id"], "name": node.get("name"), "created_at": node["createdAt"], "updated_at": node["updatedAt"],
        "cancelled_at": node.get("cancelledAt"), "currency": node["currencyCode"], "test": node.get("test"),
        "financial_status": (node.get("displayFinancialStatus") or "PENDING").lower(),
        "email": node.get("email"), "customer_locale": node.get("customerLocale"), "browser_ip": node.get("clientIp"),
        "customer": customer and {"admin_graphql_api_id": customer["id"], "first_name": customer.get("firstName")},
        "discount_codes": [{"code": code} for code in node.get("discountCodes") or ()],
        "discount_applications": _applications([*lines, *shipping]),
        "note_attributes": [{"name": one["key"], "value": one.get("value")} for one in node.get("customAttributes") or ()],
        "note": node.get("note"), "landing_site": _landing(journey), "risk_level": _risk(node.get("risk") or {}),
        "payment_gateway_names": node.get("paymentGatewayNames"),
        "shipping_address": address and _address(address), "order_status_url": node.get("statusPageUrl"),
        "line_items": [_line(line) for line in lines], "line_item_groups": _groups(lines),
        "shipping_lines": [_shipping_line(line) for line in shipping],
        "refunds": [_refund(refund) for refund in node.get("refunds") or ()],
    }


def _risk(told: Node) -> str | None:
    """The gravest of the assessments."""
    levels = {one.get("riskLevel") for one in told.get("assessments") or ()}
    return next((level for level in _RISKS if level in levels), None)


def _landing(journey: Node | None) -> str | None:
    visit = (journey or {}).get("firstVisit")
    return visit.get("landingPage") if visit else None


def _address(address: Node) -> dict[str, Any]:
    return {"address1": address.get("address1"), "address2": address.get("address2"), "zip": address.get("zip"),
            "country_code": address.get("countryCodeV2")}


def _applications(lines: Iterable[Node]) -> list[dict[str, Any]]:
    """By index, as webhooks list them; an index that no allocation names is an empty place."""
    found = {one["discountApplication"]["index"]: one["discountApplication"] for line in lines for one in _allocations(line)}
    return [_application(found.get(index) or {}) for index in range(max(found, default=-1) + 1)]


def _application(told: Node) -> dict[str, Any]:
    return {"type": _KINDS.get(told.get("__typename", ""), "manual"), "code": told.get("code"), "title": told.get("title")}


def _allocations(line: Node) -> list[Node]:
    return list(line.get("discountAllocations") or ())


def _allocated(line: Node) -> list[dict[str, Any]]:
    return [{"amount_set": _money(one["allocatedAmountSet"]), "discount_application_index": one["discountApplication"]["index"]}
            for one in _allocations(line)]


def _money(both: Node) -> dict[str, Any]:
    money = both["shopMoney"]
    return {"shop_money": {"amount": money["amount"], "currency_code": money["currencyCode"]}}


def _line(line: Node) -> dict[str, Any]:
    product, variant = line.get("product"), line.get("variant")
    return {"admin_graphql_api_id": line["id"], "product_id": product and product["id"], "variant_id": variant and variant["id"],
            "title": line.get("title"), "quantity": line["quantity"], "current_quantity": line.get("currentQuantity"),
            "properties": _properties(line), "sales_line_item_group_id": (line.get("lineItemGroup") or {}).get("id"),
            "price_set": _money(line["originalUnitPriceSet"]), "discount_allocations": _allocated(line)}


def _properties(line: Node) -> list[dict[str, Any]]:
    return [{"name": one["key"], "value": one.get("value")} for one in line.get("customAttributes") or ()]


def _groups(lines: Iterable[Node]) -> list[dict[str, Any]]:
    """Each bundle once, though each of its lines names it."""
    found = {line["lineItemGroup"]["id"]: line["lineItemGroup"] for line in lines if line.get("lineItemGroup")}
    return [{"id": id_, "admin_graphql_api_id": id_, "product_id": one.get("productId"), "properties": _properties(one)}
            for id_, one in found.items()]


def _shipping_line(line: Node) -> dict[str, Any]:
    return {"price_set": _money(line["originalPriceSet"]), "is_removed": line.get("isRemoved"), "discount_allocations": _allocated(line)}


def _refund(refund: Node) -> dict[str, Any]:
    return {
        "admin_graphql_api_id": refund["id"], "created_at": refund["createdAt"],
        "refund_line_items": [
            {"line_item_id": one["lineItem"]["id"], "quantity": one["quantity"], "subtotal_set": _money(one["subtotalSet"])}
            for one in nodes(refund.get("refundLineItems"))],
        "order_adjustments": [
            {"kind": "refund_discrepancy", "amount_set": _money(one["amountSet"])}
            for one in nodes(refund.get("orderAdjustments"))],
    }


def product_from_node(node: Node) -> dict[str, Any]:
    """A Product node as the body of products/update, with unit costs besides (``unit_cost``)."""
    media = (node.get("featuredMedia") or {}).get("preview") or {}
    image = media.get("image")
    return {
        "admin_graphql_api_id": node["id"], "title": node["title"], "handle": node.get("handle"),
        "status": (node.get("status") or "ACTIVE").lower(), "updated_at": node["updatedAt"], "published_at": node["publishedAt"],
        "product_type": node.get("productType"), "vendor": node.get("vendor"), "tags": ", ".join(node.get("tags") or ()),
        "image": image and {"src": image["url"]}, "variants": [_variant(variant) for variant in nodes(node.get("variants"))]}


def _variant(variant: Node) -> dict[str, Any]:
    item = variant.get("inventoryItem") or {}
    return {"admin_graphql_api_id": variant["id"], "title": variant.get("title"), "sku": variant.get("sku"), "price": variant["price"],
            "compare_at_price": variant.get("compareAtPrice"), "inventory_item_id": item.get("id"),
            "inventory_quantity": variant.get("inventoryQuantity"), "unit_cost": (item.get("unitCost") or {}).get("amount")}


def customer_from_node(node: Node) -> dict[str, Any]:
    """A Customer node as the body of customers/update."""
    return {"admin_graphql_api_id": node["id"], "updated_at": node["updatedAt"], "first_name": node.get("firstName"),
            "locale": node.get("locale"), "email": (node.get("defaultEmailAddress") or {}).get("emailAddress"),
            "tags": ", ".join(node.get("tags") or ())}


def cost_from_node(node: Node) -> dict[str, Any]:
    """An InventoryItem node as the body of inventory_items/update."""
    return {"admin_graphql_api_id": node["id"], "updated_at": node["updatedAt"], "cost": (node.get("unitCost") or {}).get("amount")}
