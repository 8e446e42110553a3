"""How much offers on goods may take, whatever else stands beside them in one cart. Pure.

A unit that is sold for r after offers on goods, with o off by everything on the order beside it, brings r (1 - o). Of that l goes to
partners and points, f is the floor, and c is what the unit cost: the floor holds if r (1 - o) (1 - l - f) >= c. What is left over is
the unit's *surplus*; surpluses add up, so the worst bundle has in each of its places the goods with the smallest. Shares are basis
points, every rounding is in the floor's favour.

When it does not hold, what gives way, in this order: the advocate's reward (cut when the order is settled,
``takes.room``); offers on goods, line by line, the one applied last first (``Room.caps``); the friend's discount beside them
(``Room.alone``); a bundle whose paid goods do not carry the free ones, a gift, an offer on the basket (refused when saved); a friend's
discount, a commission (refused when saved).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from plugin.margin.rules.floors import Floors as Floors
from plugin.margin.rules.takes import LATER_KINDS, WHOLE, Good, Take
from plugin.money import Money

MOST_EXCEPTIONS = 150
"""As many products as a configuration can name beside its offers."""
MOST_CHOICES = 12
"""Above so many discounts on the order every one is taken to stand beside every other."""


@dataclass(frozen=True, slots=True)
class Tried:
    """Floors that a merchant thinks of; ``cost_bp``: what goods without a known cost would be taken to cost, of their price."""

    floors: Floors
    cost_bp: int | None


@dataclass(frozen=True, slots=True)
class Beside:
    """The worst that may stand beside offers on goods: ``rate_bp`` and ``fixed`` minor units off the order, ``later_bp`` and
    ``later`` minor units to be paid afterwards. ``takes``: whose they are."""

    rate_bp: int = 0
    fixed: int = 0
    later_bp: int = 0
    later: int = 0
    takes: tuple[Take, ...] = ()


def beside(takes: Iterable[Take], own: Take | None = None) -> Beside:
    """``own``: the offers themselves, by what they combine with; None: with everything.

    Of discounts on the order the most expensive that may all stand together; of what is paid later the dearest of each kind, since one
    order has one commission, one reward and one lot of points. Gifts add up.
    """
    takes = list(takes)
    chosen = _dearest([take for take in takes if _on_order(take) and (own is None or take.stands_with(own))])
    later = [max((take for take in takes if take.kind == kind), key=_weight) for kind in LATER_KINDS
             if any(take.kind == kind for take in takes)]
    later += [take for take in takes if take.kind == "gift"]
    return Beside(sum(_rate(take) for take in chosen), sum(_fixed(take) for take in chosen), sum(_rate(take) for take in later),
                  sum(_fixed(take) for take in later), (*chosen, *later))


def apart(takes: Iterable[Take], always: Sequence[Take] = ()) -> Beside:
    """What is there even if no other discount may stand beside the offers."""
    return beside([take for take in takes if not _on_order(take) or take in always])


def surplus(price: int, cost: int, floor_bp: int, others: Beside, *, once: bool = False) -> int:
    """What a unit sold for ``price`` leaves above its floor, in 10^-8 minor units. ``once``: it also bears what is taken once an order."""
    left, kept = WHOLE - others.rate_bp, WHOLE - others.later_bp - floor_bp
    if left <= 0 or kept <= 0:
        return -max(1, cost) * WHOLE**2
    borne = others.fixed * WHOLE * kept + others.later * WHOLE**2 if once else 0
    return price * left * kept - cost * WHOLE**2 - borne


def most_off(good: Good, floor_bp: int, others: Beside) -> int:
    """The most basis points off this good that leave it its floor, in a cart of nothing else; 0 if none do."""
    left, kept = WHOLE - others.rate_bp, WHOLE - others.later_bp - floor_bp
    if left <= 0 or kept <= 0 or good.price <= 0:
        return 0
    needed = good.cost * WHOLE**2 + others.fixed * WHOLE * kept + others.later * WHOLE**2
    return max(0, (good.price - -(-needed // (left * kept))) * WHOLE // good.price)


@dataclass(frozen=True, slots=True)
class Room:
    """``cap``: the most basis points off any product; ``caps``: of which less may be taken. ``alone``: offers would be cut for the sake of
    what stands beside them, so they stand alone. ``cut``: goods of which offers want more than they may take, with what they may."""

    cap: int = WHOLE
    caps: Mapping[str, int] = field(default_factory=dict)
    alone: bool = False
    cut: tuple[tuple[Good, int], ...] = ()


def room(goods: Iterable[tuple[Good, int]], floors: Floors, takes: Sequence[Take], *, always: Sequence[Take] = (),
         cut: bool = False) -> Room:
    """``goods``: each that offers reach, and the most basis points that they want of it. ``always``: takes that no setting keeps apart
    from the offers, such as gifts and offers on the basket.

    ``cut``: cut the offers to what fits beside everything, instead of letting them stand alone.
    """
    others, nobody = beside([*takes, *always]), apart([*takes, *always], always)
    found = [(good, want, floor) for good, want in goods if good.price > 0 and want and (floor := floors.of(good.product_id)) is not None]
    single = [(good, want, most_off(good, floor, nobody)) for good, want, floor in found]
    together = [(good, want, most_off(good, floor, others)) for good, want, floor in found]
    alone = not cut and any(one[2] < min(one[1], other[2]) for one, other in zip(together, single, strict=True))
    chosen = single if alone else together
    caps: dict[str, int] = {}
    for good, want, most in chosen:
        if most < want:
            caps[good.product_id] = min(most, caps.get(good.product_id, WHOLE))
    return Room(*_shortened(caps), alone=alone, cut=tuple((good, most) for good, want, most in chosen if most < want))


@dataclass(frozen=True, slots=True)
class Place:
    """``count`` units of any of ``goods``, each at ``rate_bp`` and ``amount`` off, or for ``price``."""

    goods: tuple[Good, ...]
    count: int = 1
    rate_bp: int = 0
    amount: int = 0
    price: int | None = None

    def sold(self, good: Good) -> int:
        """What a unit is sold for."""
        if self.price is not None:
            return min(good.price, self.price)
        return max(0, good.price - -(-good.price * self.rate_bp // WHOLE) - self.amount)

    @property
    def gives(self) -> bool:
        return bool(self.rate_bp or self.amount) or self.price is not None


@dataclass(frozen=True, slots=True)
class Broken:
    """A bundle that breaks a floor: its worst goods, place by place, and whose floor. ``short``: minor units missing in one bundle."""

    goods: tuple[Good, ...]
    floor_bp: int
    short: int


def worst_bundle(places: Sequence[Place], floors: Floors, others: Beside) -> Broken | None:
    """None if the floor holds for every choice of goods: the shop's over the whole bundle, and a product's own for that product."""
    for place in places:
        for good in place.goods if place.gives else ():
            own = floors.own(good.product_id)
            if own is not None and (missing := surplus(place.sold(good), good.cost, own, others)) < 0:
                return Broken((good,), own, _minor(missing))
    if floors.shop is None or any(not place.goods for place in places):
        return None
    floor = floors.shop
    worst = [min(place.goods, key=lambda good, place=place: surplus(place.sold(good), good.cost, floor, others))  # type: ignore[misc]
             for place in places]
    total = sum(surplus(place.sold(good), good.cost, floor, others) * place.count for place, good in zip(places, worst, strict=True))
    total -= others.fixed * WHOLE * max(0, WHOLE - others.later_bp - floor) + others.later * WHOLE**2
    return Broken(tuple(worst), floor, _minor(total)) if total < 0 else None


def gift_take(programme: str, goods: Sequence[Good], *, count: int, goal: Money) -> Take:
    """A gift as a take: what the dearest of its goods cost, borne by a basket of at least ``goal`` (above zero)."""
    cost = max((good.cost for good in goods), default=0) * count
    return Take(programme=programme, kind="gift", amount=Money(cost, goal.currency), minimum=goal)


def _on_order(take: Take) -> bool:
    return take.kind in ("friend_discount", "code", "basket") and take.own_class != "shipping"


def _rate(take: Take) -> int:
    """An amount that asks for a least basket is at most this share of one, rounded up."""
    if take.amount is None:
        return take.rate_bp or 0
    least = take.minimum.amount if take.minimum else 0
    return min(WHOLE, -(-take.amount.amount * WHOLE // least)) if least > 0 else 0


def _fixed(take: Take) -> int:
    """An amount that asks for nothing is taken once from however small an order."""
    return take.amount.amount if take.amount is not None and not (take.minimum and take.minimum.amount > 0) else 0


def _weight(take: Take) -> tuple[int, int]:
    return _rate(take), _fixed(take)


def _dearest(takes: Sequence[Take]) -> list[Take]:
    """The dearest of these that may all stand together."""
    if len(takes) > MOST_CHOICES or all(one.stands_with(other) for one, other in combinations(takes, 2)):
        return list(takes)
    sets = (chosen for size in range(1, len(takes) + 1) for chosen in combinations(takes, size)
            if all(one.stands_with(other) for one, other in combinations(chosen, 2)))
    return list(max(sets, key=lambda chosen: (sum(_rate(take) for take in chosen), sum(_fixed(take) for take in chosen)), default=()))


def _shortened(caps: Mapping[str, int]) -> tuple[int, dict[str, int]]:
    """Too many exceptions become the general cap, the most generous first, so that the floor holds for all."""
    ranked = sorted(caps.items(), key=lambda one: (one[1], one[0]))
    kept, rest = ranked[:MOST_EXCEPTIONS], ranked[MOST_EXCEPTIONS:]
    return (rest[0][1] if rest else WHOLE), dict(kept)


def _minor(scaled: int) -> int:
    return -(scaled // WHOLE**2)
