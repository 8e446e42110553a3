"""What goes into a price and what comes out."""

from dataclasses import dataclass, field

from devstore.state.discounts import Discount, RedeemCode
from devstore.state.orders import Allocation, Application


@dataclass(slots=True)
class PricedLine:
    """A cart line with its price; ``allocations`` name applications of the price by index."""

    key: str
    product_id: int
    variant_id: int
    price: int
    quantity: int
    collections: list[int] = field(default_factory=list)
    requires_shipping: bool = True
    taxable: bool = True
    allocations: list[Allocation] = field(default_factory=list)
    tax: int = 0

    @property
    def subtotal(self) -> int:
        return self.price * self.quantity

    @property
    def discounted(self) -> int:
        return self.subtotal - sum(one.amount for one in self.allocations)


@dataclass(slots=True)
class PricedShipping:
    code: str
    title: str
    price: int
    allocations: list[Allocation] = field(default_factory=list)
    tax: int = 0

    @property
    def discounted(self) -> int:
        return self.price - sum(one.amount for one in self.allocations)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a code that the shopper entered. ``reason`` is a stable word, None when it applies."""

    code: str
    applies: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A discount that may apply to this cart; ``code`` is None for an automatic one."""

    discount: Discount
    code: RedeemCode | None = None


@dataclass(slots=True)
class Priced:
    """``total`` is what is to be paid; ``store_credit`` of it is paid from the account, ``due`` by other means."""

    currency: str
    lines: list[PricedLine]
    shipping: PricedShipping | None
    applications: list[Application]
    verdicts: list[Verdict]
    used: list[Candidate]
    taxes_included: bool
    store_credit: int = 0

    @property
    def items_subtotal(self) -> int:
        """Goods before discounts."""
        return sum(line.subtotal for line in self.lines)

    @property
    def subtotal(self) -> int:
        """Goods after discounts."""
        return sum(line.discounted for line in self.lines)

    @property
    def tax(self) -> int:
        return sum(line.tax for line in self.lines) + (self.shipping.tax if self.shipping else 0)

    @property
    def total(self) -> int:
        shipping = self.shipping.discounted if self.shipping else 0
        return self.subtotal + shipping + (0 if self.taxes_included else self.tax)

    @property
    def due(self) -> int:
        return self.total - self.store_credit

    @property
    def codes(self) -> list[str]:
        """The codes that took effect."""
        return [verdict.code for verdict in self.verdicts if verdict.applies]
