"""What two goods bought together tell: weights by age, votes by basket, chance, order of suggestions. Pure.

All counts are whole numbers, so that adding an order and taking it out again leaves exactly what was there before, on any database.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

HALF_LIFE = 180
"""Days after which an order weighs half."""
LARGEST = 30
"""Different products in an order beyond which it stocks a shelf: it says little about any two of them, and costs the most."""
LEAST = 3
"""Orders in which two products must have met."""
KEPT = 50
"""Companions kept of a product."""
FEW = 100
"""A product with fewer orders in a market or a segment is ranked by the whole shop's."""
FALSE_RATE = 0.05
"""Of what is called more than chance, the share that may be chance all the same."""
_UNIT = 64
_REACH, _RENEW = 8, 20

Segment = Literal["new", "returning", "referred"]
Wish = Literal["pin", "ban"]


@dataclass(frozen=True, slots=True)
class Basket:
    """The goods of an order that the buyer still has; none where the order does not count. ``market``: a country, or nothing."""

    order_id: str
    placed: date
    market: str
    segment: Segment
    products: frozenset[str]

    @property
    def scope(self) -> str:
        return f"{self.market}/{self.segment}"

    def counts(self, epoch: date) -> bool:
        return 0 < len(self.products) <= LARGEST and self.placed >= epoch


def epoch_for(on: date) -> date:
    """From when orders count, where counting begins that day: what weighs less than a 256th is left out."""
    return on - timedelta(days=_REACH * HALF_LIFE)


def is_worn(epoch: date, on: date) -> bool:
    """Have weights grown so far that everything should be counted anew, from a later epoch? After about six years."""
    return (on - epoch).days >= _RENEW * HALF_LIFE


def weight_of(placed: date, epoch: date) -> int:
    """Doubles each half-life and rises evenly in between. Newer orders weigh more, so that older ones need not be touched
    (forward decay: Cormode, Shkapenyuk, Srivastava, Xu 2009)."""
    halves, rest = divmod((placed - epoch).days, HALF_LIFE)
    return ((HALF_LIFE + rest) * _UNIT) << halves


def vote_of(weight: int, size: int) -> int:
    """What an order says for each two of its products: less, the more there are. Nothing of a single product."""
    return (weight << 10) // math.isqrt((size - 1) << 20) if size > 1 else 0


@dataclass(frozen=True, slots=True)
class Totals:
    """Orders counted, products in them (each once an order), and ordered twos of those."""

    orders: int = 0
    slots: int = 0
    links: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(self.orders + other.orders, self.slots + other.slots, self.links + other.links)


@dataclass(frozen=True, slots=True)
class Tally:
    """One product (``amount``: weights of its orders) or two together (``amount``: their votes)."""

    orders: int = 0
    amount: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.orders + other.orders, self.amount + other.amount)


@dataclass(frozen=True, slots=True)
class Companion:
    """Another product beside one: met in ``together`` of its ``orders``, where chance would give ``expected`` tenths of an order.

    ``score``: closeness in millionths. ``sure``: more than chance.
    """

    product_id: str
    together: int
    orders: int
    expected: int
    score: int
    sure: bool


def chance(first: Tally, second: Tally, totals: Totals) -> float:
    """Orders with both that would come about without any affinity: the greater of two expectations.

    That the two are ordered independently (Fisher: n1·n2/orders), and that buyers fill baskets of the sizes they have, each place
    with a product by its share of all places (Chung and Lu 2002: n1·n2·links/slots²). The first keeps what is in every other
    basket from passing for affinity; the second, a few large baskets in which everything meets everything.
    """
    if not totals.orders:
        return 0.0
    return first.orders * second.orders * max(1 / totals.orders, totals.links / totals.slots**2)


def tail(seen: int, expected: float) -> float:
    """The probability of meeting at least so often by chance: the upper tail of Poisson's law, the limit of Fisher's exact test for
    rare meetings (and a little more careful). 1 where no more was seen than expected."""
    if seen <= expected:
        return 1.0
    term = math.exp(seen * math.log(expected) - expected - math.lgamma(seen + 1)) if expected > 0 else 0.0
    total, more = term, seen
    while term > total * 1e-12:
        more += 1
        term *= expected / more
        total += term
    return min(1.0, total)


def beyond_chance(tails: Sequence[float], tests: int) -> set[int]:
    """The places of those that stand when ``tests`` were asked, at most FALSE_RATE of them wrongly (Benjamini and Hochberg 1995)."""
    rising = sorted(range(len(tails)), key=lambda place: tails[place])
    last = max((at for at, place in enumerate(rising, 1) if tails[place] <= FALSE_RATE * at / tests), default=0)
    return set(rising[:last])


def rank(own: Tally, together: Mapping[str, Tally], others: Mapping[str, Tally], totals: Totals, *, tests: int) -> list[Companion]:
    """The companions of one product, closest first; ``tests``: with how many products it could have met.

    Closeness is the cosine of the votes: what both share, over the root of what each has. A product that is in every basket
    is close to none.
    """
    met = sorted((id, both) for id, both in together.items() if both.orders >= LEAST and id in others)
    expected = [chance(own, others[id], totals) for id, _ in met]
    sure = beyond_chance([tail(both.orders, wanted) for (_, both), wanted in zip(met, expected, strict=True)], max(tests, len(met)))
    found = [Companion(id, both.orders, own.orders, round(10 * wanted), _cosine(own, others[id], both), at in sure)
             for at, ((id, both), wanted) in enumerate(zip(met, expected, strict=True)) if both.orders > wanted]
    return sorted(found, key=lambda one: (-one.score, one.product_id))[:KEPT]


def _cosine(first: Tally, second: Tally, both: Tally) -> int:
    whole = math.isqrt(first.amount * second.amount)
    return both.amount * 1_000_000 // whole if whole else 0


# -- scopes -----------------------------------------------------------------------------------------------------------


def widths(market: str, segment: str) -> list[str]:
    """The scopes that a shopper stands in, narrowest first; the whole shop is "/"."""
    return list(dict.fromkeys(f"{one}/{other}" for one, other in ((market, segment), (market, ""), ("", segment), ("", ""))))


def wider(scope: str) -> list[str]:
    """All scopes that an order of this one counts in."""
    market, segment = scope.split("/")
    return widths(market, segment)


def has_own(orders: int, of_all: int, scope: str) -> bool:
    """Is a list of this scope worth having: enough orders, and not those of the whole shop over again?"""
    return scope == "/" or (orders >= FEW and 10 * orders <= 9 * of_all)


def chosen(lists: Mapping[str, Sequence[Companion]], market: str, segment: str) -> list[tuple[str, Companion]]:
    """A product's companions for this shopper, each from the narrowest scope that knows it: (scope, companion)."""
    found: dict[str, tuple[str, Companion]] = {}
    for scope in widths(market, segment):
        for one in lists.get(scope, ()):
            found.setdefault(one.product_id, (scope, one))
    return list(found.values())


# -- suggesting -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product to suggest. ``beside`` is the product in the cart that speaks for it most, if one does; ``key`` and ``facts``: why."""

    product_id: str
    score: int
    key: str
    facts: Mapping[str, int | str] = field(default_factory=dict)
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class Looks:
    """What a product is like, before anybody bought it. ``price`` in minor units, the least of its variants'."""

    id: str
    kind: str
    vendor: str
    price: int


def combine(known: Mapping[str, Sequence[tuple[str, Companion]]]) -> list[Candidate]:
    """One list for a whole cart: closeness to each of its products added up; somebody in the cart must be surely beyond chance.

    ``known``: product in the cart → its companions with their scopes.
    """
    sums: dict[str, int] = {}
    surest: dict[str, tuple[str, str, Companion]] = {}
    for beside, companions in known.items():
        for scope, one in companions:
            sums[one.product_id] = sums.get(one.product_id, 0) + one.score
            if one.sure and (one.product_id not in surest or one.score > surest[one.product_id][2].score):
                surest[one.product_id] = (beside, scope, one)
    found = [_met(sums[id], beside, scope, one) for id, (beside, scope, one) in surest.items() if id not in known]
    return sorted(found, key=lambda one: (-one.score, one.product_id))


def _met(score: int, beside: str, scope: str, one: Companion) -> Candidate:
    market, segment = scope.split("/")
    among = segment or ("market" if market else "all")
    facts = {"together": one.together, "orders": one.orders, "fewer_than": one.expected // 10 + 1}
    return Candidate(one.product_id, score, f"recommendations.together_{among}", facts, beside)


def likeness(one: Looks, other: Looks) -> int:
    """0 to 4: the same type counts 2, the same vendor 1, prices within a factor of two 1. Nothing without the same type."""
    if not one.kind or one.kind.casefold() != other.kind.casefold():
        return 0
    return 2 + (one.vendor.casefold() == other.vendor.casefold() != "") + is_near(one.price, other.price)


def borrow(product: Looks, alike: Iterable[tuple[Looks, Sequence[tuple[str, Companion]]]]) -> list[Candidate]:
    """For a product that few have bought: the companions of those that are like it, as far as they are."""
    sums: dict[str, int] = {}
    for other, companions in alike:
        near = likeness(product, other)
        for _, one in companions:
            if one.sure and near:
                sums[one.product_id] = sums.get(one.product_id, 0) + one.score * near // 4
    sums.pop(product.id, None)
    return [Candidate(id, score, "recommendations.alike", {"kind": product.kind}, product.id)
            for id, score in sorted(sums.items(), key=lambda item: (-item[1], item[0]))]


def popular(cart: Sequence[Looks], sellers: Iterable[tuple[Looks, int]]) -> list[Candidate]:
    """Best sellers: of a vendor in the cart first, then at about its prices, then as they sell."""
    vendors = {one.vendor.casefold() for one in cart if one.vendor}
    told = [(one.vendor.casefold() in vendors, any(is_near(one.price, other.price) for other in cart), -place, one, orders)
            for place, (one, orders) in enumerate(sellers)]
    return [Candidate(one.id, 0, "recommendations.vendor", {"vendor": one.vendor}) if of_vendor
            else Candidate(one.id, 0, "recommendations.popular", {"orders": orders})
            for of_vendor, _, _, one, orders in sorted(told, key=lambda row: row[:3], reverse=True)]


def is_near(price: int, other: int) -> bool:
    """One price band: within a factor of two."""
    return max(price, other) <= 2 * min(price, other)


def arrange(found: Iterable[Candidate], pinned: Sequence[str], banned: Collection[str], cart: Collection[str]) -> list[Candidate]:
    """The merchant's own wishes first, then what was found, each product once, nothing that is banned or in the cart."""
    kept: dict[str, Candidate] = {}
    for one in (*(Candidate(id, 0, "recommendations.pinned") for id in pinned), *found):
        if one.product_id not in banned and one.product_id not in cart:
            kept.setdefault(one.product_id, one)
    return list(kept.values())


def best(sold: Mapping[str, Tally], most: int) -> list[tuple[str, Tally]]:
    """What sells best, newer orders weighing more."""
    return sorted(sold.items(), key=lambda item: (-item[1].amount, item[0]))[:most]
