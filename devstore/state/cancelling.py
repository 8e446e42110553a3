"""Cancelling an order, with or without giving the money back; deleting one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from devstore.payloads.orders import order_delete_payload, order_payload
from devstore.state.orders import Order
from devstore.state.placing import settle_status, touch
from devstore.state.refunding import everything, refund
from devstore.state.shops import Shop

if TYPE_CHECKING:
    from devstore.state.store import Store

REASONS = ("customer", "declined", "fraud", "inventory", "other", "staff")


class CancelRefused(Exception):
    """Cancelled already, or no such reason."""


def cancel(store: Store, shop: Shop, order: Order, *, reason: str, give_back: bool) -> None:
    """An unpaid order becomes voided. Raises CancelRefused."""
    if order.cancelled_at is not None:
        raise CancelRefused(f"Order {order.name} is cancelled already.")
    if reason not in REASONS:
        raise CancelRefused(f"{reason} is not one of {', '.join(REASONS)}.")
    order.cancelled_at, order.cancel_reason = store.clock.now(), reason
    request = everything(order)
    if (give_back or order.received == 0) and (request.lines or request.shipping):
        refund(store, shop, order, replace(request, restock_type="cancel"))
    settle_status(order)
    touch(store, shop, order)
    store.effects.add(shop.handle, "order_cancelled", order=str(order.id), reason=reason)
    payload = order_payload(shop, order)
    store.tell(shop, "orders/cancelled", payload)
    store.tell(shop, "orders/updated", payload)


def delete(store: Store, shop: Shop, order: Order) -> None:
    """Gone, with its history. Raises CancelRefused: Shopify deletes cancelled and test orders only."""
    if order.cancelled_at is None and not order.test:
        raise CancelRefused(f"Order {order.name} is neither cancelled nor a test.")
    del shop.orders[order.id], shop.order_tokens[order.token]
    shop.changed_orders.remove(order.updated_at, order.id)
    if order.customer_id is not None:
        shop.customers[order.customer_id].orders.remove(order.id)
    store.effects.add(shop.handle, "order_deleted", order=str(order.id))
    store.tell(shop, "orders/delete", order_delete_payload(order))
