"""One connection of a process for what comes in: kept open, and no more said on it than one statement a group.

A session from the pool would ask the database three times more: is it there, begin, commit.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from plugin.intake import tables
from plugin.intake.rules import AT_ONCE, Arrival
from plugin.intake.turn import Turn


class Pen:
    """For one writer at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = Turn(engine)
        self._connection: Connection | None = None

    def write(self, arrivals: Sequence[Arrival], now: datetime) -> None:
        """All are durable when it returns, none if it raises a SQLAlchemyError.

        A connection that has died since it was last used is made anew, once: a row is kept once however often it is written.
        """
        kept = self._connection is not None
        try:
            self._write(arrivals, now)
        except DBAPIError as fault:
            if not (kept and fault.connection_invalidated):
                raise
            self._write(arrivals, now)

    def _write(self, arrivals: Sequence[Arrival], now: datetime) -> None:
        connection = self._connection = self._connection or self._connect()
        try:
            with self._turn.mine(), connection.begin():
                tables.insert_new(connection, arrivals, received_at=now, next_at=AT_ONCE)
        except BaseException:
            self._drop()  # the pool cleans it: a COMMIT that failed leaves its transaction open
            raise

    def _connect(self) -> Connection:
        """On PostgreSQL each statement commits by itself; on SQLite a transaction has to be opened to write."""
        connection = self._engine.connect()
        alone = self._engine.dialect.name == "postgresql"
        return connection.execution_options(isolation_level="AUTOCOMMIT") if alone else connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
