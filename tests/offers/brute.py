"""The competing offers once more, the slow and plain way: every sequence of single applications, unit by unit. Shares no code with
the engine's search; what it says is what "exact" means."""

from collections.abc import Iterator
from dataclasses import dataclass

from plugin.offers.rules.applying import Entry
from plugin.offers.rules.compiled import TIER


@dataclass(frozen=True)
class Found:
    """``paths`` counts the sequences that were tried."""

    saving: int
    paths: int


def best(entries: list[Entry], free: list[int], prices: list[int], most: int = 20_000) -> Found | None:
    """None if there are more than ``most`` sequences to try."""
    tried = 0

    def search(left: tuple[int, ...], runs: tuple[int, ...]) -> int:
        nonlocal tried
        tried += 1
        if tried > most:
            raise _TooMany
        savings = [0]
        for at, entry in enumerate(entries):
            limit = 1 if entry.rule.mechanic == TIER else entry.rule.limit
            if limit and runs[at] >= limit:
                continue
            units = list(_units(entry, left))
            saving = _saving(entry, units, prices)
            if saving > 0:
                after = [count - sum(1 for line, _ in units if line == position) for position, count in enumerate(left)]
                savings.append(saving + search(tuple(after), (*runs[:at], runs[at] + 1, *runs[at + 1:])))
        return max(savings)

    try:
        return Found(search(tuple(free), (0,) * len(entries)), tried)
    except _TooMany:
        return None


class _TooMany(Exception):
    pass


def _units(entry: Entry, left: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """(line, slot or step) of every single unit of the next application; nothing if there is none."""
    if entry.rule.mechanic == TIER:
        yield from _tier(entry, left)
        return
    units = [line for line, count in enumerate(left) for _ in range(count)]
    held: list[tuple[int, int]] = []
    for slot, lines in enumerate(entry.reach):
        for _ in range(entry.rule.slots[slot].count):
            line = next((one for one in lines if one in units), None)
            if line is None:
                line = _freed(entry, held, units, slot)
            if line is None:
                return
            units.remove(line)
            held.append((line, slot))
    yield from held


def _freed(entry: Entry, held: list[tuple[int, int]], units: list[int], slot: int) -> int | None:
    for line in entry.reach[slot]:
        for at, (taken, by) in enumerate(held):
            other = next((one for one in entry.reach[by] if one in units), None)
            if taken == line and by != slot and other is not None:
                held[at] = (other, by)
                units.remove(other)
                units.append(line)
                return line
    return None


def _tier(entry: Entry, left: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    for group in entry.groups:
        units = [line for line in group for _ in range(left[line])]
        reached = [at for at, step in enumerate(entry.rule.steps) if step.least <= len(units)]
        for line in units if reached else []:
            yield line, reached[-1]


def _saving(entry: Entry, units: list[tuple[int, int]], prices: list[int]) -> int:
    """In ten-thousandths."""
    kind, value = entry.whole
    base = sum(prices[line] for line, _ in units)
    if kind and units:
        return 10_000 * (min(value, base) if kind == 2 else max(0, base - value))
    saving = 0
    for line, at in units:
        kind, value = entry.worths[at]
        saving += {0: 0, 1: value * prices[line], 2: 10_000 * min(value, prices[line]), 3: 10_000 * max(0, prices[line] - value)}[kind]
    return saving
