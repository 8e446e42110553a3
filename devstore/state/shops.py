"""A shop: its facts and everything it holds, with the indexes that answer questions without a scan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from devstore.state.apps import BulkOperation, Installation
from devstore.state.carts import Cart
from devstore.state.discounts import Bulk, Discount, RedeemCode
from devstore.state.orders import Order
from devstore.state.people import Customer, StoreCreditAccount
from devstore.state.products import Bundling, Collection, Product, Variant
from devstore.state.timeline import Timeline

ALL = "*"
"""In ``block_settings``: what holds for all that has none of its own yet."""
NOWHERE = {"disabled": "true"}


def own_settings(kept: Mapping[str, Mapping[str, str]], name: str) -> Mapping[str, str]:
    """What the merchant set for a block (by handle) or a UI extension (by ``Target.key``)."""
    return kept.get(name, kept.get(ALL, {}))


@dataclass(slots=True)
class ShippingRate:
    code: str
    title: str
    price: int


@dataclass(slots=True)
class Market:
    """``everywhere``: all countries. ``kind``: REGION | COMPANY_LOCATION | LOCATION."""

    id: int
    name: str
    handle: str
    countries: list[str]
    everywhere: bool = False
    status: str = "ACTIVE"
    kind: str = "REGION"


@dataclass(slots=True)
class Metafield:
    id: int
    owner: str
    namespace: str
    key: str
    kind: str
    value: str
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True)
class Job:
    """Asynchronous removal of codes."""

    id: int
    ready_at: datetime
    discount_id: int
    code_ids: list[int]
    done: bool = False


@dataclass(slots=True)
class Shop:
    """``handle`` names it in addresses, ``domain`` in tokens and signatures. ``rates``: presentment currency to its rate.

    ``tax_ppm`` is the one tax rate in millionths (200000 = 20 %). ``block_settings``: ``disabled`` takes a block away; in a bare shop
    that is said of ALL, so that, as at Shopify, a block stands once the merchant has placed it."""

    id: int
    handle: str
    domain: str
    name: str
    email: str
    currency: str
    created_at: datetime
    updated_at: datetime
    timezone: str = "Europe/London"
    locale: str = "en"
    country_code: str = "GB"
    country: str = "United Kingdom"
    plan: str = "basic"
    owner: str = "Sam Owner"
    rates: dict[str, str] = field(default_factory=dict)
    taxes_included: bool = True
    tax_title: str = "VAT"
    tax_ppm: int = 200_000
    shipping_rates: list[ShippingRate] = field(default_factory=list)
    store_credit_at_checkout: bool = True
    block_settings: dict[str, dict[str, str]] = field(default_factory=dict)
    state: str = "open"
    installation: Installation | None = None
    last_order_number: int = 1000
    products: dict[int, Product] = field(default_factory=dict)
    collections: dict[int, Collection] = field(default_factory=dict)
    markets: dict[int, Market] = field(default_factory=dict)
    variants: dict[int, Variant] = field(default_factory=dict)
    items: dict[int, int] = field(default_factory=dict)
    handles: dict[str, int] = field(default_factory=dict)
    customers: dict[int, Customer] = field(default_factory=dict)
    customer_emails: dict[str, int] = field(default_factory=dict)
    accounts: dict[int, StoreCreditAccount] = field(default_factory=dict)
    carts: dict[str, Cart] = field(default_factory=dict)
    discounts: dict[int, Discount] = field(default_factory=dict)
    codes: dict[int, RedeemCode] = field(default_factory=dict)
    code_names: dict[str, int] = field(default_factory=dict)
    bulks: dict[int, Bulk] = field(default_factory=dict)
    jobs: dict[int, Job] = field(default_factory=dict)
    bundlings: dict[int, Bundling] = field(default_factory=dict)
    open_work: list[int] = field(default_factory=list)
    orders: dict[int, Order] = field(default_factory=dict)
    order_tokens: dict[str, int] = field(default_factory=dict)
    changed_orders: Timeline = field(default_factory=Timeline)
    changed_products: Timeline = field(default_factory=Timeline)
    bulk_operations: dict[int, BulkOperation] = field(default_factory=dict)
    metafields: dict[str, dict[str, Metafield]] = field(default_factory=dict)

    def product_of(self, variant_id: int) -> Product:
        return self.products[self.variants[variant_id].product_id]

    def customer_by_email(self, email: str) -> Customer | None:
        number = self.customer_emails.get(email.strip().casefold())
        return None if number is None else self.customers[number]

    def code(self, name: str) -> RedeemCode | None:
        """The redeem code of that name, whatever its case."""
        number = self.code_names.get(name.strip().casefold())
        return None if number is None else self.codes[number]

    def automatic_discounts(self, now: datetime) -> list[Discount]:
        return [one for one in self.discounts.values() if one.method == "automatic" and one.active(now)]
