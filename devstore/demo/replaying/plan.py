"""What will be done, decided before anything is: pure, and the same for the same file, number and seed."""

from collections import Counter
from dataclasses import replace

from devstore.demo.replaying.acting import cast
from devstore.demo.replaying.lines import Reading
from devstore.demo.replaying.matching import Sold
from devstore.demo.replaying.steps import Back, Good, Plan, Rows, Sale, Step

SEED = 2010


def make(reading: Reading, *, orders: int | None = None, seed: int = SEED) -> Plan:
    """``orders``: stop after so many. The good rows behind them are left out; refused rows are counted for the whole file."""
    rows = Rows(reading.rows, refused=Counter(reading.refused))
    steps: list[Step] = []
    sold, count = Sold(), 0
    for invoice in reading.invoices:
        if orders is not None and count >= orders:
            rows.left_out += len(invoice.rows)
            continue
        step = sold.take_back(invoice, rows) if invoice.cancels else sold.sell(invoice, rows)
        if step is not None:
            steps.append(step)
            count += isinstance(step, Sale)
    if not rows.complete:
        raise AssertionError(f"rows were lost: {rows}")
    return Plan(_kept(cast(steps, seed)), rows, _prices(steps), reading.titles)


def _kept(steps: list[Step]) -> list[Step]:
    """Orders that something is given back of later, or whose shopper shares them, must be found again."""
    wanted = {invoice for step in steps if isinstance(step, Back) for invoice in step.goods}
    return [replace(step, kept=step.part.shares or step.invoice in wanted) if isinstance(step, Sale) else step for step in steps]


def _prices(steps: list[Step]) -> dict[str, list[int]]:
    goods: set[Good] = {good for step in steps if isinstance(step, Sale) for good in step.goods}
    prices: dict[str, list[int]] = {}
    for stock, pence in sorted(goods):
        prices.setdefault(stock, []).append(pence)
    return prices
