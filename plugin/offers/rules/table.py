"""A cart laid out for evaluation: canonical lines, who is in which set, amounts in its currency, and what is left of each line."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from plugin.money import exponent
from plugin.offers.rules import compiled, units
from plugin.offers.rules.amounts import converted, half_up, rate_of, split
from plugin.offers.rules.applying import Application, Entry, Worth, bundle_cut, worth_of
from plugin.offers.rules.cart import Context, Line, sound
from plugin.offers.rules.compiled import Amounts, Compiled, Gain, Rule


@dataclass(slots=True)
class Table:
    """``rest``: what is still to be paid for each line. ``free``: its units that no offer has used."""

    offers: Compiled
    lines: tuple[Line, ...]
    context: Context
    currency: int
    rate: tuple[int, int]
    shift: int
    inside: tuple[tuple[int, ...], ...]
    rest: list[int] = field(default_factory=list)
    free: list[int] = field(default_factory=list)

    @classmethod
    def laid(cls, offers: Compiled, lines: Sequence[Line], context: Context) -> "Table":
        """Raises Refused("cart"), Refused("rate") or Refused("currency")."""
        sorted_lines = sound(tuple(lines))
        own, digits, places = compiled.packed(context.currency), exponent(context.currency), units.Places.of(sorted_lines)
        inside = tuple([units.members(one, sorted_lines, places) for one in offers.sets])
        table = cls(offers, sorted_lines, context, own, (1, 1) if own == offers.currency else rate_of(context.rate),
                    digits - offers.exponents.get(offers.currency, 2), inside)
        table.rest = [line.price * line.quantity for line in sorted_lines]
        table.free = [line.quantity for line in sorted_lines]
        return table

    def prices(self) -> list[int]:
        """What one unit of each line counts as now: its price, or what other offers left of the line by its units, rounded down."""
        return [rest // line.quantity for rest, line in zip(self.rest, self.lines, strict=True)]

    def amount(self, amounts: Amounts) -> int:
        return converted(amounts, self.currency, rate=self.rate, shift=self.shift)

    def worth(self, gain: Gain) -> Worth:
        return gain.kind, gain.basis_points if gain.kind == compiled.PERCENT else self.amount(gain.amounts)

    def quantity(self, number: int) -> int:
        return sum(self.lines[at].quantity for at in self.inside[number])

    def value(self, number: int) -> int:
        """What is to be paid for the goods of a set."""
        return sum(self.rest[at] for at in self.inside[number])

    def entry(self, rule: Rule, rank: int, prices: Sequence[int]) -> Entry:
        """The offer made ready. A slot that gains reaches only for units that would gain."""
        if rule.mechanic == compiled.TIER:
            return Entry(rank, rule, (), tuple(self.worth(step.gain) for step in rule.steps), groups=self._groups(rule))
        worths = tuple(self.worth(slot.gain) for slot in rule.slots)
        reaches = (units.reach(rule, at, self.inside[slot.set], lines=self.lines, prices=prices) for at, slot in enumerate(rule.slots))
        reach = tuple(tuple(at for at in line if not worth[0] or worth_of(worth, prices[at]))
                      for line, worth in zip(reaches, worths, strict=True))
        return Entry(rank, rule, reach, worths, self.worth(rule.whole))

    def _groups(self, rule: Rule) -> tuple[tuple[int, ...], ...]:
        inside = self.inside[rule.set]
        if rule.scope == compiled.ALL:
            return (inside,)
        groups: dict[int, list[int]] = {}
        for at in inside:
            groups.setdefault(self.lines[at].product if rule.scope == compiled.PRODUCT else at, []).append(at)
        return tuple(tuple(group) for group in groups.values())

    def cuts(self, entry: Entry, steps: Sequence[tuple[Application, int]], prices: Sequence[int]) -> dict[int, int]:
        """Minor units off each line for all applications of one offer, in canonical order of the lines; rounded once a line."""
        rates, exact, weights = ({at: 0 for at in sorted({at for found, _ in steps for at, _, _ in found.units})} for _ in range(3))
        whole = 0
        for found, times in steps:
            for at, count, (kind, value) in found.units:
                weights[at] += prices[at] * count * times
                if kind == compiled.PERCENT:
                    rates[at] += value * count * times
                elif kind:
                    exact[at] += worth_of((kind, value), prices[at]) // 10_000 * count * times
            if entry.whole[0]:
                whole += bundle_cut(entry.whole, sum(prices[at] * count for at, count, _ in found.units)) * times
        shares = split(whole, list(weights.values()))
        return {at: min(self.rest[at], half_up(rates[at] * self.rest[at], self.lines[at].quantity * 10_000) + exact[at] + share)
                for at, share in zip(weights, shares, strict=True)}
