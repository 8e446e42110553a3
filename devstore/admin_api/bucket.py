"""The leaky bucket per app and shop. Restore rates are Shopify's published ones; sizes are 20 times the rate."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

RATES = {"basic": 100, "advanced": 200, "plus": 1000, "enterprise": 2000}
SIZE = 20


@dataclass(slots=True)
class Bucket:
    rate: int
    now: Callable[[], float] = time.monotonic
    level: float = field(init=False)
    at: float = field(init=False)

    def __post_init__(self) -> None:
        self.level, self.at = float(self.size), self.now()

    @property
    def size(self) -> int:
        return self.rate * SIZE

    def refill(self) -> None:
        moment = self.now()
        self.level = min(float(self.size), self.level + (moment - self.at) * self.rate)
        self.at = moment

    def take(self, points: int) -> bool:
        """False, and nothing taken, when fewer are there."""
        self.refill()
        if self.level < points:
            return False
        self.level -= points
        return True

    def give_back(self, points: int) -> None:
        self.level = min(float(self.size), self.level + points)

    def status(self) -> dict[str, Any]:
        """Whole numbers: ``maximumAvailable`` and ``restoreRate`` are shown with one decimal, as at Shopify."""
        self.refill()
        return {"maximumAvailable": float(self.size), "currentlyAvailable": int(self.level), "restoreRate": float(self.rate)}


@dataclass(slots=True)
class Buckets:
    """``charged`` counts the points that each shop's calls really cost."""

    buckets: dict[str, Bucket] = field(default_factory=dict)
    charged: dict[str, int] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    throttled: dict[str, int] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def of(self, shop: str, plan: str) -> Bucket:
        rate = RATES[plan]
        found = self.buckets.get(shop)
        if found is None or found.rate != rate:
            found = self.buckets[shop] = Bucket(rate)
        return found

    def note(self, shop: str, points: int) -> None:
        self.charged[shop] = self.charged.get(shop, 0) + points
        self.calls[shop] = self.calls.get(shop, 0) + 1
