"""One page of a list, and the pages before and after it: by key, never by counting rows off.

Each value of the split is walked in its own index, at most a page of each, and the best of all are taken: so a page costs the
same whether it is the first or the last, in a shop of any size.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter, gt, lt
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from plugin.desk import rules
from plugin.desk.listing import Ground, Listing, Sort, value_of
from plugin.desk.rules import Asked, Place

PAGE = 25
MOST_COUNTED = 1000
CHUNK = 250
"""Rows a transaction of a sheet: SQLite lets one write at a time, and nobody should wait long for this one."""


@dataclass(frozen=True, slots=True)
class Page:
    """``count`` is exact up to MOST_COUNTED; beyond that it is MOST_COUNTED + 1 and means "more"."""

    rows: Sequence[Any]
    previous: Place | None
    following: Place | None
    count: int


def page(session: Session, listing: Listing, ground: Ground, asked: Asked, *, size: int = PAGE) -> Page:
    """The asked page. A place beyond either end shows the list's nearest end."""
    where = _conditions(session, listing, ground, asked)
    spots = _spots(session, listing, asked, where, size + 1)
    if not spots and asked.place is not None:
        return page(session, listing, ground, asked.at(None), size=size)
    more, spots = len(spots) > size, spots[:size]
    back = asked.place is not None and asked.place.back
    if back:
        spots.reverse()
    has_previous = more if back else asked.place is not None
    has_following = back or more
    rows = listing.load(session, ground.shop_id, [spot.id for spot in spots]) if spots else ()
    return Page(rows, Place(spots[0].value, spots[0].id, back=True) if spots and has_previous else None,
                Place(spots[-1].value, spots[-1].id) if spots and has_following else None,
                _count(session, listing, where))


def keys(session: Session, listing: Listing, ground: Ground, asked: Asked, *, limit: int) -> list[Any]:
    """The first keys of everything that matches."""
    return [spot.id for spot in _spots(session, listing, asked.at(None), _conditions(session, listing, ground, asked), limit)]


def chunk(session: Session, listing: Listing, ground: Ground, asked: Asked, *, size: int = CHUNK) -> tuple[Sequence[Any], Place | None]:
    """The rows from the asked place on, and the place to go on from; None at the end."""
    where = _conditions(session, listing, ground, asked)
    spots = _spots(session, listing, asked, where, size)
    rows = listing.load(session, ground.shop_id, [spot.id for spot in spots]) if spots else ()
    return rows, Place(spots[-1].value, spots[-1].id) if len(spots) == size else None


def _spots(session: Session, listing: Listing, asked: Asked, where: "_Where", size: int) -> list[Place]:
    """Value and key of at most ``size`` rows, in the direction that the place asks for."""
    sort = listing.sort(asked.sort.name)
    downward = asked.descending != (asked.place is not None and asked.place.back)
    if where.found is not None:
        return _few(session, listing, sort, where, asked.place, downward=downward)[:size]
    walks = [_walk(listing, sort, conditions, asked.place, downward=downward).limit(size) for conditions in where.branches]
    found = _merged(walks, downward, size) if len(walks) > 1 else walks[0]
    return [Place(value, key) for value, key in session.execute(found)]


def _walk(listing: Listing, sort: Sort, conditions: Sequence[ColumnElement[bool]], place: Place | None, *, downward: bool) -> Select[Any]:
    """One index, from the place on."""
    value, key = sort.column, listing.key
    asked = select(value.label("value"), key.label("key")).where(*conditions)
    if place is not None:
        beyond = lt if downward else gt
        asked = asked.where(beyond(tuple_(value, key), tuple_(literal(place.value, value.type), literal(place.id, key.type))))
    return asked.order_by(value.desc(), key.desc()) if downward else asked.order_by(value, key)


def _few(session: Session, listing: Listing, sort: Sort, where: "_Where", place: Place | None, *, downward: bool) -> list[Place]:
    """What a search found, as whole rows and sorted here: SQLite would rather walk the whole shop in an index that has the order, or
    all that is asked for, than look up a few hundred keys."""
    if not where.found:
        return []
    rows = session.scalars(select(listing.table).where(*where.branches[0]))
    every = [Place(getattr(row, sort.column.key), getattr(row, listing.key.key)) for row in rows]
    every.sort(key=attrgetter("value", "id"), reverse=downward)
    if place is None:
        return every
    edge, beyond = (place.value, place.id), lt if downward else gt
    return [one for one in every if beyond((one.value, one.id), edge)]


def _merged(walks: Sequence[Select[Any]], downward: bool, size: int) -> Select[Any]:
    every = union_all(*(select(walk.subquery()) for walk in walks)).subquery()
    columns = (every.c.value, every.c.key)
    return select(*columns).order_by(*(column.desc() if downward else column for column in columns)).limit(size)


@dataclass(frozen=True, slots=True)
class _Where:
    """Conditions by branch: one a value of the split. ``found``: the keys that a search found, in no order; None without a search."""

    branches: Sequence[Sequence[ColumnElement[bool]]]
    found: Sequence[Any] | None = None


def _conditions(session: Session, listing: Listing, ground: Ground, asked: Asked) -> _Where:
    table: Any = listing.table
    common = [table.shop_id == ground.shop_id, *_filtered(listing, ground, asked)]
    found = listing.find(session, ground.shop_id, asked.search) if asked.search else None
    if found is not None:
        common.append(listing.key.in_(found))
    if listing.split is None or asked.get(listing.split):
        return _Where([common], found)
    split = listing.choice(listing.split)
    if found is not None or any(asked.get(choice.name) for choice in listing.choices if choice.leads):
        # Said as an exception, so that no database takes the split's index for the better one.
        hidden = [value for value in split.values or () if listing.shown and value not in listing.shown]
        return _Where([[*common, *([split.column.not_in(hidden)] if hidden else [])]], found)
    return _Where([[*common, split.column == value] for value in listing.shown or split.values or ()])


def _filtered(listing: Listing, ground: Ground, asked: Asked) -> Iterator[ColumnElement[bool]]:
    for choice in listing.choices:
        if text := asked.get(choice.name):
            yield choice.column == value_of(choice, text)
            if choice.also is not None:
                yield choice.also(text)
    yield from _within(listing, ground, asked)


def _within(listing: Listing, ground: Ground, asked: Asked) -> Iterator[ColumnElement[bool]]:
    since, until = rules.span(asked, ground.zone, ground.now)
    if listing.period is not None and since is not None:
        yield listing.period >= since
    if listing.period is not None and until is not None:
        yield listing.period < until
    for name, at_edge in (("least", "__ge__"), ("most", "__le__")):
        edge = rules.amount(asked.get(name), ground.currency)
        if listing.amount is not None and edge is not None:
            yield getattr(listing.amount, at_edge)(edge)


def _count(session: Session, listing: Listing, where: _Where) -> int:
    """How many match, counted to MOST_COUNTED + 1 and no further."""
    table: Any = listing.table
    if where.found is not None:
        return min(len(_few(session, listing, listing.sorts[0], where, None, downward=True)), MOST_COUNTED + 1)
    branches = [select(literal(1).label("one")).select_from(table).where(*conditions).limit(MOST_COUNTED + 1)
                for conditions in where.branches]
    counts = [select(func.count()).select_from(branch.subquery()).scalar_subquery() for branch in branches]
    told = session.execute(select(*counts)).one()
    return min(sum(told), MOST_COUNTED + 1)
