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
from plugin.offers.rules.conditions import promised, ranked, refused, short
from plugin.offers.rules.search import Plan, best, in_turn
from plugin.offers.rules.table import Table
from plugin.offers.rules.telling import missing, taken_tier

Runs = list[tuple[Application, int]]
ANSWER = 200, 130
"""Of so many lines of a cart (at least), so many can have a discount of their own: Shopify takes 20 kB for 200 lines."""


def evaluate(offers: Compiled, lines: Sequence[Line], context: Context) -> Outcome:
    """Raises Refused("cart"), Refused("rate") or Refused("currency") for a cart that cannot be."""
    return _Evaluation(Table.laid(offers, lines, promised(context, lines))).run()


@dataclass(slots=True)
class _Evaluation:
    """``cuts``: what each product offer takes, by position of the line, in the order of applying; the last is trimmed first."""

    table: Table
    told: dict[int, Told] = field(default_factory=dict)
    cuts: dict[int, dict[int, int]] = field(default_factory=dict)
    order: dict[int, int] = field(default_factory=dict)
    order_lines: list[int] = field(default_factory=list)
    shipping: tuple[int, int] | None = None
    plan: Plan | None = None
    trimmed: dict[int, int] = field(default_factory=dict)

    def run(self) -> Outcome:
        rules = [rule for rule in ranked(self.table.offers.rules) if self._open(rule)]
        units = [rule for rule in rules if rule.mechanic in (compiled.GROUP, compiled.TIER)]
        units = [rule for rule in units if self._enough(rule)]
        kept = self._keep([rule for rule in rules if rule.mechanic == GIFT and not rule.stacks])
        self._compete([rule for rule in units if not rule.stacks])
        for at, count in kept:
            self.table.free[at] += count
        for rule in units:
            if rule.stacks:
                self._stack(rule)
        for rule in rules:
            if rule.mechanic == GIFT:
                self._give(rule)
        self._trim()
        self._fit()
        late = [rule for rule in rules if rule.mechanic in (ORDER, SHIPPING) and self._enough(rule)]
        self._orders([rule for rule in late if rule.mechanic == ORDER])
        self._ship([rule for rule in late if rule.mechanic == SHIPPING])
        return self._outcome()

    def _open(self, rule: Rule) -> bool:
        return self._passes(refused(rule, self.table.context))

    def _passes(self, told: Told | None) -> bool:
        if told:
            self.told[told.number] = told
        return told is None

    def _enough(self, rule: Rule) -> bool:
        needs, table = rule.needs, self.table
        wanted = table.amount(needs.amounts)
        if not wanted and not needs.quantity:
            return True
        return self._passes(short(rule, wanted, quantity=table.quantity(needs.set), amount=table.value(needs.set)))

    def _keep(self, gifts: Sequence[Rule]) -> list[tuple[int, int]]:
        """Units that the shopper added from a gift, and that it would give, are out of reach for the others: by line, how many. Only
        while the rest of the cart is worth the goal at full prices."""
        prices, kept = self.table.prices(), list[tuple[int, int]]()
        for rule in gifts:
            if any(line.chosen == rule.number for line in self.table.lines):
                found = application(self.table.entry(rule, 0, prices), self.table.free, prices)
                if found and self._reached(rule, found, prices) is None:
                    kept += [(at, count) for at, count, _ in found.units if self.table.lines[at].chosen == rule.number]
                    for at, count, _ in found.units:
                        self.table.free[at] -= count if self.table.lines[at].chosen == rule.number else 0
        return kept

    def _reached(self, rule: Rule, found: Application | None, prices: Sequence[int]) -> Told | None:
        """Why the cart without what the gift gives is not worth its goal; None if it is."""
        needs, inside = rule.needs, set(self.table.inside[rule.needs.set])
        given = [(at, count) for at, count, _ in found.units if at in inside] if found else []
        return short(rule, self.table.amount(needs.amounts), quantity=self.table.quantity(needs.set) - sum(count for _, count in given),
                     amount=self.table.value(needs.set) - sum(prices[at] * count for at, count in given))

    def _compete(self, rules: Sequence[Rule]) -> None:
        """Each unit for one offer. What they take is worked out on full prices, then taken off together."""
        prices = self.table.prices()
        entries = [self.table.entry(rule, rank, prices) for rank, rule in enumerate(rules)]
        before = list(self.table.free)
        plan = best(entries, self.table.free, prices) if self.table.offers.best else in_turn(entries, list(before), prices)
        self.plan = plan
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
        if not self._passes(self._reached(rule, found, prices)):
            return
        if found is None:
            self.told[rule.number] = missing(entry, [line.quantity for line in self.table.lines], prices)
            return
        self._book([entry], Plan(((entry, found, 1),), found.saving, found.saving), prices)
        if not rule.stacks:
            for at, count, _ in found.units:
                self.table.free[at] -= count

    def _trim(self) -> None:
        """The guard's caps, on what no carried offer has given away: what is too much comes off the offer that was applied last."""
        given_away = {rule.number for rule in self.table.offers.rules if carried(rule)}
        loose = [(number, cuts) for number, cuts in reversed(self.cuts.items()) if number not in given_away]
        for at in sorted({at for _, cuts in loose for at in cuts}):
            taken = sum([cuts.get(at, 0) for _, cuts in loose])
            cap = self.table.offers.caps.get(self.table.lines[at].product, self.table.offers.cap)
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
        count = len(self.table.lines)
        sums: dict[int, int] = {}
        for cuts in self.cuts.values():
            for at, off in cuts.items():
                sums[at] = sums.get(at, 0) + off
        ranked_lines = sorted((at for at, off in sums.items() if off), key=lambda at: (-sums[at], at))
        for at in ranked_lines[max(count, ANSWER[0]) * ANSWER[1] // ANSWER[0]:]:
            for cuts in self.cuts.values():
                self.table.rest[at] += cuts.pop(at, 0)

    def _orders(self, rules: Sequence[Rule]) -> None:
        """One of those that do not stack, then the stacking ones on what that leaves."""
        alone = [(self._order_cut(rule), rule) for rule in rules if not rule.stacks]
        winner = self._winner(alone)
        for _, rule in alone:
            self.told[rule.number] = Told(rule.number, taken=False, key="better")
        left = list(self.table.rest)
        for rule in ([winner[1]] if winner else []) + [rule for rule in rules if rule.stacks]:
            self._take_order(rule)
        self.order_lines = split(sum(self.order.values()), left)

    def _winner(self, ranked_cuts: Sequence[tuple[int, Rule]]) -> tuple[int, Rule] | None:
        """What takes most, the first by rank among equals; or by priority the first that takes anything."""
        first = None if self.table.offers.best else next((one for one in ranked_cuts if one[0] > 0), None)
        return first or max(ranked_cuts, key=lambda one: one[0], default=None)

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

    def _ship(self, rules: Sequence[Rule]) -> None:
        """One of them: the one that takes most off what shipping costs, or ranks first; the first by rank while the cost is not known."""
        cost = self.table.context.shipping
        for rule in rules:
            self.told[rule.number] = Told(rule.number, taken=False, key="better")
        winner = self._winner([(shipping_cut(self.table, rule, cost or 0), rule) for rule in rules])
        if winner:
            amount, rule = winner
            self.shipping = (rule.number, amount)
            self.told[rule.number] = Told(rule.number, taken=True, key="taken", amount=amount)

    def _outcome(self) -> Outcome:
        lines: dict[str, dict[int, int]] = {}
        for number, cuts in self.cuts.items():
            for at, amount in cuts.items():
                if amount:
                    lines.setdefault(self.table.lines[at].id, {})[number] = amount
        return Outcome(lines, self.order,
                       {line.id: part for line, part in zip(self.table.lines, self.order_lines, strict=True) if part},
                       self.shipping, tuple(self._told(self.told[rule.number]) for rule in ranked(self.table.offers.rules)),
                       self._saving(), self.plan.most if self.plan else 0)

    def _saving(self) -> int:
        """After the guard's trims: another choice might have lost less to them, which the search does not look at."""
        return max(0, self.plan.saving - sum(self.trimmed.values()) * WHOLE) if self.plan else 0

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
