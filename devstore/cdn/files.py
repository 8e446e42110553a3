"""`/_cdn/*` on every host. Everything may be loaded from anywhere, as from a CDN."""

import io
from pathlib import Path

import segno
from flask import Blueprint, Response, abort, request, send_from_directory
from werkzeug.security import safe_join

from devstore.app import services
from devstore.checkout.extensions import SNIPPETS
from devstore.storefront.pictures import draw
from devstore.storefront.render import THEME, themes

cdn = Blueprint("cdn", __name__, url_prefix="/_cdn")
STATIC = Path(__file__).parent / "static"


@cdn.after_request
def open_to_all(answer: Response) -> Response:
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers.setdefault("Cache-Control", "no-cache")
    return answer


@cdn.get("/theme/<path:name>")
def theme_asset(name: str) -> Response:
    return send_from_directory(THEME / "assets", name)


@cdn.get("/extensions/theme/assets/<path:name>")
def extension_asset(name: str) -> Response:
    extension = themes().extension
    if extension is None:
        abort(404)
    return send_from_directory(extension.assets, name)


@cdn.get("/extensions/ui/<folder>/<path:name>")
def bundle(folder: str, name: str) -> Response:
    dist = safe_join(str(SNIPPETS), folder, "dist")
    if dist is None:
        abort(404)
    return send_from_directory(dist, name, mimetype="text/javascript")


@cdn.get("/pictures/<int:product_id>/<int:variant_id>.svg")
def picture(product_id: int, variant_id: int) -> Response:
    """Drawn from the product's title, in whichever store it is."""
    shop = next((one for one in services().store.shops.values() if product_id in one.products), None)
    if shop is None:
        abort(404)
    variant = shop.variants.get(variant_id)
    answer = Response(draw(shop.products[product_id].title, variant.title if variant else ""), mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@cdn.get("/products/<slug>.svg")
def picture_by_slug(slug: str) -> Response:
    """The address that a product's `image` has in the APIs; the same picture."""
    return Response(draw(slug.replace("-", " ")), mimetype="image/svg+xml")


@cdn.get("/qr.svg")
def qr_code() -> Response:
    made = io.BytesIO()
    segno.make(request.args.get("content", "")[:1000] or "-", error="m").save(made, kind="svg", scale=5, border=2, light="#fff")
    return Response(made.getvalue(), mimetype="image/svg+xml")


@cdn.get("/<path:name>")
def static_file(name: str) -> Response:
    """App Bridge and the rest. `shopifycloud/polaris.js` is not here: Shopify keeps its components to itself."""
    return send_from_directory(STATIC, name)
