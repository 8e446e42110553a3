"""customers/update and delete, customer.tags_added and removed, the compliance topics, addresses.

The documented schemas know only texts for phone, province, note …; so what is not known is an empty text here, though
Shopify also sends null."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from devstore import gid
from devstore.clock import iso
from devstore.state.people import Address, Customer
from devstore.state.shops import Shop


def address_payload(address: Address) -> dict[str, Any]:
    return {
        "first_name": address.first_name,
        "last_name": address.last_name,
        "name": f"{address.first_name} {address.last_name}".strip(),
        "company": address.company or "",
        "address1": address.address1,
        "address2": address.address2 or "",
        "city": address.city,
        "zip": address.zip,
        "province": address.province or "",
        "province_code": address.province_code or "",
        "country": address.country,
        "country_code": address.country_code,
        "phone": address.phone or "",
        "latitude": None,
        "longitude": None,
    }


def customer_payload(shop: Shop, customer: Customer) -> dict[str, Any]:
    """The customer inside an order."""
    return {
        "id": customer.id,
        "admin_graphql_api_id": gid.make("Customer", customer.id),
        "created_at": iso(customer.created_at),
        "updated_at": iso(customer.updated_at),
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "email": customer.email,
        "phone": customer.phone,
        "state": customer.state,
        "note": customer.note,
        "verified_email": True,
        "multipass_identifier": None,
        "tax_exempt": False,
        "tax_exemptions": [],
        "currency": shop.currency,
        "default_address": _default_address(customer) if customer.address else None,
    }


def _default_address(customer: Customer) -> dict[str, Any]:
    address = customer.address or Address()
    shown = address_payload(address)
    del shown["latitude"], shown["longitude"]
    return {"id": customer.id, "customer_id": customer.id, **shown, "country_name": address.country, "default": True}


def customer_update_payload(shop: Shop, customer: Customer) -> dict[str, Any]:
    shown = customer_payload(shop, customer)
    return {**shown, "note": customer.note or "", "addresses": [shown["default_address"]] if customer.address else []}


def customer_tags_payload(customer: Customer, tags: Sequence[str], at: datetime) -> dict[str, Any]:
    """Those that were added or removed."""
    return {"customerId": gid.make("Customer", customer.id), "tags": list(tags), "occurredAt": at.isoformat(timespec="milliseconds")}


def customer_delete_payload(customer: Customer) -> dict[str, Any]:
    return {"id": customer.id, "tax_exemptions": [], "admin_graphql_api_id": gid.make("Customer", customer.id)}


def data_request_payload(shop: Shop, customer: Customer, number: int) -> dict[str, Any]:
    return {**_subject(shop, customer), "orders_requested": list(customer.orders), "data_request": {"id": number}}


def redact_payload(shop: Shop, customer: Customer) -> dict[str, Any]:
    return {**_subject(shop, customer), "orders_to_redact": list(customer.orders)}


def _subject(shop: Shop, customer: Customer) -> dict[str, Any]:
    return {
        "shop_id": shop.id,
        "shop_domain": shop.domain,
        "customer": {"id": customer.id, "email": customer.email or "", "phone": customer.phone or ""},
    }
