"""Which competing offers are applied, how often and in what order, so that the shopper saves most. docs/offers.md, "The search".

Depth first, the best next application first: the first path is the greedy one, and what follows only improves on it. Steps are
counted, not seconds, so both engines stop at the same place. When nothing is left to try the result is exact.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from plugin.offers.rules import compiled
from plugin.offers.rules.amounts import WHOLE
from plugin.offers.rules.applying import Application, Entry, Worth, application, worth_of

WORK, OVERHEAD = 3000, 16
Step = tuple[Entry, Application, int]
"""``int`` times the same application of an offer."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``steps`` in the order of applying. No other choice saves more than ``most``, which is ``saving`` if nothing was left untried."""

    steps: tuple[Step, ...]
    saving: int
    most: int

    @property
    def exact(self) -> bool:
        return self.saving >= self.most


def best(entries: Sequence[Entry], left: list[int], prices: Sequence[int]) -> Plan:
    """Independent offers are planned apart. ``left`` is as before when this returns; ``entries`` are in order of rank."""
    parts = components(entries)
    contested = sum(1 for part in parts if len(part) > 1) or 1
    plans = [_Search(part, left, prices, WORK // contested).run() for part in parts]
    steps = tuple(step for plan in plans for step in plan.steps)
    return Plan(steps, sum(plan.saving for plan in plans), sum(plan.most for plan in plans))


def in_turn(entries: Sequence[Entry], left: list[int], prices: Sequence[int]) -> Plan:
    """Each offer as often as it can, strictly one after the other. Takes from ``left``."""
    steps: list[Step] = []
    for entry in entries:
        runs = 0
        while (not entry.rule.limit or runs < entry.rule.limit) and (found := application(entry, left, prices)):
            times = _most(entry, found, runs)
            _take(left, found, times)
            steps.append((entry, found, times))
            runs += times
    saving = sum(found.saving * times for _, found, times in steps)
    return Plan(tuple(steps), saving, saving)


def components(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Offers that share a line, directly or through others; each part and all of them in order of rank."""
    parts: list[tuple[set[int], list[Entry]]] = []
    for entry in entries:
        lines = set(entry.lines)
        joined = [part for part in parts if part[0] & lines]
        parts = [part for part in parts if not part[0] & lines]
        members = [one for part in joined for one in part[1]]
        parts.append((lines.union(*(part[0] for part in joined)), [*members, entry]))
    return sorted((sorted(part[1], key=lambda one: one.rank) for part in parts), key=lambda part: part[0].rank)


def _most(entry: Entry, found: Application, runs: int) -> int:
    """How often it may be repeated: by units, by the offer's limit, and a tier once."""
    most = min(found.most, entry.rule.limit - runs) if entry.rule.limit else found.most
    return 1 if entry.rule.mechanic == compiled.TIER else most


def _take(left: list[int], found: Application, times: int) -> None:
    for at, count, _ in found.units:
        left[at] -= count * times


Option = tuple[int, int, Entry, Application]
"""Minus the saving and the rank, so that options sort best first, then by rank, which no two share."""


@dataclass(slots=True)
class _Node:
    """A place in the search: what can be applied next (best first), and which of it is tried now, how many times.

    ``step`` led here. ``last``: its offer, if it was applied fewer times than it could; again would repeat another path.
    """

    options: list[Option]
    saved: int
    step: Step | None = None
    last: Entry | None = None
    at: int = 0
    times: int = 0
    ceiling: int = -1


@dataclass(slots=True)
class _Search:
    entries: Sequence[Entry]
    left: list[int]
    prices: Sequence[int]
    work: int
    runs: dict[int, int] = field(default_factory=dict)
    stack: list[_Node] = field(default_factory=list)
    found: tuple[Step, ...] = ()
    saving: int = 0
    nodes: int = 0
    ended: bool = False
    fresh: bool = False
    gains: dict[int, int] = field(default_factory=dict)

    def run(self) -> Plan:
        self.gains = _largest(self.entries, self.prices)
        cost = OVERHEAD + sum(len(slot) for entry in self.entries for slot in (*entry.reach, *entry.groups))
        allowed = self.work // cost
        first = [(entry, application(entry, self.left, self.prices)) for entry in self.entries]
        self._enter(_Node(sorted([(-found.saving, entry.rank, entry, found) for entry, found in first if found]), 0))
        while self.stack:
            if self.ended and self.nodes >= allowed:
                root = self.stack[0]
                self._unwind()
                return Plan(self.found, self.saving, max(self.saving, self._ceiling(root)))
            step = self._next(self.stack[-1])
            if step is None:
                self._leave()
            else:
                self._descend(self.stack[-1], step)
        return Plan(self.found, self.saving, self.saving)

    def _next(self, node: _Node) -> Step | None:
        """What to try next here: each option from as often as it can down to once. None when nothing better can follow."""
        if self.ended and node.saved + self._ceiling(node) <= self.saving:
            return None
        while node.times == 0 and node.at < len(node.options):
            _, _, entry, found = node.options[node.at]
            node.times = 0 if entry is node.last else _most(entry, found, self.runs.get(entry.rank, 0))
            node.at += node.times == 0
        if node.at >= len(node.options):
            self.ended = True
            return None
        _, _, entry, found = node.options[node.at]
        step = (entry, found, node.times)
        node.times -= 1
        node.at += node.times == 0
        return step

    def _descend(self, node: _Node, step: Step) -> None:
        entry, found, times = step
        most = _most(entry, found, self.runs.get(entry.rank, 0))
        _take(self.left, found, times)
        self.runs[entry.rank] = self.runs.get(entry.rank, 0) + times
        self._enter(_Node(self._after(node.options, found), node.saved + found.saving * times, step, entry if times < most else None))

    def _enter(self, node: _Node) -> None:
        self.nodes += 1
        self.stack.append(node)
        if node.saved > self.saving:
            self.saving, self.fresh = node.saved, True

    def _leave(self) -> None:
        """What is left before anything better was entered from it is the best so far: every step saves something."""
        if self.fresh:
            self.found, self.fresh = tuple([one.step for one in self.stack if one.step]), False
        step = self.stack.pop().step
        if step:
            entry, found, times = step
            self.runs[entry.rank] -= times
            _take(self.left, found, -times)

    def _unwind(self) -> None:
        while self.stack:
            self._leave()

    def _after(self, options: list[Option], taken: Application) -> list[Option]:
        """What can still be applied. Units only dwindle, so what could not be applied before cannot be now; and an application none of
        whose lines was used is still the canonical one."""
        after: list[Option] = []
        for option in options:
            _, rank, entry, found = option
            if self._spent(entry):
                continue
            if taken.places.isdisjoint(found.places):
                after.append(option)
            elif (again := application(entry, self.left, self.prices)) is not None:
                after.append((-again.saving, rank, entry, again))
        after.sort()
        return after

    def _spent(self, entry: Entry) -> bool:
        runs = self.runs.get(entry.rank, 0)
        if entry.rule.mechanic == compiled.TIER:
            return runs > 0
        return bool(entry.rule.limit) and runs >= entry.rule.limit

    def _ceiling(self, node: _Node) -> int:
        """More than this cannot be saved from here on. Asked only while ``left`` and ``runs`` are as they were when it was entered."""
        if node.ceiling < 0:
            apart = sum([self._at_most(entry) for _, _, entry, _ in node.options])
            node.ceiling = min(apart, sum([self.left[at] * gain for at, gain in self.gains.items()]))
        return node.ceiling

    def _at_most(self, entry: Entry) -> int:
        """More than this an offer cannot save with what is left."""
        if entry.rule.mechanic == compiled.TIER:
            return sum(self.left[at] * max(worth_of(worth, self.prices[at]) for worth in entry.worths)
                       for group in entry.groups for at in group)
        runs = min(sum(self.left[at] for at in lines) // slot.count for lines, slot in zip(entry.reach, entry.rule.slots, strict=True))
        if entry.rule.limit:
            runs = min(runs, entry.rule.limit - self.runs.get(entry.rank, 0))
        tops = [max((self.prices[at] for at in lines if self.left[at]), default=0) for lines in entry.reach]
        counts = [slot.count for slot in entry.rule.slots]
        return runs * _dearest(entry, tops, counts)


def _dearest(entry: Entry, tops: Sequence[int], counts: Sequence[int]) -> int:
    """What one bundle saves if every slot holds its dearest goods."""
    if entry.whole[0] == compiled.PRICE:
        return max(0, sum(top * count for top, count in zip(tops, counts, strict=True)) - entry.whole[1]) * WHOLE
    if entry.whole[0]:
        return entry.whole[1] * WHOLE
    gains: list[Worth] = list(entry.worths)
    return sum(worth_of(gain, top) * count for gain, top, count in zip(gains, tops, counts, strict=True))


def _largest(entries: Sequence[Entry], prices: Sequence[int]) -> dict[int, int]:
    """The most that one unit of each line can add to a saving, whichever offer uses it."""
    found: dict[int, int] = {}
    for entry in entries:
        for at, gain in _gains(entry, prices):
            if gain > found.get(at, 0):
                found[at] = gain
    return found


def _gains(entry: Entry, prices: Sequence[int]) -> Iterator[tuple[int, int]]:
    """A bundle's amount or price is shared by its units alike, rounded in the unit's favour."""
    for group in entry.groups:
        yield from ((at, worth_of(worth, prices[at])) for at in group for worth in entry.worths)
    kind, value = entry.whole
    units = sum([slot.count for slot in entry.rule.slots])
    for lines, worth in zip(entry.reach, entry.worths, strict=False):
        if kind == compiled.AMOUNT:
            yield from ((at, -(-value * WHOLE // units)) for at in lines)
        elif kind:
            yield from ((at, prices[at] * WHOLE - value * WHOLE // units) for at in lines)
        elif worth[0]:
            yield from ((at, worth_of(worth, prices[at])) for at in lines)
