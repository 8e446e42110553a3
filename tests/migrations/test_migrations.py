"""The migrations make exactly what the models say, on both databases, triggers and storage included."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from plugin.db import Base, make_engine
from scripts.make_migration import config
from tests.conftest import every_table
from tests.servers import Postgres

TRIGGERS = {
    "sqlite": "select name, tbl_name, sql from sqlite_master where type = 'trigger' order by 1",
    "postgresql": "select tgname, tgrelid::regclass::text, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal order by 1",
}
STORAGE = """select attrelid::regclass::text, attname, attstorage from pg_attribute join pg_class on pg_class.oid = attrelid
    where relkind = 'r' and relnamespace = 'public'::regnamespace and attnum > 0 and relname <> 'alembic_version' order by 1, 2"""


@pytest.fixture(params=["sqlite", "postgres"])
def two_empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """Two databases without a table, of the same kind."""
    if request.param == "sqlite":
        engines = tuple(make_engine(f"sqlite:///{tmp_path / name}.db") for name in ("migrated", "modelled"))
    else:
        server: Postgres = request.getfixturevalue("postgres")
        engines = tuple(make_engine(server.create(f"t{uuid4().hex}")) for _ in range(2))
    yield engines[0], engines[1]
    for engine in engines:
        engine.dispose()


def test_migrations_make_what_the_models_say(two_empty: tuple[Engine, Engine]) -> None:
    migrated, modelled = two_empty
    every_table()
    command.upgrade(config(migrated), "head")
    Base.metadata.create_all(modelled)
    found, wanted = portrait(migrated), portrait(modelled)
    assert found.keys() == wanted.keys()
    assert not {name: (found[name], wanted[name]) for name in wanted if found[name] != wanted[name]}


def test_migrating_twice_changes_nothing(two_empty: tuple[Engine, Engine]) -> None:
    command.upgrade(config(two_empty[0]), "head")
    before = portrait(two_empty[0])
    command.upgrade(config(two_empty[0]), "head")
    assert portrait(two_empty[0]) == before


def test_there_is_one_newest_migration(tmp_path: Path) -> None:
    """Two heads mean that two branches each added one: they must be put in a row."""
    script = ScriptDirectory.from_config(config(make_engine(f"sqlite:///{tmp_path / 'none.db'}")))
    assert len(script.get_heads()) == 1
    assert [one.revision for one in reversed(list(script.walk_revisions()))] == [
        f"{number:04d}" for number in range(1, len(list(script.walk_revisions())) + 1)]


def portrait(engine: Engine) -> dict[str, Any]:
    """Everything that the database knows of its tables, in an order that does not depend on who made them."""
    look = inspect(engine)
    told: dict[str, Any] = {name: _table(look, name) for name in look.get_table_names() if name != "alembic_version"}
    with engine.connect() as connection:
        rows = connection.execute(text(TRIGGERS[engine.dialect.name])).all()
        told["triggers"] = [[" ".join(str(part).split()) for part in row] for row in rows]
        if engine.dialect.name == "postgresql":
            told["storage"] = [tuple(row) for row in connection.execute(text(STORAGE))]
    return told


def _table(look: Any, name: str) -> dict[str, Any]:  # noqa: ANN401 - an Inspector, whose answers are plain dicts
    return {
        "columns": sorted((one["name"], str(one["type"]), one["nullable"], str(one.get("default"))) for one in look.get_columns(name)),
        "key": look.get_pk_constraint(name)["constrained_columns"],
        "unique": _sorted(look.get_unique_constraints(name), "column_names"),
        "foreign": _sorted(look.get_foreign_keys(name), "constrained_columns", "referred_table", "referred_columns"),
        "checks": sorted((one["name"], " ".join(one["sqltext"].split())) for one in look.get_check_constraints(name)),
        "indexes": _sorted([one | {"options": _plain(one)} for one in look.get_indexes(name)], "column_names", "unique", "options"),
    }


def _sorted(rows: list[dict[str, Any]], *parts: str) -> list[tuple[str, ...]]:
    return sorted((str(row["name"]), *(str(row.get(part)) for part in parts)) for row in rows)


def _plain(index: dict[str, Any]) -> list[str]:
    """The dialect's options, a partial index's condition among them, as text."""
    return sorted(f"{name}={value}" for name, value in index.get("dialect_options", {}).items())
