"""An order as its buyer saw it. As at Shopify each price is rounded into the presentment currency by itself; a line is its price times
its units less what discounts took off it there, and totals are sums of lines. So a total is not the shop's total by the rate."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial

from devstore.currency import convert
from devstore.state.orders import Allocation, Line, Order, Refund, ShippingLine, Transaction

There = Callable[[int], int]
"""Minor units of the shop's currency in those of the presentment currency."""


def presented(order: Order) -> Order:
    """With amounts in its presentment currency; the order itself where that is the shop's."""
    if order.presentment_currency == order.currency:
        return order
    there = there_of(order)
    return replace(
        order,
        currency=order.presentment_currency,
        rate="1",
        lines=[_line(line, there) for line in order.lines],
        shipping_lines=[_shipping(line, there) for line in order.shipping_lines],
        refunds=[_refund(one, there) for one in order.refunds],
        transactions=_transactions(order.transactions, there),
    )


def presented_line(order: Order, line: Line) -> Line:
    return line if order.presentment_currency == order.currency else _line(line, there_of(order))


def presented_shipping(order: Order, line: ShippingLine) -> ShippingLine:
    return line if order.presentment_currency == order.currency else _shipping(line, there_of(order))


def there_of(order: Order) -> There:
    return partial(convert, source=order.currency, target=order.presentment_currency, rate=Decimal(order.rate))


def taken_there(parts: list[Allocation], whole: int, there: There) -> list[Allocation]:
    """What discounts took there: as a Function said it, else by the rate; together never more than ``whole``."""
    found, left = [], whole
    for part in parts:
        amount = min(left, there(part.amount) if part.shown is None else part.shown)
        found.append(Allocation(part.application, amount))
        left -= amount
    return found


def _line(line: Line, there: There) -> Line:
    price = there(line.price)
    return replace(line, price=price, tax=there(line.tax), allocations=taken_there(line.allocations, price * line.quantity, there))


def _shipping(line: ShippingLine, there: There) -> ShippingLine:
    price = there(line.price)
    return replace(line, price=price, tax=there(line.tax), allocations=taken_there(line.allocations, price, there))


def _transactions(told: list[Transaction], there: There) -> list[Transaction]:
    return [replace(one, amount=there(one.amount)) for one in told]


def _refund(refund: Refund, there: There) -> Refund:
    return replace(
        refund,
        shipping=there(refund.shipping),
        shipping_tax=there(refund.shipping_tax),
        lines=[replace(one, subtotal=there(one.subtotal), tax=there(one.tax)) for one in refund.lines],
        adjustments=[replace(one, amount=there(one.amount), tax=there(one.tax)) for one in refund.adjustments],
        transactions=_transactions(refund.transactions, there),
    )
