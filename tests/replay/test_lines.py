"""Rows are good or refused for one named reason; a file that cannot be read is told so in one line."""

from pathlib import Path

import duckdb
import pytest

from devstore.demo.replaying.lines import COLUMNS, Reading, Row, Unreadable, read
from tests.replay import EXTRACT, GOOD, csv

REASONS = [
    ({"InvoiceDate": "yesterday"}, "bad_date"),
    ({"InvoiceNo": "A506401"}, "adjustment"),
    ({"StockCode": "ADJUST"}, "adjustment"),
    ({"InvoiceNo": "X489434"}, "bad_invoice_number"),
    ({"InvoiceNo": ""}, "bad_invoice_number"),
    ({"StockCode": ""}, "no_stock_code"),
    ({"Description": ""}, "no_description"),
    ({"Description": "nan"}, "no_description"),
    ({"UnitPrice": "dear"}, "bad_price"),
    ({"UnitPrice": "-1.00"}, "negative_price"),
    ({"UnitPrice": "0.0"}, "zero_price"),
    ({"UnitPrice": "0.0049"}, "price_below_a_penny"),
    ({"Quantity": "0"}, "bad_quantity"),
    ({"Quantity": "-3"}, "bad_quantity"),
    ({"Quantity": "two"}, "bad_quantity"),
    ({"Quantity": "1000001"}, "bad_quantity"),
    ({"InvoiceNo": "C489434", "Quantity": "3"}, "bad_quantity"),
    ({"CustomerID": "J. Doe"}, "bad_customer"),
]


@pytest.mark.parametrize(("changed", "reason"), REASONS)
def test_a_row_is_refused_for_its_reason(tmp_path: Path, changed: dict[str, str], reason: str) -> None:
    told = read(csv(tmp_path, GOOD, GOOD | changed))
    assert (told.rows, told.refused) == (2, {reason: 1})


@pytest.mark.parametrize(("price", "pence", "changed"), [
    ("2.55", 255, 0), ("2.1", 210, 0), ("0.125", 13, 1), ("0.005", 1, 1), ("1.004", 100, 1), ("25111.09", 2511109, 0)])
def test_prices_become_pence_half_up(tmp_path: Path, price: str, pence: int, changed: int) -> None:
    invoice = read(csv(tmp_path, GOOD | {"UnitPrice": price})).invoices[0]
    assert (invoice.rows, invoice.changed) == ((Row("85048", pence, 12),), changed)


@pytest.mark.parametrize(("text", "utc"), [
    ("2009-12-01 07:45:00", "2009-12-01T07:45:00+00:00"), ("2010-07-01 07:45:00", "2010-07-01T06:45:00+00:00"),
    ("12/1/2009 8:26", "2009-12-01T08:26:00+00:00")])
def test_times_are_londons(tmp_path: Path, text: str, utc: str) -> None:
    assert read(csv(tmp_path, GOOD | {"InvoiceDate": text})).invoices[0].at.isoformat() == utc


def test_a_customer_may_be_absent(tmp_path: Path) -> None:
    told = read(csv(tmp_path, GOOD | {"CustomerID": ""}, GOOD | {"InvoiceNo": "489435", "CustomerID": "13085.0"}))
    assert [invoice.customer for invoice in told.invoices] == [None, "13085"]


def test_parquet_reads_as_csv_does(tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    with duckdb.connect() as database:
        database.execute(f"copy (select * from read_csv('{EXTRACT}')) to '{file}'")
    assert _told(read(file)) == _told(read(EXTRACT))


def _told(reading: Reading) -> object:
    return reading.rows, reading.refused, reading.invoices


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="lacks the column CustomerID"):
        read(csv(tmp_path, GOOD, columns=[name for name in COLUMNS if name != "CustomerID"]))


@pytest.mark.parametrize(("name", "content", "why"), [
    ("rows.csv", b"", "lacks the columns|cannot be read"),
    ("rows.csv", ",".join(COLUMNS).encode() + b"\n", "has no rows"),
    ("rows.parquet", b"InvoiceNo,StockCode\n1,2\n", "cannot be read as parquet"),
    ("rows.parquet", b"", "cannot be read as parquet"),
    ("rows.txt", b"", "neither .parquet nor .csv")])
def test_other_files_are_refused(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Unreadable, match=why):
        read(tmp_path / name)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="There is no file"):
        read(tmp_path / "rows.csv")
