"""bulkOperationRunQuery and bulkOperationCancel; the reading itself happens in ``admin_api.bulk``."""

from datetime import timedelta

from graphql import FieldNode, OperationType

from devstore import gid
from devstore.admin_api.call import Info, Node, Resolver, call_of
from devstore.admin_api.documents import Documents, missing
from devstore.admin_api.mutations.problems import Problem, done, refused
from devstore.admin_api.nodes.bulk import operation_node
from devstore.clock import machine_now
from devstore.state.apps import BulkOperation

AT_ONCE = 5
_DOCUMENTS = Documents()


def _fault(query: str, scopes: list[str]) -> str | None:
    document = _DOCUMENTS.read(query)
    if document.errors:
        return "; ".join(str(error["message"]) for error in document.errors)
    operation = document.operation(None)
    if operation is None or operation.operation is not OperationType.QUERY:
        return "Bulk queries must contain exactly one query operation."
    roots = [one for one in operation.selection_set.selections if isinstance(one, FieldNode)]
    if len(roots) != 1:
        return "Bulk queries must contain exactly one top-level connection."
    denied = missing(document, scopes)
    return str(denied[0]["message"]) if denied else None


def _run(info: Info, query: str, groupObjects: bool = False) -> Node:
    call = call_of(info)
    fault = _fault(query, call.scopes)
    if fault is not None:
        return refused(Problem(["query"], fault, "INVALID"))
    running = [one for one in call.shop.bulk_operations.values() if one.status in ("CREATED", "RUNNING")]
    if len(running) >= AT_ONCE:
        message = f"A bulk query operation for this app and shop is already in progress: {gid.make('BulkOperation', running[0].id)}."
        return refused(Problem(None, message, "OPERATION_IN_PROGRESS"))
    due = machine_now() + timedelta(seconds=call.store.settings.bulk_seconds)
    one = BulkOperation(call.store.next_id(), query, call.store.clock.now(), due, group_objects=groupObjects)
    one.scopes = list(call.scopes)
    call.shop.bulk_operations[one.id] = one
    return done(bulkOperation=operation_node(call.store, call.shop, one))


def _cancel(info: Info, id: str) -> Node:
    call = call_of(info)
    one = call.shop.bulk_operations.get(gid.read(id, "BulkOperation") or 0)
    if one is None:
        return refused(Problem(["id"], "Bulk operation does not exist"))
    if one.status in ("CREATED", "RUNNING"):
        one.status = "CANCELED"
    return done(bulkOperation=operation_node(call.store, call.shop, one))


MUTATIONS: dict[str, Resolver] = {"bulkOperationRunQuery": _run, "bulkOperationCancel": _cancel}
