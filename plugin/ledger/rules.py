"""Which accounts a posting moves between. Pure.

A posting is one row: it debits one account and credits another by the same amount, so the books always sum to zero.
A balance is debits minus credits: *expense* and *debt* normally stand positive, every other account negative.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from plugin.money import Money

Name = Literal["expense", "held", "owed", "issued", "spent", "taken_back", "debt", "breakage", "partner_payable"]
Kind = Literal["earn", "release", "issue", "spend", "expire", "take_back", "take_back_close", "debt", "discount",
               "correct", "correct_down"]

ACCOUNTS: tuple[Name, ...] = ("breakage", "debt", "expense", "held", "issued", "owed", "partner_payable", "spent", "taken_back")
POSTINGS: Mapping[Kind, tuple[Name, Name]] = {
    "earn": ("expense", "held"),
    "release": ("held", "owed"),
    "issue": ("owed", "issued"),
    "spend": ("issued", "spent"),
    "expire": ("issued", "breakage"),
    "take_back": ("issued", "taken_back"),
    "take_back_close": ("taken_back", "expense"),
    "debt": ("debt", "expense"),
    "discount": ("expense", "spent"),
    "correct": ("expense", "issued"),
    "correct_down": ("issued", "expense"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One posting to be made. ``key`` is unique in the shop: posting it again changes nothing."""

    kind: Kind
    amount: Money
    key: str
    reward_id: UUID | None = None
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """A posting that still stands (neither a reversal nor reversed)."""

    id: UUID
    kind: Kind
    amount: int


@dataclass(frozen=True, slots=True)
class Change:
    """What brings the open postings of one kind to their target: reverse some to what ``kept`` says, then post ``more``."""

    reversals: tuple[tuple[UUID, int], ...] = ()
    more: int = 0


def change(standing: Iterable[Open], target: int) -> Change:
    """The least change that makes the open postings sum to ``target`` (at least 0), undoing the newest first.

    Each reversal is (posting, amount to undo).
    """
    rows = list(standing)
    excess = sum(row.amount for row in rows) - target
    if excess <= 0:
        return Change(more=-excess)
    undone: list[tuple[UUID, int]] = []
    for row in reversed(rows):
        part = min(excess, row.amount)
        if part:
            undone.append((row.id, part))
        excess -= part
    return Change(reversals=tuple(undone))
