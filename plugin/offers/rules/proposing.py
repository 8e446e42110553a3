"""A friend's discount and a bundle that together keep the margin floor, proposed from the shop's own orders. Pure.

What is known: how often buyers of A took B as well, what both bring and cost, how many orders came from friends. What is not known
is how many more would take B at a discount, or come as friends: that is said as a ``Lift``, from nothing at all to what the merchant
hopes, and every figure is told for its low, likely and high end. The ends are the worst and the best over both bounds of the measured
share (Wilson's interval, 95 %) and both ends of each lift: without lift the bundle only costs, and the more so the more would have
taken both anyway. Next to it stands the share at which it pays for itself.

Everything is for one hundred orders like those that were read, in minor units; divisions round down.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from plugin.margin.rules import WHOLE, Good, Take
from plugin.margin.rules.guard import Beside, Floors, beside, most_off, surplus

RATES = (0, 500, 1000, 1500, 2000, 2500, 3000)
"""Basis points that are tried for both discounts."""
LEAST_ORDERS, LEAST_TOGETHER, MOST_PAIRS, MOST_PROPOSALS = 30, 5, 30, 3
HUNDRED = 100
ANY = frozenset({"order", "product"})


@dataclass(frozen=True, slots=True)
class Bought:
    """One order: products with units, ``referred`` if a friend placed it."""

    units: tuple[tuple[str, int], ...]
    referred: bool = False


@dataclass(frozen=True, slots=True)
class Lift:
    """By how many basis points of itself the share of buyers rises for every 1,000 basis points off: (low, likely, high)."""

    bundle: tuple[int, int, int] = (0, 1500, 3000)
    friends: tuple[int, int, int] = (0, 1000, 2000)


@dataclass(frozen=True, slots=True)
class Span:
    """The likely value and its ends."""

    low: int
    likely: int
    high: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """``bundle_bp`` off ``second`` for those who buy ``first``, beside ``friend_bp`` for friends. ``effect``: margin more or less on a
    hundred orders. ``share``: of buyers of ``first`` who took ``second`` (basis points). ``pays_from``: the share at which the bundle
    pays for itself, None if none does. ``orders``, ``together``: how many orders that rests on."""

    first: str
    second: str
    friend_bp: int
    bundle_bp: int
    effect: Span
    share: Span
    pays_from: int | None
    orders: int
    together: int


def propose(orders: Sequence[Bought], goods: Iterable[Good], floors: Floors, *, friend_bp: int = 0,
            lift: Lift | None = None, others: Sequence[Take] = ()) -> list[Proposal]:
    """The best three, each another pair, by the likely effect. ``friend_bp``: what friends get today. ``others``: what else is taken from
    an order, all of which may stand beside both. Nothing while there are too few
    orders, or where no combination keeps the floor or none is likely to bring anything."""
    if len(orders) < LEAST_ORDERS:
        return []
    around = {rate: beside([*others, *([Take("", "friend_discount", rate_bp=rate, combines=ANY)] if rate else [])]) for rate in RATES}
    history = _History(orders, {good.product_id: good for good in goods if good.price > 0}, floors, friend_bp, lift or Lift(), around)
    found = sorted((best for pair in history.pairs() if (best := history.best(*pair))),
                   key=lambda one: (-one.effect.likely, one.friend_bp + one.bundle_bp, one.first, one.second))
    return found[:MOST_PROPOSALS]


@dataclass(slots=True)
class _History:
    orders: Sequence[Bought]
    goods: dict[str, Good]
    floors: Floors
    friend_bp: int
    lift: Lift
    around: Mapping[int, Beside]
    """The worst that may stand beside the bundle, by the friends' rate."""
    friends: tuple[int, int] = (0, 0)
    """List price and cost of what friends bought."""
    kept: frozenset[int] = frozenset()
    """Friends' rates under which everything that was bought keeps the floor."""

    def __post_init__(self) -> None:
        units = [(self.goods[product], count) for order in self.orders if order.referred for product, count in order.units
                 if product in self.goods]
        self.friends = sum(good.price * count for good, count in units), sum(good.cost * count for good, count in units)
        self.kept = frozenset(rate for rate in RATES if all(
            surplus(good.price, good.cost, self.floors.of(good.product_id) or 0, self.around[rate], once=True) >= 0
            for good in self.goods.values()))

    def pairs(self) -> list[tuple[str, str, int, int]]:
        """(first, second, orders with first, orders with both), those bought together most often first."""
        single: dict[str, int] = {}
        both: dict[tuple[str, str], int] = {}
        for order in self.orders:
            products = sorted({product for product, _ in order.units if product in self.goods})
            for product in products:
                single[product] = single.get(product, 0) + 1
            for pair in itertools.permutations(products, 2):
                both[pair] = both.get(pair, 0) + 1
        ranked = sorted(both.items(), key=lambda one: (-one[1], one[0]))[:MOST_PAIRS]
        return [(first, second, single[first], count) for (first, second), count in ranked if count >= LEAST_TOGETHER]

    def best(self, first: str, second: str, bought: int, together: int) -> Proposal | None:
        """The combination of rates with the largest likely effect; of equals the smaller discounts."""
        share = wilson(together, bought)
        tried = [(self._effect(self.goods[second], share, bought, rates=(friend, bundle)), friend, bundle)
                 for friend in RATES for bundle in RATES[1:] if self._holds(self.goods[second], friend, bundle)]
        if not tried:
            return None
        effect, friend, bundle = max(tried, key=lambda one: (one[0].likely, -one[1] - one[2]))
        if effect.likely <= 0:
            return None
        return Proposal(first, second, friend, bundle, effect, share, self._pays_from(self.goods[second], share.likely, bundle),
                        len(self.orders), together)

    def _holds(self, second: Good, friend: int, bundle: int) -> bool:
        """The floor, beside what others take: of all that was bought under the friend's discount, of the second good under both."""
        return friend in self.kept and most_off(second, self.floors.of(second.product_id) or 0, self.around[friend]) >= bundle

    def _effect(self, second: Good, share: Span, bought: int, *, rates: tuple[int, int]) -> Span:
        def ends(at: int, bundle: int, friends: int) -> Fraction:
            return self._margin(second, at, bought, rates=rates, lifts=(bundle, friends))

        corners = [ends(*one) for one in itertools.product((share.low, share.high), self.lift.bundle, self.lift.friends)]
        likely = ends(share.likely, self.lift.bundle[1], self.lift.friends[1])
        low, high = min(*corners, likely), max(*corners, likely)
        return Span(*(_floor(one, len(self.orders)) for one in (low, likely, high)))

    def _margin(self, second: Good, share: int, bought: int, *, rates: tuple[int, int], lifts: tuple[int, int]) -> Fraction:
        """More or less margin over all orders read: from the second good, and from friends' orders."""
        friend, bundle = rates
        more = Fraction(share * lifts[0] * bundle, WHOLE * 1000)
        takers = min(Fraction(WHOLE), share + more)
        paid = Fraction(second.price * (WHOLE - bundle), WHOLE)
        of_bundle = Fraction(bought, WHOLE) * (takers * (paid - second.cost) - share * (second.price - second.cost))
        return of_bundle + self._of_friends(friend, lifts[1])

    def _of_friends(self, friend: int, lift: int) -> Fraction:
        """Friends' orders at the new discount against those at today's."""
        sold, cost = self.friends
        come = Fraction(WHOLE * 1000 + lift * (friend - self.friend_bp), WHOLE * 1000)
        now = Fraction(sold * (WHOLE - self.friend_bp), WHOLE) - cost
        return come * (Fraction(sold * (WHOLE - friend), WHOLE) - cost) - now

    def _pays_from(self, second: Good, share: int, bundle: int) -> int | None:
        """Share x (margin at list) / (margin at the bundle's price), rounded up."""
        paid = second.price * (WHOLE - bundle) - second.cost * WHOLE
        return None if paid <= 0 else -(-share * (second.price - second.cost) * WHOLE // paid)


def wilson(part: int, whole: int) -> Span:
    """A share with its 95 % interval in basis points (E. B. Wilson, 1927), rounded outwards; z = 1.96."""
    if whole <= 0:
        return Span(0, 0, WHOLE)
    z, scale = Fraction(196, HUNDRED), 10**6
    root = Fraction(isqrt(int((Fraction(part * (whole - part), whole) + z * z / 4) * scale * scale)) + 1, scale)
    low, high = ((part + z * z / 2 + sign * z * root) / (whole + z * z) for sign in (-1, 1))
    return Span(max(0, int(low * WHOLE)), part * WHOLE // whole, min(WHOLE, int(high * WHOLE) + 1))


def _floor(margin: Fraction, orders: int) -> int:
    return int(margin * HUNDRED / orders // 1)
