"""Every operation is held against Shopify's published schema: it exists, is not deprecated, tells its errors, is used and permitted."""

import gzip
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    NoDeprecatedCustomRule,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_client_schema,
    get_named_type,
    parse,
    validate,
    visit,
)

from plugin.shopify import scopes, version
from tests.house.tree import ROOT, python_files

FOLDER = ROOT / "plugin" / "shopify" / "operations"
PUBLISHED = ROOT / "var" / "shopify-schemas" / f"admin_{version.ADMIN}.json.gz"
OPERATIONS = sorted(FOLDER.glob("*.graphql"))


@cache
def published() -> dict[str, Any]:
    assert PUBLISHED.exists(), f"{PUBLISHED} is missing: ./run setup fetches it"
    with gzip.open(PUBLISHED) as file:
        told: dict[str, Any] = json.load(file)
    return told


@cache
def schema() -> GraphQLSchema:
    return build_client_schema(published()["data"], assume_valid=True)


@cache
def readers() -> dict[str, tuple[str, ...]]:
    """Type, or Type.field, to the scopes of which one is enough."""
    return {".".join(filter(None, (item["typeName"], item.get("fieldName")))): tuple(item["offlineScopes"])
            for item in published()["offline_scopes"]["items"] if item["offlineScopes"]}


def test_there_are_operations() -> None:
    assert OPERATIONS


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_an_operation_is_what_shopify_publishes(path: Path) -> None:
    document = parse(path.read_text())
    assert not validate(schema(), document)
    assert not validate(schema(), document, [NoDeprecatedCustomRule]), "a deprecated field"
    assert len([one for one in document.definitions if isinstance(one, OperationDefinitionNode)]) == 1


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_a_mutation_asks_for_its_errors(path: Path) -> None:
    for definition in parse(path.read_text()).definitions:
        if isinstance(definition, OperationDefinitionNode) and definition.operation is OperationType.MUTATION:
            assert definition.selection_set.selections
            for field in definition.selection_set.selections:
                chosen = [one.name.value for one in field.selection_set.selections if hasattr(one, "name")]  # type: ignore[attr-defined]
                assert "userErrors" in chosen, f"{path.name}: {field.name.value}"  # type: ignore[attr-defined]


def test_every_operation_is_used() -> None:
    code = "\n".join(path.read_text() for path in python_files("plugin", "jobs"))
    assert not [path.name for path in OPERATIONS if not re.search(rf'"{path.stem}"', code)]


def test_no_operation_hides_in_a_string() -> None:
    hidden = re.compile(r'"{1,3}\s*(query|mutation)\s+\w*\s*[({$]')
    assert not [path.relative_to(ROOT) for path in python_files("plugin", "jobs") if hidden.search(path.read_text())]


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_we_ask_for_the_scopes_that_an_operation_needs(path: Path) -> None:
    asked = (*scopes.REQUIRED, *scopes.OPTIONAL)
    granted = set(asked) | {"read_" + scope.removeprefix("write_") for scope in asked if scope.startswith("write_")}
    assert not [f"{where} needs {' or '.join(enough)}" for where, enough in _needed(path) if not granted & set(enough)]


def _needed(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    info = TypeInfo(schema())
    met: list[str] = []

    class Meet(Visitor):
        def enter_field(self, *_: object) -> None:
            parent, kind = info.get_parent_type(), info.get_type()
            field = info.get_field_def()
            if isinstance(parent, GraphQLObjectType) and field:
                met.append(f"{parent.name}.{next(name for name, one in parent.fields.items() if one is field)}")
            if kind:
                met.append(get_named_type(kind).name)

    visit(parse(path.read_text()), TypeInfoVisitor(info, Meet()))
    yield from ((where, readers()[where]) for where in dict.fromkeys(met) if where in readers())
