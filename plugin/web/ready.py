"""Whether the database answers and has the tables that this code expects."""

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def alembic_config(engine: Engine | None = None) -> Config:
    """Alembic's configuration without a file; migrations/env.py takes the engine from it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["engine"] = engine
    return config


@cache
def wanted() -> frozenset[str]:
    """The newest migrations that this code ships."""
    return frozenset(ScriptDirectory.from_config(alembic_config()).get_heads())


def found(engine: Engine) -> frozenset[str]:
    """The migrations that the database has. Raises SQLAlchemy's OperationalError if it cannot be reached."""
    with engine.connect() as connection:
        return frozenset(MigrationContext.configure(connection).get_current_heads())
