"""The post-purchase page: between payment and thanks, where the shop has chosen an app for it and Shopify would show it.

What the extension is told is signed for the app; what the app wants done must be signed by it
(shopify.dev/docs/api/checkout-extensions/post-purchase).
"""

from typing import Any

import jwt
from flask import Response, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from devstore import signing
from devstore.app import services
from devstore.checkout.extensions import BUNDLES, SNIPPETS
from devstore.checkout.sessions import Checkout, checkouts
from devstore.checkout.view import HERE, Words, summary_of_order
from devstore.clock import machine_now
from devstore.currency import digits, text
from devstore.state.extending import Added, ChangeRefused, extend, read_changes, tax_on
from devstore.state.orders import Order
from devstore.state.placing import GATEWAY
from devstore.state.shops import Shop
from devstore.storefront.shopper import Shopper, shopper, store_blueprint

afterwards = store_blueprint("afterwards", str(HERE / "templates"))
SETTING, APP = "checkout_post_purchase", "tandem-afterwards"
BUNDLE = SNIPPETS / "afterwards" / "dist" / f"{APP}.js"
MOST, AHEAD = 3, 60
"""Changesets that one purchase may take; seconds that the app's clock may be ahead."""


def chosen(shop: Shop) -> bool:
    """Merchants choose one app for this page in the checkout's settings; at first none."""
    return shop.block_settings.get(SETTING, {}).get("app") == APP


def is_shown(shop: Shop, order: Order) -> bool:
    """As far as a development store can tell: not in another currency, not below half a unit, not for what another way of paying has
    paid, not without a shipping address."""
    return bool(
        shop.installation and chosen(shop) and BUNDLE.is_file() and order.presentment_currency == order.currency
        and order.total * 2 >= 10 ** digits(order.currency) and order.address and order.shipping_lines
        and order.transactions and all(one.gateway == GATEWAY for one in order.transactions)
    )  # fmt: skip


@afterwards.get("/checkouts/cn/<token>/post-purchase")
def shown(token: str) -> AnyResponse:
    seen = shopper()
    checkout = checkouts().get(seen, token)
    if checkout is None or checkout.order_id is None:
        return redirect(seen.url("/cart"))
    order, onward = seen.shop.orders[checkout.order_id], seen.url(f"/checkouts/cn/{token}/thank-you")
    if checkout.released or not is_shown(seen.shop, order):
        return redirect(onward)
    say = Words(seen.language)
    facts = {
        "script": f"{BUNDLES}/afterwards/{BUNDLE.name}?v={BUNDLE.stat().st_mtime_ns}",
        "app_url": services().store.settings.app.url,
        "change": seen.url(f"/checkouts/cn/{token}/post-purchase"),
        "done": onward,
        "input": _input(seen, checkout, order),
    }
    return make_response(render_template("post_purchase.html", say=say, seen=seen, order=order, facts=facts, onward=onward,
                                         summary=summary_of_order(seen, order, say)))  # fmt: skip


def _input(seen: Shopper, checkout: Checkout, order: Order) -> dict[str, Any]:
    """``inputData`` of both extension points, with its own signed copy."""
    shop = seen.shop
    data = {
        "extensionPoint": "Checkout::PostPurchase::ShouldRender",
        "locale": seen.language,
        "version": "unstable",
        "shop": {"id": shop.id, "domain": shop.domain, "metafields": []},
        "initialPurchase": {
            "referenceId": checkout.reference,
            "customerId": str(order.customer_id) if order.customer_id else None,
            "destinationCountryCode": order.address.country_code if order.address else None,
            "totalPriceSet": _bag(order.total, order.currency),
            "lineItems": [_line(shop, line.variant_id, line.quantity, line.discounted) for line in order.bought if line.variant_id],
        },
    }
    app = services().store.settings.app
    return {**data, "token": signing.purchase_token(app.secret, checkout.reference, data)}


def _line(shop: Shop, variant_id: int, quantity: int, paid: int) -> dict[str, Any]:
    product, variant = shop.product_of(variant_id), shop.variants[variant_id]
    told = {"id": variant.id, "title": variant.title, "metafields": []}
    return {"product": {"id": product.id, "title": product.title, "variant": told, "metafields": []}, "quantity": quantity,
            "totalPriceSet": _bag(paid, shop.currency), "sellingPlanId": None}  # fmt: skip


def _bag(amount: int, currency: str) -> dict[str, Any]:
    """Only orders in the shop's own currency see this page, so both are the same."""
    told = {"amount": text(amount, currency), "currencyCode": currency}
    return {"shopMoney": told, "presentmentMoney": told}


@afterwards.post("/checkouts/cn/<token>/post-purchase")
def act(token: str) -> Response:
    """``{"changes": […]}`` is worked out; ``{"changeset": JWT}`` is applied and charged."""
    seen, said = shopper(), request.get_json(silent=True) or {}
    checkout = checkouts().get(seen, token)
    if checkout is None or checkout.order_id is None:
        return jsonify(_failed("order_released_error", "There is no such purchase."))
    order = seen.shop.orders[checkout.order_id]
    try:
        with seen.store.action():
            if "changeset" in said:
                return jsonify(_apply(seen, checkout, order, str(said["changeset"])))
            return jsonify(_calculated(seen.shop, order, read_changes(seen.shop, said.get("changes"))))
    except ChangeRefused as refused:
        return jsonify(_failed(refused.code, str(refused)))


def _failed(code: str, message: str) -> dict[str, Any]:
    return {"status": "unprocessed", "errors": [{"code": code, "message": message}], "changesetApplicationsRemaining": 0}


def _apply(seen: Shopper, checkout: Checkout, order: Order, signed: str) -> dict[str, Any]:
    claims = _claims(seen, checkout, signed)
    if claims["jti"] in checkout.applied:
        raise ChangeRefused("changeset_already_applied", "This changeset was applied.")
    if checkout.released or len(checkout.applied) >= MOST:
        raise ChangeRefused("order_released_error", "The order has been released.")
    extend(seen.store, seen.shop, order, read_changes(seen.shop, claims.get("changes")))
    checkout.applied.add(claims["jti"])
    return {"status": "processed", "errors": [], "changesetApplicationsRemaining": MOST - len(checkout.applied)}


def _claims(seen: Shopper, checkout: Checkout, signed: str) -> dict[str, Any]:
    """The app's own signature, for this purchase, made after it was complete."""
    app = seen.store.settings.app
    for secret in filter(None, (app.secret, app.old_secret)):
        try:
            claims: dict[str, Any] = jwt.decode(signed, secret, ["HS256"], issuer=app.client_id, options={
                "require": ["iss", "jti", "iat", "sub"], "verify_aud": False})  # fmt: skip
        except jwt.InvalidTokenError:
            continue
        paid_at = checkout.paid_at
        if claims["sub"] != checkout.reference or paid_at is None:
            break
        if int(paid_at.timestamp()) <= claims["iat"] <= machine_now().timestamp() + AHEAD:
            return claims
    raise ChangeRefused("invalid_request", "The changeset is not signed by the app for this purchase, or was before it was complete.")


def _calculated(shop: Shop, order: Order, added: list[Added]) -> dict[str, Any]:
    goods, tax = sum(one.price(shop) for one in added), tax_on(shop, added)
    due = goods + (0 if shop.taxes_included else tax)
    lines = [_updated(shop, one.variant_id, one.quantity, one.price(shop)) for one in added]
    kept = [_updated(shop, line.variant_id, line.current_quantity, line.current_subtotal) for line in order.lines if line.variant_id]
    taxes = [{"priceSet": _bag(tax, shop.currency), "rate": shop.tax_ppm / 1_000_000, "title": shop.tax_title}] if tax else []
    found = {
        "subtotalPriceSet": _bag(order.current_subtotal + goods, shop.currency),
        "totalPriceSet": _bag(order.current_total + due, shop.currency), "addedTaxLines": taxes, "updatedLineItems": kept + lines,
        "addedShippingLines": [], "totalOutstandingSet": _bag(order.outstanding + due, shop.currency)}  # fmt: skip
    return {"status": "processed", "errors": [], "calculatedPurchase": found}


def _updated(shop: Shop, variant_id: int, quantity: int, total: int) -> dict[str, Any]:
    product, variant = shop.product_of(variant_id), shop.variants[variant_id]
    return {"totalPriceSet": _bag(total, shop.currency), "priceSet": _bag(variant.price, shop.currency), "productId": product.id,
            "variantId": variant.id, "productHandle": product.handle, "quantity": quantity}  # fmt: skip
