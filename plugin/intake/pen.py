"""One connection of a process for what comes in: kept open, and no more said on it than one statement a group.

A session from the pool would ask the database three times more: is it there, begin, commit.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from plugin.intake import tables
from plugin.intake.rules import AT_ONCE, Arrival


class Pen:
    """For one writer at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def write(self, arrivals: Sequence[Arrival], now: datetime) -> None:
        """All are durable when it returns, none if it raises a SQLAlchemyError.

        A connection that has died since it was last used is made anew, once: a row is kept once however often it is written.
        """
        fresh = self._connection is None
        try:
            self._write(arrivals, now)
        except DBAPIError as fault:
            if fault.connection_invalidated:
                self._drop()
            if fresh or not fault.connection_invalidated:
                raise
            self._write(arrivals, now)

    def _write(self, arrivals: Sequence[Arrival], now: datetime) -> None:
        connection = self._connection = self._connection or self._connect()
        with connection.begin():
            tables.insert_new(connection, arrivals, received_at=now, next_at=AT_ONCE)

    def _connect(self) -> Connection:
        """On PostgreSQL each statement commits by itself; on SQLite a transaction has to be opened to write."""
        connection = self._engine.connect()
        alone = self._engine.dialect.name == "postgresql"
        return connection.execution_options(isolation_level="AUTOCOMMIT") if alone else connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
