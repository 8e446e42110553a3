"""discounts/update and delete, bulk_operations/finish."""

from typing import Any

from devstore import gid
from devstore.clock import iso
from devstore.state.apps import BulkOperation
from devstore.state.discounts import Discount


def discount_payload(discount: Discount, status: str) -> dict[str, Any]:
    kind = "DiscountCodeNode" if discount.method == "code" else "DiscountAutomaticNode"
    return {
        "admin_graphql_api_id": gid.make(kind, discount.id),
        "title": discount.title,
        "status": status,
        "created_at": iso(discount.created_at),
        "updated_at": iso(discount.updated_at),
    }


def discount_delete_payload(discount: Discount, moment: str) -> dict[str, Any]:
    kind = "DiscountCodeNode" if discount.method == "code" else "DiscountAutomaticNode"
    return {"admin_graphql_api_id": gid.make(kind, discount.id), "deleted_at": moment}


def bulk_finish_payload(one: BulkOperation) -> dict[str, Any]:
    return {
        "admin_graphql_api_id": gid.make("BulkOperation", one.id),
        "completed_at": iso(one.completed_at) if one.completed_at else None,
        "created_at": iso(one.created_at),
        "error_code": one.error_code.lower() if one.error_code else None,
        "status": one.status.lower(),
        "type": "query",
    }
