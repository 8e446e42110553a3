"""A Function's input query, held to Shopify's limits: its size without comments, and its cost.

A leaf costs 1; a metafield 3 and a question about tags or collections 3, what is inside them nothing more; ``__typename`` nothing.
Source: Shopify's reference of Functions, "Input query limits"."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from graphql import DocumentNode, FieldNode, Visitor, VisitorAction, parse, validate, visit

from devstore.functions.schema import schema

MOST_BYTES, MOST_COST, MOST_LIST = 3_000, 30, 100
_DEAR = {"metafield": 3, "hasTags": 3, "hasAnyTag": 3, "inCollections": 3, "inAnyCollection": 3}


class Unfit(Exception):
    """Shopify would refuse this at deployment, or end the run."""


@dataclass(frozen=True)
class Query:
    """The text of an input query. ``document`` raises Unfit for what the schema or the limits do not allow."""

    text: str

    @cached_property
    def size(self) -> int:
        return len("\n".join(line.partition("#")[0] for line in self.text.splitlines()).encode())

    @cached_property
    def cost(self) -> int:
        counter = _Counter()
        visit(parse(self.text), counter)
        return counter.sum

    @cached_property
    def document(self) -> DocumentNode:
        document = parse(self.text)
        problems = validate(schema(), document)
        if problems:
            raise Unfit("\n".join(problem.message for problem in problems))
        if self.size > MOST_BYTES or self.cost > MOST_COST:
            raise Unfit(f"The query has {self.size} bytes of {MOST_BYTES} and costs {self.cost} of {MOST_COST}.")
        return document


def read(file: Path) -> Query:
    return Query(file.read_text())


def check_lists(variables: dict[str, Any]) -> None:
    """Raises Unfit for a list of more than 100 values."""
    for name, value in variables.items():
        if isinstance(value, list) and len(value) > MOST_LIST:
            raise Unfit(f"${name} has {len(value)} values; at most {MOST_LIST} are allowed.")


class _Counter(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.sum = 0

    def enter_field(self, node: FieldNode, *_: object) -> VisitorAction:
        name = node.name.value
        if name in _DEAR:
            self.sum += _DEAR[name]
            return self.SKIP
        if node.selection_set is None and name != "__typename":
            self.sum += 1
        return self.IDLE
