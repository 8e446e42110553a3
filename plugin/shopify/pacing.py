"""A shop's leaky bucket as the last answers told it, and how long to wait before the next call."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

USUAL_COST = 10.0
STANDARD_RATE = 100.0


@dataclass
class Bucket:
    """Points are Shopify's. Shared by the threads of a process; other processes show up in what Shopify tells."""

    available: float | None = None
    maximum: float = 1000.0
    rate: float = STANDARD_RATE
    told_at: float = 0.0
    costs: dict[str, float] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def reserve(self, operation: str) -> float:
        """Seconds until this operation fits; 0.0 takes its points at once."""
        with self.lock:
            if self.available is None:
                return 0.0
            now = time.monotonic()
            self.available = min(self.maximum, self.available + (now - self.told_at) * self.rate)
            self.told_at = now
            cost = min(self.costs.get(operation, USUAL_COST), self.maximum)
            if self.available < cost:
                return (cost - self.available) / self.rate
            self.available -= cost
            return 0.0

    def learn(self, operation: str, cost: object) -> None:
        """From ``extensions.cost`` of an answer; anything unreadable is ignored."""
        if not isinstance(cost, Mapping):
            return
        with self.lock:
            self.costs[operation] = _number(cost.get("requestedQueryCost"), USUAL_COST)
            status = cost.get("throttleStatus")
            if isinstance(status, Mapping):
                self.maximum = _number(status.get("maximumAvailable"), self.maximum)
                self.rate = max(1.0, _number(status.get("restoreRate"), self.rate))
                self.available = _number(status.get("currentlyAvailable"), 0.0)
                self.told_at = time.monotonic()


_buckets: dict[str, Bucket] = {}
_buckets_lock = Lock()


def bucket(origin: str) -> Bucket:
    with _buckets_lock:
        return _buckets.setdefault(origin, Bucket())


def _number(value: Any, otherwise: float) -> float:  # noqa: ANN401 - from JSON
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 else otherwise
