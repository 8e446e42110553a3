"""From a cart to an order, and an order's payment."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from devstore.payloads.orders import order_payload
from devstore.pricing.engine import PPM, price
from devstore.pricing.values import Priced, PricedLine, PricedShipping
from devstore.state import crediting
from devstore.state.bundling import taken_apart
from devstore.state.carts import Buyer, Cart
from devstore.state.orders import Group, Line, Order, ShippingLine, Transaction
from devstore.state.people import Customer
from devstore.state.shops import Shop
from devstore.state.stocking import adjust_stock, customer_changed

if TYPE_CHECKING:
    from devstore.state.store import Store

STORE_CREDIT = "shopify_store_credit"
GATEWAY = "bogus"


class CheckoutRefused(Exception):
    """The cart cannot be bought. ``reason``: empty | closed."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Payment:
    buyer: Buyer
    paid: bool = True
    test: bool = False


def place(store: Store, shop: Shop, cart: Cart, payment: Payment) -> Order:
    if shop.state != "open":
        raise CheckoutRefused("closed", f"{shop.name} is {shop.state}.")
    customer = _customer(store, shop, payment.buyer)
    buyer = replace(payment.buyer, customer_id=customer.id if customer else None)
    if customer is not None:
        for account in customer.accounts:
            crediting.expire(store, shop, account)
    priced = price(shop, cart, buyer, store.clock.now())
    if not priced.lines:
        raise CheckoutRefused("empty", "The cart is empty.")
    order = _order(store, shop, cart, replace(payment, buyer=buyer))
    _fill(store, shop, order, priced, properties={line.key: dict(line.properties) for line in cart.lines})
    _keep(shop, order, customer)
    _use_discounts(store, shop, order, priced)
    _charge(store, shop, order, priced, customer=customer, paid=payment.paid)
    _announce(store, shop, order)
    return order


def _customer(store: Store, shop: Shop, buyer: Buyer) -> Customer | None:
    """A guest's email finds or makes the customer, as at Shopify; without an email the order has none."""
    if buyer.customer_id is not None:
        return shop.customers[buyer.customer_id]
    if not buyer.email:
        return None
    return shop.customer_by_email(buyer.email) or store.new_customer(shop, buyer)


def _order(store: Store, shop: Shop, cart: Cart, payment: Payment) -> Order:
    buyer, now = payment.buyer, store.clock.now()
    shop.last_order_number += 1
    shown = cart.currency if cart.currency in shop.rates else shop.currency
    order = Order(store.next_id(), shop.last_order_number, secrets.token_hex(16), now, now, shop.currency, shown or shop.currency)
    order.rate = shop.rates.get(order.presentment_currency, "1")
    order.processed_at, order.taxes_included, order.test = now, shop.taxes_included, payment.test
    order.email, order.phone, order.locale, order.address = buyer.email, buyer.phone, buyer.locale, buyer.address
    order.accepts_marketing, order.browser_ip, order.user_agent = buyer.accepts_marketing, buyer.browser_ip, buyer.user_agent
    order.attributes, order.note = dict(cart.attributes), cart.note or None
    order.landing_site, order.referring_site = cart.landing_site, cart.referring_site
    order.cart_token, order.checkout_token, order.customer_id = cart.token, secrets.token_hex(16), buyer.customer_id
    return order


def _fill(store: Store, shop: Shop, order: Order, priced: Priced, *, properties: Mapping[str, dict[str, str]]) -> None:
    """A bundle's line becomes a group with a line for each component; what its form said is then the group's."""
    for line in priced.lines:
        said = properties.get(line.key, {})
        if shop.products[line.product_id].components:
            group = Group(store.next_id(), line.product_id, line.variant_id, shop.products[line.product_id].title, line.quantity, said)
            order.groups.append(group)
            order.lines += [_component(store, shop, one, group) for one in taken_apart(shop, line)]
        else:
            order.lines.append(new_line(store, shop, line))
            order.lines[-1].properties = said
    order.shipping_lines = [_shipping_line(store, shop, priced.shipping)] if priced.shipping else []
    order.applications = priced.applications
    order.codes = priced.codes


def new_line(store: Store, shop: Shop, priced: PricedLine) -> Line:
    product, variant = shop.products[priced.product_id], shop.variants[priced.variant_id]
    line = Line(store.next_id(), product.id, variant.id, product.title, priced.quantity, priced.quantity, priced.price)
    line.variant_title = None if variant.title == "Default Title" else variant.title
    line.sku, line.vendor = variant.sku, product.vendor
    line.requires_shipping, line.taxable = variant.requires_shipping, variant.taxable
    line.tax, line.allocations = priced.tax, priced.allocations
    if variant.taxable:
        line.tax_title, line.tax_ppm = shop.tax_title, shop.tax_ppm
    return line


def _component(store: Store, shop: Shop, priced: PricedLine, group: Group) -> Line:
    line = new_line(store, shop, priced)
    line.group_id = group.id
    return line


def _shipping_line(store: Store, shop: Shop, priced: PricedShipping) -> ShippingLine:
    line = ShippingLine(store.next_id(), priced.title, priced.code, priced.price, priced.tax, shop.tax_title, min(shop.tax_ppm, PPM))
    line.allocations = priced.allocations
    return line


def _keep(shop: Shop, order: Order, customer: Customer | None) -> None:
    shop.orders[order.id] = order
    shop.order_tokens[order.token] = order.id
    shop.changed_orders.add(order.updated_at, order.id)
    if customer is not None:
        customer.orders.append(order.id)
        customer.spent += order.total
        customer.address = order.address or customer.address


def _use_discounts(store: Store, shop: Shop, order: Order, priced: Priced) -> None:
    for candidate in priced.used:
        candidate.discount.used += 1
        if candidate.code is None:
            continue
        candidate.code.used += 1
        candidate.code.orders.append(order.id)
        if order.customer_id is not None:
            candidate.code.customers.append(order.customer_id)
        facts = {"code": candidate.code.code, "discount": str(candidate.discount.id), "title": candidate.discount.title}
        store.effects.add(shop.handle, "code_used", order=str(order.id), **facts)


def _charge(store: Store, shop: Shop, order: Order, priced: Priced, *, customer: Customer | None, paid: bool) -> None:
    if priced.store_credit and customer is not None:
        account = crediting.account_for(store, shop, customer, shop.currency)
        crediting.debit(store, shop, account, crediting.Debit(priced.store_credit, order_id=order.id))
        order.transactions.append(Transaction(store.next_id(), "sale", STORE_CREDIT, priced.store_credit, order.created_at))
    if paid and order.outstanding > 0:
        order.transactions.append(Transaction(store.next_id(), "sale", GATEWAY, order.outstanding, order.created_at))
    settle_status(order)


def settle_status(order: Order) -> None:
    """``financial_status`` from what was received and given back."""
    received, refunded = order.received, order.refunded
    if received == 0 and order.cancelled_at is not None:
        order.financial_status = "voided"
    elif refunded and refunded >= received:
        order.financial_status = "refunded"
    elif refunded:
        order.financial_status = "partially_refunded"
    elif received >= order.current_total:
        order.financial_status = "paid"
    else:
        order.financial_status = "partially_paid" if received else "pending"


def _announce(store: Store, shop: Shop, order: Order) -> None:
    facts = {"order": str(order.id), "name": order.name, "amount": order.total, "currency": order.currency}
    store.effects.add(shop.handle, "order_placed", subtotal=order.subtotal, codes=list(order.codes), **facts)
    payload = order_payload(shop, order)
    store.tell(shop, "orders/create", payload)
    if order.financial_status == "paid":
        store.tell(shop, "orders/paid", payload)
    adjust_stock(store, shop, sold(order.lines))
    _tell_customer(store, shop, order)


def _tell_customer(store: Store, shop: Shop, order: Order) -> None:
    """What a customer has bought is a fact about the customer."""
    if order.customer_id is not None:
        customer_changed(store, shop, shop.customers[order.customer_id])


def sold(lines: Iterable[Line]) -> dict[int, int]:
    """Variant id to what left the shelf, below zero."""
    return {id: -sum(line.quantity for line in lines if line.variant_id == id) for id in {line.variant_id for line in lines} if id}


def pay(store: Store, shop: Shop, order: Order) -> None:
    """Take what is outstanding. Nothing happens when nothing is."""
    if order.outstanding <= 0:
        return
    order.transactions.append(Transaction(store.next_id(), "sale", GATEWAY, order.outstanding, store.clock.now()))
    settle_status(order)
    touch(store, shop, order)
    payload = order_payload(shop, order)
    store.tell(shop, "orders/paid", payload)
    store.tell(shop, "orders/updated", payload)


def touch(store: Store, shop: Shop, order: Order) -> None:
    """Move ``updated_at``, which the index follows."""
    before, order.updated_at = order.updated_at, store.clock.now()
    shop.changed_orders.move(before, order.updated_at, order.id)
