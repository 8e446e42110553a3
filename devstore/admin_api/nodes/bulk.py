"""Bulk operations."""

from devstore import gid
from devstore.admin_api.call import Node
from devstore.clock import zulu
from devstore.state.apps import BulkOperation
from devstore.state.shops import Shop
from devstore.state.store import Store


def operation_node(store: Store, shop: Shop, one: BulkOperation) -> Node:
    """The result's address is on devstore itself; an empty result has none, as at Shopify."""
    address = f"{store.settings.origin}/_shop/{shop.domain}/bulk/{one.file}" if one.file else None
    return {
        "__typename": "BulkOperation",
        "id": gid.make("BulkOperation", one.id),
        "status": one.status,
        "type": "QUERY",
        "errorCode": one.error_code,
        "objectCount": str(one.object_count),
        "rootObjectCount": str(one.root_count),
        "fileSize": str(one.file_size) if one.file else None,
        "url": address,
        "partialDataUrl": None,
        "createdAt": zulu(one.created_at),
        "completedAt": zulu(one.completed_at) if one.completed_at else None,
        "query": one.query,
    }
