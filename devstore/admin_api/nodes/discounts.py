"""Discounts, redeem codes, bulk creations, jobs."""

from typing import Any

from devstore import gid
from devstore.admin_api import search
from devstore.admin_api.call import Call, Node, money
from devstore.admin_api.nodes.shops import metafield_reader
from devstore.admin_api.paging import connection
from devstore.clock import zulu
from devstore.state.discounts import Bulk, Discount, RedeemCode

_CLASSES = {"order": "ORDER", "product": "PRODUCT", "shipping": "SHIPPING"}
_METHODS = {"code": "Code", "automatic": "Automatic"}
_KINDS = {"basic": "Basic", "free_shipping": "FreeShipping", "bxgy": "Bxgy", "app": "App"}


def discount_gid(discount: Discount) -> str:
    return gid.make("DiscountCodeNode" if discount.method == "code" else "DiscountAutomaticNode", discount.id)


def code_node(call: Call, discount: Discount) -> Node:
    shown = {"id": discount_gid(discount), "codeDiscount": lambda _info: discount_node(call, discount)}
    return {"__typename": "DiscountCodeNode", **shown, "metafield": metafield_reader(discount_gid(discount))}


def automatic_node(call: Call, discount: Discount) -> Node:
    shown = {"id": discount_gid(discount), "automaticDiscount": lambda _info: discount_node(call, discount)}
    return {"__typename": "DiscountAutomaticNode", **shown, "metafield": metafield_reader(discount_gid(discount))}


def any_node(call: Call, discount: Discount) -> Node:
    """``DiscountNode``: the same thing under a third name."""
    shown = {"id": gid.make("DiscountNode", discount.id), "discount": lambda _info: discount_node(call, discount)}
    return {"__typename": "DiscountNode", **shown, "metafield": metafield_reader(discount_gid(discount))}


def discount_node(call: Call, discount: Discount) -> Node:
    return {
        "__typename": f"Discount{_METHODS[discount.method]}{_KINDS[discount.kind]}",
        "discountId": discount_gid(discount),
        "title": discount.title,
        "status": discount.status(call.store.clock.now()),
        "summary": discount.summary,
        "shortSummary": discount.summary,
        "startsAt": zulu(discount.starts_at),
        "endsAt": zulu(discount.ends_at) if discount.ends_at else None,
        "createdAt": zulu(discount.created_at),
        "updatedAt": zulu(discount.updated_at),
        "usageLimit": discount.usage_limit,
        "asyncUsageCount": discount.used,
        "appliesOncePerCustomer": discount.once_per_customer,
        "discountClasses": [_CLASSES[one] for one in discount.classes or [discount.classification]],
        "appDiscountType": _app_type(call, discount) if discount.function else None,
        "tags": list(discount.tags),
        "combinesWith": {f"{name}Discounts": name in discount.combines for name in _CLASSES},
        "usesPerOrderLimit": discount.bxgy.uses_per_order if discount.bxgy else None,
        "codesCount": {"count": len(discount.codes), "precision": "EXACT"},
        "codes": lambda _info, **args: _codes(call, discount, args),
        "customerGets": {"value": _value(call, discount)},
        "minimumRequirement": _minimum(call, discount),
    }


def _value(call: Call, discount: Discount) -> Node:
    value = discount.value
    if value.amount is None:
        return {"__typename": "DiscountPercentage", "percentage": (value.basis_points or 0) / 10_000}
    return {"__typename": "DiscountAmount", "amount": money(value.amount, call.shop.currency), "appliesOnEachItem": value.each}


def _minimum(call: Call, discount: Discount) -> Node | None:
    if discount.minimum_subtotal is not None:
        least = money(discount.minimum_subtotal, call.shop.currency)
        return {"__typename": "DiscountMinimumSubtotal", "greaterThanOrEqualToSubtotal": least}
    if discount.minimum_quantity is not None:
        return {"__typename": "DiscountMinimumQuantity", "greaterThanOrEqualToQuantity": str(discount.minimum_quantity)}
    return None


def _app_type(call: Call, discount: Discount) -> Node:
    app = call.store.settings.app
    return {"title": discount.function, "functionId": discount.function, "appKey": app.client_id,
            "discountClasses": [_CLASSES[one] for one in discount.classes]}


def _codes(call: Call, discount: Discount, args: dict[str, Any]) -> Node:
    """``query: "code:ABC"`` finds one code without walking through all."""
    codes, ids = call.shop.codes, None
    terms = search.terms(args.get("query"))
    if terms:
        fields = {"code": lambda one: one.code, "times_used": lambda one: one.used, "id": lambda one: one.id}
        fits = search.keep(terms, fields)
        named = [call.shop.code(term.value) for term in terms if term.key == "code"]
        pool = [one.id for one in named if one and one.discount_id == discount.id] if named else list(discount.codes)
        ids = [number for number in pool if fits(codes[number])]
    shown = list(discount.codes) if ids is None else ids
    return connection(call, shown, args, lambda number: redeem_code_node(codes[number]))


def redeem_code_node(code: RedeemCode) -> Node:
    return {
        "id": gid.make("DiscountRedeemCode", code.id),
        "code": code.code,
        "asyncUsageCount": code.used,
        "createdBy": {"id": gid.make("App", 1)} if code.by_app else None,
    }


def bulk_node(call: Call, bulk: Bulk) -> Node:
    imported = sum(1 for _, number, _ in bulk.outcomes if number is not None)
    return {
        "__typename": "DiscountRedeemCodeBulkCreation",
        "id": gid.make("DiscountRedeemCodeBulkCreation", bulk.id),
        "done": bulk.done,
        "codesCount": len(bulk.codes),
        "importedCount": imported,
        "failedCount": len(bulk.outcomes) - imported,
        "createdAt": zulu(bulk.created_at),
        "codes": lambda _info, **args: connection(call, list(range(len(bulk.codes))), args, lambda at: _bulk_code(call, bulk, at)),
        "discountCode": lambda _info: code_node(call, call.shop.discounts[bulk.discount_id]),
    }


def _bulk_code(call: Call, bulk: Bulk, at: int) -> Node:
    if at >= len(bulk.outcomes):
        return {"code": bulk.codes[at], "errors": [], "discountRedeemCode": None}
    name, number, messages = bulk.outcomes[at]
    errors = [{"field": ["code"], "message": message, "code": "TAKEN" if "unique" in message else "INVALID"} for message in messages]
    found = call.shop.codes.get(number) if number is not None else None
    return {"code": name, "errors": errors, "discountRedeemCode": redeem_code_node(found) if found else None}
