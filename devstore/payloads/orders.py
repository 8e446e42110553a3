"""orders/create, paid, updated, cancelled (the whole order) and orders/edited."""

from collections.abc import Mapping
from typing import Any

from devstore import gid
from devstore.clock import iso
from devstore.payloads.customers import address_payload, customer_payload
from devstore.payloads.lines import group_payload, line_payload, shipping_payload, tax_lines
from devstore.payloads.money import Purse
from devstore.payloads.refunds import refund_payload
from devstore.state.orders import Application, Line, Order, ShippingLine
from devstore.state.presented import presented
from devstore.state.shops import Shop

_GROUPS = {"percentage": "percentage", "fixed_amount": "fixed_amount"}


def order_payload(shop: Shop, order: Order) -> dict[str, Any]:
    """The order as it is now."""
    purse = Purse(order.currency, order.presentment_currency, order.rate)
    customer = shop.customers.get(order.customer_id) if order.customer_id else None
    address = address_payload(order.address) if order.address and order.address.country_code else None
    return {
        **_identity(shop, order),
        **_context(order),
        **_current(order, purse),
        **_original(order, purse),
        "customer": customer_payload(shop, customer) if customer else None,
        "billing_address": address,
        "shipping_address": address if any(line.requires_shipping for line in order.lines) else None,
        "discount_applications": [_application(one, purse) for one in order.applications],
        "discount_codes": [_code(order, index, purse) for index, one in enumerate(order.applications) if one.code],
        "line_items": [line_payload(line, purse) for line in order.lines],
        "shipping_lines": [shipping_payload(line, purse, order) for line in order.shipping_lines],
        "refunds": [refund_payload(shop, order, refund) for refund in order.refunds],
        "fulfillments": [],
        "payment_terms": None,
        "returns": [],
        "line_item_groups": [group_payload(one) for one in order.groups],
    }


def _identity(shop: Shop, order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "admin_graphql_api_id": gid.make("Order", order.id),
        "name": order.name,
        "number": order.number - 1000,
        "order_number": order.number,
        "token": order.token,
        "cart_token": order.cart_token,
        "checkout_token": order.checkout_token,
        "confirmation_number": order.token[:9].upper(),
        "confirmed": True,
        "order_status_url": f"https://{shop.domain}/{shop.id}/orders/{order.token}/authenticate?key={order.token[:16]}",
        "created_at": iso(order.created_at),
        "updated_at": iso(order.updated_at),
        "processed_at": iso(order.processed_at or order.created_at),
        "cancelled_at": iso(order.cancelled_at) if order.cancelled_at else None,
        "cancel_reason": order.cancel_reason,
        "closed_at": None,
        "financial_status": order.financial_status,
        "fulfillment_status": None,
        "test": order.test,
        "currency": order.currency,
        "presentment_currency": order.presentment_currency,
    }


def _context(order: Order) -> dict[str, Any]:
    """Where the order came from, and what Shopify always sends empty here."""
    client = {
        "accept_language": order.locale,
        "browser_height": None,
        "browser_ip": order.browser_ip,
        "browser_width": None,
        "session_hash": None,
        "user_agent": order.user_agent,
    }
    nothing = ("app_id", "device_id", "landing_site_ref", "location_id", "merchant_of_record_app_id", "po_number", "reference")
    more = ("source_identifier", "source_url", "user_id", "original_total_additional_fees_set", "original_total_duties_set")
    last = ("current_total_additional_fees_set", "current_total_duties_set")
    return {
        **dict.fromkeys((*nothing, *more, *last)),
        "browser_ip": order.browser_ip,
        "client_details": client if order.user_agent else None,
        "buyer_accepts_marketing": order.accepts_marketing,
        "email": order.email or "",
        "contact_email": order.email,
        "phone": order.phone,
        "customer_locale": order.locale,
        "landing_site": order.landing_site,
        "referring_site": order.referring_site,
        "source_name": order.source_name,
        "note": order.note,
        "note_attributes": [{"name": name, "value": value} for name, value in order.attributes.items()],
        "tags": ", ".join(order.tags),
        "payment_gateway_names": list(dict.fromkeys(one.gateway for one in order.transactions)),
        "estimated_taxes": False,
        "duties_included": False,
        "tax_exempt": False,
        "taxes_included": order.taxes_included,
        "merchant_business_entity_id": "MTU0ODM4MDAwOQ",
        "total_weight": 0,
    }


def _current(order: Order, purse: Purse) -> dict[str, Any]:
    seen = presented(order)
    return {
        **purse.pair("current_subtotal_price", order.current_subtotal, seen.current_subtotal),
        **purse.pair("current_total_discounts", order.current_discounts, seen.current_discounts),
        **purse.pair("current_total_price", order.current_total, seen.current_total),
        **purse.pair("current_total_tax", order.current_tax, seen.current_tax),
        "current_shipping_price_set": purse.set(order.current_shipping, seen.current_shipping),
        "total_outstanding": purse.text(order.outstanding),
    }


def _original(order: Order, purse: Purse) -> dict[str, Any]:
    seen = presented(order)
    goods, shown = (sum(line.price * line.quantity for line in one.bought) for one in (order, seen))
    first = order.lines[0] if order.lines else None
    return {
        **purse.pair("subtotal_price", order.subtotal, seen.subtotal),
        **purse.pair("total_discounts", order.discounts, seen.discounts),
        **purse.pair("total_line_items_price", goods, shown),
        **purse.pair("total_price", order.total, seen.total),
        **purse.pair("total_tax", order.tax, seen.tax),
        "total_shipping_price_set": purse.set(order.shipping, seen.shipping),
        "total_cash_rounding_payment_adjustment_set": purse.set(0),
        "total_cash_rounding_refund_adjustment_set": purse.set(0),
        "total_tip_received": purse.text(0),
        "tax_lines": tax_lines(order.tax, first.tax_title, first.tax_ppm, purse) if first and order.tax else [],
    }


def _application(one: Application, purse: Purse) -> dict[str, Any]:
    shown = f"{one.value // 100}.{one.value % 100:02d}".rstrip("0") if one.value_type == "percentage" else purse.text(one.value)
    base = {
        "target_type": one.target_type,
        "type": one.kind,
        "value": f"{shown}0" if shown.endswith(".") else shown,
        "value_type": one.value_type,
        "allocation_method": one.allocation_method,
        "target_selection": one.target_selection,
    }
    return {**base, "code": one.code} if one.code else {**base, "title": one.title}


def _code(order: Order, index: int, purse: Purse) -> dict[str, str]:
    """``discount_codes``: the sum of what the code took, and its type."""
    one = order.applications[index]
    holders: list[Line | ShippingLine] = [*order.lines, *order.shipping_lines]
    spent = [part for line in holders for part in line.allocations if part.application == index]
    kind = "shipping" if one.target_type == "shipping_line" else _GROUPS[one.value_type]
    return {"code": one.code or "", "amount": purse.text(sum(part.amount for part in spent)), "type": kind}


def edited_payload(number: int, order: Order, note: str, changes: tuple[Mapping[int, int], Mapping[int, int]]) -> dict[str, Any]:
    """``changes``: additions and removals, line id to quantity."""
    additions, removals = ([{"id": line_id, "delta": delta} for line_id, delta in part.items()] for part in changes)
    nothing: dict[str, list[Any]] = {"additions": [], "removals": []}
    return {
        "order_edit": {
            "id": number,
            "app_id": None,
            "created_at": iso(order.updated_at),
            "committed_at": iso(order.updated_at),
            "notify_customer": False,
            "order_id": order.id,
            "staff_note": note,
            "user_id": None,
            "line_items": {"additions": additions, "removals": removals},
            "discounts": {"line_item": nothing},
            "shipping_lines": nothing,
        }
    }


def order_delete_payload(order: Order) -> dict[str, Any]:
    return {"id": order.id}
