"""Signed query strings: strict reading, before any signature is looked at."""

import re
from collections.abc import Collection
from urllib.parse import parse_qsl

from plugin.clock import machine_now
from plugin.errors import Refused

WINDOW_SECONDS = 90
MOST_FIELDS = 100
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


def read(query_string: bytes, once: Collection[str]) -> dict[str, list[str]]:
    """Every name with its values. Raises Refused("signature") for junk and for a repeated name out of ``once``."""
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Refused("signature", "This query cannot be read.") from error
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    if any(len(values.get(name, ())) > 1 for name in once):
        raise Refused("signature", "This query repeats what may come once.")
    return values


def check_time(values: dict[str, list[str]]) -> None:
    """``timestamp`` must be plain digits within 90 s of the machine's clock, either way."""
    [text] = values.get("timestamp", [""])
    if not _TIMESTAMP.fullmatch(text) or abs(machine_now().timestamp() - int(text)) > WINDOW_SECONDS:
        raise Refused("signature", "This link is too old, or its time is missing.")
