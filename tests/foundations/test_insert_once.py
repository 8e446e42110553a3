"""The one winner of a race knows that it won, and everybody else that they lost, on both databases."""

from plugin.context import Context
from plugin.db import insert_once
from plugin.people.tables import Secret
from plugin.shops.tables import Shop


def test_only_the_first_insert_wins(context: Context, north: Shop) -> None:
    told = []
    for secret in ("first", "second"):
        with context.transaction() as session:
            told.append(insert_once(session, Secret, {"shop_id": north.id, "secret": secret}))
    with context.transaction() as session:
        assert told == [True, False] and session.get_one(Secret, north.id).secret == "first"
