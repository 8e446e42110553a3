"""Orders as the figures count them: paid at least once, no test, settled since they came; what their goods cost; who bought first.

Parts of queries, the same on both databases: sums are of whole minor units, and times are compared as whole seconds.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, CompoundSelect, Select, Subquery, and_, case, cast, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from plugin.db import ShopId
from plugin.insights.rules.intervals import WHOLE
from plugin.mirror.tables import Cost, Order, OrderLine, Variant
from plugin.people.tables import Person

DAY = 86_400


class seconds_between(GenericFunction[int]):
    """Whole seconds from the first moment to the second; Shopify tells no finer ones."""

    type = BigInteger()
    inherit_cache = True


@compiles(seconds_between, "sqlite")
def _in_sqlite(element: seconds_between, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    before, after = (compiler.process(one, **options) for one in element.clauses)
    return f"(CAST(strftime('%s', {after}) AS INTEGER) - CAST(strftime('%s', {before}) AS INTEGER))"


@compiles(seconds_between, "postgresql")
def _in_postgresql(element: seconds_between, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    before, after = (compiler.process(one, **options) for one in element.clauses)
    return f"(CAST(floor(extract(epoch FROM {after})) AS BIGINT) - CAST(floor(extract(epoch FROM {before})) AS BIGINT))"


def counts(shop_id: ShopId) -> ColumnElement[bool]:
    """Whether an order counts. One that was never settled has no worth written down yet."""
    return and_(Order.shop_id == shop_id, Order.paid_once, ~Order.test, Order.settled_revision > 0)


def priced(shop_id: ShopId, cost_bp: int | None, *, only: Select[Any] | CompoundSelect[Any] | None = None) -> Subquery:
    """order_id, ``cost`` of the units kept, ``missing``: lines of kept units whose cost is neither known nor assumed.

    ``cost_bp``: what goods without a known cost are taken to cost, as a share of their price. ``only``: ids of the orders wanted.
    """
    assumed = None if cost_bp is None else (OrderLine.amount * cost_bp + WHOLE // 2) // WHOLE
    unit = func.coalesce(Cost.amount, assumed) if assumed is not None else Cost.amount
    missing = case((and_(unit.is_(None), OrderLine.kept > 0), 1), else_=0)
    asked = (select(OrderLine.order_id, func.sum(func.coalesce(unit, 0) * OrderLine.kept).label("cost"), func.sum(missing).label("missing"))
             .outerjoin(Variant, and_(Variant.shop_id == OrderLine.shop_id, Variant.id == OrderLine.variant_id))
             .outerjoin(Cost, and_(Cost.shop_id == Variant.shop_id, Cost.inventory_item_id == Variant.inventory_item_id,
                                   Cost.currency == OrderLine.currency))
             .where(OrderLine.shop_id == shop_id).group_by(OrderLine.order_id))
    return (asked.where(OrderLine.order_id.in_(only)) if only is not None else asked).subquery("priced")


def ranked(shop_id: ShopId, costs: Subquery | None = None) -> Subquery:
    """Every order of somebody we know: ``buyer``, ``rank`` among theirs (1 is the first) and ``first_at``, beside columns of the order,
    and with ``costs`` (of ``priced``) its ``cost`` and ``missing``. SQLite finds them by an index only beside the table itself."""
    buyer = func.coalesce(Person.merged_into, Person.id)
    theirs = (buyer, Order.currency)
    asked = (select(buyer.label("buyer"), Order.id, Order.currency, Order.created_at, Order.net, Order.heard,
                   func.row_number().over(order_by=(Order.created_at, Order.id), partition_by=theirs).label("rank"),
                   func.min(Order.created_at).over(partition_by=theirs).label("first_at"))
            .join(Person, and_(Person.shop_id == Order.shop_id, Person.id == Order.person_id))
            .where(counts(shop_id)))
    if costs is not None:
        asked = asked.add_columns(func.coalesce(costs.c.cost, 0).label("cost"), func.coalesce(costs.c.missing, 0).label("missing"))
        asked = asked.outerjoin(costs, costs.c.order_id == Order.id)
    return asked.subquery("ranked")


def within(moment: ColumnElement[datetime], days: int, *, of: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Less than ``days`` after."""
    return func.seconds_between(of, moment) < days * DAY


def whole(value: ColumnElement[Any]) -> ColumnElement[int]:
    """A sum as a whole number: PostgreSQL adds into a decimal."""
    return cast(value, BigInteger)
