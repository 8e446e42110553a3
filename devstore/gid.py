"""Global ids: ``gid://shopify/Order/123``."""

import re

_GID = re.compile(r"gid://shopify/([A-Za-z]+)/([0-9]+)(\?.*)?")


def make(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def read(text: str, *kinds: str) -> int | None:
    """The number in a gid of one of ``kinds`` (any kind if none is named); None if it is not such a gid."""
    found = _GID.fullmatch(text)
    if found is None or (kinds and found[1] not in kinds):
        return None
    return int(found[2])


def kind(text: str) -> str | None:
    found = _GID.fullmatch(text)
    return found[1] if found else None
