"""What a shopper has in hand, and who is at the till."""

from dataclasses import dataclass, field

from devstore.state.people import Address


@dataclass(slots=True)
class CartLine:
    """``key`` names the line in the AJAX API."""

    key: str
    variant_id: int
    quantity: int
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Cart:
    token: str
    lines: list[CartLine] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    note: str = ""
    currency: str | None = None
    landing_site: str | None = None
    referring_site: str | None = None
    applied: frozenset[str] = frozenset()
    """Codes, folded, that took effect when the cart was last priced."""


@dataclass(slots=True)
class Buyer:
    """Who pays and how. A guest has no ``customer_id``; the email then finds or makes the customer, as at Shopify."""

    email: str | None = None
    customer_id: int | None = None
    address: Address = field(default_factory=Address)
    shipping_rate: str | None = None
    use_store_credit: bool = False
    accepts_marketing: bool = False
    locale: str = "en"
    browser_ip: str | None = None
    user_agent: str | None = None
    phone: str | None = None
