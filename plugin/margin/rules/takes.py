"""The margin guard. Pure: takes, goods and a floor in; the worst cart, or what a reward may cost, out.

A *take* is what one programme would take from an order. Cart discounts of one order stand together only if each allows the
other's class. An advocate's reward need not be given here: it is trimmed at settlement (``room``), so it never breaks the floor.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from plugin.margin.rules.floors import Floors
from plugin.money import Money, half_up

TakeKind = Literal["friend_discount", "commission", "points", "reward", "code", "basket", "gift"]
"""``code``: the merchant's own, marked as combinable; ``basket``: an offer on the whole order; ``gift``: what it costs, given from
``minimum`` on."""
DiscountClass = Literal["order", "product", "shipping"]
Outcome = Literal["fine", "refuse"]

CART_KINDS = frozenset({"friend_discount", "code", "basket"})
LATER_KINDS: tuple[TakeKind, ...] = ("commission", "points", "reward")
"""What is paid once an order is there; one order has one of each."""
WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Take:
    """``rate_bp`` of what it applies to, or a fixed ``amount``. What offers take from goods is weighed unit by unit (``guard``).

    ``combines``: the discount classes that it lets stand beside it. ``minimum``: the smallest cart that it needs.
    """

    programme: str
    kind: TakeKind
    rate_bp: int | None = None
    amount: Money | None = None
    own_class: DiscountClass = "order"
    combines: frozenset[str] = frozenset()
    minimum: Money | None = None

    def stands_with(self, other: "Take") -> bool:
        """May both be in one cart? Shopify asks both; what is paid after the order asks nobody."""
        if self.kind not in CART_KINDS or other.kind not in CART_KINDS:
            return True
        return other.own_class in self.combines and self.own_class in other.combines

    def of(self, base: int) -> int:
        """What it takes from ``base`` minor units; never more than all of it."""
        if self.amount is not None:
            return min(base, self.amount.amount)
        return min(base, half_up(Fraction(base * (self.rate_bp or 0), WHOLE)))


@dataclass(frozen=True, slots=True)
class Good:
    """Something that can be bought: a variant with its price and what it costs the merchant, in minor units."""

    product_id: str
    title: str
    price: int
    cost: int


@dataclass(frozen=True, slots=True)
class Cart:
    """What is bought how many times, by which takes, and what is left of it. ``margin_bp`` is margin over revenue, in basis points."""

    good: Good
    times: int
    takes: tuple[Take, ...]
    revenue: int
    margin: int

    @property
    def margin_bp(self) -> int:
        return half_up(Fraction(self.margin * WHOLE, self.revenue)) if self.revenue > 0 else -WHOLE


@dataclass(frozen=True, slots=True)
class Verdict:
    """``fine``, or ``refuse``: too much.

    ``worst`` is the cart that decided, None if there was nothing to judge; ``floor_bp`` the floor that it was held against.
    """

    outcome: Outcome
    worst: Cart | None = None
    floor_bp: int | None = None

    def told(self) -> dict[str, Any]:
        """The facts of ``errors.margin``: which cart would break the floor, and by how much. For a verdict that has a cart."""
        if self.worst is None or self.floor_bp is None:
            return {}
        goods = f"{self.worst.times} × {self.worst.good.title}" if self.worst.times > 1 else self.worst.good.title
        return {"goods": goods, "programmes": list(dict.fromkeys(take.programme for take in self.worst.takes)),
                "left_bp": self.worst.margin_bp, "floor_bp": self.floor_bp}


def worst_cart(goods: Sequence[Good], takes: Sequence[Take], floors: Floors, codes: Sequence[Take] = ()) -> Verdict:
    """The cart of these goods that is furthest below its floor (or least above it) under any of the takes.

    ``codes``: the merchant's own, marked as combinable: they stand wherever they may, since no setting of ours keeps them apart. A cart
    has its good's floor; without one, everything is fine.
    """
    sellable = [good for good in goods if good.price > 0]
    if not floors or not sellable or not takes:
        return Verdict("fine")
    worst = _worst((cart for group in _groups(takes, codes) for cart in _carts(sellable, group)), floors)
    if worst is None:
        return Verdict("fine")
    return Verdict("refuse" if worst[0] < 0 else "fine", worst[1], worst[2])


def _worst(carts: Iterable[Cart], floors: Floors) -> tuple[int, Cart, int] | None:
    """What it is above its floor, the cart, the floor; of equal ones the first."""
    held = ((cart, floors.of(cart.good.product_id)) for cart in carts)
    return min(((cart.margin_bp - floor_bp, cart, floor_bp) for cart, floor_bp in held if floor_bp is not None),
               key=lambda one: one[0], default=None)


def _groups(takes: Sequence[Take], codes: Sequence[Take]) -> Iterator[tuple[Take, ...]]:
    """Each cart discount beside the merchant's codes, with all that is paid after the order, which asks nobody."""
    later = tuple(take for take in takes if take.kind not in CART_KINDS)
    discounts: list[tuple[Take, ...]] = [(take,) for take in takes if take.kind in CART_KINDS]
    for chosen in discounts or [()]:
        yield from ((*chosen, *beside, *later) for beside in _beside(chosen, codes))


def _beside(chosen: Sequence[Take], codes: Sequence[Take]) -> Iterator[tuple[Take, ...]]:
    """No code, each code alone, and the most that may all stand together: greedily, the dearest first; all of them where there are so many
    that it takes too long to say."""
    fits = sorted((code for code in codes if code.own_class != "shipping" and all(code.stands_with(one) for one in chosen)),
                  key=lambda code: (-(code.rate_bp or 0), -(code.amount.amount if code.amount else 0)))
    yield ()
    yield from ((code,) for code in fits)
    for first in fits if len(fits) > 1 else ():
        together = [first]
        together += [code for code in fits if code is not first and all(code.stands_with(one) for one in together)]
        if len(together) > 1:
            yield tuple(together)


def _carts(goods: Sequence[Good], takes: tuple[Take, ...]) -> Iterator[Cart]:
    """The carts among which the worst one is: the smallest allowed of each good. Larger ones only dilute a fixed amount and leave a rate
    as it is."""
    minimum = max((take.minimum.amount for take in takes if take.minimum), default=0)
    yield from (_priced(good, max(1, -(-minimum // good.price)), takes) for good in goods)


def _priced(good: Good, times: int, takes: tuple[Take, ...]) -> Cart:
    """The discounts of the order first (their shares added, which is never less than what Shopify takes), then what is paid later on the
    revenue."""
    revenue = good.price * times
    discounts = [take for take in takes if take.kind in ("friend_discount", "code") and take.own_class != "shipping"]
    revenue -= min(revenue, sum(take.of(revenue) for take in discounts))
    later = sum(take.of(revenue) for take in takes if take.kind not in CART_KINDS)
    return Cart(good, times, takes, revenue, revenue - good.cost * times - later)


def trim(worth: Money, whole: Money, allowed: Money | None) -> Money:
    """``worth`` cut so that ``whole`` (the worth on the full order) would be at most ``allowed``."""
    if allowed is None or whole.amount <= allowed.amount:
        return worth
    return worth.share(allowed.amount, whole.amount)
