"""A cart and a shop's offers in, discounts and the reason of each out. docs/offers.md states every step; the Function does the same.

Goods first (competing offers, then stacking ones, then gifts, then the guard's trims), the order after them, shipping last.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from plugin.offers.rules import compiled
from plugin.offers.rules.amounts import WHOLE, half_up, split
from plugin.offers.rules.applying import Application, Entry, application
from plugin.offers.rules.cart import Context, Line, Outcome, Told
from plugin.offers.rules.compiled import GIFT, ORDER, SHIPPING, Compiled, Rule, carried
from plugin.offers.rules.conditions import ranked, refused, short
from plugin.offers.rules.search import Plan, best, in_turn
from plugin.offers.rules.table import Table
from plugin.offers.rules.telling import missing, taken_tier

Runs = list[tuple[Application, int]]
ANSWER = 200, 130
"""Of so many lines of a cart (at least), so many can have a discount of their own: Shopify takes 20 kB for 200 lines."""


def evaluate(offers: Compiled, lines: Sequence[Line], context: Context) -> Outcome:
    """Raises Refused("cart"), Refused("rate") or Refused("currency") for a cart that cannot be."""
    return _Evaluation(Table.laid(offers, lines, context)).run()


@dataclass(slots=True)
class _Evaluation:
    """``cuts``: what each product offer takes, by position of the line, in the order of applying; the last is trimmed first."""

    table: Table
    told: dict[int, Told] = field(default_factory=dict)
    cuts: dict[int, dict[int, int]] = field(default_factory=dict)
    order: dict[int, int] = field(default_factory=dict)
    order_lines: list[int] = field(default_factory=list)
    shipping: tuple[int, int] | None = None
    exact: bool = True
    trimmed: dict[int, int] = field(default_factory=dict)

    def run(self) -> Outcome:
        rules = [rule for rule in ranked(self.table.offers.rules) if self._open(rule)]
        units = [rule for rule in rules if rule.mechanic in (compiled.GROUP, compiled.TIER)]
        units = [rule for rule in units if self._enough(rule)]
        self._compete([rule for rule in units if not rule.stacks])
        for rule in units:
            if rule.stacks:
                self._stack(rule)
        for rule in rules:
            if rule.mechanic == GIFT:
                self._give(rule)
        self._trim()
        self._fit()
        self._orders([rule for rule in rules if rule.mechanic == ORDER and self._enough(rule)])
        self._ship([rule for rule in rules if rule.mechanic == SHIPPING and self._enough(rule)])
        return self._outcome()

    def _open(self, rule: Rule) -> bool:
        return self._passes(refused(rule, self.table.context))

    def _passes(self, told: Told | None) -> bool:
        if told:
            self.told[told.number] = told
        return told is None

    def _enough(self, rule: Rule, less: int = 0, fewer: int = 0) -> bool:
        """``less`` and ``fewer``: value and units that do not count, since the offer itself gives them."""
        needs, table = rule.needs, self.table
        return self._passes(short(rule, table.amount(needs.amounts), quantity=table.quantity(needs.set) - fewer,
                                  amount=table.value(needs.set) - less))

    def _compete(self, rules: Sequence[Rule]) -> None:
        """Each unit for one offer. What they take is worked out on full prices, then taken off together."""
        prices = self.table.prices()
        entries = [self.table.entry(rule, rank, prices) for rank, rule in enumerate(rules)]
        before = list(self.table.free)
        plan = best(entries, self.table.free, prices) if self.table.offers.best else in_turn(entries, list(before), prices)
        self.exact = plan.exact
        self._book(entries, plan, prices)
        for _, found, times in plan.steps:
            for at, count, _ in found.units:
                self.table.free[at] -= count * times
        for entry in entries:
            if entry.rule.number not in self.told:
                self.told[entry.rule.number] = missing(entry, before, prices)

    def _book(self, entries: Sequence[Entry], plan: Plan, prices: Sequence[int]) -> None:
        found: dict[int, dict[int, int]] = {}
        for entry in entries:
            runs: Runs = [(one, times) for by, one, times in plan.steps if by.rank == entry.rank]
            if runs:
                found[entry.rule.number] = self.table.cuts(entry, runs, prices)
                self.told[entry.rule.number] = taken_tier(entry, runs, sum(times for _, times in runs))
        for number, cuts in found.items():
            self._off(number, cuts)

    def _off(self, number: int, cuts: dict[int, int]) -> None:
        self.cuts[number] = cuts
        for at, amount in cuts.items():
            self.table.rest[at] -= amount

    def _stack(self, rule: Rule) -> None:
        """By itself, on all units, on what is still to be paid for them."""
        prices = self.table.prices()
        entry = self.table.entry(rule, 0, prices)
        every = [line.quantity for line in self.table.lines]
        plan = in_turn([entry], list(every), prices)
        self._book([entry], plan, prices)
        if not plan.steps:
            self.told[rule.number] = missing(entry, every, prices)

    def _give(self, rule: Rule) -> None:
        """A gift once: its least amount is measured on what is to be paid for the cart without the gift."""
        prices = self.table.prices()
        entry = self.table.entry(rule, 0, prices)
        free = [line.quantity for line in self.table.lines] if rule.stacks else list(self.table.free)
        found = application(entry, free, prices)
        inside = set(self.table.inside[rule.needs.set])
        given = [(at, count) for at, count, _ in found.units if at in inside] if found else []
        if not self._enough(rule, sum(prices[at] * count for at, count in given), sum(count for _, count in given)):
            return
        if found is None:
            self.told[rule.number] = missing(entry, [line.quantity for line in self.table.lines], prices)
            return
        self._book([entry], Plan(((entry, found, 1),), found.saving), prices)
        if not rule.stacks:
            for at, count, _ in found.units:
                self.table.free[at] -= count

    def _trim(self) -> None:
        """The guard's caps, on what no carried offer has given away: what is too much comes off the offer that was applied last."""
        given_away = {rule.number for rule in self.table.offers.rules if carried(rule)}
        loose = [(number, cuts) for number, cuts in reversed(self.cuts.items()) if number not in given_away]
        for at, line in enumerate(self.table.lines):
            taken = sum(cuts.get(at, 0) for _, cuts in loose)
            cap = self.table.offers.caps.get(line.product, self.table.offers.cap)
            over = taken - (self.table.rest[at] + taken) * cap // WHOLE
            for number, cuts in loose if over > 0 else ():
                less = min(max(0, over), cuts.get(at, 0))
                if less:
                    cuts[at] -= less
                    over -= less
                    self.table.rest[at] += less
                    self.trimmed[number] = self.trimmed.get(number, 0) + less

    def _fit(self) -> None:
        """Of more discounted lines than Shopify takes in an answer, those with the least discount go without."""
        sums = {at: sum(cuts.get(at, 0) for cuts in self.cuts.values()) for at in range(len(self.table.lines))}
        ranked_lines = sorted((at for at, off in sums.items() if off), key=lambda at: (-sums[at], at))
        for at in ranked_lines[max(len(sums), ANSWER[0]) * ANSWER[1] // ANSWER[0]:]:
            for cuts in self.cuts.values():
                self.table.rest[at] += cuts.pop(at, 0)

    def _orders(self, rules: Sequence[Rule]) -> None:
        """The best of those that do not stack, then the stacking ones on what that leaves."""
        alone = [(self._order_cut(rule), rule) for rule in rules if not rule.stacks]
        winner = max(alone, key=lambda one: one[0], default=None)
        for _, rule in alone:
            self.told[rule.number] = Told(rule.number, taken=False, key="better")
        self.order_lines = [0] * len(self.table.lines)
        for rule in ([winner[1]] if winner else []) + [rule for rule in rules if rule.stacks]:
            self._take_order(rule)

    def _order_cut(self, rule: Rule) -> int:
        kind, value = self.table.worth(rule.gain)
        base = self.table.value(rule.set)
        return half_up(base * value, WHOLE) if kind == compiled.PERCENT else min(base, value)

    def _take_order(self, rule: Rule) -> None:
        amount, inside = self._order_cut(rule), self.table.inside[rule.set]
        if amount <= 0:
            self.told[rule.number] = Told(rule.number, taken=False, key="nothing")
            return
        self.order[rule.number] = amount
        self.told[rule.number] = Told(rule.number, taken=True, key="taken")
        for at, part in zip(inside, split(amount, [self.table.rest[at] for at in inside]), strict=True):
            self.table.rest[at] -= part
            self.order_lines[at] += part

    def _ship(self, rules: Sequence[Rule]) -> None:
        """The one that takes most off what shipping costs; the first by rank while the cost is not known."""
        cost = self.table.context.shipping
        for rule in rules:
            self.told[rule.number] = Told(rule.number, taken=False, key="better")
        cuts = [(shipping_cut(self.table, rule, cost or 0), rule) for rule in rules]
        if cuts:
            amount, rule = max(cuts, key=lambda one: one[0])
            self.shipping = (rule.number, amount)
            self.told[rule.number] = Told(rule.number, taken=True, key="taken", amount=amount)

    def _outcome(self) -> Outcome:
        lines = {line.id: {number: cuts[at] for number, cuts in self.cuts.items() if cuts.get(at)}
                 for at, line in enumerate(self.table.lines)}
        return Outcome({line: parts for line, parts in lines.items() if parts}, self.order,
                       {line.id: part for line, part in zip(self.table.lines, self.order_lines, strict=True) if part},
                       self.shipping, tuple(self._told(self.told[rule.number]) for rule in ranked(self.table.offers.rules)), self.exact)

    def _told(self, told: Told) -> Told:
        """With what it took in the end. What was rounded or trimmed to nothing was not taken."""
        amount = self.order.get(told.number, told.amount) + sum(self.cuts.get(told.number, {}).values())
        less = {"trimmed": self.trimmed[told.number]} if told.number in self.trimmed else {}
        if told.number in self.cuts and not amount:
            return Told(told.number, taken=False, key="margin" if less else "nothing", facts=less)
        return Told(told.number, told.taken, told.key, amount, {**told.facts, **less})


def shipping_cut(table: Table, rule: Rule, cost: int) -> int:
    """Off a delivery that costs ``cost``."""
    kind, value = table.worth(rule.gain)
    return half_up(cost * value, WHOLE) if kind == compiled.PERCENT else min(cost, value)
