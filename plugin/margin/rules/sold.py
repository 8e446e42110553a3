"""Whether goods that were sold, or would be, keep the floors that are for them, and what may still be paid for them. Pure.

Goods with a floor of their own stand each for themselves: nothing else makes up for them. All others share the shop's floor. What is paid
for an order as a whole, such as an advocate's reward, is borne by its goods in proportion to what they brought.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from plugin.margin.rules.floors import Floors
from plugin.margin.rules.takes import WHOLE
from plugin.money import Money, half_up


@dataclass(frozen=True, slots=True)
class Sold:
    """``paid`` for a line after all that came off it, and its goods' ``cost``; minor units. ``cost`` None: not known."""

    product_id: str | None
    paid: int
    cost: int | None


@dataclass(frozen=True, slots=True)
class _Group:
    """``left``: what is above the floor; below it, negative."""

    paid: int
    left: int


def keeps(sold: Iterable[Sold], floors: Floors) -> bool | None:
    """Does everything keep its floor? None where that rests on a cost that is not known."""
    groups = _groups(sold, floors)
    return None if groups is None else all(group.left >= 0 for group in groups)


def room(sold: Sequence[Sold], floors: Floors, others: Iterable[Money], currency: str) -> Money | None:
    """What an advocate's reward may cost so that an order keeps its floors, at least zero; None: no floor, or a cost is not known.
    ``others``: what else will be paid for this order."""
    groups, whole = _groups(sold, floors), sum(one.paid for one in sold)
    if not groups:
        return None
    most = min(group.left * whole // group.paid if group.paid and group.left > 0 else min(group.left, 0) for group in groups)
    return Money(max(0, most - sum(one.amount for one in others)), currency)


def _groups(sold: Iterable[Sold], floors: Floors) -> list[_Group] | None:
    found: list[_Group] = []
    shared: list[tuple[int, int]] = []
    for one in sold:
        own = floors.own(one.product_id or "")
        if own is None and floors.shop is None:
            continue
        if one.cost is None:
            return None
        if own is None:
            shared.append((one.paid, one.cost))
        else:
            found.append(_group(one.paid, one.cost, own))
    if shared and floors.shop is not None:
        found.append(_group(sum(paid for paid, _ in shared), sum(cost for _, cost in shared), floors.shop))
    return found


def _group(paid: int, cost: int, floor_bp: int) -> _Group:
    return _Group(paid, paid - cost - half_up(Fraction(paid * floor_bp, WHOLE)))
