"""What an app adds to a paid order from the post-purchase page: goods at their price less an explicit discount, charged at once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from devstore.currency import half_up, parse
from devstore.payloads.orders import edited_payload, order_payload
from devstore.pricing.engine import tax_of
from devstore.pricing.values import PricedLine
from devstore.state.orders import Allocation, Application, Line, Order
from devstore.state.placing import new_line, pay, settle_status, sold, touch
from devstore.state.shops import Shop
from devstore.state.stocking import adjust_stock

if TYPE_CHECKING:
    from devstore.state.store import Store

FIELDS = {"type", "variantId", "quantity", "discount"}


class ChangeRefused(Exception):
    """``code``: one of Shopify's ChangesetErrorCode."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Added:
    """``off``: minor units off the whole line."""

    variant_id: int
    quantity: int
    off: int
    title: str

    def price(self, shop: Shop) -> int:
        return shop.variants[self.variant_id].price * self.quantity - self.off


def read_changes(shop: Shop, told: Any) -> list[Added]:  # noqa: ANN401  (JSON)
    """Raises ChangeRefused for what Shopify would not do, and for what its documentation leaves open."""
    if not isinstance(told, list) or not told:
        raise ChangeRefused("invalid_request", "changes must be a list.")
    found = [_added(shop, one) for one in told]
    for number in {one.variant_id for one in found}:
        if shop.variants[number].stock < sum(one.quantity for one in found if one.variant_id == number):
            raise ChangeRefused("insufficient_inventory", f"Variant {number} is out of stock.")
    return found


def _added(shop: Shop, one: Any) -> Added:  # noqa: ANN401  (JSON)
    if not isinstance(one, dict) or one.get("type") != "add_variant" or set(one) - FIELDS:
        raise ChangeRefused("invalid_request", f"devstore knows add_variant alone: {one}")
    number, quantity = one.get("variantId"), one.get("quantity")
    if type(number) is not int or type(quantity) is not int or quantity < 1 or number not in shop.variants:
        raise ChangeRefused("invalid_request", f"{quantity} of variant {number} cannot be added.")
    if not shop.product_of(number).on_sale:
        raise ChangeRefused("invalid_request", f"Variant {number} is not for sale.")
    whole = shop.variants[number].price * quantity
    discount = one.get("discount")
    if discount is None:
        return Added(number, quantity, 0, "")
    return Added(number, quantity, _off(shop, discount, whole, quantity), str(discount.get("title", "")))


def _off(shop: Shop, discount: Any, whole: int, quantity: int) -> int:  # noqa: ANN401  (JSON)
    kind, value = discount.get("valueType"), discount.get("value")
    if type(value) not in (int, float, Decimal) or value < 0 or not discount.get("title"):
        raise ChangeRefused("invalid_request", f"No discount: {discount}")
    if kind == "percentage":
        return min(whole, half_up(whole * int(Decimal(str(value)) * 100), 10_000))
    if kind != "fixed_amount" or quantity != 1:
        raise ChangeRefused("invalid_request", "Nobody says whether a fixed amount is a line's or a unit's: add one unit a change.")
    try:
        return min(whole, parse(str(value), shop.currency))
    except ValueError as error:
        raise ChangeRefused("invalid_request", str(error)) from error


def tax_on(shop: Shop, added: list[Added]) -> int:
    return sum(tax_of(shop, one.price(shop)) for one in added if shop.variants[one.variant_id].taxable)


def extend(store: Store, shop: Shop, order: Order, added: list[Added]) -> None:
    """The lines, as an edit of the order, and the charge for them."""
    lines = [_line(store, shop, order, one) for one in added]
    order.lines.extend(lines)
    settle_status(order)
    touch(store, shop, order)
    additions = {line.id: line.quantity for line in lines}
    store.effects.add(shop.handle, "order_edited", order=str(order.id), additions=len(additions), removals=0)
    store.tell(shop, "orders/edited", edited_payload(store.next_id(), order, "", (additions, {})))
    store.tell(shop, "orders/updated", order_payload(shop, order))
    adjust_stock(store, shop, sold(lines))
    pay(store, shop, order)


def _line(store: Store, shop: Shop, order: Order, one: Added) -> Line:
    variant = shop.variants[one.variant_id]
    priced = PricedLine("", variant.product_id, variant.id, variant.price, one.quantity)
    if one.off:
        order.applications.append(Application("manual", one.title, one.off, "fixed_amount", "across", "explicit"))
        priced.allocations.append(Allocation(len(order.applications) - 1, one.off))
    priced.tax = tax_of(shop, priced.discounted) if variant.taxable else 0
    line = new_line(store, shop, priced)
    line.added_by_edit = True
    return line
