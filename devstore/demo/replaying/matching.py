"""Invoices become orders; a cancellation's rows find the orders that they were bought with."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from devstore.demo.replaying.lines import Invoice, Row
from devstore.demo.replaying.steps import Back, Good, Rows, Sale

MOST_LINES = 500
"""An order at Shopify holds no more."""


@dataclass
class _Bought:
    """Units of one good in one order that nobody has given back yet."""

    invoice: str
    pence: int
    left: int


@dataclass
class Sold:
    """What customers have bought so far, by customer and stock code, oldest first."""

    bought: defaultdict[tuple[str, str], list[_Bought]] = field(default_factory=lambda: defaultdict(list))

    def sell(self, invoice: Invoice, rows: Rows) -> Sale | None:
        """Rows of one good at one price are one line, as in a cart. None for an invoice with too many lines."""
        goods: Counter[Good] = Counter()
        for row in invoice.rows:
            goods[row.stock, row.pence] += row.quantity
        if len(goods) > MOST_LINES:
            rows.refused["over_500_lines"] += len(invoice.rows)
            return None
        rows.used += len(invoice.rows)
        rows.changed += invoice.changed
        for (stock, pence), quantity in goods.items():
            if invoice.customer:
                self.bought[invoice.customer, stock].append(_Bought(invoice.number, pence, quantity))
        shopper = invoice.customer or invoice.number
        return Sale(invoice.number, invoice.at, shopper, invoice.customer is None, invoice.country, dict(goods))

    def take_back(self, invoice: Invoice, rows: Rows) -> Back | None:
        """None if no row of it has an original. A row goes back whole or not at all."""
        goods: defaultdict[str, Counter[Good]] = defaultdict(Counter)
        for row in invoice.rows:
            found, why = self._originals(invoice.customer, row)
            if why:
                rows.refused[why] += 1
                continue
            rows.used += 1
            for one, units in found:
                one.left -= units
                goods[one.invoice][row.stock, one.pence] += units
        told = {number: dict(part) for number, part in goods.items()}
        return Back(invoice.number, invoice.at, invoice.customer or "", told) if told else None

    def _originals(self, customer: str | None, row: Row) -> tuple[list[tuple[_Bought, int]], str]:
        """The newest first, those at the row's own price before others; or why there are none."""
        if customer is None:
            return [], "cancellation_without_customer"
        earlier = self.bought.get((customer, row.stock), [])
        if not earlier:
            return [], "cancellation_without_original"
        found: list[tuple[_Bought, int]] = []
        wanted = row.quantity
        for one in sorted(reversed(earlier), key=lambda one: one.pence != row.pence):
            units = min(wanted, one.left)
            if units:
                found.append((one, units))
                wanted -= units
        return (found, "") if not wanted else ([], "cancellation_of_more_than_was_bought")
