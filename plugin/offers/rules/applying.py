"""One application of one offer to the units that are left: which units, and what it saves. The canonical choice; nothing is searched."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from plugin.offers.rules import compiled
from plugin.offers.rules.amounts import WHOLE
from plugin.offers.rules.compiled import AMOUNT, PERCENT, Rule

Worth = tuple[int, int]
"""A gain in the cart's currency: its kind, and basis points or minor units."""
NOTHING: Worth = (0, 0)
Units = tuple[int, int, Worth]
"""A line's position, how many of its units, and what each of them gets."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An offer made ready for one cart. ``rank``: its place by priority, then number. ``reach``: by slot, lines in the order of taking.

    ``worths``: by slot (or by step) in the cart's currency. ``groups``: for a tier, the lines whose units are counted together.
    """

    rank: int
    rule: Rule
    reach: tuple[tuple[int, ...], ...]
    worths: tuple[Worth, ...]
    whole: Worth = NOTHING
    groups: tuple[tuple[int, ...], ...] = ()

    @property
    def lines(self) -> frozenset[int]:
        return frozenset(at for slot in (*self.reach, *self.groups) for at in slot)


class Application(NamedTuple):
    """``saving`` in ten-thousandths of a minor unit, before rounding. ``most``: how often it can be repeated, unit for unit the same.
    ``places``: the lines of its units."""

    saving: int
    units: tuple[Units, ...]
    most: int
    places: frozenset[int]


def application(entry: Entry, left: Sequence[int], prices: Sequence[int]) -> Application | None:
    """The next application to what is left, None if there is none or it would save nothing."""
    if entry.rule.mechanic == compiled.TIER:
        return _tier(entry, left, prices)
    picked = _filled(entry, left)
    if picked is None:
        return None
    units = tuple([(at, count, entry.worths[slot]) for slot, at, count in picked if count])
    if entry.whole[0]:
        saving = bundle_cut(entry.whole, sum([prices[at] * count for at, count, _ in units])) * WHOLE
    else:
        saving = sum([worth_of(worth, prices[at]) * count for at, count, worth in units if worth[0]])
    if saving <= 0:
        return None
    needs: dict[int, int] = {}
    for at, count, _ in units:
        needs[at] = needs.get(at, 0) + count
    return Application(saving, units, min([left[at] // count for at, count in needs.items()]), frozenset(needs))


def worth_of(worth: Worth, price: int) -> int:
    """What one unit at ``price`` gains, in ten-thousandths; between nothing and all of it."""
    kind, value = worth
    if kind == PERCENT:
        return value * price
    if kind == AMOUNT:
        return min(value, price) * WHOLE
    return max(0, price - value) * WHOLE if kind else 0


def bundle_cut(worth: Worth, base: int) -> int:
    """Minor units off one bundle that costs ``base``."""
    kind, value = worth
    return min(value, base) if kind == AMOUNT else max(0, base - value)


Picked = list[tuple[int, int, int]]
"""Slot, line, count; in the order of taking."""


def _filled(entry: Entry, left: Sequence[int]) -> Picked | None:
    """Each slot in turn takes from its lines; a slot that comes up short lets earlier slots move to other lines."""
    used: dict[int, int] = {}
    picked: Picked = []
    for number, slot in enumerate(entry.rule.slots):
        short = slot.count
        for at in entry.reach[number]:
            count = left[at]
            if count and used:
                count -= used.get(at, 0)
            if count:
                count = count if count < short else short
                picked.append((number, at, count))
                used[at] = used.get(at, 0) + count
                short -= count
                if not short:
                    break
        if short and (not picked or _moved(entry, picked, wanted=(number, short), used=used, left=left)):
            return None
    return picked


def _moved(entry: Entry, picked: Picked, *, wanted: tuple[int, int], used: dict[int, int], left: Sequence[int]) -> int:
    """Frees units of the slot's lines by moving what earlier slots took there to other lines of theirs. Still short: by how many."""
    number, short = wanted
    for at in entry.reach[number]:
        for pick in range(len(picked)):
            if picked[pick][1] != at or picked[pick][0] == number:
                continue
            for other in entry.reach[picked[pick][0]]:
                slot, _, held = picked[pick]
                count = min(short, held, left[other] - used.get(other, 0))
                if count:
                    picked[pick] = (slot, at, held - count)
                    picked += [(slot, other, count), (number, at, count)]
                    used[other] = used.get(other, 0) + count
                    short -= count
    return short


def _tier(entry: Entry, left: Sequence[int], prices: Sequence[int]) -> Application | None:
    """Every group that reaches a step gets that step's gain on all its units."""
    units: list[Units] = []
    for group in entry.groups:
        total = sum(left[at] for at in group)
        reached = [worth for step, worth in zip(entry.rule.steps, entry.worths, strict=True) if step.least <= total]
        if reached:
            units += [(at, left[at], reached[-1]) for at in group if left[at]]
    saving = sum(worth_of(worth, prices[at]) * count for at, count, worth in units)
    return Application(saving, tuple(units), 1, frozenset(at for at, _, _ in units)) if saving > 0 else None
