"""A look at the database waits for no writer, keeps none waiting, and cannot write."""

import threading
import time

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from plugin.context import Context
from plugin.shops import tables as shops
from plugin.shops.tables import Shop

HELD = 1.0


def test_a_look_does_not_wait_for_a_writer(context: Context, north: Shop) -> None:
    begun, looked = threading.Event(), threading.Event()

    def write() -> None:
        with context.transaction() as session:
            session.execute(update(Shop).values(name="Changed"))
            begun.set()
            looked.wait(HELD)

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(5)
    began = time.monotonic()
    with context.reading() as session:
        assert shops.get(session, north.id).name != "Changed"
    assert time.monotonic() - began < HELD / 2
    looked.set()
    writer.join()
    with context.reading() as session:
        assert shops.get(session, north.id).name == "Changed"


def test_a_look_keeps_no_writer_waiting(context: Context, north: Shop) -> None:
    """On SQLite it goes on seeing the moment at which it began; on PostgreSQL each statement sees what was committed before it."""
    with context.reading() as session:
        before = session.scalar(select(Shop.name).where(Shop.id == north.id))
        with context.transaction() as other:
            other.execute(update(Shop).values(name="Meanwhile"))
        is_snapshot = context.sessions.kw["bind"].dialect.name == "sqlite"
        assert session.scalar(select(Shop.name).where(Shop.id == north.id)) == (before if is_snapshot else "Meanwhile")


def test_writing_while_only_looking_is_loud(context: Context, north: Shop) -> None:
    with pytest.raises(DBAPIError), context.reading() as session:
        session.execute(update(Shop).values(name="Changed"))
    with pytest.raises(DBAPIError), context.reading() as session:
        shops.get(session, north.id).name = "Changed"
    for _ in range(20):  # whichever connection the pool hands out can write again
        with context.transaction() as session:
            session.execute(update(Shop).values(name="Written"))
