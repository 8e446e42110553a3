"""Takes as plain dicts, so that a programme can publish them and the guard need not know the programme."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from plugin.errors import Broken
from plugin.margin.rules.takes import DiscountClass, Take, TakeKind
from plugin.money import Money


@dataclass(frozen=True, slots=True)
class Dated:
    """A take, and when it may be taken: from ``since`` on and before ``until``; None: always."""

    take: Take
    since: datetime | None = None
    until: datetime | None = None

    def open_at(self, now: datetime) -> bool:
        return (self.since is None or self.since <= now) and (self.until is None or now < self.until)


def write_dated(dated: Dated) -> dict[str, Any]:
    """Good for JSON; ``read_dated`` takes it back."""
    return {**write_take(dated.take), "since": dated.since.isoformat() if dated.since else None,
            "until": dated.until.isoformat() if dated.until else None}


def read_dated(told: Mapping[str, Any]) -> Dated:
    """Raises Broken as ``read_take``."""
    since, until = (datetime.fromisoformat(told[name]) if told[name] else None for name in ("since", "until"))
    return Dated(read_take(told), since, until)


def write_take(take: Take) -> dict[str, Any]:
    """Good for JSON; ``read_take`` takes it back."""
    return {"programme": take.programme, "kind": take.kind, "rate_bp": take.rate_bp, "amount": _money(take.amount),
            "own_class": take.own_class, "combines": sorted(take.combines),
            "minimum": _money(take.minimum)}


def read_take(told: Mapping[str, Any]) -> Take:
    """Raises Broken for an unknown kind or class: a take that is not understood must not count as none."""
    if told["kind"] not in get_args(TakeKind) or told["own_class"] not in get_args(DiscountClass):
        raise Broken(f"{told['kind']} of class {told['own_class']} is no take")
    return Take(programme=told["programme"], kind=told["kind"], rate_bp=told["rate_bp"], amount=_read(told["amount"]),
                own_class=told["own_class"], combines=frozenset(told["combines"]),
                minimum=_read(told["minimum"]))


def _money(amount: Money | None) -> list[Any] | None:
    return [amount.amount, amount.currency] if amount else None


def _read(told: list[Any] | None) -> Money | None:
    return Money(told[0], told[1]) if told else None
