"""How much of each product's price all offers on goods may take together, so that the margin floor holds whatever stands beside. Pure.

A unit sold at price p with d off by offers and f off by a friend's discount beside them brings r = p (1 - d) (1 - f). Its cost c leaves
the floor m if r - c >= m r, so d may be at most 1 - c / ((1 - m) (1 - f) p). Shares are basis points, rounded in the floor's favour.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from plugin.margin.rules import WHOLE, Good, Take
from plugin.offers.rules.model import Benefit, Offer

MOST_EXCEPTIONS = 150
"""As many products as a configuration can name beside its offers."""


@dataclass(frozen=True, slots=True)
class Room:
    """``cap``: the most basis points off any product; ``caps``: those of which less may be taken. ``alone``: the offers would be cut for
    a friend's discount's sake, so they do not stand beside one. ``cut``: goods of which an offer wants more than may be taken, each
    with what it may."""

    cap: int = WHOLE
    caps: Mapping[str, int] = field(default_factory=dict)
    alone: bool = False
    cut: tuple[tuple[Good, int], ...] = ()


def most_off(good: Good, floor_bp: int, friend_bp: int = 0) -> int:
    """The largest d of the head of this file; 0 where the floor is broken without any offer."""
    kept = (WHOLE - floor_bp) * (WHOLE - friend_bp) * good.price
    if kept <= 0:
        return 0
    return max(0, WHOLE - -(-good.cost * WHOLE**3 // kept))


def friend_rate(takes: Iterable[Take], good: Good) -> int:
    """The deepest that a friend's discount goes on a cart of this good, rounded up."""
    return max((min(WHOLE, _rate(take, good.price)) for take in takes if take.kind == "friend_discount"), default=0)


def _rate(take: Take, price: int) -> int:
    if take.amount is None:
        return take.rate_bp or 0
    least = max(price, take.minimum.amount if take.minimum else 0)
    return -(-take.amount.amount * WHOLE // least) if least > 0 else WHOLE


def room(goods: Sequence[tuple[Good, int]], floor_bp: int | None, takes: Sequence[Take]) -> Room:
    """``goods``: each that an offer reaches, with what offers want of it (``wanted``). ``floor_bp`` None: there is no floor."""
    if floor_bp is None:
        return Room()
    alone: dict[str, int] = {}
    beside: dict[str, int] = {}
    wants: dict[str, tuple[Good, int]] = {}
    for good, want in goods:
        if good.price > 0 and want:
            alone[good.product_id] = min(alone.get(good.product_id, WHOLE), most_off(good, floor_bp))
            beside[good.product_id] = min(beside.get(good.product_id, WHOLE), most_off(good, floor_bp, friend_rate(takes, good)))
            wants[good.product_id] = max((good, want), wants.get(good.product_id, (good, 0)), key=lambda one: one[1])
    apart = any(beside[one] < min(wants[one][1], alone[one]) for one in wants)
    most = alone if apart else beside
    cut = tuple((good, most[one]) for one, (good, want) in wants.items() if want > most[one])
    return Room(*_shortened({one: most[one] for one, (_, want) in wants.items() if most[one] < want}), alone=apart, cut=cut)


def _shortened(caps: dict[str, int]) -> tuple[int, dict[str, int]]:
    """Too many exceptions become the general cap, the most generous first, so that the floor holds for all."""
    ranked = sorted(caps.items(), key=lambda one: (one[1], one[0]))
    kept, rest = ranked[:MOST_EXCEPTIONS], ranked[MOST_EXCEPTIONS:]
    return (rest[0][1] if rest else WHOLE), dict(kept)


def wanted(offer: Offer, good: Good) -> int:
    """The most basis points that an offer could take from a unit of this good; what depends on the rest of a bundle counts as all."""
    if offer.own_class != "product":
        return 0
    benefits = [part.benefit for part in offer.parts if part.benefit] + [step.benefit for step in offer.steps]
    return max((_worth(one, good) for one in benefits), default=0) if not offer.whole else _whole(offer.whole)


def _worth(benefit: Benefit, good: Good) -> int:
    if benefit.worth == "percent":
        return benefit.basis_points
    if benefit.worth == "free":
        return WHOLE
    amount = benefit.amounts[0].amount
    off = amount if benefit.worth == "amount" else good.price - amount
    return min(WHOLE, max(0, -(-off * WHOLE // good.price))) if good.price > 0 else 0


def _whole(benefit: Benefit) -> int:
    return benefit.basis_points if benefit.worth == "percent" else WHOLE
