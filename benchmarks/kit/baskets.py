"""Real order lines as baskets: each order's goods that were kept, when, where, by whom. And the same many times over."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

import duckdb
from babel import Locale

from devstore.demo.replaying import lines
from devstore.demo.replaying.lines import Invoice
from plugin.offers.mining import counting, rules
from plugin.offers.mining.rules import Basket

_GOODS = re.compile(r"\d{5}[A-Z]*")
"""Stock codes of goods; postage, fees and samples have others."""
_TYPES = {"string": "varchar", "int64": "bigint"}
_OTHER_NAMES = {"eire": "IE", "usa": "US", "rsa": "ZA", "korea": "KR", "hong kong": "HK", "channel islands": "GB"}


@dataclass(frozen=True, slots=True)
class Bought:
    """One order. ``country``: two letters, None where unknown."""

    id: str
    at: datetime
    country: str | None
    customer: str | None
    products: frozenset[str]


def read(file: Path) -> list[Bought]:
    """Orders in the order of time, what was given back taken out. Raises ``lines.Unreadable``."""
    found: dict[str, Bought] = {}
    newest: dict[tuple[str, str], str] = {}
    for invoice in lines.read(file).invoices:
        goods = [row.stock for row in invoice.rows if _GOODS.fullmatch(row.stock)]
        if invoice.cancels:
            _give_back(found, newest, invoice, goods)
        elif goods:
            found[invoice.number] = Bought(invoice.number, invoice.at, _country(invoice.country), invoice.customer, frozenset(goods))
            newest.update({(invoice.customer or "", stock): invoice.number for stock in goods})
    return [one for one in found.values() if one.products]


def _give_back(found: dict[str, Bought], newest: dict[tuple[str, str], str], invoice: Invoice, goods: Iterable[str]) -> None:
    """From the same customer's newest order of it, wholly: the file does not say from which."""
    for stock in goods:
        number = newest.pop((invoice.customer, stock), None) if invoice.customer else None
        if number is not None:
            found[number] = replace(found[number], products=found[number].products - {stock})


@cache
def _codes() -> dict[str, str]:
    return {name.casefold(): code for code, name in Locale("en").territories.items() if len(code) == 2} | _OTHER_NAMES


def _country(name: str) -> str | None:
    return _codes().get(name.casefold())


def write(orders: Sequence[Bought], file: Path) -> None:
    """What is counted of them, as the relation ``counting.LINES`` in a Parquet file."""
    epoch = rules.epoch_for(max(one.at for one in orders).date())
    baskets = [Basket(one.id, one.at.date(), one.country or "", "new", one.products) for one in orders]
    rows = [row for one in baskets if one.counts(epoch) for row in _rows(one, rules.weight_of(one.placed, epoch))]
    columns = ", ".join(f"unnest(?)::{_TYPES[kind]} as {name}" for name, kind in counting.SCHEMA.items())
    with duckdb.connect() as database:
        database.execute(f"create table told as select {columns}", [list(column) for column in zip(*rows, strict=True)])
        database.execute("copy told to ? (format parquet)", [str(file)])


def _rows(basket: Basket, weight: int) -> list[tuple[str, str, str, int, int, int]]:
    size = len(basket.products)
    return [(basket.order_id, product, basket.scope, size, weight, rules.vote_of(weight, size)) for product in sorted(basket.products)]


def write_times(file: Path, number: int, into: Path) -> None:
    """The same orders so often, each time under other names."""
    with duckdb.connect() as database:
        database.execute("create table told as select * replace (range || '-' || order_id as order_id) from read_parquet(?), range(?)",
                         [str(file), number])
        database.execute("copy told to ? (format parquet)", [str(into)])
