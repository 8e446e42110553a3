"""What the job touches: the new orders' own rows, however long the shop's history is."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event, func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from plugin.context import Context
from plugin.db import ShopId
from plugin.offers.mining import upkeep
from plugin.offers.mining.tables import Companions
from plugin.shops.tables import Shop
from tests.mining.conftest import NOON, Stall

NEW = (("tea", "milk"), ("bread", "milk", "jam"))


@contextmanager
def written(engine: Engine) -> Iterator[Counter[str]]:
    """Rows that statements other than SELECT touched, by table."""
    found: Counter[str] = Counter()

    def note(_connection: Connection, cursor: Any, statement: str, *_: object) -> None:  # noqa: ANN401 - the driver's own
        words = statement.replace('"', "").split()
        if words and words[0].upper() in ("INSERT", "UPDATE", "DELETE", "WITH"):
            at = next((at for at, word in enumerate(words) if word.upper() in ("INTO", "UPDATE", "FROM")), 0)
            found[words[at + 1].split("(")[0].lower()] += max(0, cursor.rowcount)

    event.listen(engine, "after_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "after_cursor_execute", note)


def counted(session: Session, shop_id: ShopId) -> int:
    done = total = upkeep.count(session, shop_id, now=NOON)
    while done:
        done = upkeep.count(session, shop_id, now=NOON)
        total += done
    return total


def ranked(session: Session, shop_id: ShopId) -> int:
    done = total = upkeep.rank(session, shop_id, now=NOON)
    while done:
        done = upkeep.rank(session, shop_id, now=NOON)
        total += done
    return total


def cost_of_new(session: Session, shop_id: ShopId, history: int) -> tuple[Counter[str], int, int]:
    """Rows written, orders counted and products ranked anew for two new orders after ``history`` old ones."""
    stall = Stall(session, shop_id)
    for turn in range(history):
        stall.buys("tea", "milk", days_ago=turn % 90 + 2)
        stall.buys("bread", "milk", "jam", days_ago=turn % 90 + 2)
        stall.buys(f"other {turn % 40}", f"other {(turn + 1) % 40}", days_ago=turn % 90 + 2)
    counted(session, shop_id)
    ranked(session, shop_id)
    for products in NEW:
        stall.buys(*products)
    session.flush()
    with written(session.get_bind().engine) as rows:
        return rows, counted(session, shop_id), ranked(session, shop_id)


def test_two_new_orders_cost_the_same_after_ten_times_the_history(context: Context, north: Shop, south: Shop) -> None:
    told = []
    for shop, history in ((north, 8), (south, 80)):
        with context.transaction() as session:
            told.append(cost_of_new(session, ShopId(shop.id), history))
    (short, *_), (long, orders, again) = told
    assert orders == 2 and again == 0
    mined = {table: rows for table, rows in long.items() if table.startswith("mined_")}
    assert mined == {table: rows for table, rows in short.items() if table.startswith("mined_")}
    assert 0 < sum(mined.values()) <= 16


def test_a_product_is_ranked_anew_when_an_eighth_of_its_orders_is_new(context: Context, north: Shop) -> None:
    with context.transaction() as session:
        stall = Stall(session, ShopId(north.id))
        for turn in range(40):
            stall.buys("tea", "milk", days_ago=turn + 2)
        counted(session, ShopId(north.id))
        assert ranked(session, ShopId(north.id)) == 2
        for new in range(1, 7):
            stall.buys("tea", "milk")
            counted(session, ShopId(north.id))
            due = session.scalar(select(func.count()).select_from(Companions).where(Companions.due))
            assert due == (2 if new == 6 else 0)
        assert ranked(session, ShopId(north.id)) == 2


def test_all_are_ranked_anew_when_an_eighth_of_the_shops_orders_is_new(context: Context, north: Shop) -> None:
    """Where every order has both, nothing tells affinity from chance: the orders without them do."""
    with context.transaction() as session:
        stall, shop_id = Stall(session, ShopId(north.id)), ShopId(north.id)
        stall.offers("milk")
        for _ in range(16):
            stall.buys("tea", "milk")
        counted(session, shop_id), ranked(session, shop_id)
        assert [one.key for one in stall.suggests("tea")] != ["recommendations.together_all"]
        asked = []
        for _ in range(24):
            stall.buys("bread")
            counted(session, shop_id)
            asked.append(ranked(session, shop_id) >= 3)
        assert [new for new, all_of_them in enumerate(asked, 1) if all_of_them] == [3, 6, 10, 14, 19, 24]
        assert [one.key for one in stall.suggests("tea")] == ["recommendations.together_all"]
