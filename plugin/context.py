"""What a job, a delivery or a read is handed: the settings, the way to a transaction, the way out to the network."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests
from sqlalchemy.orm import Session, sessionmaker

from plugin.config import Settings
from plugin.db import reading, transaction


@dataclass(frozen=True)
class Context:
    """Made once a process. ``http`` is one pooled session for every call to Shopify."""

    settings: Settings
    sessions: sessionmaker[Session]
    http: requests.Session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One unit of work; no call to the outside may be made inside it."""
        with transaction(self.sessions) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A look at the database that changes nothing: on SQLite it needs no turn among the writers."""
        with reading(self.sessions) as session:
            yield session
