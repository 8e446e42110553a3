"""Checkouts under way. They live as long as the process: an order is what lasts."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import current_app

from devstore.state.carts import Buyer, Cart
from devstore.state.people import Address
from devstore.storefront.shopper import Shopper

COUNTRIES = {"GB": "United Kingdom", "DE": "Germany", "FR": "France", "AT": "Austria", "JP": "Japan", "US": "United States", "SE": "Sweden"}


@dataclass
class Checkout:
    """A cart on its way to be paid. `from_cart` is false for "buy it now": the shopper's cart then stays as it is.

    `reference`: what the post-purchase page calls it. `paid_at` is machine time. `applied`: the changesets that it took, by their `jti`;
    `released`: it takes none any more, since the shopper has gone on."""

    token: str
    shop: str
    cart: Cart
    buyer: Buyer
    from_cart: bool
    order_id: int | None = None
    reference: str = field(default_factory=lambda: secrets.token_hex(16))
    paid_at: datetime | None = None
    applied: set[str] = field(default_factory=set)
    released: bool = False


@dataclass
class Checkouts:
    """By token."""

    open: dict[str, Checkout] = field(default_factory=dict)

    def begin(self, seen: Shopper, cart: Cart, *, from_cart: bool) -> Checkout:
        made = Checkout(secrets.token_hex(16), seen.shop.handle, cart, buyer_of(seen), from_cart)
        self.open[made.token] = made
        return made

    def get(self, seen: Shopper, token: str) -> Checkout | None:
        found = self.open.get(token)
        return found if found and found.shop == seen.shop.handle else None

    def token_of(self, seen: Shopper, order_id: int) -> str:
        """Of the checkout that made an order, "" where that was before this process."""
        return next((one.token for one in self.open.values() if one.shop == seen.shop.handle and one.order_id == order_id), "")


def checkouts() -> Checkouts:
    return cast(Checkouts, current_app.extensions["devstore.checkouts"])


def buyer_of(seen: Shopper) -> Buyer:
    """Who is logged in, with the address of the last order; else a guest in the shop's country."""
    request = seen.request
    buyer = Buyer(locale=seen.language, browser_ip=seen.address, user_agent=request.user_agent.string)
    buyer.address = Address(country=seen.shop.country, country_code=seen.shop.country_code)
    if seen.customer:
        buyer.customer_id, buyer.email = seen.customer.id, seen.customer.email
        buyer.address = seen.customer.address or Address(
            first_name=seen.customer.first_name or "",
            last_name=seen.customer.last_name or "",
            country=seen.shop.country,
            country_code=seen.shop.country_code,
        )
    if seen.shop.shipping_rates:
        buyer.shipping_rate = seen.shop.shipping_rates[0].code
    return buyer


def read_form(seen: Shopper, checkout: Checkout) -> None:
    """Take what the form says: contact, address, shipping, store credit. Fields it does not name stay."""
    form, buyer = seen.request.form, checkout.buyer
    if buyer.customer_id is None and "email" in form:
        buyer.email = form["email"].strip() or None
    for name in ("first_name", "last_name", "address1", "address2", "city", "zip", "phone"):
        if name in form:
            setattr(buyer.address, name, form[name].strip())
    if "country_code" in form:
        code = form["country_code"]
        buyer.address.country_code, buyer.address.country = code, COUNTRIES.get(code, code)
    if "shipping_rate" in form:
        buyer.shipping_rate = form["shipping_rate"]
    if "contact" in form:
        buyer.use_store_credit = "use_store_credit" in form
        buyer.accepts_marketing = "accepts_marketing" in form


def missing(checkout: Checkout) -> list[str]:
    """Names of fields that must be filled before paying."""
    buyer = checkout.buyer
    wanted = {"email": buyer.email, "last_name": buyer.address.last_name, "address1": buyer.address.address1, "city": buyer.address.city}
    empty = [name for name, value in wanted.items() if not value]
    if buyer.email and "@" not in buyer.email:
        empty.append("email")
    return empty
