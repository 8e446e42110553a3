"""Reading an answer of the Admin API: what happened, and whether it may have been applied."""

import json
import random
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from plugin.clock import machine_now
from plugin.errors import Broken, TryAgain
from plugin.shopify.failures import AccessDenied, Frozen, OutcomeUnknown, Throttled, UserErrors
from plugin.shopify.operations import Operation

UNUSABLE = frozenset({401, 402, 403, 404, 423})
TOO_FAST = frozenset({429, 430})
SERVER_FAULTS = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"})
LONGEST_WAIT = 3600.0


def lost(document: Operation, how: str, *, after: float | None = None) -> TryAgain:
    """No readable answer: harmless for a query, unknown for a mutation."""
    if document.mutates:
        return OutcomeUnknown("Shopify's answer was lost.", after=after, operation=document.name, how=how)
    return TryAgain("Shopify did not answer.", after=after, operation=document.name, how=how)


def check_status(document: Operation, status: int, headers: Mapping[str, str]) -> None:
    """Raises what the HTTP status alone says."""
    if status == 200:
        return
    after = _retry_after(headers.get("Retry-After"))
    if status in TOO_FAST:
        raise Throttled("Shopify asks us to slow down.", after=after or 1.0, operation=document.name)
    if status in UNUSABLE:
        raise Frozen(status=status)
    if status >= 500 or status == 408:
        raise lost(document, f"HTTP {status}", after=after)
    raise Broken("Shopify did not accept a request", operation=document.name, status=status)


def parse(document: Operation, raw: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise lost(document, "malformed JSON") from error
    if not isinstance(answer, dict):
        raise lost(document, "not an object")
    return answer


def cost(answer: Mapping[str, Any]) -> object:
    extensions = answer.get("extensions")
    return extensions.get("cost") if isinstance(extensions, Mapping) else None


def data(document: Operation, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer's data, or what its errors mean."""
    found = answer.get("data")
    if answer.get("errors"):
        _raise_errors(document, answer, found)
    if not isinstance(found, dict):
        raise lost(document, "no data")
    errors = [error for value in found.values() if isinstance(value, dict) for error in value.get("userErrors") or ()]
    if document.mutates and errors:
        raise UserErrors(document.name, errors, found)
    return found


def _raise_errors(document: Operation, answer: Mapping[str, Any], found: object) -> None:
    codes = _codes(answer["errors"])
    if "THROTTLED" in codes:
        raise Throttled("Shopify asks us to slow down.", after=_until_enough(cost(answer)), operation=document.name)
    carried_out = isinstance(found, dict) and any(value is not None for value in found.values())
    if codes & SERVER_FAULTS or (document.mutates and carried_out):
        raise lost(document, ",".join(sorted(codes)) or "errors beside data")
    if "ACCESS_DENIED" in codes:
        raise AccessDenied(document.name)
    if "SHOP_INACTIVE" in codes:
        raise Frozen()
    # Not the messages: they repeat the values that we sent.
    raise Broken("Shopify did not accept an operation", operation=document.name, codes=sorted(codes))


def _codes(errors: object) -> set[str]:
    found = set()
    for error in errors if isinstance(errors, list) else ():
        extensions = error.get("extensions") if isinstance(error, dict) else None
        found.add(str(extensions.get("code", "")) if isinstance(extensions, dict) else "")
    return found


def _until_enough(told: object) -> float:
    """Seconds until the bucket holds what was asked for, with jitter so that workers do not come back as one."""
    try:
        status = told["throttleStatus"]  # type: ignore[index]
        seconds = float((told["requestedQueryCost"] - status["currentlyAvailable"]) / status["restoreRate"])  # type: ignore[index]
    except (TypeError, KeyError, ZeroDivisionError):
        seconds = 1.0
    wait: float = min(LONGEST_WAIT, max(0.1, seconds)) * random.uniform(1.0, 1.25)
    return wait


def _retry_after(text: str | None) -> float | None:
    """Seconds, from seconds or a date (RFC 9110). Nonsense is None."""
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            when = parsedate_to_datetime(text)
        except ValueError:
            return None
        seconds = (when.replace(tzinfo=when.tzinfo or UTC) - machine_now()).total_seconds()
    return min(LONGEST_WAIT, max(0.0, seconds)) if seconds == seconds else None
