"""Order edits: fewer of a line, or more goods. What was bought stays on record; ``current_quantity`` changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devstore.payloads.orders import edited_payload, order_payload
from devstore.pricing.engine import tax_of
from devstore.pricing.values import PricedLine
from devstore.state.orders import Line, Order
from devstore.state.placing import new_line, settle_status, sold, touch
from devstore.state.shops import Shop
from devstore.state.stocking import adjust_stock

if TYPE_CHECKING:
    from devstore.state.store import Store


class EditRefused(Exception):
    """Nothing to change, or it cannot be changed so."""


@dataclass(frozen=True, slots=True)
class Edit:
    """``quantities``: line id to its new current quantity (lower). ``add``: variant id to quantity."""

    quantities: Mapping[int, int] = field(default_factory=dict)
    add: Mapping[int, int] = field(default_factory=dict)
    note: str = ""
    notify: bool = False


def edit(store: Store, shop: Shop, order: Order, changes: Edit) -> None:
    """Raises EditRefused; then nothing has changed. Money is neither taken nor given back: ``outstanding`` tells."""
    _check(shop, order, changes)
    lines = {line.id: line for line in order.lines}
    removals = {}
    for line_id, wanted in changes.quantities.items():
        removals[line_id] = lines[line_id].current_quantity - wanted
        lines[line_id].current_quantity = wanted
    added = [_add(store, shop, variant_id, count) for variant_id, count in changes.add.items()]
    order.lines.extend(added)
    if not order.refunds:
        settle_status(order)
    touch(store, shop, order)
    additions = {line.id: line.quantity for line in added}
    store.effects.add(shop.handle, "order_edited", order=str(order.id), additions=len(additions), removals=len(removals))
    store.tell(shop, "orders/edited", edited_payload(store.next_id(), order, changes.note, (additions, removals)))
    store.tell(shop, "orders/updated", order_payload(shop, order))
    adjust_stock(store, shop, sold(added))


def _check(shop: Shop, order: Order, changes: Edit) -> None:
    if order.cancelled_at is not None:
        raise EditRefused("A cancelled order cannot be edited.")
    if not changes.quantities and not changes.add:
        raise EditRefused("There is nothing to change.")
    lines = {line.id: line for line in order.lines}
    for line_id, wanted in changes.quantities.items():
        if line_id not in lines or not 0 <= wanted < lines[line_id].current_quantity:
            raise EditRefused(f"Line {line_id} cannot be set to {wanted}: name a line and a lower quantity.")
    for variant_id, count in changes.add.items():
        if variant_id not in shop.variants or count <= 0:
            raise EditRefused(f"{count} of variant {variant_id} cannot be added.")


def _add(store: Store, shop: Shop, variant_id: int, count: int) -> Line:
    variant = shop.variants[variant_id]
    priced = PricedLine("", variant.product_id, variant.id, variant.price, count)
    priced.tax = tax_of(shop, priced.subtotal) if variant.taxable else 0
    line = new_line(store, shop, priced)
    line.added_by_edit = True
    return line
