"""Calculated cost: objects 1, scalars 0, mutations 10, connections 2 and what they ask for. Before the call by the page sizes
asked for, after it by what came back."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    value_from_ast_untyped,
)

from devstore.admin_api.schema import schema

MUTATION, CONNECTION, MOST = 10, 2, 1000
PAGE = 10
_ASKED = object()


class Cost:
    """For one document with its variables."""

    def __init__(self, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.variables = variables
        self.fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}

    def requested(self, operation: OperationDefinitionNode) -> int:
        return self._operation(operation, _ASKED)

    def actual(self, operation: OperationDefinitionNode, data: Any) -> int:  # noqa: ANN401  (JSON)
        return self._operation(operation, data)

    def _operation(self, operation: OperationDefinitionNode, data: Any) -> int:  # noqa: ANN401
        mutation = operation.operation is OperationType.MUTATION
        root = schema().mutation_type if mutation else schema().query_type
        return max(1, self._selections(operation.selection_set, root, data) + (MUTATION if mutation else 0))

    def _selections(self, node: SelectionSetNode, parent: Any, data: Any, size: int | None = None) -> int:  # noqa: ANN401
        """Of several fragments on different types only the dearest can apply."""
        plain, typed = 0, 0
        for one in node.selections:
            if isinstance(one, FieldNode):
                plain += self._field(one, parent, data, size)
                continue
            body, kind = self._fragment(one)
            cost = self._selections(body, schema().type_map[kind] if kind else parent, data, size)
            if kind is None or kind == parent.name:
                plain += cost
            else:
                typed = max(typed, cost)
        return plain + typed

    def _fragment(self, node: Any) -> tuple[SelectionSetNode, str | None]:  # noqa: ANN401
        if isinstance(node, FragmentSpreadNode):
            node = self.fragments[node.name.value]
        assert isinstance(node, InlineFragmentNode | FragmentDefinitionNode)
        return node.selection_set, node.type_condition.name.value if node.type_condition else None

    def _field(self, node: FieldNode, parent: Any, data: Any, size: int | None) -> int:  # noqa: ANN401
        name = node.name.value
        if name.startswith("__") or node.selection_set is None or isinstance(parent, GraphQLUnionType):
            return 0
        field: GraphQLField = parent.fields[name]
        kind = get_named_type(field.type)
        if isinstance(kind, GraphQLScalarType | GraphQLEnumType):
            return 0
        found = _ASKED if data is _ASKED else (data or {}).get(node.alias.value if node.alias else name)
        if found is None:
            return 0
        return self._composite(node, field.type, kind, (found, size))

    def _composite(self, node: FieldNode, shape: GraphQLOutputType, kind: Any, given: tuple[Any, int | None]) -> int:  # noqa: ANN401
        found, size = given
        assert node.selection_set is not None
        if kind.name.endswith("Connection"):
            return CONNECTION + self._selections(node.selection_set, kind, found, self._page(node))
        own = 0 if kind.name in ("PageInfo", "UserError") or kind.name.endswith(("Edge", "Payload")) else 1
        if not _is_list(shape):
            return own + self._selections(node.selection_set, kind, found)
        if isinstance(found, Sequence):
            return sum(own + self._selections(node.selection_set, kind, item) for item in found if item is not None)
        in_page = size is not None and node.name.value in ("nodes", "edges")
        count = size if in_page and size is not None else self._items(node)
        return count * (own + self._selections(node.selection_set, kind, _ASKED))

    def _page(self, node: FieldNode) -> int:
        for name in ("first", "last"):
            value = self._argument(node, name)
            if isinstance(value, int):
                return value
        return PAGE

    def _items(self, node: FieldNode) -> int:
        """A plain list: ``first`` or the number of ids asked for; else one item, as errors and options are."""
        ids, first = self._argument(node, "ids"), self._argument(node, "first")
        return len(ids) if isinstance(ids, list) else first if isinstance(first, int) else 1

    def _argument(self, node: FieldNode, name: str) -> Any:  # noqa: ANN401
        for argument in node.arguments or ():
            if argument.name.value == name:
                value = argument.value
                return self.variables.get(value.name.value) if isinstance(value, VariableNode) else value_from_ast_untyped(value)
        return None


def _is_list(shape: GraphQLOutputType) -> bool:
    inner = shape.of_type if isinstance(shape, GraphQLNonNull) else shape
    return isinstance(inner, GraphQLList)
