"""Shopify's global ids and the plain digits that we store."""

import re

from plugin.errors import Refused

_GID = re.compile(r"gid://shopify/([A-Za-z]{1,64})/([0-9]{1,20})(?:\?[\x21-\x7e]{0,200})?")
_DIGITS = re.compile(r"[0-9]{1,20}")


def make(kind: str, digits: str) -> str:
    """"gid://shopify/Order/123". Raises Refused for anything but digits."""
    if not _DIGITS.fullmatch(digits):
        raise Refused("gid", f"{digits[:40]!r} is not an id of Shopify.")
    return f"gid://shopify/{kind}/{digits}"


def digits(text: object, kind: str | None = None) -> str:
    """The digits of a gid (of this kind, if given) or of plain digits. Raises Refused for anything else."""
    plain = str(text) if isinstance(text, str | int) and not isinstance(text, bool) else ""
    if _DIGITS.fullmatch(plain):
        return plain
    match = _GID.fullmatch(plain)
    if not match or (kind and match[1] != kind):
        raise Refused("gid", f"{plain[:60]!r} is not an id of Shopify.")
    return match[2]
