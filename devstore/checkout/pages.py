"""Checkout, thank-you and order pages. Routes are thin: read the form, price or place through the store, render."""

import re
from typing import Any

from flask import Response, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from devstore import signing
from devstore.checkout.afterwards import is_shown
from devstore.checkout.extensions import Facts, extension_frames, of_order
from devstore.checkout.sessions import COUNTRIES, Checkout, checkouts, missing, read_form
from devstore.checkout.view import HERE, Words, printed, summary_of_order, summary_of_price
from devstore.clock import machine_now
from devstore.state.carts import Cart
from devstore.state.orders import Order
from devstore.state.placing import CheckoutRefused
from devstore.storefront.cart import CartError, Item, asked_items, put, set_quantity
from devstore.storefront.render import page
from devstore.storefront.shopper import CART, CODE, Shopper, shopper, store_blueprint

checkout_pages = store_blueprint("checkout", str(HERE / "templates"))


@checkout_pages.route("/checkout", methods=["GET", "POST"])
def from_cart() -> AnyResponse:
    seen = shopper()
    if not seen.cart.lines:
        return redirect(seen.url("/cart"))
    return _begin(seen, seen.keep(), kept=True)


@checkout_pages.post("/cart/buy")
def buy_now() -> AnyResponse:
    """ "Buy it now": a checkout of this one product. The shopper's cart and its attributes take no part."""
    seen = shopper()
    return _begin(seen, _bare_cart(seen, list(asked_items())))


@checkout_pages.get("/cart/<path:wanted>")
def permalink(wanted: str) -> AnyResponse:
    """`/cart/VARIANT:QUANTITY,…?discount=CODE&attributes[a]=b`: a checkout straight from a link; with `storefront=true` the cart's page."""
    seen = shopper()
    if not re.fullmatch(r"\d+:\d+(,\d+:\d+)*", wanted):
        return page(seen, "404", status=404)
    items = [Item(int(one.split(":")[0]), int(one.split(":")[1])) for one in wanted.split(",")]
    to_cart = request.args.get("storefront") == "true"
    cart = _kept_with(seen, items) if to_cart else _bare_cart(seen, items)
    cart.attributes |= {key[11:-1]: value for key, value in request.args.items() if key.startswith("attributes[") and key.endswith("]")}
    if request.args.get("discount"):
        cart.codes = [code for code in request.args["discount"].split(",") if code]
    return seen.remember_redirect(seen.url("/cart")) if to_cart else _begin(seen, cart)


def _kept_with(seen: Shopper, items: list[Item]) -> Cart:
    cart = seen.keep()
    for item in items:
        put(seen, cart, item)
    return cart


def _bare_cart(seen: Shopper, items: list[Item]) -> Cart:
    kept = seen.cart
    cart = Cart(token=f"{kept.token[:24]}buy", landing_site=kept.landing_site, referring_site=kept.referring_site, currency=seen.currency)
    cart.codes = [request.cookies[CODE]] if request.cookies.get(CODE) else []
    for item in items:
        put(seen, cart, item)
    return cart


def _begin(seen: Shopper, cart: Cart, *, kept: bool = False) -> AnyResponse:
    made = checkouts().begin(seen, cart, from_cart=kept)
    return redirect(seen.url(f"/checkouts/cn/{made.token}"), 303)


@checkout_pages.get("/checkouts/cn/<token>")
def show(token: str) -> AnyResponse:
    seen = shopper()
    checkout = checkouts().get(seen, token)
    if checkout is None:
        return redirect(seen.url("/cart"))
    if checkout.order_id:
        return redirect(seen.url(f"/checkouts/cn/{token}/thank-you"))
    return _form(seen, checkout)


@checkout_pages.post("/checkouts/cn/<token>")
def act(token: str) -> AnyResponse:
    """`action`: save (price again), apply or remove a code, pay."""
    seen = shopper()
    checkout = checkouts().get(seen, token)
    if checkout is None:
        return redirect(seen.url("/cart"))
    if checkout.order_id:
        return redirect(seen.url(f"/checkouts/cn/{token}/thank-you"), 303)
    read_form(seen, checkout)
    action = request.form.get("action", "save")
    if action == "pay":
        return _pay(seen, checkout)
    codes = checkout.cart.codes
    if action == "apply" and request.form.get("discount", "").strip():
        checkout.cart.codes = [*codes, request.form["discount"].strip()]
    if action.startswith("remove:"):
        checkout.cart.codes = [code for code in codes if code.casefold() != action[7:].casefold()]
    return redirect(seen.url(f"/checkouts/cn/{token}"), 303)


@checkout_pages.post("/checkouts/cn/<token>/lines")
def change_lines(token: str) -> Response:
    """`applyCartLinesChange` of an extension: one more line, or fewer of one, after which the checkout is priced again; and
    `applyAttributeChange`."""
    seen = shopper()
    checkout, said = checkouts().get(seen, token), request.get_json(silent=True) or {}
    kinds = {"addCartLine": _add_line, "removeCartLine": _remove_line, "updateAttribute": _write_attribute}
    if checkout is None or checkout.order_id or said.get("type") not in kinds:
        return jsonify({"type": "error", "message": "not possible here"})
    try:
        kinds[said["type"]](seen, checkout.cart, said)
    except (CartError, KeyError, ValueError) as refused:
        return jsonify({"type": "error", "message": getattr(refused, "description", str(refused))})
    return jsonify({"type": "success"})


def _add_line(seen: Shopper, cart: Cart, said: dict[str, Any]) -> None:
    number = str(said["merchandiseId"]).removeprefix("gid://shopify/ProductVariant/")
    properties = {str(one["key"]): str(one["value"]) for one in said.get("attributes", [])}
    put(seen, cart, Item(int(number), int(said["quantity"]), properties))


def _remove_line(_seen: Shopper, cart: Cart, said: dict[str, Any]) -> None:
    """Raises ValueError for what is not there."""
    number = int(str(said["id"]).removeprefix("gid://shopify/CartLine/"))
    line = next((one for one in cart.lines if one.variant_id == number), None)
    if line is None or not 0 < int(said["quantity"]) <= line.quantity:
        raise ValueError("no such line")
    set_quantity(cart, line, line.quantity - int(said["quantity"]))


def _write_attribute(_seen: Shopper, cart: Cart, said: dict[str, Any]) -> None:
    cart.attributes[str(said["key"])] = str(said["value"])


def _pay(seen: Shopper, checkout: Checkout) -> AnyResponse:
    say = Words(seen.language)
    empty = missing(checkout)
    if empty:
        return _form(seen, checkout, say("checkout.needed", fields=", ".join(say(f"checkout.{name}") for name in empty)), empty)
    with seen.store.lock:
        if checkout.order_id is None:
            try:
                checkout.order_id = seen.store.place_order(seen.shop, checkout.cart, checkout.buyer).id
                checkout.paid_at = machine_now()
            except CheckoutRefused as error:
                return _form(seen, checkout, str(error))
    then = "post-purchase" if is_shown(seen.shop, seen.shop.orders[checkout.order_id]) else "thank-you"
    answer = redirect(seen.url(f"/checkouts/cn/{checkout.token}/{then}"), 303)
    answer.delete_cookie(CODE)
    if checkout.from_cart:
        seen.shop.carts.pop(checkout.cart.token, None)
        answer.delete_cookie(CART)
    return answer


def _form(seen: Shopper, checkout: Checkout, error: str = "", wrong: list[str] | None = None) -> Response:
    say = Words(seen.language)
    with seen.store.lock:
        summary = summary_of_price(seen, seen.store.price(seen.shop, checkout.cart, checkout.buyer), say)
    customer = seen.shop.customers.get(checkout.buyer.customer_id or 0)
    balance = next((one.balance for one in customer.accounts if one.currency == seen.shop.currency), 0) if customer else 0
    here = f"/checkouts/cn/{checkout.token}"
    lines = tuple((line.variant_id, line.quantity) for line in checkout.cart.lines)
    facts = Facts(f"{here}/session-token", None, lines, seen.url(f"{here}/lines"), checkout.cart.attributes, checkout.token)
    html = render_template(
        "checkout.html", blocks=extension_frames(seen, "purchase.checkout.block.render", facts), say=say, seen=seen,
        checkout=checkout, buyer=checkout.buyer, address=checkout.buyer.address, summary=summary,
        countries=COUNTRIES, rates=[(rate, printed(seen, rate.price)) for rate in seen.shop.shipping_rates],
        credit=printed(seen, balance) if balance > 0 else "", error=error, wrong=wrong or [], customer=customer,
    )  # fmt: skip
    return make_response(html, 422 if error else 200)


@checkout_pages.get("/checkouts/cn/<token>/thank-you")
def thank_you(token: str) -> AnyResponse:
    seen = shopper()
    checkout = checkouts().get(seen, token)
    if checkout is None or checkout.order_id is None:
        return redirect(seen.url("/cart"))
    checkout.released = True
    order = seen.shop.orders[checkout.order_id]
    token_path = f"/checkouts/cn/{token}/session-token"
    blocks = extension_frames(seen, "purchase.thank-you.block.render", of_order(order, token_path, token))
    return make_response(_order_html(seen, order, "thank_you.html", blocks))


@checkout_pages.get("/account/orders/<token>")
@checkout_pages.get("/<int:_shop_id>/orders/<token>")
@checkout_pages.get("/<int:_shop_id>/orders/<token>/authenticate")
def order_status(token: str, _shop_id: int = 0) -> AnyResponse:
    """The order's own page. Whoever has its address may read it, as with Shopify's links in mails."""
    seen = shopper()
    number = seen.shop.order_tokens.get(token)
    if number is None:
        return page(seen, "404", status=404)
    order = seen.shop.orders[number]
    facts = of_order(order, "/account/session-token", checkouts().token_of(seen, number))
    blocks = extension_frames(seen, "customer-account.order-status.block.render", facts)
    return make_response(_order_html(seen, order, "order_status.html", blocks))


def _order_html(seen: Shopper, order: Order, template: str, blocks: list[dict[str, object]]) -> str:
    say = Words(seen.language)
    summary = summary_of_order(seen, order, say)
    return render_template(template, say=say, seen=seen, order=order, summary=summary, blocks=blocks, address=order.address)


@checkout_pages.get("/checkouts/cn/<token>/session-token")
@checkout_pages.get("/account/session-token")
def session_token(token: str = "") -> Response:
    """The ID token of a UI extension: it names the shop, and the customer only when one is logged in."""
    seen = shopper()
    app = seen.store.settings.app
    customer_id = seen.customer.id if seen.customer else None
    made = signing.extension_id_token(app.secret, app.client_id, domain=seen.shop.domain, customer_id=customer_id)
    return jsonify({"token": made})
