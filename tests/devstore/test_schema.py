"""schema.graphql is a true part of what Shopify publishes, and holds all that the app asks."""

from pathlib import Path

import pytest
from graphql import GraphQLNamedType, build_schema, parse, validate

from devstore.admin_api.schema import schema
from scripts import prune_schema
from scripts.setup.schemas import schemas

OPERATIONS = sorted(Path("plugin/shopify/operations").glob("*.graphql"))


@pytest.fixture(scope="module", autouse=True)
def published() -> None:
    """The published schema, fetched once by the set-up step."""
    schemas()


def test_the_committed_files_are_what_the_script_writes() -> None:
    for file, text in prune_schema.build().items():
        assert file.read_text() == text, f"run python -m scripts.prune_schema: {file}"


def _shape(kind: GraphQLNamedType) -> dict[str, str]:
    """Everything about a type that a document can depend on."""
    shape = {}
    for name, field in getattr(kind, "fields", {}).items():
        shape[name] = str(field.type)
        for argument, given in getattr(field, "args", {}).items():
            shape[f"{name}({argument})"] = f"{given.type}"
    shape.update({name: "value" for name in getattr(kind, "values", {})})
    return shape


def test_every_type_is_part_of_the_published_one() -> None:
    whole, _ = prune_schema.published()
    ours = build_schema((prune_schema.HOME / "schema.graphql").read_text(), assume_valid=True)
    for name, kind in ours.type_map.items():
        assert type(kind) is type(whole.type_map[name]), name
        assert _shape(kind).items() <= _shape(whole.type_map[name]).items(), name
        if hasattr(kind, "is_one_of"):
            assert _shape(kind) == _shape(whole.type_map[name]) and kind.is_one_of == getattr(whole.type_map[name], "is_one_of", None), name


def test_kept_fields_keep_all_their_arguments() -> None:
    whole, _ = prune_schema.published()
    ours = build_schema((prune_schema.HOME / "schema.graphql").read_text(), assume_valid=True)
    for name, kind in ours.type_map.items():
        for field, definition in getattr(kind, "fields", {}).items():
            theirs = whole.type_map[name].fields[field]  # type: ignore[attr-defined]  # same kind of type, as tested above
            assert getattr(definition, "args", {}).keys() == getattr(theirs, "args", {}).keys(), f"{name}.{field}"


@pytest.mark.parametrize("file", OPERATIONS, ids=lambda file: file.stem)
def test_the_apps_operations_are_answered(file: Path) -> None:
    assert [str(problem) for problem in validate(schema(), parse(file.read_text()))] == []
