"""Cut Shopify's published schemas, of the Admin API and of discount Functions, down to what devstore answers.

    python -m scripts.prune_schema            writes devstore/*/schema.graphql and devstore/admin_api/access.json
    python -m scripts.prune_schema --check    fails if they are not what it would write

The ``kept.graphql`` beside each says what stays: its fields, with all their arguments and everything these arguments take.
``access.json`` keeps the access scopes that the published schema asks for those fields and types."""

import argparse
import gzip
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_client_schema,
    get_named_type,
    lexicographic_sort_schema,
    parse,
    print_schema,
    validate,
    visit,
)

ROOT = Path(__file__).parent.parent
PUBLISHED = ROOT / "var" / "shopify-schemas"
ADMIN, FUNCTIONS = "admin_2026-10.json.gz", "functions_discount_2026-07.json.gz"
HOME, FUNCTIONS_HOME = ROOT / "devstore" / "admin_api", ROOT / "devstore" / "functions"


def published(name: str = ADMIN) -> tuple[GraphQLSchema, list[dict[str, Any]]]:
    """The whole schema, and its list of required scopes, which only the Admin API has."""
    with gzip.open(PUBLISHED / name, "rt") as file:
        document = json.load(file)
    return build_client_schema(document["data"], assume_valid=True), document.get("offline_scopes", {}).get("items", [])


@dataclass
class Kept:
    """Types that stay; of composite types only the named fields."""

    schema: GraphQLSchema
    fields: dict[str, set[str]] = field(default_factory=dict)
    inputs: set[str] = field(default_factory=set)

    def add_field(self, parent: GraphQLNamedType, name: str, found: GraphQLField) -> None:
        self.fields.setdefault(parent.name, set()).add(name)
        self.add_type(get_named_type(found.type))
        for argument in found.args.values():
            self.add_type(get_named_type(argument.type))

    def add_type(self, kind: GraphQLNamedType) -> None:
        if isinstance(kind, GraphQLInputObjectType):
            if kind.name in self.inputs:
                return
            self.inputs.add(kind.name)
            for part in kind.fields.values():
                self.add_type(get_named_type(part.type))
        elif isinstance(kind, GraphQLEnumType):
            self.inputs.add(kind.name)
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType):
            self.fields.setdefault(kind.name, set())
        else:
            self.inputs.add(kind.name)


class Collector(Visitor):
    """Notes every field that a document selects, and every type it names."""

    def __init__(self, info: TypeInfo, kept: Kept) -> None:
        super().__init__()
        self.info, self.kept = info, kept

    def enter_field(self, node: FieldNode, *_: Any) -> None:  # noqa: ANN401  (the visitor's own signature)
        parent, found = self.info.get_parent_type(), self.info.get_field_def()
        if parent is not None and found is not None and not node.name.value.startswith("__"):
            self.kept.add_field(parent, node.name.value, found)

    def enter_inline_fragment(self, *_: Any) -> None:  # noqa: ANN401
        kind = self.info.get_type()
        if kind is not None:
            self.kept.add_type(get_named_type(kind))


def collect(schema: GraphQLSchema, text: str) -> Kept:
    document = parse(text)
    problems = validate(schema, document)
    if problems:
        raise SystemExit("\n".join(str(problem) for problem in problems))
    kept, info = Kept(schema), TypeInfo(schema)
    visit(document, TypeInfoVisitor(info, Collector(info, kept)))
    _close(kept)
    return kept


def _close(kept: Kept) -> None:
    """An object keeps the kept fields of its interfaces too, until nothing more is added."""
    before = -1
    while before != sum(map(len, kept.fields.values())):
        before = sum(map(len, kept.fields.values()))
        for name in list(kept.fields):
            kind = kept.schema.type_map[name]
            if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
                continue
            for parent in kind.interfaces:
                for one in kept.fields.get(parent.name, set()) | _lone_field(parent, kept):
                    kept.add_field(kind, one, kind.fields[one])


def _lone_field(parent: GraphQLInterfaceType, kept: Kept) -> set[str]:
    """``Node`` stays whole wherever it is kept."""
    return set(parent.fields) if parent.name == "Node" and "Node" in kept.fields else set()


def pruned(schema: GraphQLSchema, kept: Kept) -> GraphQLSchema:
    """The schema, cut in place: the types that stay lose the fields that go."""
    for name, names in kept.fields.items():
        kind = schema.type_map[name]
        if isinstance(kind, GraphQLUnionType):
            kind.types = tuple(member for member in kind.types if member.name in kept.fields)
            continue
        kind = cast("GraphQLObjectType | GraphQLInterfaceType", kind)
        kind.fields = {one: kind.fields[one] for one in kind.fields if one in names}
        kind.interfaces = tuple(parent for parent in kind.interfaces if kept.fields.get(parent.name))
    types = [schema.type_map[name] for name in sorted({*kept.fields, *kept.inputs}) if _has_anything(schema.type_map[name])]
    query, mutation = schema.query_type, schema.mutation_type
    return GraphQLSchema(query, mutation, types=types, directives=schema.directives, assume_valid=True)


def _has_anything(kind: GraphQLNamedType) -> bool:
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        return bool(kind.fields)
    return True


def access(kept: Kept, items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """``Type`` or ``Type.field`` to the scopes of which one is needed, and the published words about it."""
    found = {}
    for item in items:
        name, part = item["typeName"], item.get("fieldName")
        if item["offlineScopes"] and name in kept.fields and (part is None or part in kept.fields[name]):
            found[f"{name}.{part}" if part else name] = {"scopes": item["offlineScopes"], "text": item["requiredAccess"]}
    return dict(sorted(found.items()))


def _strip(schema: GraphQLSchema) -> None:
    """Descriptions go: the published ones are long, and its editor shows them."""
    for kind in schema.type_map.values():
        kind.description = None
        for part in getattr(kind, "fields", {}).values():
            part.description = None
            for argument in getattr(part, "args", {}).values():
                argument.description = None
        for value in getattr(kind, "values", {}).values() if isinstance(kind, GraphQLEnumType) else ():
            value.description = None
    for directive in schema.directives:
        directive.description = None
        for argument in directive.args.values():
            argument.description = None


def build() -> dict[Path, str]:
    """The files and what belongs in them."""
    schema, items = published()
    kept = collect(schema, (HOME / "kept.graphql").read_text())
    scopes = f"{json.dumps(access(kept, items), indent=1)}\n"
    function, _ = published(FUNCTIONS)
    function_kept = collect(function, (FUNCTIONS_HOME / "kept.graphql").read_text())
    return {
        HOME / "schema.graphql": _printed(schema, kept),
        HOME / "access.json": scopes,
        FUNCTIONS_HOME / "schema.graphql": _printed(function, function_kept),
    }


def _printed(schema: GraphQLSchema, kept: Kept) -> str:
    small = pruned(schema, kept)
    _strip(small)
    return f"{print_schema(lexicographic_sort_schema(small))}\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    files = build()
    if parser.parse_args().check:
        stale = [file for file, text in files.items() if not file.exists() or file.read_text() != text]
        print(*(f"{file.relative_to(ROOT)} is not what prune_schema writes" for file in stale), sep="\n")
        return bool(stale)
    for file, text in files.items():
        file.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
