"""Shares as a merchant types them, and what ``kit.html`` wants of a form."""

import re
from decimal import Decimal
from typing import TypedDict

_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?", re.ASCII)


class Form(TypedDict):
    """What was typed, and the sentence beside each field that is wrong."""

    values: dict[str, str]
    errors: dict[str, str]


def basis_points(text: str) -> int | None:
    """Hundredths of a percent: "12.5", "12,5 %" → 1250. None for anything else."""
    found = _PERCENT.fullmatch(text)
    return int(Decimal(f"{found[1]}.{found[2] or 0}").scaleb(2)) if found else None


def written(share: int | None) -> str:
    """1250 → "12.5", as a number field takes it."""
    return "" if share is None else f"{share // 100}.{share % 100:02}".rstrip("0").rstrip(".")
