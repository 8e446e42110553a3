"""Shopify's published schema of discount Functions, cut to what devstore knows (scripts/prune_schema)."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

from graphql import GraphQLError, GraphQLInputType, GraphQLScalarType, GraphQLSchema, build_schema
from graphql.utilities import validate_input_value

LINES, DELIVERY = "cart.lines.discounts.generate.run", "cart.delivery-options.discounts.generate.run"
RESULTS = {LINES: "CartLinesDiscountsGenerateRunResult", DELIVERY: "CartDeliveryOptionsDiscountsGenerateRunResult"}
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@cache
def schema() -> GraphQLSchema:
    made = build_schema((Path(__file__).parent / "schema.graphql").read_text(), assume_valid=True)
    decimal = cast(GraphQLScalarType, made.type_map["Decimal"])
    decimal.coerce_input_value = decimal.parse_value = _decimal  # type: ignore[method-assign]  # as graphql-core does itself
    return made


def _decimal(value: object) -> object:
    if isinstance(value, bool) or not _DECIMAL.fullmatch(str(value)):
        raise GraphQLError(f"{value!r} is not a valid Decimal.")
    return value


def faults(target: str, said: object) -> list[str]:
    """What is wrong with a Function's output, in words; nothing if Shopify would take it."""
    found: list[str] = []

    def note(error: GraphQLError, path: list[str | int]) -> None:
        found.append(f"{'.'.join(map(str, path))}: {error.message}")

    validate_input_value(said, cast(GraphQLInputType, schema().type_map[RESULTS[target]]), note)
    return found or list(_ambiguous(cast(dict[str, Any], said)))


def _ambiguous(said: dict[str, Any]) -> Iterator[str]:
    """An operation, a target and a value name exactly one of their fields; the schema cannot say so."""
    for at, operation in enumerate(said["operations"]):
        if len(operation) != 1:
            yield f"operations.{at}: name exactly one operation"
            continue
        for candidate in next(iter(operation.values())).get("candidates", []):
            if len(candidate["value"]) != 1 or any(len(target) != 1 for target in candidate["targets"]):
                yield f"operations.{at}: a value and a target have exactly one kind"
