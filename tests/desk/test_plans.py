"""No list walks a table: what the databases say that they would do for every view of every list, in a shop with some thousand rows."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from benchmarks.kit import referred
from benchmarks.lists import ground, views
from plugin.attribution import finding
from plugin.db import make_sessions
from plugin.desk import paging
from plugin.insights.lists import LISTS

SIZE = 2500
SMALL = {"programmes", "programme_versions", "people_secrets"}  # a handful of rows a shop
WALK = re.compile(r"SEARCH (\w+) USING (?:COVERING )?INDEX \w+ \(shop_id=\?\)")
SCAN = re.compile(r"SCAN (\w+)")
DERIVED = re.compile(r"\(?(anon|subquery)_|CONSTANT")


@pytest.fixture
def big(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A shop in small: a search finds one row in a hundred at most."""
    monkeypatch.setattr(finding, "MOST", SIZE // 100)
    referred.populate(engine, SIZE)
    return engine


@pytest.mark.parametrize("name", LISTS)
def test_every_view_of_a_list_is_answered_from_indexes(big: Engine, name: str) -> None:
    faults = []
    for view, statement, plan in _plans(big, name):
        told = _walked(plan, statement) if big.dialect.name == "sqlite" else _scanned(plan)
        faults += [f"{name} {view}: {one}" for one in told]
    assert sorted(set(faults)) == []


def _plans(engine: Engine, name: str) -> Iterator[tuple[str, str, list[str]]]:
    """(view, statement, the lines of its plan) of everything that is asked for a page of each view."""
    listing, asked_for = LISTS[name], list(views(engine, LISTS[name]))
    for view, asked in asked_for:
        told: list[tuple[str, object]] = []

        def keep(_connection: object, _cursor: object, statement: str, values: object, *_rest: object,
                 told: list[tuple[str, object]] = told) -> None:
            told.append((statement, values))

        event.listen(engine, "before_cursor_execute", keep)
        with make_sessions(engine)() as session:
            paging.page(session, listing, ground(), asked)
        event.remove(engine, "before_cursor_execute", keep)
        with engine.connect() as connection:
            for statement, values in told:
                if statement.lstrip().upper().startswith("SELECT"):
                    yield view, statement, _explained(connection, statement, values)


def _explained(connection: Connection, statement: str, values: Any) -> list[str]:  # noqa: ANN401 - as the driver got them
    if connection.dialect.name == "postgresql":
        connection.execute(text("set enable_seqscan = off"))  # a small table would be read whole, index or not
    how = "explain query plan" if connection.dialect.name == "sqlite" else "explain (costs off)"
    return [str(row[-1]) for row in connection.exec_driver_sql(f"{how} {statement}", values)]


def _walked(plan: list[str], statement: str) -> Iterator[str]:
    """SQLite: a table read whole, or a whole shop's part of it that no LIMIT ends or that is sorted first."""
    sorts = any("TEMP B-TREE FOR ORDER BY" in line for line in plan)
    for line in plan:
        scanned = SCAN.match(line)
        if scanned and scanned[1] not in SMALL and not DERIVED.match(line.removeprefix("SCAN ")):
            yield line
        walked = WALK.fullmatch(line)
        if walked and walked[1] not in SMALL and ("LIMIT" not in statement or sorts):
            yield line


def _scanned(plan: list[str]) -> Iterator[str]:
    """PostgreSQL: a table read whole, or an index whose condition does not begin with the shop."""
    for line in plan:
        if "Seq Scan" in line and not any(name in line for name in SMALL):
            yield line.strip()
        if "Index Cond" in line and "shop_id" not in line:
            yield line.strip()
