"""Refunds: of line quantities, of shipping, of a bare amount."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devstore.currency import half_up
from devstore.payloads.orders import order_payload
from devstore.payloads.refunds import refund_payload
from devstore.state import crediting
from devstore.state.orders import Adjustment, Line, Order, Refund, RefundLine, Transaction
from devstore.state.placing import STORE_CREDIT, settle_status, touch
from devstore.state.shops import Shop
from devstore.state.stocking import adjust_stock

if TYPE_CHECKING:
    from devstore.state.store import Store


class RefundRefused(Exception):
    """More than there is, or nothing at all."""


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """``lines``: line id to quantity. ``shipping``: minor units. ``amount``: what is paid back, if not what the lines are worth."""

    lines: Mapping[int, int] = field(default_factory=dict)
    shipping: int = 0
    amount: int | None = None
    note: str | None = None
    restock_type: str = "no_restock"


def everything(order: Order) -> RefundRequest:
    """All that is left of the order."""
    return RefundRequest({line.id: line.current_quantity for line in order.lines if line.current_quantity}, order.current_shipping)


def refund(store: Store, shop: Shop, order: Order, request: RefundRequest) -> Refund:
    """Raises RefundRefused; then nothing has changed."""
    _check(order, request)
    made = Refund(store.next_id(), store.clock.now(), request.note, request.restock_type != "no_restock")
    lines = {line.id: line for line in order.lines}
    made.lines = [
        _give_line(store, lines[line_id], count, restock_type=request.restock_type)
        for line_id, count in request.lines.items()
        if count
    ]
    _give_shipping(store, order, made, request.shipping)
    _pay_back(store, shop, order, made, wanted=request.amount)
    order.refunds.append(made)
    settle_status(order)
    touch(store, shop, order)
    goods = sum(line.subtotal for line in made.lines)
    store.effects.add(
        shop.handle, "refund", order=str(order.id), refund=str(made.id), amount=made.amount, goods=goods, currency=order.currency
    )
    store.tell(shop, "refunds/create", refund_payload(shop, order, made))
    store.tell(shop, "orders/updated", order_payload(shop, order))
    adjust_stock(store, shop, _restocked(order, made))
    return made


def _check(order: Order, request: RefundRequest) -> None:
    lines = {line.id: line for line in order.lines}
    for line_id, count in request.lines.items():
        if line_id not in lines:
            raise RefundRefused(f"Order {order.name} has no line {line_id}.")
        if not 0 <= count <= lines[line_id].current_quantity:
            raise RefundRefused(f"Quantity cannot refund more items than were purchased: {count} of {lines[line_id].current_quantity}.")
    if not 0 <= request.shipping <= order.current_shipping:
        raise RefundRefused("Shipping refund is more than what is left of the shipping.")
    left = order.received - order.refunded
    if request.amount is not None and not 0 <= request.amount <= left:
        raise RefundRefused(f"Only {left} {order.currency} (minor units) can be refunded.")
    if not any(request.lines.values()) and not request.shipping and not request.amount:
        raise RefundRefused("There is nothing to refund.")


def _give_line(store: Store, line: Line, count: int, *, restock_type: str) -> RefundLine:
    removed = line.quantity - line.current_quantity
    given = RefundLine(store.next_id(), line.id, count, restock_type, 0, 0)
    given.subtotal = line.share(line.discounted, removed, count)
    given.tax = line.share(line.tax, removed, count)
    line.current_quantity -= count
    line.refunded_quantity += count
    return given


def _restocked(order: Order, made: Refund) -> dict[int, int]:
    """Variant id to what came back to the shelf."""
    variants = {line.id: line.variant_id for line in order.lines}
    back: dict[int, int] = {}
    for one in made.lines:
        variant_id = variants[one.line_id]
        if variant_id and one.restock_type != "no_restock":
            back[variant_id] = back.get(variant_id, 0) + one.quantity
    return back


def _give_shipping(store: Store, order: Order, made: Refund, amount: int) -> None:
    if not amount:
        return
    tax = sum(line.tax for line in order.shipping_lines)
    made.shipping_tax = half_up(tax * amount, order.shipping)
    made.shipping = amount
    made.adjustments.append(Adjustment(store.next_id(), "shipping_refund", "Shipping refund", -amount, -made.shipping_tax))


def _pay_back(store: Store, shop: Shop, order: Order, made: Refund, *, wanted: int | None) -> None:
    """Money goes back the way it came: first what other gateways took, then store credit."""
    tax = 0 if order.taxes_included else sum(line.tax for line in made.lines) + made.shipping_tax
    worth = sum(line.subtotal for line in made.lines) + made.shipping + tax
    left = order.received - order.refunded
    amount = min(worth, left) if wanted is None else wanted
    if wanted is not None and wanted != worth:
        made.adjustments.append(Adjustment(store.next_id(), "refund_discrepancy", "Refund discrepancy", worth - wanted))
    for sale in sorted(order.transactions, key=lambda one: one.gateway == STORE_CREDIT):
        given = sum(one.amount for refund in [*order.refunds, made] for one in refund.transactions if one.parent_id == sale.id)
        part = min(amount, sale.amount - given)
        if part <= 0:
            continue
        amount -= part
        made.transactions.append(Transaction(store.next_id(), "refund", sale.gateway, part, made.created_at, sale.id))
        if sale.gateway == STORE_CREDIT and order.customer_id is not None:
            crediting.give_back(store, shop, shop.customers[order.customer_id], part, order_id=order.id)
