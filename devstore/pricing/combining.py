"""Which discounts go together, and which set of them is best for the buyer."""

from dataclasses import dataclass, field

from devstore.currency import split
from devstore.pricing.amounts import off_lines
from devstore.pricing.values import Candidate, PricedLine

MOST_CANDIDATES = 12


@dataclass(slots=True)
class Taken:
    """What one candidate takes: per line, or off shipping."""

    candidate: Candidate
    lines: list[int] = field(default_factory=list)
    shipping: int = 0

    @property
    def amount(self) -> int:
        return sum(self.lines) + self.shipping


def combine(first: Candidate, second: Candidate) -> bool:
    """Both must allow the other's class. Two shipping discounts never go together; what one Function gives in several classes does."""
    a, b = first.discount, second.discount
    if a.id == b.id:
        return first.part != second.part
    if first.classification == second.classification == "shipping":
        return False
    return second.classification in a.combines and first.classification in b.combines


def best(candidates: list[Candidate], lines: list[PricedLine], shipping: int) -> list[Taken]:
    """The combination that takes most. Codes win ties against automatic discounts, older ones against newer."""
    alone = [(take([one], lines, shipping)[0].amount, one) for one in candidates]
    alone.sort(key=lambda pair: (-pair[0], pair[1].code is None, pair[1].discount.id))
    useful = [one for amount, one in alone if amount > 0][:MOST_CANDIDATES]
    results = [take(group, lines, shipping) for group in _largest_groups(useful)]
    return max(results, key=lambda taken: sum(one.amount for one in taken), default=[])


def _largest_groups(candidates: list[Candidate]) -> list[list[Candidate]]:
    """Every set of mutually combinable candidates that none can be added to."""
    groups: list[list[Candidate]] = []
    _grow([], candidates, [], groups)
    return [group for group in groups if group]


def _grow(group: list[Candidate], open_: list[Candidate], closed: list[Candidate], groups: list[list[Candidate]]) -> None:
    """Bron–Kerbosch. ``closed`` have been tried with this group already."""
    if not open_ and not closed:
        groups.append(group)
        return
    for at, one in enumerate(open_):
        rest, seen = open_[at + 1 :], [*closed, *open_[:at]]
        _grow([*group, one], [two for two in rest if combine(one, two)], [two for two in seen if combine(one, two)], groups)


def take(group: list[Candidate], lines: list[PricedLine], shipping: int) -> list[Taken]:
    """Product discounts first (the best one per line), then order discounts, each on what products left, then shipping."""
    products = [one for one in group if one.classification == "product"]
    whole = [one for one in group if one.classification == "order"]
    taken = _take_products(products, lines)
    bases = [line.subtotal - sum(one.lines[i] for one in taken) for i, line in enumerate(lines)]
    taken += _take_whole(whole, lines, bases)
    taken += [Taken(one, [0] * len(lines), _off_shipping(one, shipping)) for one in group if one.classification == "shipping"]
    return taken


def _off_shipping(one: Candidate, shipping: int) -> int:
    return min(one.given.shipping, shipping) if one.given else shipping


def _off(one: Candidate, lines: list[PricedLine], bases: list[int]) -> list[int]:
    """Amounts per line of a product or order discount; a Function's are what it said, an order's shared out."""
    if one.given is None:
        return off_lines(one.discount, lines, bases)
    if one.part == "product":
        return list(one.given.lines)
    seen = [0 if at in one.given.excluded else base for at, base in enumerate(bases)]
    return split(min(one.given.order, sum(seen)), seen)


def _take_products(group: list[Candidate], lines: list[PricedLine]) -> list[Taken]:
    offers = [Taken(one, _off(one, lines, [line.subtotal for line in lines])) for one in group]
    for i in range(len(lines)):
        winner = max(offers, key=lambda offer: offer.lines[i], default=None)
        for offer in offers:
            if offer is not winner:
                offer.lines[i] = 0
    return offers


def _take_whole(group: list[Candidate], lines: list[PricedLine], bases: list[int]) -> list[Taken]:
    left, taken = list(bases), []
    for one in group:
        amounts = [min(amount, rest) for amount, rest in zip(_off(one, lines, bases), left, strict=True)]
        left = [rest - amount for rest, amount in zip(left, amounts, strict=True)]
        taken.append(Taken(one, amounts))
    return taken
