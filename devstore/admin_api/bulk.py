"""Reading a bulk operation: the root connection in windows, each under the lock for a moment, flattened to JSON lines."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import ExecutionResult, GraphQLError

from devstore.admin_api.call import Call
from devstore.admin_api.documents import Documents
from devstore.admin_api.execution import run
from devstore.clock import machine_now
from devstore.payloads.discounts import bulk_finish_payload
from devstore.state.apps import BulkOperation
from devstore.state.shops import Shop
from devstore.state.store import Store

WINDOW = 100
_DOCUMENTS = Documents()


def run_due(store: Store, folder: Path) -> None:
    """Read the operations that are due, one after another."""
    now = machine_now()
    for shop in list(store.shops.values()):
        for one in list(shop.bulk_operations.values()):
            if one.status == "CREATED" and one.ready_at <= now:
                _read(store, shop, one, folder)


def _read(store: Store, shop: Shop, one: BulkOperation, folder: Path) -> None:
    one.status = "RUNNING"
    name = f"bulk-{one.id}-{secrets.token_hex(8)}.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    try:
        with file.open("w") as out:
            for line, root in _lines(store, shop, one):
                out.write(json.dumps(line, separators=(",", ":"), ensure_ascii=False))
                out.write("\n")
                one.object_count += 1
                one.root_count += root
    except GraphQLError:
        one.error_code = "INTERNAL_SERVER_ERROR"
    _finish(store, shop, one, file)


def _finish(store: Store, shop: Shop, one: BulkOperation, file: Path) -> None:
    with store.action():
        one.completed_at = store.clock.now()
        if one.status == "CANCELED":
            return
        one.status = "FAILED" if one.error_code else "COMPLETED"
        if one.object_count and not one.error_code:
            one.file, one.file_size = file.name, file.stat().st_size
        store.tell(shop, "bulk_operations/finish", bulk_finish_payload(one))


def _lines(store: Store, shop: Shop, one: BulkOperation) -> Iterator[tuple[dict[str, Any], bool]]:
    """Objects in order: a root, then what hangs on it. The flag says which are roots."""
    document, start = _DOCUMENTS.read(one.query), 0
    while one.status == "RUNNING":
        call = Call(store, shop, one.scopes, window=(start, start + WINDOW))
        with store.lock:
            result = run(document, call, {}, None)
        nodes = _roots(result)
        if not nodes:
            return
        for node in nodes:
            for at, line in enumerate(_flatten(node, None)):
                yield line, at == 0
        start += WINDOW


def _roots(result: ExecutionResult) -> list[dict[str, Any]]:
    if result.errors:
        raise result.errors[0]
    (connection,) = (result.data or {}).values()
    return _members(connection) or []


def _members(value: Any) -> list[dict[str, Any]] | None:  # noqa: ANN401  (JSON)
    """The nodes if this is a connection."""
    if isinstance(value, dict) and "nodes" in value and isinstance(value["nodes"], list):
        return list(value["nodes"])
    if isinstance(value, dict) and "edges" in value and isinstance(value["edges"], list):
        return [edge["node"] for edge in value["edges"]]
    return None


def _flatten(node: dict[str, Any], parent: str | None) -> Iterator[dict[str, Any]]:
    """The node without its connections, then their nodes with ``__parentId``."""
    children = {name: found for name, value in node.items() if (found := _members(value)) is not None}
    own = {name: value for name, value in node.items() if name not in children}
    yield {**own, "__parentId": parent} if parent is not None else own
    for members in children.values():
        for member in members:
            yield from _flatten(member, str(node.get("id")))
