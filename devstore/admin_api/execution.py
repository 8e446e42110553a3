"""Executing a document against the shop's state."""

from typing import Any, cast

from graphql import ExecutionResult, GraphQLObjectType, GraphQLSchema, get_named_type
from graphql.execution import execute_sync

from devstore.admin_api.call import Call, Info, Node, Resolver, call_of
from devstore.admin_api.documents import Document
from devstore.admin_api.mutations import MUTATIONS
from devstore.admin_api.queries import QUERIES
from devstore.admin_api.schema import schema

_wired: list[GraphQLSchema] = []


def wired() -> GraphQLSchema:
    """The schema with the root resolvers attached."""
    if not _wired:
        made = schema()
        for root, resolvers in ((made.query_type, QUERIES), (made.mutation_type, MUTATIONS)):
            for name, resolve in resolvers.items():
                assert root is not None
                root.fields[name].resolve = _without_source(_mutation(resolve) if root is made.mutation_type else resolve)
        _wired.append(made)
    return _wired[0]


def _without_source(resolve: Resolver) -> Resolver:
    return lambda _source, info, **args: resolve(info, **args)


def _mutation(resolve: Resolver) -> Resolver:
    """A planned fault may refuse the mutation with user errors; adding codes in bulk refuses every second code instead."""

    def resolved(info: Info, **args: Any) -> Node:  # noqa: ANN401
        if call_of(info).user_errors and info.field_name != "discountRedeemCodeBulkAdd":
            return {"userErrors": [{"field": None, "message": "Refused on request", "code": _any_code(info), "extraInfo": None}]}
        return cast(Node, resolve(info, **args))

    return resolved


def _any_code(info: Info) -> str | None:
    """A code that the payload's error type knows: INTERNAL_ERROR or INVALID if it has them, else its first."""
    payload = cast(GraphQLObjectType, get_named_type(info.return_type))
    error = cast(GraphQLObjectType, get_named_type(payload.fields["userErrors"].type))
    if "code" not in error.fields:
        return None
    values = list(getattr(get_named_type(error.fields["code"].type), "values", {}))
    return next((one for one in ("INTERNAL_ERROR", "INVALID") if one in values), values[0] if values else None)


def run(document: Document, call: Call, variables: dict[str, Any], name: str | None) -> ExecutionResult:
    """The caller holds the lock."""
    assert document.node is not None
    return execute_sync(wired(), document.node, context_value=call, variable_values=variables, operation_name=name)
