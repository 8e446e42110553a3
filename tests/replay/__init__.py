"""The replay: what it reads, what it plans, and one whole run on an extract of real order lines (README.md names their source)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from devstore.demo.replaying.lines import COLUMNS

EXTRACT = Path(__file__).parent / "online_retail_200.csv"
GOOD: dict[str, str] = {
    "InvoiceNo": "489434", "StockCode": "85048", "Description": "15CM CHRISTMAS GLASS BALL 20 LIGHTS", "Quantity": "12",
    "InvoiceDate": "2009-12-01 07:45:00", "UnitPrice": "6.95", "CustomerID": "13085", "Country": "United Kingdom"}


def csv(folder: Path, *rows: Mapping[str, str], columns: Sequence[str] = COLUMNS) -> Path:
    """A file of these rows."""
    file = folder / "rows.csv"
    lines = [",".join(columns), *(",".join(row[name] for name in columns) for row in rows)]
    file.write_text("\n".join(lines) + "\n")
    return file
