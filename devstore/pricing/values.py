"""What goes into a price and what comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devstore.state.discounts import Discount, RedeemCode
from devstore.state.orders import Allocation, Application

if TYPE_CHECKING:
    from devstore.functions.deciding import Given


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
    """What became of a code that the shopper entered. ``reason`` is a stable word, None when it applies. ``words``: a Function's own."""

    code: str
    applies: bool
    reason: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A discount that may apply to this cart; ``code`` is None for an automatic one.

    A Function's discount is one candidate for each class in which it gives something: ``given`` by the Function, in class ``part``;
    ``shown`` is the same in the cart's currency, if that is another than the shop's; ``words``: what shoppers read of it."""

    discount: Discount
    code: RedeemCode | None = None
    part: str = ""
    given: Given | None = None
    shown: Given | None = None
    words: str = ""

    @property
    def classification(self) -> str:
        return self.part or self.discount.classification


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
