"""Home, collections, products, search, languages and currencies, discount links."""

import re
from urllib.parse import urlsplit

from flask import Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from devstore.state.products import Product
from devstore.state.store import Unknown
from devstore.storefront import drops
from devstore.storefront.hosts import LANGUAGES
from devstore.storefront.render import page
from devstore.storefront.shopper import CODE, CURRENCY, Shopper, shopper, store_blueprint

pages = store_blueprint("storefront")
PER_PAGE = 48


@pages.errorhandler(Unknown)
def no_such(error: Unknown) -> Response:
    return Response(str(error), 404, mimetype="text/plain")


def on_sale(seen: Shopper) -> list[Product]:
    return [one for one in seen.shop.products.values() if one.on_sale and one.status == "ACTIVE"]


def found_product(seen: Shopper, handle: str) -> Product | None:
    number = seen.shop.handles.get(handle)
    one = seen.shop.products.get(number) if number else None
    return one if one and one.on_sale else None


@pages.get("/")
def home() -> Response:
    seen = shopper()
    with seen.store.lock:
        shelf = [drops.product(seen, one) for one in on_sale(seen)[:8]]
    return page(seen, "index", products=shelf)


@pages.get("/collections")
def collections() -> AnyResponse:
    return redirect(shopper().url("/collections/all"))


@pages.get("/collections/<name>")
def collection(name: str) -> Response:
    seen = shopper()
    members = on_sale(seen) if name in ("all", "frontpage") else []
    if not members and name not in ("all", "frontpage"):
        return page(seen, "404", status=404)
    number = max(1, request.args.get("page", 1, type=int))
    shown = members[(number - 1) * PER_PAGE : number * PER_PAGE]
    title = {"de": "Alles", "ar": "الكل", "ja": "すべて"}.get(seen.language, "Everything")
    drop = drops.collection(seen, title, name, shown) | {"products_count": len(members)}
    return page(seen, "collection", title=drop["title"], collection=drop, page=number, pages=-(-len(members) // PER_PAGE))


@pages.get("/products/<name>.js")
@pages.get("/products/<name>.json")
def product_data(name: str) -> Response:
    seen = shopper()
    one = found_product(seen, name)
    if one is None:
        answer = jsonify({"status": 404, "message": "Not Found"})
        answer.status_code = 404
        return answer
    drop = drops.product(seen, one)
    return jsonify({"product": drop} if request.path.endswith(".json") else drop)


@pages.get("/products/<name>")
@pages.get("/collections/<_collection>/products/<name>")
def product(name: str, _collection: str = "") -> Response:
    seen = shopper()
    one = found_product(seen, name)
    if one is None:
        return page(seen, "404", status=404)
    drop = drops.product(seen, one)
    asked = request.args.get("variant", type=int)
    chosen = next((each for each in drop["variants"] if each["id"] == asked), None)
    if chosen:
        drop |= {"selected_variant": chosen, "selected_or_first_available_variant": chosen}
    shelf = [other for other in on_sale(seen) if other.id != one.id][:4]
    others = [drops.product(seen, other) for other in shelf]
    return page(seen, "product", title=one.title, product=drop, others=others)


@pages.get("/pages/<name>")
def content(name: str) -> Response:
    """A page without content of its own: a place for the app's blocks."""
    return page(shopper(), "page", title=name.replace("-", " ").capitalize(), content_for_page="")


@pages.post("/localization")
def localization() -> AnyResponse:
    seen = shopper()
    language = request.form.get("language_code", seen.language)
    root = f"/{language}" if language in LANGUAGES and language != seen.shop.locale else ""
    back = relative(request.form.get("return_to", "/")).removeprefix(seen.root)
    answer = redirect(f"{root}{back}" or "/")
    currency = request.form.get("currency_code", "")
    if currency in drops.currencies(seen):
        answer.set_cookie(CURRENCY, currency, max_age=14 * 86_400)
        seen.cart.currency = currency
    return answer


@pages.get("/discount/<code>")
def discount(code: str) -> AnyResponse:
    """Remember the code (the newest wins) and go on; only to a page of this store."""
    seen = shopper()
    previous, held = request.cookies.get(CODE), seen.shop.carts.get(seen.cart.token)
    if held:
        held.codes = [*(one for one in held.codes if one.casefold() not in ((previous or "").casefold(), code.casefold())), code]
    rest = [(key, value) for key, value in request.args.items(multi=True) if key != "redirect"]
    target = relative(request.args.get("redirect", "/"))
    if rest:
        target += ("&" if "?" in target else "?") + "&".join(f"{key}={value}" for key, value in rest)
    answer = redirect(target)
    answer.set_cookie(CODE, code, max_age=14 * 86_400, samesite="Lax")
    return answer


def relative(target: str) -> str:
    """A path of this store, or "/" for anything that could lead elsewhere (`//evil`, `/\\evil`, `https:`, control characters)."""
    parts = urlsplit(target)
    safe = target.startswith("/") and not re.match(r"/[/\\]", target) and not re.search(r"[\x00-\x20\\]", target)
    return target if safe and not parts.scheme and not parts.netloc else "/"


@pages.get("/<path:_rest>")
def nowhere(_rest: str) -> Response:
    return page(shopper(), "404", status=404)
