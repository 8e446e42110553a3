"""Orders and what happens to them. Every amount is in minor units of the shop's currency."""

from dataclasses import dataclass, field
from datetime import datetime

from devstore.currency import half_up
from devstore.state.people import Address


@dataclass(slots=True)
class Allocation:
    """``application`` is an index into the order's ``applications``. ``shown``: what a Function took, in the currency shown to the buyer,
    if that is another than the shop's."""

    application: int
    amount: int
    shown: int | None = None


@dataclass(slots=True)
class Application:
    """``kind``: discount_code | automatic | manual. ``value`` is basis points for a percentage, else minor units."""

    kind: str
    title: str
    value: int
    value_type: str
    allocation_method: str
    target_selection: str
    target_type: str = "line_item"
    code: str | None = None
    discount_id: int | None = None


@dataclass(slots=True)
class Line:
    """``quantity`` as bought, ``current_quantity`` what refunds and edits left. ``tax`` of the whole line, as bought."""

    id: int
    product_id: int | None
    variant_id: int | None
    title: str
    quantity: int
    current_quantity: int
    price: int
    variant_title: str | None = None
    sku: str | None = None
    vendor: str | None = None
    requires_shipping: bool = True
    taxable: bool = True
    tax: int = 0
    tax_title: str = ""
    tax_ppm: int = 0
    allocations: list[Allocation] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    refunded_quantity: int = 0
    added_by_edit: bool = False
    group_id: int | None = None

    @property
    def discounted(self) -> int:
        """The line as bought, after all its discounts, order-wide ones included."""
        return self.price * self.quantity - sum(one.amount for one in self.allocations)

    def share(self, whole: int, removed: int, count: int) -> int:
        """What ``count`` more units carry of ``whole`` when ``removed`` are gone already. All shares sum to the whole."""
        return half_up(whole * (removed + count), self.quantity) - half_up(whole * removed, self.quantity)

    @property
    def current_subtotal(self) -> int:
        return self.discounted - half_up(self.discounted * (self.quantity - self.current_quantity), self.quantity)

    @property
    def current_tax(self) -> int:
        return self.tax - half_up(self.tax * (self.quantity - self.current_quantity), self.quantity)

    @property
    def current_discount(self) -> int:
        return self.price * self.current_quantity - self.current_subtotal


@dataclass(slots=True)
class Group:
    """A bundle that was bought as one product; its lines are its components. ``quantity``: of bundles."""

    id: int
    product_id: int
    variant_id: int
    title: str
    quantity: int
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ShippingLine:
    id: int
    title: str
    code: str
    price: int
    tax: int = 0
    tax_title: str = ""
    tax_ppm: int = 0
    allocations: list[Allocation] = field(default_factory=list)

    @property
    def discounted(self) -> int:
        return self.price - sum(one.amount for one in self.allocations)


@dataclass(slots=True)
class Transaction:
    """``kind``: sale | refund. Store credit pays and is refunded through the gateway ``shopify_store_credit``."""

    id: int
    kind: str
    gateway: str
    amount: int
    created_at: datetime
    parent_id: int | None = None


@dataclass(slots=True)
class RefundLine:
    id: int
    line_id: int
    quantity: int
    restock_type: str
    subtotal: int
    tax: int


@dataclass(slots=True)
class Adjustment:
    """``kind``: shipping_refund | refund_discrepancy. Amounts are negative for money that goes back, as at Shopify."""

    id: int
    kind: str
    reason: str
    amount: int
    tax: int = 0


@dataclass(slots=True)
class Refund:
    id: int
    created_at: datetime
    note: str | None = None
    restock: bool = False
    lines: list[RefundLine] = field(default_factory=list)
    shipping: int = 0
    shipping_tax: int = 0
    adjustments: list[Adjustment] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)

    @property
    def amount(self) -> int:
        return sum(one.amount for one in self.transactions)


@dataclass(slots=True)
class Dispute:
    """``kind``: CHARGEBACK or INQUIRY; ``status`` as in Shopify's DisputeStatus."""

    id: int
    kind: str
    status: str


@dataclass(slots=True)
class Order:
    id: int
    number: int
    token: str
    created_at: datetime
    updated_at: datetime
    currency: str
    presentment_currency: str
    rate: str = "1"
    processed_at: datetime | None = None
    customer_id: int | None = None
    email: str | None = None
    phone: str | None = None
    address: Address | None = None
    lines: list[Line] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    shipping_lines: list[ShippingLine] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    note: str | None = None
    tags: list[str] = field(default_factory=list)
    financial_status: str = "pending"
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    test: bool = False
    taxes_included: bool = False
    accepts_marketing: bool = False
    locale: str = "en"
    landing_site: str | None = None
    referring_site: str | None = None
    browser_ip: str | None = None
    user_agent: str | None = None
    source_name: str = "web"
    risk: str = "LOW"
    cart_token: str | None = None
    checkout_token: str | None = None
    metafields: dict[str, str] = field(default_factory=dict)
    disputes: list[Dispute] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"#{self.number}"

    @property
    def bought(self) -> list[Line]:
        """The lines of the checkout, without what an edit added later."""
        return [line for line in self.lines if not line.added_by_edit]

    @property
    def subtotal(self) -> int:
        """Goods after discounts, as bought."""
        return sum(line.discounted for line in self.bought)

    @property
    def shipping(self) -> int:
        """Shipping after discounts."""
        return sum(line.discounted for line in self.shipping_lines)

    @property
    def tax(self) -> int:
        return sum(line.tax for line in self.bought) + sum(line.tax for line in self.shipping_lines)

    @property
    def total(self) -> int:
        return self.subtotal + self.shipping + (0 if self.taxes_included else self.tax)

    @property
    def discounts(self) -> int:
        holders: list[Line | ShippingLine] = [*self.bought, *self.shipping_lines]
        return sum(one.amount for holder in holders for one in holder.allocations)

    @property
    def current_subtotal(self) -> int:
        return sum(line.current_subtotal for line in self.lines)

    @property
    def current_shipping(self) -> int:
        return self.shipping - sum(refund.shipping for refund in self.refunds)

    @property
    def current_tax(self) -> int:
        kept = sum(line.current_tax for line in self.lines) + sum(line.tax for line in self.shipping_lines)
        return kept - sum(refund.shipping_tax for refund in self.refunds)

    @property
    def current_discounts(self) -> int:
        shipping = 0 if self.cancelled_at else sum(one.amount for line in self.shipping_lines for one in line.allocations)
        return sum(line.current_discount for line in self.lines) + shipping

    @property
    def current_total(self) -> int:
        """What the order is still worth. Money given back beyond goods and shipping lowers it too."""
        given = sum(one.amount + one.tax for refund in self.refunds for one in refund.adjustments if one.kind == "refund_discrepancy")
        return self.current_subtotal + self.current_shipping + (0 if self.taxes_included else self.current_tax) + given

    @property
    def received(self) -> int:
        return sum(one.amount for one in self.transactions if one.kind == "sale")

    @property
    def refunded(self) -> int:
        return sum(refund.amount for refund in self.refunds)

    @property
    def outstanding(self) -> int:
        return 0 if self.financial_status == "voided" else self.current_total - (self.received - self.refunded)
