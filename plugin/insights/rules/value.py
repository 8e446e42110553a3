"""What a new customer is worth: the margin of their first order, and of everything within 30, 90 and 365 days of it. Pure.

Margin is goods after discounts and after refunds, minus what the goods that the customer kept cost the shop. Tax and shipping are left
out on both sides. A horizon counts only customers whose first order lies at least so long ago: nobody is cut short.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from plugin.insights.rules.intervals import ENOUGH, Mean, mean

Source = Literal["friend", "other"]
FIRST = 0
HORIZONS = (FIRST, 30, 90, 365)
"""Days from the first order; ``FIRST`` is that order alone."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What customers of one source and currency left within ``days`` of their first order.

    ``unknown``: further customers whose goods have no known cost, so that their margin is not known either.
    """

    source: Source
    currency: str
    days: int
    margin: Mean
    unknown: int

    @property
    def says(self) -> bool:
        """Whether there are enough to say anything."""
        return self.margin.n >= ENOUGH


@dataclass(frozen=True, slots=True)
class Row:
    """``times`` customers of one source and currency left ``margin`` within ``days``; None where it is not known."""

    source: Source
    currency: str
    days: int
    margin: int | None
    times: int


def worths(rows: Iterable[Row]) -> tuple[Worth, ...]:
    """By currency, source and horizon; every horizon of a source that has any customer at all."""
    tables: dict[tuple[str, Source], dict[int, dict[int | None, int]]] = {}
    for row in rows:
        table = tables.setdefault((row.currency, row.source), {days: {} for days in HORIZONS})[row.days]
        table[row.margin] = table.get(row.margin, 0) + row.times
    return tuple(_worth(currency, source, days, by_days[days])
                 for (currency, source), by_days in sorted(tables.items()) for days in HORIZONS)


def _worth(currency: str, source: Source, days: int, table: Mapping[int | None, int]) -> Worth:
    known = {margin: times for margin, times in table.items() if margin is not None}
    return Worth(source, currency, days, mean(known), table.get(None, 0))
