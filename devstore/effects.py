"""The effect log, the oracle of the tests: append-only, one entry for every change that was really applied."""

from dataclasses import dataclass, field
from typing import Any

from devstore.clock import BusinessClock, iso


@dataclass(slots=True)
class EffectLog:
    """Entries are JSON objects ``{n, at, shop, kind, …}``. Amounts are integers in minor units beside their currency."""

    clock: BusinessClock
    entries: list[dict[str, Any]] = field(default_factory=list)

    def add(self, shop: str, kind: str, **facts: object) -> None:
        self.entries.append({"n": len(self.entries) + 1, "at": iso(self.clock.now()), "shop": shop, "kind": kind, **facts})

    def read(self, *, shop: str | None = None, kind: str | None = None, after: int = 0) -> list[dict[str, Any]]:
        return [
            entry for entry in self.entries[after:] if (shop is None or entry["shop"] == shop) and (kind is None or entry["kind"] == kind)
        ]
