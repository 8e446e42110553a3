"""Discounts and the redeem codes that hang on them."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Items:
    """What a discount is about. ``all`` or lists of ids."""

    all: bool = True
    products: list[int] = field(default_factory=list)
    variants: list[int] = field(default_factory=list)
    collections: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Value:
    """Either ``basis_points`` (1500 = 15 %) or ``amount`` in minor units; ``each`` takes the amount off every unit."""

    basis_points: int | None = None
    amount: int | None = None
    each: bool = False


@dataclass(slots=True)
class Bxgy:
    """Buy ``buy_quantity`` (or for ``buy_amount``) of ``buys``, get ``get_quantity`` of the discount's items at its value."""

    buys: Items
    get_quantity: int
    buy_quantity: int | None = None
    buy_amount: int | None = None
    uses_per_order: int | None = None


@dataclass(slots=True)
class Bulk:
    """An asynchronous addition of codes. ``outcomes``: code, id of the redeem code or None, error messages.

    ``failing`` are codes that a planned fault refuses."""

    id: int
    discount_id: int
    codes: list[str]
    ready_at: datetime
    created_at: datetime
    done: bool = False
    failing: list[str] = field(default_factory=list)
    outcomes: list[tuple[str, int | None, list[str]]] = field(default_factory=list)


@dataclass(slots=True)
class RedeemCode:
    id: int
    code: str
    discount_id: int
    created_at: datetime
    by_app: bool = False
    used: int = 0
    customers: list[int] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Discount:
    """``method``: "code" | "automatic". ``kind``: "basic" | "bxgy" | "free_shipping" | "app". ``combines``: of "order", "product",
    "shipping". An app's discount names its ``function`` by handle and the ``classes`` in which it may act."""

    id: int
    method: str
    kind: str
    title: str
    starts_at: datetime
    created_at: datetime
    updated_at: datetime
    ends_at: datetime | None = None
    value: Value = field(default_factory=Value)
    items: Items = field(default_factory=Items)
    bxgy: Bxgy | None = None
    combines: list[str] = field(default_factory=list)
    minimum_subtotal: int | None = None
    minimum_quantity: int | None = None
    usage_limit: int | None = None
    once_per_customer: bool = False
    customers: list[int] | None = None
    maximum_shipping: int | None = None
    countries: list[str] | None = None
    summary: str = ""
    tags: list[str] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)
    used: int = 0
    by_app: bool = False
    deleted: bool = False
    function: str = ""
    classes: list[str] = field(default_factory=list)

    @property
    def classification(self) -> str:
        """ "order", "product" or "shipping": what the combination rules look at."""
        if self.kind == "free_shipping":
            return "shipping"
        return "order" if self.kind == "basic" and self.items.all and not self.value.each else "product"

    def status(self, now: datetime) -> str:
        if self.starts_at > now:
            return "SCHEDULED"
        return "EXPIRED" if self.ends_at is not None and self.ends_at <= now else "ACTIVE"

    def active(self, now: datetime) -> bool:
        return not self.deleted and self.status(now) == "ACTIVE"
