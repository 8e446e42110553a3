"""What a slice declares of its list: sorts, filters, how rows are found and shown, what a sheet of it holds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, Session

from plugin.db import Base, ShopId
from plugin.desk.rules import Grammar, Order, Value
from plugin.money import Money

Cell = Money | datetime | int | str | None
"""What one cell of a sheet holds; Money is written as a decimal, its currency has a column of its own."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Whose list it is, and what its words depend on."""

    shop_id: ShopId
    zone: ZoneInfo
    currency: str
    locale: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Sort:
    """``column`` is never null and stands behind shop and split in an index, with the key after it."""

    name: str
    column: InstrumentedAttribute[Any]
    value: type[Value]


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter by one value. ``words``: the catalogue's prefix for its values; None where ``options`` brings the words along.

    ``values`` None: any id of ours (a programme, an advocate).
    """

    name: str
    column: InstrumentedAttribute[Any]
    values: tuple[str, ...] | None
    words: str | None = None
    options: Callable[[Session, ShopId], Sequence[tuple[str, str]]] | None = None
    also: Callable[[str], ColumnElement[bool]] | None = None  # said as well, so that a partial index may be used
    leads: bool = False  # it has an index of its own, (shop, this, sort): while it is chosen, nothing is split


@dataclass(frozen=True, slots=True)
class Listing:
    """``split``: the choice whose values are walked side by side while none is chosen, so that (shop, split, sort) is one index.

    ``shown``: its values while none is chosen, where that is not all. ``find`` turns a search into keys of rows; ``load`` brings
    whole rows in the order of the keys.
    """

    name: str
    path: str
    table: type[Base]
    key: InstrumentedAttribute[Any]
    key_type: type[Value]
    sorts: tuple[Sort, ...]
    choices: tuple[Choice, ...]
    find: Callable[[Session, ShopId, str], Sequence[Any]]
    load: Callable[[Session, ShopId, Sequence[Any]], Sequence[Any]]
    sheet: Mapping[str, Callable[[Any, Ground], Cell]]
    split: str | None = None
    shown: tuple[str, ...] = ()
    period: InstrumentedAttribute[Any] | None = None
    amount: InstrumentedAttribute[Any] | None = None
    acts: tuple[str, ...] = ()

    def grammar(self) -> Grammar:
        return Grammar(tuple(Order(sort.name, sort.value) for sort in self.sorts), self.key_type,
                       {choice.name: choice.values for choice in self.choices}, period=self.period is not None,
                       amount=self.amount is not None)

    def sort(self, name: str) -> Sort:
        return next(sort for sort in self.sorts if sort.name == name)

    def choice(self, name: str) -> Choice:
        return next(choice for choice in self.choices if choice.name == name)


def value_of(choice: Choice, text: str) -> Any:  # noqa: ANN401 - an id or a word
    return text if choice.values is not None else UUID(text)
