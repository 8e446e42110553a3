"""Documents, read and validated once: what is wrong with them, what they are called, which scopes they need."""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    validate,
    visit,
)

from devstore.admin_api.schema import access, schema

MOST = 500
_CODES = (
    ("Cannot query field", "undefinedField"),
    ("Unknown argument", "argumentNotAccepted"),
    ("Unknown type", "undefinedType"),
    ("is required, but it was not provided", "missingRequiredArguments"),
    ("is not defined", "variableNotDefined"),
    ("is never used", "variableNotUsed"),
    ("must have a selection of subfields", "selectionMismatch"),
)


@dataclass(frozen=True, slots=True)
class Need:
    """One of ``scopes`` is needed for the field under ``path`` (response keys)."""

    path: tuple[str, ...]
    subject: str
    scopes: tuple[str, ...]
    text: str


@dataclass(slots=True)
class Document:
    """``errors`` are answered instead of executing."""

    node: DocumentNode | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation to run; None if it cannot be told."""
        found = [one for one in self.node.definitions if isinstance(one, OperationDefinitionNode)] if self.node else []
        if name is not None:
            found = [one for one in found if one.name and one.name.value == name]
        return found[0] if len(found) == 1 else None

    def names(self, name: str | None) -> set[str]:
        """What the call may be called: its operation and its root fields."""
        operation = self.operation(name)
        if operation is None:
            return set()
        roots = {one.name.value for one in operation.selection_set.selections if isinstance(one, FieldNode)}
        return roots | ({operation.name.value} if operation.name else set())


class Documents:
    """The last few hundred documents by their text."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Document] = OrderedDict()
        self._lock = Lock()

    def read(self, text: str) -> Document:
        with self._lock:
            found = self._known.get(text)
            if found is not None:
                self._known.move_to_end(text)
                return found
        made = _read(text)
        with self._lock:
            self._known[text] = made
            if len(self._known) > MOST:
                self._known.popitem(last=False)
        return made


def _read(text: str) -> Document:
    try:
        node = parse(text)
    except GraphQLError as error:
        return Document(errors=[_shown(error, "syntaxError")])
    problems = validate(schema(), node)
    if problems:
        return Document(node, [_shown(problem, _code(problem.message)) for problem in problems])
    collector = _Needs(TypeInfo(schema()))
    visit(node, TypeInfoVisitor(collector.info, collector))
    return Document(node, needs=list(collector.needs.values()))


def _shown(error: GraphQLError, code: str) -> dict[str, Any]:
    return {**error.formatted, "extensions": {"code": code}}


def _code(message: str) -> str:
    return next((code for part, code in _CODES if part in message), "invalid")


class _Needs(Visitor):
    """The scopes of every field and type that a document touches."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info
        self.path: list[str] = []
        self.needs: dict[str, Need] = {}

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.path.append(node.alias.value if node.alias else node.name.value)
        parent, found = self.info.get_parent_type(), self.info.get_type()
        if parent is not None:
            self._note(f"{parent.name}.{node.name.value}")
        if found is not None:
            self._note(get_named_type(found).name)

    def leave_field(self, *_: object) -> None:
        self.path.pop()

    def enter_inline_fragment(self, *_: object) -> None:
        found = self.info.get_type()
        if found is not None:
            self._note(get_named_type(found).name)

    def _note(self, subject: str) -> None:
        rule = access().get(subject)
        if rule is not None and subject not in self.needs:
            self.needs[subject] = Need(tuple(self.path), subject, tuple(rule["scopes"]), rule["text"])


def missing(document: Document, scopes: list[str]) -> list[dict[str, Any]]:
    """ACCESS_DENIED errors for what the token does not cover. ``write_x`` covers ``read_x``."""
    held = {*scopes, *(f"read_{scope.removeprefix('write_')}" for scope in scopes if scope.startswith("write_"))}
    return [_denied(need) for need in document.needs if not held.intersection(need.scopes)]


def _denied(need: Need) -> dict[str, Any]:
    name = need.subject.partition(".")[2] or need.path[-1]
    details = {"code": "ACCESS_DENIED", "documentation": "https://shopify.dev/api/usage/access-scopes", "requiredAccess": need.text}
    return {"message": f"Access denied for {name} field. Required access: {need.text}", "extensions": details, "path": list(need.path)}
