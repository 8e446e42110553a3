"""How Alembic reaches the database: by an engine that the caller hands over, else by DATABASE_URL.

Migrations go forward only: a mistake gets a new migration, since a book of accounts has no way back.
"""

import os
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection, Engine, text
from sqlalchemy.types import TypeEngine

import plugin.app  # noqa: F401 - imports every table
from plugin.config import Settings
from plugin.db import Base, UtcDateTime, make_engine

ONE_AT_A_TIME = 7_304_117_422_001


def engine() -> Engine:
    given: Engine | None = context.config.attributes.get("engine")
    return given or make_engine(Settings.from_environment(os.environ).database_url)


def render(kind: str, item: object, autogenerate: AutogenContext) -> str | Literal[False]:
    """Migrations name plain types, so that they stay readable when ours change."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        autogenerate.imports.add("from sqlalchemy.dialects.postgresql import JSONB")
        return 'sa.JSON().with_variant(JSONB(), "postgresql")'
    return False


def same_type(_context: object, _column: object, _meta: object, found: TypeEngine[object], wanted: TypeEngine[object]) -> bool | None:
    """SQLite knows no time zones: its DATETIME is our UtcDateTime."""
    if isinstance(wanted, UtcDateTime) and found.python_type.__name__ == "datetime":
        return False
    return None


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, render_item=render, compare_type=same_type,
                      render_as_batch=context.config.attributes.get("batch", True), transactional_ddl=True)
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        context.run_migrations()


with engine().connect() as connection:
    migrate(connection)
