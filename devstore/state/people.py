"""Customers, their addresses and their store credit."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Address:
    first_name: str = ""
    last_name: str = ""
    address1: str = ""
    address2: str | None = None
    city: str = ""
    zip: str = ""
    province: str | None = None
    province_code: str | None = None
    country: str = ""
    country_code: str = ""
    phone: str | None = None
    company: str | None = None


@dataclass(slots=True)
class StoreCreditTransaction:
    """``amount`` is signed. ``remaining`` is what is left of a credit, and ``expires_at`` belongs to credits only.
    ``credit_id``: the credit that an expiry ended."""

    id: int
    kind: str
    amount: int
    balance_after: int
    created_at: datetime
    expires_at: datetime | None = None
    remaining: int = 0
    order_id: int | None = None
    by_app: bool = False
    credit_id: int | None = None


@dataclass(slots=True)
class StoreCreditAccount:
    id: int
    customer_id: int
    currency: str
    balance: int = 0
    transactions: list[StoreCreditTransaction] = field(default_factory=list)


@dataclass(slots=True)
class Customer:
    id: int
    created_at: datetime
    updated_at: datetime
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    locale: str = "en"
    note: str | None = None
    state: str = "disabled"
    accepts_marketing: bool = False
    address: Address | None = None
    tags: list[str] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)
    spent: int = 0
    accounts: list[StoreCreditAccount] = field(default_factory=list)
    password: str | None = None
