"""Reading what strangers send, strictly."""

import ipaddress
import json
from typing import Any, NoReturn

from flask import Request

from plugin.errors import Refused

DEEPEST = 20


def json_object(request: Request) -> dict[str, Any]:
    """The body as an object; an empty body is an empty one. Raises Refused("input") for what a database could not keep.

    Refused: NaN and Infinity, repeated keys, NUL and lone surrogates in texts, integers beyond 64 bits, more than 20 levels.
    """
    raw = request.get_data()
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Refused("input", "The request is not valid JSON.") from error
    if not isinstance(body, dict) or not _storable(body, DEEPEST):
        raise Refused("input", "The request is not what was expected.")
    return body


def yes_or_no(given: object) -> bool:
    """A JSON true or false. Raises Refused("input") for anything else, also for what merely looks like one."""
    if not isinstance(given, bool):
        raise Refused("input", "Say true or false.")
    return given


def client_address(request: Request) -> str | None:
    """The visitor's IP address as our trusted proxies tell it, in its one spelling; None if it is not one."""
    try:
        return str(ipaddress.ip_address((request.remote_addr or "").strip()))
    except ValueError:
        return None


def is_text(value: str) -> bool:
    """Whether both databases can keep it: no NUL, no lone surrogate."""
    return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _storable(value: object, depth: int) -> bool:
    if depth == 0:
        return False
    if isinstance(value, dict):
        return all(is_text(name) and _storable(one, depth - 1) for name, one in value.items())
    if isinstance(value, list):
        return all(_storable(one, depth - 1) for one in value)
    if isinstance(value, str):
        return is_text(value)
    return not isinstance(value, int) or abs(value) < 2**63


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a repeated key")
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)
