"""Shopify's scalars, as strict on input as there."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema, ValueNode, value_from_ast_untyped

from devstore import clock

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")


def _date_time(value: object) -> object:
    """An ISO 8601 date, with or without time and offset. Answers an aware UTC datetime."""
    if isinstance(value, str) and _DATE_TIME.fullmatch(value):
        try:
            return clock.read(value)
        except ValueError:
            pass
    raise GraphQLError(f"{value!r} is not a valid DateTime.")


def _decimal(value: object) -> Decimal:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal("nan")
        if number.is_finite():
            return number
    raise GraphQLError(f"{value!r} is not a valid Decimal.")


def _unsigned(value: object) -> int:
    text = str(value)
    if not isinstance(value, bool) and text.isdecimal() and int(text) < 2**64:
        return int(text)
    raise GraphQLError(f"{value!r} is not a valid UnsignedInt64.")


def _url(value: object) -> str:
    if isinstance(value, str) and re.match(r"https?://[^\s/]+", value):
        return value
    raise GraphQLError(f"{value!r} is not a valid URL.")


PARSERS: dict[str, Callable[[object], object]] = {
    "DateTime": _date_time,
    "Decimal": _decimal,
    "Money": _decimal,
    "UnsignedInt64": _unsigned,
    "URL": _url,
}


def teach(schema: GraphQLSchema) -> None:
    """Give the schema's custom scalars their parsers."""
    for name, parse in PARSERS.items():
        scalar = cast(GraphQLScalarType, schema.type_map[name])
        scalar.coerce_input_value = scalar.parse_value = parse  # type: ignore[method-assign,assignment]  # as graphql-core does itself
        scalar.coerce_input_literal = _literal(parse)


def _literal(parse: Callable[[object], object]) -> Callable[..., Any]:
    def read(node: ValueNode, *_: object) -> object:
        return parse(value_from_ast_untyped(node))

    return read
