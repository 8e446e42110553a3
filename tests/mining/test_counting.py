"""The counts are what the orders say, however they came: in any order, in any pieces, changed, given back, cancelled."""

import random
from collections import Counter
from itertools import combinations
from typing import Any

import duckdb
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.mirror import flows as mirror
from plugin.mirror.tables import Order
from plugin.offers.mining import counting, rules, tables, upkeep
from plugin.offers.mining.rules import Basket
from plugin.offers.mining.tables import MinedLine, MinedPair, MinedProduct, MinedTotal
from tests.mining.conftest import NOON, Stall

EPOCH = rules.epoch_for(NOON.date())
Counts = dict[str, dict[tuple[Any, ...], tuple[int, ...]]]


def counts(session: Session, shop_id: ShopId) -> Counts:
    """What the tables hold."""
    def rows(table: Any, keys: tuple[str, ...], values: tuple[str, ...]) -> dict[tuple[Any, ...], tuple[int, ...]]:  # noqa: ANN401
        return {tuple(getattr(row, key) for key in keys): tuple(getattr(row, value) for value in values)
                for row in session.query(table).filter(table.shop_id == shop_id) if row.orders}
    session.expire_all()
    return {"pairs": rows(MinedPair, ("first_id", "second_id", "scope"), ("orders", "vote")),
            "products": rows(MinedProduct, ("product_id", "scope"), ("orders", "weight")),
            "totals": rows(MinedTotal, ("scope",), ("orders", "slots", "links"))}


def by_hand(baskets: list[Basket]) -> Counts:
    """The same in plain Python."""
    pairs, products, totals = Counter[Any](), Counter[Any](), Counter[Any]()
    for one in (basket for basket in baskets if basket.counts(EPOCH)):
        size, weight = len(one.products), rules.weight_of(one.placed, EPOCH)
        for first, second in combinations(sorted(one.products), 2):
            pairs.update({(first, second, one.scope, 0): 1, (first, second, one.scope, 1): rules.vote_of(weight, size)})
        for product in one.products:
            products.update({(product, one.scope, 0): 1, (product, one.scope, 1): weight})
        totals.update({(one.scope, 0): 1, (one.scope, 1): size, (one.scope, 2): size * (size - 1)})
    return {name: {key[:-1]: tuple(found[(*key[:-1], place)] for place in range(width)) for key in found}
            for name, found, width in (("pairs", pairs, 2), ("products", products, 2), ("totals", totals, 3))}


def expected(stall: Stall) -> Counts:
    known = stall.session.scalars(select(Order.id).where(Order.shop_id == stall.shop_id)).all()
    return by_hand(tables.baskets(stall.session, stall.shop_id, known))


def history(stall: Stall, chance: random.Random, size: int = 60) -> list[str]:
    return [stall.buys(*chance.sample("abcdefgh", chance.randint(1, 5)), days_ago=chance.randrange(900),
                       country=chance.choice(("GB", "FR", None)), customer_id=chance.choice(("1", "2", None))) for _ in range(size)]


@pytest.mark.parametrize("piece", [1, 7, 200])
def test_in_pieces_as_at_once(stall: Stall, piece: int) -> None:
    history(stall, random.Random(piece))
    while upkeep.count(stall.session, stall.shop_id, now=NOON, limit=piece):
        pass
    assert counts(stall.session, stall.shop_id) == expected(stall)


def test_what_is_changed_given_back_or_cancelled_leaves_what_remains(stall: Stall) -> None:
    chance = random.Random(5)
    known = history(stall, chance)
    stall.mine()
    for order_id in chance.sample(known, 30):
        fate = chance.choice(({}, {"cancelled_at": NOON}, {"financial": "refunded"}, {"country": "DE"}))
        stall.changed(order_id, **fate) if fate else stall.gives_back(order_id, "abc")
        if chance.random() < 0.3:
            upkeep.count(stall.session, stall.shop_id, now=NOON, limit=3)
    history(stall, chance, 10)
    stall.mine()
    assert counts(stall.session, stall.shop_id) == expected(stall)


def test_all_given_back_is_nothing_counted(stall: Stall) -> None:
    known = history(stall, random.Random(3), 20)
    stall.mine()
    for order_id in known:
        stall.gives_back(order_id, "abcdefgh")
    stall.mine()
    assert counts(stall.session, stall.shop_id) == {"pairs": {}, "products": {}, "totals": {}}
    assert not stall.session.query(MinedLine).count()
    assert not stall.session.query(MinedPair).count()


@pytest.mark.parametrize("told", [
    {"paid_once": False}, {"test": True}, {"financial": "voided"}, {"cancelled_at": NOON}, {"settled": False}], ids=str)
def test_what_was_not_bought_is_not_counted(stall: Stall, told: dict[str, Any]) -> None:
    stall.buys("a", "b", **told)
    stall.mine()
    assert counts(stall.session, stall.shop_id)["pairs"] == {}


def test_an_order_is_read_again_only_when_it_changed(stall: Stall) -> None:
    order_id = stall.buys("a", "b")
    stall.mine()
    assert stall.uncounted() == 0
    stall.changed(order_id)
    assert stall.uncounted() == 1


def test_an_order_that_changes_while_it_is_counted_is_counted_again(stall: Stall) -> None:
    order_id = stall.buys("a", "b")
    mirror.counted(stall.session, stall.shop_id, {order_id: 99})
    assert stall.uncounted() == 1


def test_a_worn_epoch_is_begun_anew(stall: Stall) -> None:
    stall.buys("a", "b", days_ago=0)
    stall.mine()
    later = NOON.replace(year=NOON.year + 7)
    stall.buys("a", "b", created_at=later)
    stall.mine(later)
    assert [orders for orders, _ in counts(stall.session, stall.shop_id)["pairs"].values()] == [1]
    assert stall.uncounted() == 0


# -- the same expressions elsewhere -----------------------------------------------------------------------------------


def lines(seed: int) -> list[tuple[Any, ...]]:
    chance = random.Random(seed)
    found = []
    for order in range(120):
        goods, weight = chance.sample(range(30), chance.randint(1, 12)), chance.randrange(2**36)
        scope = chance.choice(("GB/new", "FR/new", "/referred"))
        found += [(str(order), str(one), scope, len(goods), weight, rules.vote_of(weight, len(goods))) for one in goods]
    return found


def told(rows: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401
    return sorted(tuple(int(value) if not isinstance(value, str) else value for value in row) for row in rows)


@pytest.mark.parametrize("name", counting.COUNTS)
def test_an_expression_means_the_same_on_duckdb_as_where_it_is_used(session: Session, name: str) -> None:
    """``session`` is SQLite's and PostgreSQL's in turn."""
    columns = ", ".join(f"{column} {_TYPES[kind]}" for column, kind in counting.SCHEMA.items())
    made, rows = f"create temporary table {counting.LINES} ({columns})", lines(1)
    session.execute(text(made))
    session.execute(text(f"insert into {counting.LINES} values ({', '.join(f':{column}' for column in counting.SCHEMA)})"),
                    [dict(zip(counting.SCHEMA, row, strict=True)) for row in rows])
    here = told(session.execute(text(counting.sql(name, session.get_bind().dialect.name))).all())
    with duckdb.connect() as database:
        database.execute(made)
        database.executemany(f"insert into {counting.LINES} values ({', '.join('?' * len(counting.SCHEMA))})", rows)
        there = told(database.execute(counting.sql(name, "duckdb")).fetchall())
    assert here == there
    assert here


_TYPES = {"string": "varchar(24)", "int64": "bigint"}
