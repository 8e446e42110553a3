"""Connections: ``first``/``after`` and ``last``/``before`` over a list of things that have an id, with opaque cursors."""

import base64
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from devstore.admin_api.call import Call, Node

MOST = 250


@dataclass(frozen=True, slots=True)
class Page:
    """The arguments of a connection."""

    first: int | None = None
    last: int | None = None
    after: str | None = None
    before: str | None = None
    reverse: bool = False

    @classmethod
    def of(cls, args: dict[str, Any]) -> "Page":
        return cls(args.get("first"), args.get("last"), args.get("after"), args.get("before"), bool(args.get("reverse")))

    def check(self) -> None:
        """Raises the errors that Shopify gives."""
        if self.first is None and self.last is None:
            raise GraphQLError("you must provide one of first or last", extensions={"code": "BAD_REQUEST"})
        if self.first is not None and self.last is not None:
            raise GraphQLError("providing both first and last is not supported", extensions={"code": "BAD_REQUEST"})
        count = self.first if self.first is not None else self.last
        if count is not None and not 1 <= count <= MOST:
            raise GraphQLError(f"first and last must be between 1 and {MOST}", extensions={"code": "BAD_REQUEST"})


def _cursor(number: int, value: str) -> str:
    return base64.urlsafe_b64encode(json.dumps({"last_id": number, "last_value": value}).encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[str, int]:
    try:
        read = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return str(read["last_value"]), int(read["last_id"])
    except (ValueError, KeyError, TypeError):
        raise GraphQLError("Invalid cursor for current pagination sort.", extensions={"code": "BAD_REQUEST"}) from None


@dataclass(frozen=True, slots=True)
class Listed:
    """Ids in ascending order of ``(value, id)``. ``value`` gives the text that a cursor remembers, so that a page goes on
    where it stopped even if the thing it stopped at has moved or gone."""

    ids: Sequence[int]
    node: Callable[[int], Node]
    value: Callable[[int], str] = lambda _: ""

    def key(self, number: int) -> tuple[str, int]:
        return self.value(number), number


def connection(call: Call, ids: Sequence[int], args: dict[str, Any], node: Callable[[int], Node]) -> Node:
    """Things sorted by their id."""
    return connected(call, Listed(ids, node), args)


def connected(call: Call, listed: Listed, args: dict[str, Any]) -> Node:
    """In a bulk operation everything is given, page sizes are ignored."""
    page = Page.of(args)
    if call.window is not None:
        return _connection(listed, listed.ids[::-1] if page.reverse else listed.ids, (False, False))
    page.check()
    low, high = _bounds(listed, page)
    inside = listed.ids[low:high]
    ordered = inside[::-1] if page.reverse else inside
    shown = ordered[: page.first] if page.first is not None else ordered[-(page.last or 0) :]
    left_before, left_after = low, len(listed.ids) - high
    if page.reverse:
        left_before, left_after = left_after, left_before
    hidden = len(ordered) - len(shown)
    more = (left_before > 0, left_after + hidden > 0) if page.first is not None else (left_before + hidden > 0, left_after > 0)
    return _connection(listed, shown, more)


def _bounds(listed: Listed, page: Page) -> tuple[int, int]:
    """The part of the ascending ids between the cursors."""
    low, high = 0, len(listed.ids)
    above, below = (page.before, page.after) if page.reverse else (page.after, page.before)
    if above is not None:
        low = bisect_right(listed.ids, _read_cursor(above), key=listed.key)
    if below is not None:
        high = bisect_left(listed.ids, _read_cursor(below), key=listed.key)
    return low, max(low, high)


def _connection(listed: Listed, shown: Sequence[int], more: tuple[bool, bool]) -> Node:
    """Nodes are made when asked for: by ``nodes`` or by ``edges``."""

    def cursor(number: int) -> str:
        return _cursor(number, listed.value(number))

    return {
        "nodes": lambda _info: [listed.node(number) for number in shown],
        "edges": lambda _info: [{"cursor": cursor(number), "node": listed.node(number)} for number in shown],
        "pageInfo": {
            "hasPreviousPage": more[0],
            "hasNextPage": more[1],
            "startCursor": cursor(shown[0]) if shown else None,
            "endCursor": cursor(shown[-1]) if shown else None,
        },
    }
