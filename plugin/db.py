"""The engine, the session, the column types and the ids. SQLite by default, PostgreSQL when outgrown.

Tables are SQLAlchemy 2 typed classes on ``Base``; ``shop_id`` leads every primary key (see DESIGN 4).
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NewType, cast
from uuid import UUID

import uuid_utils
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Table,
    Uuid,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker
from sqlalchemy.types import TypeDecorator

from plugin.errors import Broken

LOCK_SECONDS = 5
HELD = frozenset({"55P03", "40P01"})
"""PostgreSQL's lock_not_available and deadlock_detected."""
_READS = "tandem_reads"
# As many as a process ever needs at once are kept open, the last one used first: opening one anew costs more than what is asked of it.
_POOL: dict[str, Any] = {"pool_size": 15, "max_overflow": 0, "pool_use_lifo": True}

ShopId = NewType("ShopId", UUID)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python; timestamptz in PostgreSQL, naive UTC text in SQLite. A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise Broken("naive time", value=str(value))
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(postgresql.JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Every table. Constraint names are fixed so that migrations read the same on both databases."""

    metadata = MetaData(naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"})
    type_annotation_map = {UUID: Uuid(), datetime: UtcDateTime(), int: BigInteger(), dict[str, Any]: Json, list[Any]: Json}


def new_id() -> UUID:
    """A UUIDv7: ours, sortable by the time it was made."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


def shop_key() -> Any:  # noqa: ANN401 - mapped_column's own type is not nameable here
    """The tenant column, first in every primary key."""
    return mapped_column(Uuid(), primary_key=True)


def own_key() -> Any:  # noqa: ANN401
    """A row's own UUIDv7, second in the primary key."""
    return mapped_column(Uuid(), primary_key=True, default=new_id)


def make_engine(url: str, **options: Any) -> Engine:  # noqa: ANN401
    """An engine for ``url`` (sqlite, postgres or postgresql, as hosts write them)."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        # A lock that somebody holds is a fault to be answered (503), not a wait without end.
        waits = {"options": f"-c lock_timeout={LOCK_SECONDS}s"}
        return create_engine(parsed, pool_pre_ping=True, json_serializer=_dumps, connect_args=waits, **(_POOL | options))
    engine = create_engine(parsed, connect_args={"timeout": LOCK_SECONDS}, json_serializer=_dumps, **(_POOL | options))
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _dumps(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _sqlite_connect(connection: Any, _record: object) -> None:  # noqa: ANN401
    connection.isolation_level = None  # we say BEGIN ourselves, see _sqlite_begin
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    if connection.get_execution_options().get(_READS):
        connection.exec_driver_sql("PRAGMA query_only=ON")
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql("PRAGMA query_only=OFF")  # the pool may hand us one that only read
    # A deferred transaction that later wants to write fails at once with "locked"; an immediate one waits its turn.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def transaction(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One unit of work: commits at the end, rolls back on any exception."""
    with sessions.begin() as session:
        yield session


@contextmanager
def reading(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One consistent look, for which no writer need wait, nor it for one. Writing in it raises DBAPIError on both databases."""
    engine = cast(Engine, sessions.kw["bind"]).execution_options(**{_READS: True}, postgresql_readonly=True)
    with sessions(bind=engine) as session, session.begin():
        yield session


def database_now(session: Session) -> datetime:
    """The database's clock: the only one that leases trust, because every worker shares it."""
    if session.get_bind().dialect.name == "sqlite":
        told = session.execute(text("select strftime('%Y-%m-%d %H:%M:%f', 'now')")).scalar_one()
        return datetime.fromisoformat(told).replace(tzinfo=UTC)
    return cast(datetime, session.execute(select(func.clock_timestamp())).scalar_one()).astimezone(UTC)


def insert_once(session: Session, table: type[Base], values: Mapping[str, Any]) -> bool:
    """Insert unless a unique key is taken already. True if this call inserted; the race has exactly one winner."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    made = dialect.insert(cast(Table, table.__table__)).values(**values).on_conflict_do_nothing()
    # Without preserve_rowcount SQLAlchemy says -1 after an INSERT on PostgreSQL, won or lost.
    return bool(cast(Any, session.execute(made, execution_options={"preserve_rowcount": True})).rowcount)


def is_held(fault: Exception) -> bool:
    """Did somebody else hold a row, or SQLite's one pen, for longer than we wait; or would two have waited for each other?"""
    if not isinstance(fault, OperationalError):
        return False
    return getattr(fault.orig, "sqlstate", None) in HELD or getattr(fault.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def seconds(value: float) -> timedelta:
    return timedelta(seconds=value)
