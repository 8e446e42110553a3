"""The margin guard. Pure: takes, goods and a floor in; the worst cart, or what a reward may cost, out.

A *take* is what one programme would take from an order. Cart discounts of one order stand together only if each allows the
other's class. An advocate's reward need not be given here: it is trimmed at settlement (``room``), so it never breaks the floor.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from plugin.money import Money, half_up

TakeKind = Literal["friend_discount", "bundle", "commission", "points", "reward", "code", "basket", "gift"]
"""``code``: the merchant's own, marked as combinable; ``basket``: an offer on the whole order; ``gift``: what it costs, given from
``minimum`` on."""
DiscountClass = Literal["order", "product", "shipping"]
Outcome = Literal["fine", "separate", "refuse"]

CART_KINDS = frozenset({"friend_discount", "bundle", "code", "basket"})
WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Take:
    """``rate_bp`` of what it applies to, or a fixed ``amount``. A bundle takes from the second of ``pair`` (product ids).

    ``combines``: the discount classes that it lets stand beside it. ``minimum``: the smallest cart that it needs.
    """

    programme: str
    kind: TakeKind
    rate_bp: int | None = None
    amount: Money | None = None
    pair: tuple[str, str] | None = None
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
    """What is bought, by which takes, and what is left of it. ``margin_bp`` is margin over revenue, in basis points."""

    goods: tuple[tuple[Good, int], ...]
    takes: tuple[Take, ...]
    revenue: int
    margin: int

    @property
    def margin_bp(self) -> int:
        return half_up(Fraction(self.margin * WHOLE, self.revenue)) if self.revenue > 0 else -WHOLE


@dataclass(frozen=True, slots=True)
class Verdict:
    """``fine``; ``separate``: fine alone, but not together, so ``combinesWith`` must be off; ``refuse``: too much even alone.

    ``worst`` is the cart that decided, None if there was nothing to judge; ``floor_bp`` the floor that it was held against.
    """

    outcome: Outcome
    worst: Cart | None = None
    floor_bp: int | None = None

    def told(self) -> dict[str, Any]:
        """The facts of ``errors.margin``: which cart would break the floor, and by how much. For a verdict that has a cart."""
        if self.worst is None or self.floor_bp is None:
            return {}
        goods = " + ".join(f"{times} × {good.title}" if times > 1 else good.title for good, times in self.worst.goods)
        return {"goods": goods, "programmes": list(dict.fromkeys(take.programme for take in self.worst.takes)),
                "left_bp": self.worst.margin_bp, "floor_bp": self.floor_bp}


def worst_cart(goods: Sequence[Good], takes: Sequence[Take], floor_bp: int | None) -> Verdict:
    """The lowest margin that any cart of these goods can have under the takes that may stand together.

    ``floor_bp`` None: the merchant has set no floor, everything is fine.
    """
    sellable = [good for good in goods if good.price > 0]
    if floor_bp is None or not sellable or not takes:
        return Verdict("fine")
    alone = min((cart for group in _alone(takes) for cart in _carts(sellable, group)), key=_margin, default=None)
    if alone is not None and alone.margin_bp < floor_bp:
        return Verdict("refuse", alone, floor_bp)
    together = min((cart for group in _together(takes) for cart in _carts(sellable, group)), key=_margin, default=alone)
    if together is not None and together.margin_bp < floor_bp:
        return Verdict("separate", together, floor_bp)
    return Verdict("fine", together, floor_bp)


def _margin(cart: Cart) -> int:
    return cart.margin_bp


def _alone(takes: Sequence[Take]) -> Iterator[tuple[Take, ...]]:
    """Each cart discount by itself, with all that is paid after the order, which asks nobody."""
    later = tuple(take for take in takes if take.kind not in CART_KINDS)
    discounts = [take for take in takes if take.kind in CART_KINDS]
    yield from ((take, *later) for take in discounts)
    if not discounts:
        yield later


def _together(takes: Sequence[Take]) -> Iterator[tuple[Take, ...]]:
    """A friend discount beside a bundle, where each allows the other."""
    later = tuple(take for take in takes if take.kind not in CART_KINDS)
    for friend in (take for take in takes if take.kind == "friend_discount"):
        for bundle in (take for take in takes if take.kind == "bundle"):
            if friend.stands_with(bundle):
                yield (friend, bundle, *later)


def _carts(goods: Sequence[Good], takes: tuple[Take, ...]) -> Iterator[Cart]:
    """The carts among which the worst one is: the smallest allowed of each good, or of the bundle, and the bundle beside the
    good that earns least. Larger carts only dilute a fixed amount and leave a rate as it is."""
    minimum = max((take.minimum.amount for take in takes if take.minimum), default=0)
    bundle = next((take for take in takes if take.kind == "bundle"), None)
    if bundle is None:
        for good in goods:
            yield _priced(((good, _times(minimum, good.price)),), takes)
        return
    pairs = _pairs(goods, bundle)
    poorest = min(goods, key=lambda good: Fraction(good.price - good.cost, good.price))
    for first, second in pairs:
        together = first.price + second.price
        times = _times(minimum, together)
        yield _priced(((first, times), (second, times)), takes)
        if minimum > together:
            yield _priced(((first, 1), (second, 1), (poorest, _times(minimum - together, poorest.price))), takes)


def _pairs(goods: Sequence[Good], bundle: Take) -> list[tuple[Good, Good]]:
    first_id, second_id = bundle.pair or ("", "")
    firsts = [good for good in goods if good.product_id == first_id]
    return [(first, second) for second in goods if second.product_id == second_id for first in firsts]


def _times(minimum: int, price: int) -> int:
    return max(1, -(-minimum // price))


def _priced(goods: tuple[tuple[Good, int], ...], takes: tuple[Take, ...]) -> Cart:
    """Bundle first, then the order's discount on what is left, then what is paid later on the revenue."""
    revenue = sum(good.price * times for good, times in goods)
    cost = sum(good.cost * times for good, times in goods)
    for take in takes:
        if take.kind == "bundle":
            second, times = goods[1]
            revenue -= take.of(second.price) * times
    for take in takes:
        if take.kind == "friend_discount" and take.own_class != "shipping":
            revenue -= take.of(revenue)
    later = sum(take.of(revenue) for take in takes if take.kind not in CART_KINDS)
    return Cart(goods, takes, revenue, revenue - cost - later)


def room(subtotal: Money, cost: Money | None, floor_bp: int | None, others: Iterable[Money] = ()) -> Money | None:
    """What an advocate's reward may cost so that an order keeps its floor, at least zero; None: no floor, or cost unknown.

    ``subtotal`` is the goods after discounts, ``others`` what else will be paid for this order.
    """
    if floor_bp is None or cost is None:
        return None
    left = subtotal - cost - subtotal.percent(floor_bp) - sum(others, Money.zero(subtotal.currency))
    return Money(max(0, left.amount), subtotal.currency)


def trim(worth: Money, whole: Money, allowed: Money | None) -> Money:
    """``worth`` cut so that ``whole`` (the worth on the full order) would be at most ``allowed``."""
    if allowed is None or whole.amount <= allowed.amount:
        return worth
    return worth.share(allowed.amount, whole.amount)
