"""Orders straight, without a browser: placing, paying, refunding, cancelling, editing."""

import secrets
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from devstore.control.asking import Asked, Bad, asked, number, order_of, store
from devstore.control.goods import address
from devstore.control.showing import order_shown
from devstore.payloads.orders import order_payload
from devstore.state.carts import Buyer, Cart, CartLine
from devstore.state.editing import Edit
from devstore.state.orders import Dispute
from devstore.state.placing import touch
from devstore.state.refunding import RefundRequest, everything
from devstore.state.shops import Shop

orders = Blueprint("control_orders", __name__)
DISPUTES = ("CHARGEBACK", "INQUIRY")
STATUSES = ("NEEDS_RESPONSE", "UNDER_REVIEW", "WON", "LOST", "ACCEPTED", "CHARGE_REFUNDED", "PREVENTED")
RISKS = ("LOW", "MEDIUM", "HIGH", "NONE", "PENDING")


def _cart(shop: Shop, given: Asked) -> Cart:
    lines = [_line(shop, one) for one in given.items("lines")]
    cart = Cart(secrets.token_hex(16), lines, {str(k): str(v) for k, v in given.read("attributes", dict, {}).items()})
    cart.codes = [str(one) for one in given.read("codes", list, [])]
    cart.currency, cart.note = given.text("currency", None), given.text("note", "")
    cart.landing_site, cart.referring_site = given.text("landing_site", None), given.text("referring_site", None)
    return cart


def _line(shop: Shop, given: Asked) -> CartLine:
    """By ``variant_id``, or by ``product``: a handle, then its first variant."""
    if "variant_id" in given.fields:
        variant = number(given.fields["variant_id"])
    else:
        handle = given.text("product")
        if handle not in shop.handles:
            raise Bad(f"{shop.handle} has no product {handle}.")
        variant = shop.products[shop.handles[handle]].variants[0].id
    if variant not in shop.variants:
        raise Bad(f"{shop.handle} has no variant {variant}.")
    return CartLine(secrets.token_hex(8), variant, given.int("quantity", 1))


def _buyer(shop: Shop, given: Asked) -> Buyer:
    """``email`` or ``customer_id``; with neither the order has no customer."""
    customer = given.fields.get("customer_id")
    wanted = number(customer) if customer else None
    if wanted is not None and wanted not in shop.customers:
        raise Bad(f"{shop.handle} has no customer {customer}.")
    known = shop.customers[wanted] if wanted else None
    where = Asked({"country_code": shop.country_code, **given.read("address", dict, {})})
    return Buyer(
        given.text("email", known.email if known else None),
        wanted,
        address(where),
        use_store_credit=given.flag("use_store_credit", False),
        accepts_marketing=given.flag("accepts_marketing", False),
        locale=given.text("locale", shop.locale),
        browser_ip=given.text("browser_ip", None),
        user_agent=given.text("user_agent", None),
    )


@orders.post("/price")
def price() -> ResponseReturnValue:
    """What a cart would cost, and what becomes of each code."""
    given = asked()
    priced = store().price(given.shop, _cart(given.shop, given), _buyer(given.shop, given))
    verdicts = [{"code": one.code, "applies": one.applies, "reason": one.reason} for one in priced.verdicts]
    lines = [{"variant_id": str(line.variant_id), "price": line.price, "discounted": line.discounted} for line in priced.lines]
    money = {"subtotal": priced.subtotal, "tax": priced.tax, "total": priced.total, "due": priced.due, "store_credit": priced.store_credit}
    return jsonify(codes=verdicts, lines=lines, currency=priced.currency, **money)


@orders.post("/orders")
def place() -> ResponseReturnValue:
    """``shop``, ``lines`` [{variant_id | product, quantity}], ``email`` | ``customer_id``, ``codes``, ``attributes``, ``paid`` …"""
    given = asked()
    shop = given.shop
    risk = given.text("risk", "LOW")
    if risk not in RISKS:
        raise Bad(f"risk must be one of {', '.join(RISKS)}.")
    cart, buyer = _cart(shop, given), _buyer(shop, given)
    with store().action():
        order = store().place_order(shop, cart, buyer, paid=given.flag("paid", True), test=given.flag("test", False))
        order.risk = risk
    return jsonify(order_shown(shop, order)), 201


@orders.get("/orders/<text>")
def show(text: str) -> ResponseReturnValue:
    return jsonify(order_shown(*order_of(text)))


@orders.get("/orders/<text>/payload")
def payload(text: str) -> ResponseReturnValue:
    """The webhook payload as it would be now, unsigned."""
    return jsonify(order_payload(*order_of(text)))


@orders.patch("/orders/<text>")
def change(text: str) -> ResponseReturnValue:
    """``risk``, ``note``, ``attributes``."""
    given, (shop, order) = asked(), order_of(text)
    with store().action():
        order.risk, order.note = given.text("risk", order.risk), given.text("note", order.note)
        order.attributes.update({str(k): str(v) for k, v in given.read("attributes", dict, {}).items()})
        touch(store(), shop, order)
        store().tell(shop, "orders/updated", order_payload(shop, order))
    return jsonify(order_shown(shop, order))


@orders.delete("/orders/<text>")
def delete(text: str) -> ResponseReturnValue:
    store().delete(*order_of(text))
    return "", 204


@orders.post("/orders/<text>/pay")
def pay(text: str) -> ResponseReturnValue:
    shop, order = order_of(text)
    store().pay(shop, order)
    return jsonify(order_shown(shop, order))


@orders.post("/orders/<text>/refund")
def refund(text: str) -> ResponseReturnValue:
    """``lines``: {line id: quantity}; or ``everything``: true; ``shipping`` and ``amount`` in minor units; ``note``."""
    given, (shop, order) = asked(), order_of(text)
    made = store().refund(shop, order, everything(order) if given.flag("everything", False) else _request(given))
    return jsonify(order_shown(shop, order) | {"refund_id": str(made.id), "refund_amount": made.amount}), 201


def _request(given: Asked) -> RefundRequest:
    return RefundRequest(
        _quantities(given, "lines"),
        given.int("shipping", 0),
        given.int("amount", None),
        given.text("note", None),
        given.text("restock_type", "no_restock"),
    )


def _quantities(given: Asked, name: str) -> dict[int, int]:
    found: dict[Any, Any] = given.read(name, dict, {})
    return {number(line): Asked({"quantity": count}).int("quantity") for line, count in found.items()}


@orders.post("/orders/<text>/cancel")
def cancel(text: str) -> ResponseReturnValue:
    """``reason`` (customer …), ``refund`` (true)."""
    given, (shop, order) = asked(), order_of(text)
    store().cancel(shop, order, reason=given.text("reason", "customer"), refund=given.flag("refund", True))
    return jsonify(order_shown(shop, order))


@orders.post("/orders/<text>/dispute")
def dispute(text: str) -> ResponseReturnValue:
    """``kind`` (CHARGEBACK), ``status`` (NEEDS_RESPONSE). No webhook: those of disputes need a scope that the app does not ask for."""
    given, (shop, order) = asked(), order_of(text)
    kind, status = given.text("kind", "CHARGEBACK"), given.text("status", "NEEDS_RESPONSE")
    if kind not in DISPUTES or status not in STATUSES:
        raise Bad(f"kind must be one of {', '.join(DISPUTES)}, status one of {', '.join(STATUSES)}.")
    with store().action():
        order.disputes.append(Dispute(store().next_id(), kind, status))
    return jsonify(order_shown(shop, order)), 201


@orders.post("/orders/<text>/edit")
def edit(text: str) -> ResponseReturnValue:
    """``quantities``: {line id: new quantity}; ``add``: {variant id: quantity}."""
    given, (shop, order) = asked(), order_of(text)
    store().edit(shop, order, Edit(_quantities(given, "quantities"), _quantities(given, "add"), given.text("note", "")))
    return jsonify(order_shown(shop, order))
