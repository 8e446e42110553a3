"""Counting what came, and ranking the companions of what changed enough. For jobs: each step is one short transaction."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import astuple
from datetime import UTC, date, datetime, time
from typing import Any, cast

from sqlalchemy import Select, Table, Uuid, bindparam, delete, func, insert, literal, select, text, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from plugin.db import Base, ShopId, insert_once
from plugin.mirror import flows as mirror
from plugin.mirror import tables as orders
from plugin.offers.mining import counting, rules, tables
from plugin.offers.mining.rules import Basket, Tally, Totals
from plugin.offers.mining.tables import Companions, MinedLine, MinedPair, MinedProduct, MinedShop, MinedTotal

BATCH = 200
"""Orders a transaction: SQLite lets one write at a time, and nobody should wait long for this one."""
CACHE = 65_536
"""Kilobytes that SQLite may keep of its file meanwhile: with its 2 MB it would write the same pages over and over within a batch."""
RANKED = 50
"""Products a transaction."""
SELLERS = 50
_ENOUGH = 8
"""A product is ranked anew when an eighth of its orders is new, or of the shop's, since what chance gives two goods falls with every order
that has neither: so each order pays for a fixed share of a ranking."""
_KEYS: dict[type[Base], tuple[str, ...]] = {
    MinedPair: ("first_id", "second_id", "scope"), MinedProduct: ("product_id", "scope"), MinedTotal: ("scope",)}


def count(session: Session, shop_id: ShopId, *, now: datetime, limit: int = BATCH) -> int:
    """Bring the counts up to the next orders that came or changed. Returns how many there were."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"pragma cache_size = -{CACHE}"))
    epoch = _epoch(session, shop_id, now.date())
    revisions = orders.uncounted(session, shop_id, limit=limit)
    if not revisions:
        return 0
    before = tables.counted_before(session, shop_id, list(revisions))
    baskets = [one for one in tables.baskets(session, shop_id, list(revisions)) if one.counts(epoch)]
    if before:
        _take_out(session, shop_id, before)
    _put_in(session, shop_id, baskets, epoch)
    _note_changes(session, shop_id, Counter(
        product for products in (*before.values(), *(one.products for one in baskets)) for product in products))
    _note_growth(session, shop_id)
    mirror.counted(session, shop_id, revisions)
    session.flush()
    return len(revisions)


def rank(session: Session, shop_id: ShopId, *, now: datetime, limit: int = RANKED) -> int:
    """Rank the companions of the next products that are due. Returns how many there were; after the last, best sellers too."""
    due = tables.due(session, shop_id, limit=limit)
    if not due:
        return 0
    totals, tests = tables.totals(session, shop_id), tables.count_products(session, shop_id) - 1
    ranked = [{"which": product_id, "lists": _ranked(session, shop_id, product_id, totals=totals, tests=tests)} for product_id in due]
    session.connection().execute(
        update(Companions).where(Companions.shop_id == shop_id, Companions.product_id == bindparam("which")).values(
            lists=bindparam("lists"), changes=0, due=False, ranked_at=now), ranked)
    if len(due) < limit:
        _find_sellers(session, shop_id)
    session.flush()
    return len(due)


def _epoch(session: Session, shop_id: ShopId, today: date) -> date:
    """Since when this shop's orders count. The first time, and where weights have grown too far, all is counted from a new day on."""
    row = tables.mined_shop(session, shop_id, lock=True)
    if row is not None and not rules.is_worn(row.epoch, today):
        return row.epoch
    tables.forget_counts(session, shop_id)
    epoch = rules.epoch_for(today)
    if insert_once(session, MinedShop, {"shop_id": shop_id, "epoch": epoch, "sellers": {}, "ranked_at_orders": 0}):
        mirror.count_again(session, shop_id, since=datetime.combine(epoch, time(), UTC))
    return epoch


# -- counting ---------------------------------------------------------------------------------------------------------


def _put_in(session: Session, shop_id: ShopId, baskets: Iterable[Basket], epoch: date) -> None:
    rows = [row for one in baskets for row in _rows(shop_id, one, epoch)]
    if rows:
        session.execute(insert(MinedLine), rows)
        _change(session, shop_id, {row["order_id"] for row in rows}, sign=1)


def _rows(shop_id: ShopId, basket: Basket, epoch: date) -> list[dict[str, Any]]:
    size, weight = len(basket.products), rules.weight_of(basket.placed, epoch)
    alike = {"shop_id": shop_id, "order_id": basket.order_id, "scope": basket.scope, "size": size, "weight": weight,
             "vote": rules.vote_of(weight, size)}
    return [{**alike, "product_id": product_id} for product_id in sorted(basket.products)]


def _take_out(session: Session, shop_id: ShopId, before: Mapping[str, Collection[str]]) -> None:
    """What these orders were counted with; what nobody bought together any more goes."""
    _change(session, shop_id, before.keys(), sign=-1)
    session.execute(delete(MinedLine).where(MinedLine.shop_id == shop_id, MinedLine.order_id.in_(before)))
    products = {product for inside in before.values() for product in inside}
    session.execute(delete(MinedPair).where(MinedPair.shop_id == shop_id, MinedPair.first_id.in_(products), MinedPair.orders <= 0))
    session.execute(delete(MinedProduct).where(MinedProduct.shop_id == shop_id, MinedProduct.product_id.in_(products),
                                               MinedProduct.orders <= 0))


def _change(session: Session, shop_id: ShopId, order_ids: Collection[str], *, sign: int) -> None:
    """Add what these orders' lines say to every count, or take it away: within the database, by Ibis's query."""
    lines = select(*(getattr(MinedLine, name) for name in counting.SCHEMA)).where(
        MinedLine.shop_id == shop_id, MinedLine.order_id.in_(order_ids)).cte(counting.LINES)
    made = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    for table, keys in _KEYS.items():
        into = cast(Table, table.__table__)
        names = [column.name for column in into.columns if column.name != "shop_id"]
        adding = made.insert(into).from_select(["shop_id", *names], _counted(session, shop_id, into, names)).add_cte(lines)
        session.execute(adding.on_conflict_do_update(  # what is taken away was put in once, so there it never inserts
            index_elements=["shop_id", *keys],
            set_={name: into.c[name] + sign * adding.excluded[name] for name in names if name not in keys}))


def _counted(session: Session, shop_id: ShopId, into: Table, names: Collection[str]) -> Select[Any]:
    query = text(counting.sql(into.name, session.get_bind().dialect.name)).columns(*(into.c[name] for name in names))
    counted = query.subquery("counted")
    return select(literal(shop_id, Uuid()), *(counted.c[name] for name in names)).where(true())  # SQLite wants a WHERE before ON


def _note_changes(session: Session, shop_id: ShopId, touched: Mapping[str, int]) -> None:
    if not touched:
        return
    made = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    noting = made.insert(Companions)
    session.execute(
        noting.on_conflict_do_update(index_elements=["shop_id", "product_id"],
                                     set_={"changes": Companions.changes + noting.excluded.changes}),
        [{"shop_id": shop_id, "product_id": product_id, "changes": times, "due": False, "lists": {}, "ranked_at": None}
         for product_id, times in sorted(touched.items())])
    ordered = select(func.coalesce(func.sum(MinedProduct.orders), 0)).where(
        MinedProduct.shop_id == shop_id, MinedProduct.product_id == Companions.product_id).scalar_subquery()
    session.execute(update(Companions).where(
        Companions.shop_id == shop_id, Companions.product_id.in_(touched), ~Companions.due, Companions.changes * _ENOUGH >= ordered)
        .values(due=True).execution_options(synchronize_session=False))


def _note_growth(session: Session, shop_id: ShopId) -> None:
    shop = tables.mined_shop(session, shop_id)
    orders = tables.count_orders(session, shop_id)
    if shop is not None and (orders - shop.ranked_at_orders) * _ENOUGH >= orders > 0:
        shop.ranked_at_orders = orders
        session.execute(update(Companions).where(Companions.shop_id == shop_id).values(due=True)
                        .execution_options(synchronize_session=False))


# -- ranking ----------------------------------------------------------------------------------------------------------


def _ranked(session: Session, shop_id: ShopId, product_id: str, *, totals: Mapping[str, Totals], tests: int) -> dict[str, Any]:
    """Scope → companions, as stored."""
    met = tables.met(session, shop_id, product_id, least=rules.LEAST)
    sold = tables.sold(session, shop_id, {product_id, *(other for inside in met.values() for other in inside)})
    whole = sold.get("/", {}).get(product_id, Tally())
    lists = {}
    for scope, together in met.items():
        own = sold.get(scope, {}).get(product_id, Tally())
        if rules.has_own(own.orders, whole.orders, scope):
            lists[scope] = [astuple(one) for one in rules.rank(own, together, sold[scope], totals[scope], tests=tests)]
    return lists


def _find_sellers(session: Session, shop_id: ShopId) -> None:
    """Once a round: it reads the catalogue's counts, not the orders."""
    row = tables.mined_shop(session, shop_id, lock=True)
    if row is not None:
        row.sellers = {market: [[product_id, tally.orders] for product_id, tally in rules.best(inside, SELLERS)]
                       for market, inside in tables.sellers(session, shop_id).items()}
