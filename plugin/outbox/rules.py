"""How long to wait before the next attempt, and what a lease is. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from plugin.db import ShopId
from plugin.errors import TryAgain

MOST_ATTEMPTS = 12
FIRST_WAIT = 2.0
LONGEST_WAIT = 900.0
FAILURES_TO_OPEN = 5
FROZEN_WAIT = 900.0


class LeaseLost(TryAgain):
    """Another worker has this delivery now, or the time is over: stop, record nothing."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send one delivery until ``deadline`` (this machine's clock), proven by ``fence``.

    ``attempts`` counts this one: 1 the first time.
    """

    shop_id: ShopId
    delivery_id: UUID
    kind: str
    subject_id: UUID
    lane: str
    fence: int
    attempts: int
    deadline: datetime


def backoff(attempts: int, chance: float, *, at_least: float | None = None) -> float:
    """Seconds until the next attempt after ``attempts`` failures: doubling, capped, spread by ``chance`` in [0, 1).

    ``at_least`` is the other side's Retry-After: never earlier than that.
    """
    ceiling = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(max(attempts - 1, 0), 20))
    waited = ceiling * (0.5 + 0.5 * chance)
    return max(waited, at_least or 0.0)


def is_hopeless(attempts: int) -> bool:
    """Enough failures that a person should look."""
    return attempts >= MOST_ATTEMPTS


def breaker_wait(failures: int, chance: float) -> float | None:
    """Seconds for which nothing is sent for a shop after ``failures`` in a row; None while it may go on."""
    if failures < FAILURES_TO_OPEN:
        return None
    return backoff(failures - FAILURES_TO_OPEN + 4, chance)
