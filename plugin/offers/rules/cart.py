"""A cart and who fills it, as both engines see them; and what was found for it. Pure values, amounts in the cart's minor units."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from plugin.errors import Refused

LINES, QUANTITY, LINE_AMOUNT = 500, 1_000_000, 10**12
"""Beyond these a cart is absurd: lines, units of a line, minor units of a line."""
CLASSES = frozenset({"product", "order", "shipping"})


@dataclass(frozen=True, slots=True)
class Line:
    """``quantity`` units at ``price`` minor units each. ``marks``: see ``compiled``. ``chosen``: number of the offer it was added from.

    ``variant`` and ``product`` are 0 for what is no product of the shop.
    """

    id: str
    variant: int
    product: int
    price: int
    quantity: int
    marks: int = 0
    chosen: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """Who and where. ``rate``: cart currency per shop currency, as decimal text. ``passed``: how many switches have passed.

    ``marks``: what is proved about the shopper (docs/offers.md, carriers). ``shipping``: what shipping costs, None if not known yet.
    """

    currency: str
    rate: str = "1"
    country: str = ""
    marks: frozenset[int] = frozenset()
    passed: int = 0
    classes: frozenset[str] = CLASSES
    shipping: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Why an offer was taken or refused: a text's ``key`` without its family, and facts. ``amount`` is what it takes, after trims."""

    number: int
    taken: bool
    key: str
    amount: int = 0
    facts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the cart gets. ``lines``: by line id, discount by offer number; ``order`` by offer number, and the sum of these shared out over
    all lines, as Shopify does it, in ``order_lines``; ``shipping``: number and amount, None if there is none or the cost is not known.

    ``saving``: what competing offers save before rounding and stacking, less the guard's trims, in ten-thousandths of a minor unit;
    ``most``: no other choice among them saves more than this, trimmed or not.
    """

    lines: Mapping[str, Mapping[int, int]]
    order: Mapping[int, int]
    order_lines: Mapping[str, int]
    shipping: tuple[int, int] | None
    told: tuple[Told, ...]
    saving: int = 0
    most: int = 0

    @property
    def exact(self) -> bool:
        """No other choice among competing offers saves the shopper more."""
        return self.saving >= self.most

    def product(self, line_id: str) -> int:
        """All product discounts of one line."""
        return sum(self.lines.get(line_id, {}).values())

    @property
    def total(self) -> int:
        """Everything off the goods; shipping apart."""
        return sum(sum(parts.values()) for parts in self.lines.values()) + sum(self.order.values())


def sound(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines in canonical order: by all that can change an amount, then by id. Raises Refused("cart") with the first fault."""
    if len(lines) > LINES:
        raise Refused("cart", f"A cart has at most {LINES} lines.", key="offers.cart_lines", most=LINES)
    if len({line.id for line in lines}) != len(lines):
        raise Refused("cart", "Two lines share an id.", key="offers.cart_twice")
    for line in lines:
        if not 0 < line.quantity <= QUANTITY:
            raise Refused("cart", f"A line of {line.quantity} units cannot be.", key="offers.cart_quantity", most=QUANTITY)
        if line.price < 0 or line.price * line.quantity > LINE_AMOUNT:
            raise Refused("cart", "A line's price cannot be.", key="offers.cart_price")
    return tuple(sorted(lines, key=lambda line: (line.variant, line.price, line.chosen, line.marks, line.quantity, line.id)))
