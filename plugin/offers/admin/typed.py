"""What a merchant types: shares, a whole offer; and what ``kit.html`` wants of a form."""

import re
from decimal import Decimal
from typing import TypedDict

from flask import request

from plugin.offers.rules.filling import FIELDS, SEVERAL, Values
from plugin.web.inputs import is_text

UNREADABLE = "\0"
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


class OfferForm(TypedDict):
    """The same for an offer, some of whose fields hold several values."""

    values: Values
    errors: dict[str, str]


def offer_values() -> Values:
    """The fields of the request, as they were typed. What no database could keep stays unreadable, for its field to refuse: left out, it
    would be a field that asks for nothing."""
    values: Values = {}
    for name in FIELDS:
        told = ["".join(letter if is_text(letter) else UNREADABLE for letter in one) for one in request.form.getlist(name)]
        values[name] = [one for one in told if one] if name in SEVERAL else told[0] if told else ""
    return values
