"""What an event is, and when it is tried again. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

Source = Literal["webhook", "tandem", "backfill", "reconcile"]

# A new event is due whatever the clocks of web and worker say; later tries are timed by the database.
AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
MOST_ATTEMPTS = 8
VISIBLE = timedelta(days=60)
"""Without the permission to read all orders, Shopify shows this much of the past."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event on its way into the inbox."""

    shop_id: UUID
    source: Source
    topic: str
    external_id: str
    body: bytes
    event_id: str | None = None
    triggered_at: datetime | None = None

ALL_ORDERS = "read_all_orders"


def visible_since(scopes: str, now: datetime) -> datetime | None:
    """The oldest order that Shopify shows by these scopes (comma separated) is as old as this; None: it shows all of them."""
    return None if ALL_ORDERS in scopes.split(",") else now - VISIBLE


@dataclass(frozen=True, slots=True)
class Event:
    """Something that came in. For source "tandem" the body is the subject's id as text."""

    id: UUID
    source: str
    topic: str
    external_id: str
    triggered_at: datetime | None
    received_at: datetime
    body: bytes

    @property
    def subject(self) -> str:
        return self.body.decode()


def backoff(attempts: int) -> float:
    """Seconds before an event that could not be applied is tried again: 2 s doubling to 5 min."""
    return min(300.0, 2.0 * 2.0 ** max(0, attempts - 1))
