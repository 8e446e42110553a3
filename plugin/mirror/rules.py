"""Orders as values: what was bought, what is left of it, who ordered. Pure, frozen, the input of every decision.

Ids from Shopify are strings of digits. Money is in the shop's own currency.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from plugin.money import Money

DiscountKind = Literal["code", "automatic", "manual"]

PAID = frozenset({"paid", "partially_refunded", "refunded"})
DEAD = frozenset({"voided", "refunded"})
_FINANCIAL_RANK = ("pending", "authorized", "expired", "partially_paid", "paid", "partially_refunded", "refunded", "voided")


@dataclass(frozen=True, slots=True)
class LineDiscount:
    """What one discount took off one line (or off shipping)."""

    kind: DiscountKind
    code: str | None
    title: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order. ``price`` is a unit's, before discounts; ``refunded`` is goods only, without tax and shipping.
    ``offer``: number of the offer that it was added from, 0 none; ``placement``: where that was. ``bundle_id``: the product as which
    it was bought together with others."""

    id: str
    product_id: str | None
    variant_id: str | None
    title: str
    quantity: int
    price: Money
    discounts: tuple[LineDiscount, ...]
    refunded_quantity: int
    refunded: Money
    current_quantity: int
    offer: int = 0
    placement: str = ""
    bundle_id: str | None = None

    @property
    def paid(self) -> Money:
        """What the line cost after its discounts, as bought; never below zero."""
        taken = sum(discount.amount.amount for discount in self.discounts)
        return Money(max(0, self.price.amount * self.quantity - taken), self.price.currency)

    @property
    def removed_quantity(self) -> int:
        """Taken out by an edit of the order, beyond what was refunded."""
        return max(0, self.quantity - self.refunded_quantity - self.current_quantity)

    @property
    def left(self) -> Money:
        """What remains of ``paid`` after refunds and edits."""
        gone = self.refunded.amount + self.paid.share(self.removed_quantity, self.quantity).amount
        return Money(min(self.paid.amount, max(0, self.paid.amount - gone)), self.price.currency)


@dataclass(frozen=True, slots=True)
class Order:
    """An order as Shopify last told us, with the keys of who ordered (``person_id`` and the three HMAC keys).

    ``subtotal``: goods after discounts, as bought. ``net``: what remains of it, see ``net_of``.
    ``paid_once``: it reached paid at some time, whatever happened since.
    """

    id: str
    name: str
    currency: str
    created_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None
    financial: str
    test: bool
    customer_id: str | None
    person_id: UUID | None
    email_key: str | None
    address_key: str | None
    device_key: str | None
    lines: tuple[Line, ...]
    shipping: Money
    shipping_discounts: tuple[LineDiscount, ...]
    subtotal: Money
    net: Money
    codes: tuple[str, ...]
    attributes: Mapping[str, str]
    landing_site: str | None
    country: str | None
    risk: str | None
    gateways: tuple[str, ...]
    paid_once: bool = False

    @property
    def is_dead(self) -> bool:
        """Cancelled, voided or wholly refunded: nothing of it counts any more."""
        return is_dead(self.financial, self.cancelled_at)


def is_dead(financial: str, cancelled_at: datetime | None) -> bool:
    return cancelled_at is not None or financial in DEAD


def subtotal_of(lines: Iterable[Line], currency: str) -> Money:
    """Goods after discounts, as bought, an edit's additions included."""
    return Money(sum(line.paid.amount for line in lines), currency)


def net_of(lines: Iterable[Line], currency: str, *, unassigned: Money) -> Money:
    """What remains of the goods, between zero and their subtotal.

    ``unassigned`` was refunded beyond the lines' own refunds (an amount alone); negative if less was given back.
    """
    lines = tuple(lines)
    left = sum(line.left.amount for line in lines) - unassigned.amount
    return Money(min(subtotal_of(lines, currency).amount, max(0, left)), currency)


@dataclass(frozen=True, slots=True)
class Variant:
    """``cost`` is what a unit costs the merchant, None where not kept. ``stock`` None means not tracked or not known."""

    id: str
    title: str
    sku: str | None
    price: Money
    compare_at: Money | None
    cost: Money | None
    stock: int | None


@dataclass(frozen=True, slots=True)
class Product:
    """``kind`` is Shopify's product type. ``status``: Shopify's, or "unpublished": active, but not in the online store. ``collections``:
    ids of those that it is in, as far as they were read."""

    id: str
    title: str
    handle: str
    status: str
    image: str | None
    updated_at: datetime
    variants: tuple[Variant, ...]
    kind: str = ""
    vendor: str = ""
    tags: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """What tells two tellings of an order apart. ``lines``, ``units`` and ``removed`` of all its lines: an edit adds lines and units, or
    takes units out, and none of it is ever taken back, for what went stays on its line as units that are not current any more."""

    updated_at: datetime
    lines: int
    units: int
    removed: int
    financial: str
    cancelled: bool
    digest: str

    @property
    def _standing(self) -> tuple[datetime, int, int, int, int, bool, str]:
        return self.updated_at, self.lines, self.units, self.removed, _rank(self.financial), self.cancelled, self.digest

    def is_newer(self, kept: "Telling") -> bool:
        """Does it replace the other?

        Shopify's times are whole seconds, so two tellings may share one; then the further edit wins, then the further status, and at
        last the digest, so that any order of arrival ends alike.
        """
        return self._standing > kept._standing


def _rank(financial: str) -> int:
    return _FINANCIAL_RANK.index(financial) if financial in _FINANCIAL_RANK else -1
