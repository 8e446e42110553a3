"""Who waits for a lock waits for a while, not for ever."""

import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from plugin.context import Context
from plugin.db import LOCK_SECONDS
from plugin.shops.tables import Shop


def test_a_held_row_is_an_error_in_time(context: Context, north: Shop) -> None:
    statement, row = text("update shops set name = 'x' where id = :id"), {"id": north.id.hex}
    with context.sessions() as holder, context.sessions() as waiter:
        holder.execute(statement, row)
        began = time.monotonic()
        with pytest.raises(OperationalError):
            waiter.execute(statement, row)
        assert LOCK_SECONDS - 1 < time.monotonic() - began < LOCK_SECONDS + 5
        holder.rollback()
