"""A list as a sheet: CSV, a chunk of rows at a time, each chunk a short transaction of its own.

A list of any length takes the memory of one chunk, and no lock is held while a slow reader reads.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from plugin.desk import paging
from plugin.desk.listing import Cell, Ground, Listing
from plugin.desk.rules import Asked, harmless
from plugin.money import Money

BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Sheet:
    """``headings``: column → what stands above it. ``marked``: begin with the mark by which Excel knows UTF-8."""

    listing: Listing
    ground: Ground
    asked: Asked
    headings: Mapping[str, str]
    marked: bool = False


def written(sheet: Sheet, transaction: Callable[[], AbstractContextManager[Session]]) -> Iterator[str]:
    """The sheet in pieces."""
    columns = list(sheet.listing.sheet)
    yield (BOM if sheet.marked else "") + _lines([[sheet.headings[name] for name in columns]])
    asked: Asked | None = sheet.asked.at(None)
    while asked is not None:
        with transaction() as session:
            rows, place = paging.chunk(session, sheet.listing, sheet.ground, asked)
            text = _lines([[cell(make(row, sheet.ground), sheet.ground) for make in sheet.listing.sheet.values()] for row in rows])
        yield text
        asked = asked.at(place) if place is not None else None


def cell(value: Cell, ground: Ground) -> str:
    """Money as a decimal without its currency, a moment in the shop's zone with its offset, text that is no formula."""
    if value is None:
        return ""
    if isinstance(value, Money):
        return value.text()
    if isinstance(value, datetime):
        return value.astimezone(ground.zone).isoformat(sep=" ", timespec="seconds")
    return str(value) if isinstance(value, int) else harmless(value)


def _lines(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)  # RFC 4180
    return out.getvalue()
