"""The counts, as Ibis expressions over one relation of lines: the same on SQLite, PostgreSQL, DuckDB and whatever else Ibis speaks.

Ibis writes the SQL; who holds the rows runs it. So counting is part of the transaction that notes what was counted, no row
leaves the database for it, and none of Ibis's own drivers is needed. Ibis is imported when something is counted, not before:
it takes more than a second, and only jobs count.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ibis.expr.types import Table

LINES = "changed"
"""The relation that is counted: one row for each product of each order."""
SCHEMA = {"order_id": "string", "product_id": "string", "scope": "string", "size": "int64", "weight": "int64", "vote": "int64"}


def pairs(lines: "Table") -> "Table":
    """Each two products of an order, the lesser first: orders and votes, by scope."""
    others = lines.select("order_id", "product_id").view()
    both = lines.join(others, [lines.order_id == others.order_id, lines.product_id < others.product_id])
    return both.group_by(first_id=lines.product_id, second_id=others.product_id, scope=lines.scope).aggregate(
        orders=both.count(), vote=lines.vote.sum())


def products(lines: "Table") -> "Table":
    """Orders and their weights, by product and scope."""
    return lines.group_by("product_id", "scope").aggregate(orders=lines.count(), weight=lines.weight.sum())


def totals(lines: "Table") -> "Table":
    """Orders, products in them and ordered twos of those, by scope."""
    orders = lines.group_by("order_id", "scope").aggregate(size=lines["size"].max())
    return orders.group_by("scope").aggregate(orders=orders.count(), slots=orders["size"].sum(),
                                              links=(orders["size"] * (orders["size"] - 1)).sum())


COUNTS = {"mined_pairs": pairs, "mined_products": products, "mined_totals": totals}
"""Table → the expression that says what lines add to its rows, or take from them."""


@cache
def sql(table: str, dialect: str) -> str:
    """The expression of a table as a query on the relation ``LINES``, in the words of a database (an Ibis backend's name)."""
    import ibis
    from ibis.backends.sql import compilers

    written: dict[str, Any] = {"sqlite": compilers.SQLiteCompiler, "postgresql": compilers.PostgresCompiler,
                               "duckdb": compilers.DuckDBCompiler, "pyspark": compilers.PySparkCompiler}
    compiler = written[dialect]()
    told: str = compiler.to_sqlglot(COUNTS[table](ibis.table(SCHEMA, name=LINES))).sql(dialect=compiler.dialect)
    return told
