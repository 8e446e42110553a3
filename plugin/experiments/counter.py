"""Counts on their way to the database: the threads of a process that bring some at the same time share one transaction.

Browsers send what they counted in any number; each would wait for the same few rows. So whoever finds the desk free adds up all that
waits and writes it at once (``intake.together``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

from sqlalchemy.exc import OperationalError

from plugin.context import Context
from plugin.db import ShopId
from plugin.experiments import tables
from plugin.experiments.rules import Place, Tally, added_up
from plugin.intake.together import Together


@dataclass(frozen=True, slots=True)
class Slip:
    """What one browser counted, of one shop on one day."""

    shop_id: ShopId
    day: date
    sums: dict[Place, Tally]


class Counter:
    """One a process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._slips = Together[Slip](self._write, common=(OperationalError,))

    def add(self, slip: Slip) -> None:
        """Returns once it is kept. Raises SQLAlchemyError."""
        if slip.sums:
            self._slips.submit(slip)

    def _write(self, slips: Sequence[Slip]) -> None:
        """In the order of shops and days, so that two processes never wait for each other."""
        ranked = sorted(slips, key=attrgetter("shop_id", "day"))
        with self._context.transaction() as session:
            for (shop_id, day), theirs in groupby(ranked, key=attrgetter("shop_id", "day")):
                tables.add(session.connection(), shop_id, day, added_up(slip.sums for slip in theirs))
