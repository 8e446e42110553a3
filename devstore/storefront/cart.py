"""The cart: its page, its forms, and the AJAX API (`/cart.js`, `/cart/add.js` …)."""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from devstore.state.carts import Cart, CartLine
from devstore.storefront.cart_json import cart_json, in_currency, item_json
from devstore.storefront.pages import relative
from devstore.storefront.render import page, translate
from devstore.storefront.shopper import Shopper, shopper, store_blueprint

cart_pages = store_blueprint("cart")
_NUMBERED = re.compile(r"items\[(?P<at>[0-9]{1,2})\]\[(?P<field>[a-z]+)\](?:\[(?P<name>[^\]]+)\])?")


class CartError(Exception):
    """What the AJAX API answers in `description`."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status, self.description = status, description


@dataclass
class Item:
    """One thing to add, as the form or JSON says it."""

    variant_id: int
    quantity: int = 1
    properties: dict[str, str] = field(default_factory=dict)


@cart_pages.errorhandler(CartError)
def refused(error: CartError) -> Response:
    answer = jsonify({"status": error.status, "message": "Cart Error", "description": error.description})
    answer.status_code = error.status
    return answer


@cart_pages.get("/cart")
def show() -> Response:
    seen = shopper()
    return page(seen, "cart", title=translate(seen, "cart.title"))


@cart_pages.post("/cart")
def update_form() -> AnyResponse:
    """The cart page's own form: quantities by position, then on to the checkout or back."""
    seen = shopper()
    cart = seen.keep()
    for line, quantity in zip(list(cart.lines), request.form.getlist("updates[]"), strict=False):
        set_quantity(cart, line, _count(quantity))
    if "checkout" in request.form:
        return seen.remember_redirect(seen.url("/checkout"))
    return seen.remember_redirect(seen.url("/cart"))


@cart_pages.get("/cart.js")
@cart_pages.get("/cart.json")
def read() -> Response:
    return answer_cart(shopper())


@cart_pages.post("/cart/add.js")
@cart_pages.post("/cart/add")
def add() -> AnyResponse:
    seen = shopper()
    items = list(asked_items())
    cart = seen.keep()
    lines = [put(seen, cart, item) for item in items]
    apply_changes(cart, payload())
    if wants_page():
        return seen.remember_redirect(relative(request.form.get("return_to", seen.url("/cart"))))
    with seen.store.lock:
        priced = in_currency(seen, seen.store.price(seen.shop, cart, seen.buyer))
        added = [item_json(seen, line, priced) for line in {line.key: line for line in lines}.values()]
    return seen.remember(jsonify({"items": added} if "items" in payload() else added[0]))


@cart_pages.post("/cart/update.js")
@cart_pages.post("/cart/update")
def update() -> AnyResponse:
    """Attributes, note, codes (`discount`), and quantities by variant or line key. What is not named stays."""
    seen = shopper()
    cart = seen.keep()
    said = payload()
    apply_changes(cart, said)
    updates = said.get("updates") or {}
    named = updates.items() if isinstance(updates, Mapping) else zip((line.key for line in cart.lines), updates, strict=False)
    for name, quantity in list(named):
        line = find(cart, str(name))
        if line:
            set_quantity(cart, line, _count(quantity))
    return answer_cart(seen) if not wants_page() else seen.remember_redirect(seen.url("/cart"))


@cart_pages.route("/cart/change.js", methods=["POST"])
@cart_pages.route("/cart/change", methods=["GET", "POST"])
def change() -> AnyResponse:
    """One line, by `id` (key or variant) or `line` (position, from 1)."""
    seen = shopper()
    cart = seen.keep()
    said = payload() or dict(request.args)
    position = said.get("line")
    line = cart.lines[int(position) - 1] if position and 0 < int(position) <= len(cart.lines) else find(cart, str(said.get("id", "")))
    if line is None:
        raise CartError(400, "no valid id or line parameter")
    if "quantity" in said:
        set_quantity(cart, line, _count(said["quantity"]))
    if isinstance(said.get("properties"), Mapping):
        line.properties = {str(key): str(value) for key, value in said["properties"].items()}
    return answer_cart(seen) if request.path.endswith(".js") else seen.remember_redirect(seen.url("/cart"))


@cart_pages.post("/cart/clear.js")
@cart_pages.post("/cart/clear")
def clear() -> AnyResponse:
    """Empties the lines; attributes and note stay, as on Shopify."""
    seen = shopper()
    seen.keep().lines.clear()
    return answer_cart(seen)


def answer_cart(seen: Shopper) -> Response:
    with seen.store.lock:
        body = cart_json(seen, seen.cart, seen.store.price(seen.shop, seen.cart, seen.buyer))
    return seen.remember(jsonify(body))


def payload() -> dict[str, Any]:
    """JSON or form fields; `attributes[a]` and `properties[a]` become mappings, `items[0][id]` a list of them."""
    said = request.get_json(silent=True)
    if isinstance(said, dict):
        return said
    found: dict[str, Any] = {}
    for name, value in request.form.items(multi=True):
        outer, bracket, inner = name.partition("[")
        if numbered := _NUMBERED.fullmatch(name):
            listed = found.setdefault("items", [])
            while len(listed) <= int(numbered["at"]):
                listed.append({})
            _put_field(listed[int(numbered["at"])], numbered, value)
        elif bracket and inner.endswith("]"):
            found.setdefault(outer, {})[inner[:-1]] = value
        else:
            found[name] = value
    return found


def _put_field(item: dict[str, Any], numbered: re.Match[str], value: str) -> None:
    """`items[0][quantity]`, or one of its properties: `items[0][properties][a]`."""
    if numbered["name"]:
        item.setdefault(numbered["field"], {})[numbered["name"]] = value
    else:
        item[numbered["field"]] = value


def wants_page() -> bool:
    return not request.path.endswith(".js") and not request.is_json


def asked_items() -> Iterable[Item]:
    said = payload()
    items = said.get("items") if isinstance(said.get("items"), list) else [said]
    for one in items or []:
        if not str(one.get("id", "")).isdigit():
            raise CartError(400, "Required parameter missing or invalid: items")
        properties = {str(key): str(value) for key, value in (one.get("properties") or {}).items()}
        yield Item(int(one["id"]), _count(one.get("quantity", 1)), properties)


def put(seen: Shopper, cart: Cart, item: Item) -> CartLine:
    """Add to the line with the same variant and properties, or make one. Raises CartError (404, 422)."""
    variant = seen.shop.variants.get(item.variant_id)
    if variant is None or not seen.shop.product_of(item.variant_id).on_sale:
        raise CartError(404, "Cannot find variant")
    title = seen.shop.product_of(item.variant_id).title
    same = next((line for line in cart.lines if line.variant_id == item.variant_id and line.properties == item.properties), None)
    if variant.stock < item.quantity + (same.quantity if same else 0):
        raise CartError(422, _too_few(title, variant.stock))
    if item.quantity < 1:
        raise CartError(400, "Quantity must be at least 1")
    if same:
        same.quantity += item.quantity
        return same
    line = CartLine(f"{item.variant_id}:{secrets.token_hex(16)}", item.variant_id, item.quantity, item.properties)
    cart.lines.append(line)
    return line


def _too_few(title: str, stock: int) -> str:
    return f"The product '{title}' is already sold out." if stock <= 0 else f"You can only add {stock} {title} to the cart."


def find(cart: Cart, name: str) -> CartLine | None:
    return next((line for line in cart.lines if name in (line.key, str(line.variant_id))), None)


def set_quantity(cart: Cart, line: CartLine, quantity: int) -> None:
    if quantity <= 0:
        cart.lines.remove(line)
    else:
        line.quantity = quantity


def apply_changes(cart: Cart, said: Mapping[str, Any]) -> None:
    """Attributes are merged, one by one; an empty value takes an attribute away. `discount` replaces all codes."""
    for name, value in (said.get("attributes") or {}).items():
        if value in (None, ""):
            cart.attributes.pop(str(name), None)
        else:
            cart.attributes[str(name)] = str(value)
    if "note" in said:
        cart.note = str(said["note"] or "")
    if isinstance(said.get("discount"), str):
        cart.codes = [code.strip() for code in said["discount"].split(",") if code.strip()]


def _count(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise CartError(400, "Quantity must be a whole number") from None
