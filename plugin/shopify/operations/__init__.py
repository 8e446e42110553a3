"""GraphQL documents for the Admin API, one operation a file, named by purpose."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from plugin.errors import Broken

_HERE = Path(__file__).parent
_NAME = re.compile(r"[a-z][a-z0-9_]{0,80}")
_KIND = re.compile(r"^[ \t]*(query|mutation)\b", re.MULTILINE)


@dataclass(frozen=True)
class Operation:
    """``text`` is sent as it is. A mutation's outcome can be unknown; a query can always be asked again."""

    name: str
    text: str
    mutates: bool


@cache
def load(name: str) -> Operation:
    """The document ``name``.graphql. Raises Broken if there is none."""
    path = _HERE / f"{name}.graphql"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise Broken("no such operation", operation=name[:80])
    text = path.read_text(encoding="utf-8")
    kind = _KIND.search(text)
    if not kind:
        raise Broken("an operation file holds neither query nor mutation", operation=name)
    return Operation(name, text, kind[1] == "mutation")
