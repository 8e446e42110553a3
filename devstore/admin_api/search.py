"""The search syntax of ``query:`` arguments, as much of it as devstore knows: ``key:value``, ``key:>=value``, AND, quotes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql import GraphQLError

from devstore import clock

_TERM = re.compile(r"""\s*(?P<key>[a-z_]+):(?P<op>>=|<=|>|<|)(?P<value>'[^']*'|"[^"]*"|[^\s()]+)\s*(?:AND\b\s*)?""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    key: str
    op: str
    value: str

    @property
    def moment(self) -> datetime:
        try:
            return clock.read(self.value)
        except ValueError:
            raise _unknown(f"{self.value} is not a date") from None


def _unknown(message: str) -> GraphQLError:
    return GraphQLError(f"devstore cannot search so: {message}.", extensions={"code": "BAD_REQUEST"})


def terms(query: str | None) -> list[Term]:
    """Raises for what it cannot read: a search that is silently ignored would hide a mistake."""
    found, at = [], 0
    text = (query or "").strip()
    while at < len(text):
        match = _TERM.match(text, at)
        if match is None:
            raise _unknown(text[at:])
        found.append(Term(match["key"].lower(), match["op"], match["value"].strip("'\"")))
        at = match.end()
    return found


def matches(term: Term, value: Any) -> bool:  # noqa: ANN401  (datetime, int, str, list or None)
    """Does a field's value satisfy the term? Texts compare without case; a list matches if one of its values does."""
    if isinstance(value, list):
        return any(matches(term, one) for one in value)
    if value is None:
        return False
    if isinstance(value, datetime):
        return _compare(term.op, value, term.moment)
    if isinstance(value, int):
        return term.value.lstrip("-").isdecimal() and _compare(term.op, value, int(term.value))
    return str(value).casefold() == term.value.casefold()


def _compare(op: str, left: Any, right: Any) -> bool:  # noqa: ANN401
    return bool({"": left == right, ">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[op])


def keep(query: list[Term], fields: Mapping[str, Callable[[Any], Any]]) -> Callable[[Any], bool]:
    """A filter over things; ``fields`` says how to read each known key. ``status:any`` matches everything."""
    for term in query:
        if term.key not in fields:
            raise _unknown(f"{term.key} is not one of {', '.join(sorted(fields))}")
    wanted = [term for term in query if (term.key, term.value) != ("status", "any")]
    return lambda thing: all(matches(term, fields[term.key](thing)) for term in wanted)
