"""Order lines out of a file, by DuckDB: every row is either good or refused for one named reason.

A price becomes pence half up. Times are the retailer's (London), kept as UTC.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
READERS = {".parquet": "create temp table given as select * from read_parquet(?)",
           ".csv": "create temp table given as select * from read_csv(?, header = true, all_varchar = true)"}
LONDON = ZoneInfo("Europe/London")

# The first reason that fits is the row's. A cancellation's invoice begins with C, an adjustment's with A.
JUDGED = """
create temp table judged as
with told as (
  select row_number() over () as line, upper(trim(InvoiceNo::varchar)) as invoice, upper(trim(StockCode::varchar)) as stock,
    trim(Description::varchar) as title, try_cast(Quantity::varchar as bigint) as quantity,
    coalesce(try_strptime(InvoiceDate::varchar, ['%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M', '%m/%d/%Y %H:%M']),
      try_cast(InvoiceDate::varchar as timestamp)) as moment,
    try_cast(UnitPrice::varchar as decimal(18, 6)) as price,
    regexp_replace(trim(CustomerID::varchar), '[.]0$', '') as customer, trim(Country::varchar) as country
  from given),
priced as (select *, round(price, 2) as rounded, starts_with(invoice, 'C') as cancels from told)
select *, cast(rounded * 100 as bigint) as pence, rounded <> price as changed, case
    when moment is null then 'bad_date'
    when starts_with(invoice, 'A') or stock in ('ADJUST', 'ADJUST2', 'B') then 'adjustment'
    when invoice is null or not regexp_matches(invoice, '^C?[0-9]+$') then 'bad_invoice_number'
    when coalesce(stock, '') = '' then 'no_stock_code'
    when coalesce(lower(title), '') in ('', 'nan') then 'no_description'
    when price is null then 'bad_price'
    when price < 0 then 'negative_price'
    when price = 0 then 'zero_price'
    when rounded = 0 then 'price_below_a_penny'
    when quantity is null or quantity = 0 or abs(quantity) > 1000000 or (quantity < 0) <> cancels then 'bad_quantity'
    when not regexp_matches(coalesce(customer, ''), '^([0-9]*|nan)$') then 'bad_customer'
  end as reason
from priced"""

INVOICES = """
select invoice, any_value(cancels), min(moment), any_value(nullif(nullif(customer, ''), 'nan')), any_value(country),
  list([stock, pence::varchar, quantity::varchar] order by line), count(*) filter (changed)
from judged where reason is null group by invoice order by min(moment), invoice"""
TITLES = "select stock, arg_max(title, (many, title)) from (select stock, title, count(*) as many from judged " \
         "where reason is null group by all) group by stock"


class Unreadable(Exception):
    """The file cannot be replayed; says why in one line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One good row. ``pence`` is the price of one."""

    stock: str
    pence: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """The good rows of one invoice. ``changed`` of them had a price that is no whole number of pence."""

    number: str
    cancels: bool
    at: datetime
    customer: str | None
    country: str
    rows: tuple[Row, ...]
    changed: int


@dataclass(frozen=True)
class Reading:
    """The whole file: ``rows`` in it, those refused by reason, and the invoices that are left, in the order of time."""

    rows: int
    refused: Counter[str]
    invoices: list[Invoice]
    titles: dict[str, str]


def read(file: Path) -> Reading:
    """Raises Unreadable."""
    with duckdb.connect() as database:
        _open(database, file)
        refused = database.execute("select reason, count(*) from judged where reason is not null group by reason").fetchall()
        total = database.execute("select count(*) from judged").fetchall()[0][0]
        if not total:
            raise Unreadable(f"{file} has no rows.")
        titles = dict(database.execute(TITLES).fetchall())
        return Reading(int(total), Counter(dict(refused)), [_invoice(row) for row in database.execute(INVOICES).fetchall()], titles)


def _open(database: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Make the table ``judged``."""
    reader = READERS.get(file.suffix.lower())
    if reader is None:
        raise Unreadable(f"{file} is neither .parquet nor .csv.")
    if not file.is_file():
        raise Unreadable(f"There is no file {file}.")
    try:
        database.execute(reader, [str(file)])
    except duckdb.Error as fault:
        raise Unreadable(f"{file} cannot be read as {file.suffix[1:]}: {str(fault).splitlines()[0]}") from None
    found = {str(row[0]) for row in database.execute("describe given").fetchall()}
    missing = [name for name in COLUMNS if name not in found]
    if missing:
        raise Unreadable(f"{file} lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}.")
    database.execute(JUDGED)


def _invoice(row: tuple[str, bool, datetime, str | None, str, list[list[str]], int]) -> Invoice:
    number, cancels, at, customer, country, rows, changed = row
    told = tuple(Row(stock, int(pence), abs(int(quantity))) for stock, pence, quantity in rows)
    return Invoice(number, cancels, at.replace(tzinfo=LONDON).astimezone(UTC), customer, country or "", told, changed)
