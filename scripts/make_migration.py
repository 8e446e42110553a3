"""``.venv/bin/python -m scripts.make_migration "what changes"``: a migration from what the models say that the newest one does not.

Besides tables it carries the triggers that models attach as DDL events, each for its own database.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect
from sqlalchemy.schema import DDL, DDLElement

from plugin.db import Base, make_engine

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = ROOT / "migrations" / "versions"


def config(engine: Engine) -> Config:
    """Alembic's settings from pyproject.toml, on this engine."""
    made = Config(toml_file=ROOT / "pyproject.toml")
    made.attributes["engine"] = engine
    return made


def statements() -> Iterator[tuple[str, str, str]]:
    """(table, dialect, SQL) of each DDL event that runs after a table is created."""
    for table in Base.metadata.sorted_tables:
        for listener in table.dispatch.after_create:
            owner = getattr(listener, "__self__", listener)
            if isinstance(owner, DDL):
                yield table.name, _dialect(owner), owner.statement


def make(message: str) -> Path:
    """The new file. Refuses to write one that changes nothing."""
    number = f"{len(list(VERSIONS.glob('[0-9]*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/before.sqlite")
        command.upgrade(config(engine), "head")
        before = set(inspect(engine).get_table_names())
        settings = config(engine)
        settings.attributes["batch"] = "shops" in before  # SQLite alters a table by copying it; making one needs no such thing
        command.revision(settings, message=message, autogenerate=True, rev_id=number)
        engine.dispose()
    path = next(VERSIONS.glob(f"{number}_*.py"))
    triggers = [(dialect, sql) for table, dialect, sql in statements() if table not in before]
    _tidy(path, triggers)
    return path


def _dialect(ddl: DDLElement) -> str:
    condition = ddl._ddl_if
    wanted = condition.dialect if condition else None
    if not isinstance(wanted, str):
        raise SystemExit(f"a DDL event must say its one dialect by execute_if(dialect=...): {ddl}")
    return wanted


def _tidy(path: Path, triggers: list[tuple[str, str]]) -> None:
    """Without Alembic's comments, with the triggers at the end."""
    text = re.sub(r"\n *# (###|commands).*", "", path.read_text())
    if "\n    pass" in text and not triggers:
        path.unlink()
        raise SystemExit("nothing to migrate: the newest migration is what the models say.")
    for dialect in ("sqlite", "postgresql"):
        mine = [sql for named, sql in triggers if named == dialect]
        if mine:
            text = text.rstrip("\n") + f'\n    if op.get_bind().dialect.name == "{dialect}":\n' + "".join(_execute(sql) for sql in mine)
    path.write_text(re.sub(r"\n{3,}(?!def|revision)", "\n\n", text).rstrip("\n") + "\n")


def _execute(sql: str) -> str:
    body = sql.strip().replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'        op.execute(sa.DDL("""\n{body}\n"""))\n'


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    print(make(sys.argv[1]).relative_to(ROOT))
