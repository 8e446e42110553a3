"""Customers and their tags, the shop itself, and the three compliance topics."""

from dataclasses import dataclass
from datetime import datetime

from plugin.shopify.payloads.reading import LONGEST_TAG, MOST_TAGS, Fields, listed_tags, only_id, parse, refuse


@dataclass(frozen=True, slots=True)
class CustomerTold:
    """``updated_at`` is None where the body does not say when this was so, ``tags`` where it does not tell them: webhooks do not, what we
    read does."""

    id: str
    email: str | None
    first_name: str | None
    locale: str | None
    updated_at: datetime | None
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class TagsTold:
    """Tags of one customer that were added or removed."""

    customer_id: str
    tags: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class ShopTold:
    """``domain`` is what the body says it is about, perhaps nothing."""

    domain: str | None
    name: str | None
    email: str | None
    currency: str | None
    timezone: str | None
    locale: str | None
    country: str | None
    plan: str | None
    storefront_host: str | None


@dataclass(frozen=True, slots=True)
class RequestTold:
    """A data request or a redaction. ``order_ids``: the orders it names; ``request_id`` of a data request."""

    domain: str
    customer_id: str | None
    email: str | None
    order_ids: tuple[str, ...]
    request_id: str | None


def customer(raw: bytes) -> CustomerTold:
    """customers/update, customers/create."""
    fields = parse(raw)
    return CustomerTold(fields.own_id("Customer"), fields.text("email", longest=320), fields.text("first_name", longest=100),
                        fields.text("locale", longest=16), fields.time("updated_at"),
                        listed_tags(fields) if "tags" in fields else None)


def customer_tags(raw: bytes) -> TagsTold:
    """customer.tags_added, customer.tags_removed: those that were, the customer's others not."""
    fields = parse(raw)
    names = fields.texts("tags", longest=LONGEST_TAG)
    return TagsTold(fields.id("customerId", "Customer") or refuse("body.customerId", "missing"),
                    tuple(sorted({name.strip() for name in names if name.strip()}))[:MOST_TAGS], fields.need_time("occurredAt"))


def deleted_customer(raw: bytes) -> str:
    """customers/delete: the id alone."""
    return only_id(parse(raw), "Customer")


def shop(raw: bytes) -> ShopTold:
    """shop/update and app/uninstalled carry the shop itself."""
    fields = parse(raw)
    if "plan_name" not in fields.told and "shop_owner" not in fields.told and "myshopify_domain" not in fields.told:
        refuse("body", "not a shop")
    return ShopTold(
        domain=(fields.text("myshopify_domain") or "").lower() or None, name=fields.text("name"),
        email=fields.text("email", longest=320), currency=fields.text("currency", longest=3), timezone=fields.text("iana_timezone"),
        locale=fields.text("primary_locale", longest=16), country=fields.text("country_code", longest=2),
        plan=fields.text("plan_name", longest=60), storefront_host=fields.text("domain"))


def data_request(raw: bytes) -> RequestTold:
    """customers/data_request."""
    fields = parse(raw)
    asked = fields.child("data_request") or refuse("body.data_request", "missing")
    return _request(fields, "orders_requested", asked.id("id", "DataRequest"))


def customer_redact(raw: bytes) -> RequestTold:
    """customers/redact."""
    fields = parse(raw)
    if "orders_to_redact" not in fields.told:
        refuse("body.orders_to_redact", "missing")
    return _request(fields, "orders_to_redact", None)


def shop_redact(raw: bytes) -> str:
    """shop/redact: the domain of the shop to forget."""
    fields = parse(raw)
    if set(fields.told) - {"shop_id", "shop_domain"}:
        refuse("body", "more than a shop")
    return fields.need_text("shop_domain").lower()


def _request(fields: Fields, orders: str, request_id: str | None) -> RequestTold:
    customer = fields.child("customer") or Fields({}, "body.customer")
    return RequestTold(fields.need_text("shop_domain").lower(), customer.id("id", "Customer"),
                       customer.text("email", longest=320), fields.ids(orders, "Order"), request_id)
