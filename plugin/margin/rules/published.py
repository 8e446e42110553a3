"""Takes as plain dicts, so that a programme can publish them and the guard need not know the programme."""

from collections.abc import Mapping
from typing import Any, get_args

from plugin.errors import Broken
from plugin.margin.rules.takes import DiscountClass, Take, TakeKind
from plugin.money import Money


def write_take(take: Take) -> dict[str, Any]:
    """Good for JSON; ``read_take`` takes it back."""
    return {"programme": take.programme, "kind": take.kind, "rate_bp": take.rate_bp, "amount": _money(take.amount),
            "pair": list(take.pair) if take.pair else None, "own_class": take.own_class, "combines": sorted(take.combines),
            "minimum": _money(take.minimum)}


def read_take(told: Mapping[str, Any]) -> Take:
    """Raises Broken for an unknown kind or class: a take that is not understood must not count as none."""
    if told["kind"] not in get_args(TakeKind) or told["own_class"] not in get_args(DiscountClass):
        raise Broken(f"{told['kind']} of class {told['own_class']} is no take")
    first, second = told["pair"] or (None, None)
    return Take(programme=told["programme"], kind=told["kind"], rate_bp=told["rate_bp"], amount=_read(told["amount"]),
                pair=(first, second) if first and second else None, own_class=told["own_class"], combines=frozenset(told["combines"]),
                minimum=_read(told["minimum"]))


def _money(amount: Money | None) -> list[Any] | None:
    return [amount.amount, amount.currency] if amount else None


def _read(told: list[Any] | None) -> Money | None:
    return Money(told[0], told[1]) if told else None
