"""Installing the app, the app in its frame, and its blocks in the theme and in the checkout."""

import base64
import time
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from devstore import signing
from devstore.adminside.shell import back, shop_of, view
from devstore.app import services
from devstore.checkout import afterwards
from devstore.checkout.extensions import Target, found_targets, is_placed
from devstore.state import installing
from devstore.state.shops import NOWHERE, Shop, own_settings
from devstore.storefront.render import themes
from devstore.theme.blocks import Block

admin_apps = Blueprint("admin_apps", __name__, url_prefix="/_admin/store/<handle>/apps", template_folder="templates")
admin_theme = Blueprint("admin_theme", __name__, url_prefix="/_admin/store/<handle>/themes", template_folder="templates")
admin_checkout = Blueprint("admin_checkout", __name__, url_prefix="/_admin/store/<handle>/settings/checkout", template_folder="templates")
STAFF_ID = 1_234_567_890
CHECKOUT_PAGES = {"purchase.checkout.block.render": "checkout", "purchase.thank-you.block.render": "thank-you page",
                  "customer-account.order-status.block.render": "order status page",
                  "customer-account.profile.block.render": "customer's account"}
THEME_ID = "gid://shopify/OnlineStoreTheme/1"


@admin_apps.get("/")
def listed(handle: str) -> AnyResponse:
    return redirect(f"/store/{handle}/apps/{services().store.settings.app.handle}")


@admin_apps.get("/<name>")
@admin_apps.get("/<name>/<path:path>")
def framed(handle: str, name: str, path: str = "") -> str:
    """The app, opened at its application_url or at the path that the address names."""
    shop = shop_of(handle)
    app = services().store.settings.app
    if shop.installation is None or name != app.handle:
        return view("install.html", shop, app.name)
    where = f"/{path}" if path else app.home
    kept = [(key, value) for key, value in request.args.items(multi=True) if key not in launch_parameters(shop)]
    source = f"{app.url}{where}?{urlencode([*kept, *launch_parameters(shop).items()])}"
    return view("app.html", shop, app.name, source=source, base=f"/store/{shop.handle}/apps/{app.handle}")


def launch_parameters(shop: Shop) -> dict[str, str]:
    """What Shopify puts on the first load of the frame."""
    app = services().store.settings.app
    host = base64.urlsafe_b64encode(f"{request.host}/store/{shop.handle}".encode()).decode().rstrip("=")
    said = {
        "embedded": "1",
        "host": host,
        "id_token": id_token(shop),
        "locale": shop.locale,
        "session": f"{shop.id:x}",
        "shop": shop.domain,
        "timestamp": str(int(time.time())),
    }
    return said | {"hmac": signing.query_hmac(app.secret, said)}


def id_token(shop: Shop) -> str:
    app = services().store.settings.app
    return signing.admin_id_token(app.secret, app.client_id, domain=shop.domain, staff_id=STAFF_ID)


@admin_apps.get("/<_name>/id-token")
def fresh_id_token(handle: str, _name: str) -> Response:
    return jsonify({"token": id_token(shop_of(handle))})


@admin_apps.get("/<_name>/scopes")
def scopes(handle: str, _name: str) -> Response:
    installed, app = shop_of(handle).installation, services().store.settings.app
    return jsonify(
        {"granted": installed.scopes if installed else [], "required": list(app.scopes), "optional": list(app.optional)}
    )


@admin_apps.post("/<_name>/scopes")
def grant(handle: str, _name: str) -> Response:
    """The merchant was asked for more in the app and has said yes. Only what its configuration calls optional can be asked for."""
    shop, store = shop_of(handle), services().store
    asked = (request.get_json(silent=True) or {}).get("scopes")
    if shop.installation is None or not isinstance(asked, list) or not set(asked) <= set(store.settings.app.optional):
        return Response("Only optional scopes of the app's configuration can be asked for.", 400, mimetype="text/plain")
    with store.action():
        installing.change_scopes(store, shop, list(dict.fromkeys([*shop.installation.scopes, *asked])))
    return scopes(handle, _name)


@admin_apps.get("/<_name>/extensions")
def extensions(handle: str, _name: str) -> Response:
    """What `shopify.app.extensions()` tells (`ExtensionInfo[]` of @shopify/app-bridge-types): theme blocks, targets of UI extensions."""
    shop = shop_of(handle)
    found = themes().extension
    blocks = [_block_told(shop, one) for one in (found.blocks() if found else [])]
    theme = {"handle": "theme", "type": "theme_app_extension", "activations": blocks}
    return jsonify([theme, *(_targets_told(shop, name) for name in dict.fromkeys(one.handle for one in found_targets()))])


def _block_told(shop: Shop, block: Block) -> dict[str, object]:
    """An embed or block that is nowhere is `available`; each theme that has it is one activation."""
    off = own_settings(shop.block_settings, block.handle).get("disabled")
    where = {"target": f"template--index/{block.handle}" if block.target == "section" else block.target, "themeId": THEME_ID}
    return {"handle": block.handle, "name": block.schema.get("name", block.handle), "target": block.target,
            "status": "available" if off else "active", "activations": [] if off else [where]}


def _targets_told(shop: Shop, extension: str) -> dict[str, object]:
    placed = [{"target": one.name} for one in found_targets() if one.handle == extension and is_placed(shop, one)]
    return {"handle": extension, "type": "ui_extension", "activations": placed}


@admin_theme.get("")
@admin_theme.get("/current/editor")
def theme(handle: str) -> str:
    """What the theme editor is for here: which of the app's blocks this store shows, and their settings. A deep link brings a block
    along, first on the page and ticked, but not saved."""
    shop = shop_of(handle)
    found = themes().extension
    brought = (request.args.get("activateAppId") or request.args.get("addAppBlockId") or "").rpartition("/")[2]
    blocks = [(block, own_settings(shop.block_settings, block.handle)) for block in found.blocks()] if found else []
    blocks.sort(key=lambda each: each[0].handle != brought)
    return view("theme.html", shop, "Theme", blocks=blocks, brought=brought, words=found.words if found else str)


@admin_theme.post("/blocks")
def save_theme(handle: str) -> AnyResponse:
    """Every block at once, as the editor's one "Save" does: ``shown`` names those that stand, settings are ``<block>.<setting>``."""
    shop, store, found = shop_of(handle), services().store, themes().extension
    chosen = {block.handle: _chosen(block) for block in (found.blocks() if found else [])}
    with store.action():
        shop.block_settings.update(chosen)
    return back(shop, "/themes", "The theme was saved.")


def _chosen(block: Block) -> dict[str, str]:
    """What differs from the block's defaults."""
    typed = {one["id"]: request.form.get(f"{block.handle}.{one['id']}", "") for one in block.fields}
    defaults = {one["id"]: _written(one.get("default")) for one in block.fields}
    own = {name: value for name, value in typed.items() if value and value != defaults[name]}
    return own if block.handle in request.form.getlist("shown") else own | NOWHERE


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value or "")


@admin_checkout.get("/editor")
def checkout_editor(handle: str) -> str:
    """What the checkout editor is for here: where the app's UI extensions are placed."""
    shop = shop_of(handle)
    targets: list[tuple[Target, bool]] = [(one, is_placed(shop, one)) for one in found_targets()]
    return view("checkout.html", shop, "Checkout", targets=targets, pages=CHECKOUT_PAGES, after=afterwards.chosen(shop))


@admin_checkout.post("/editor")
def save_checkout(handle: str) -> AnyResponse:
    shop, store = shop_of(handle), services().store
    shown = request.form.getlist("shown")
    with store.action():
        for one in found_targets():
            shop.block_settings[one.key] = {} if one.key in shown else dict(NOWHERE)
    return back(shop, "/settings/checkout/editor", "The checkout was saved.")


@admin_apps.post("/<name>/install")
def install(handle: str, name: str) -> AnyResponse:
    """Managed installation: the merchant grants the scopes that the app's configuration names."""
    shop, store = shop_of(handle), services().store
    with store.action():
        installing.install(store, shop)
    return back(shop, f"/apps/{name}")


@admin_apps.post("/<name>/uninstall")
def uninstall(handle: str, name: str) -> AnyResponse:
    shop, store = shop_of(handle), services().store
    with store.action():
        installing.uninstall(store, shop)
    return back(shop, "", f"{store.settings.app.name} was uninstalled.")


@admin_checkout.post("/post-purchase")
def save_post_purchase(handle: str) -> AnyResponse:
    """Which app has the page after the purchase: ours or none."""
    shop, store = shop_of(handle), services().store
    with store.action():
        shop.block_settings[afterwards.SETTING] = {"app": afterwards.APP} if request.form.get("app") == afterwards.APP else {}
    return back(shop, "/settings/checkout/editor", "The page after the purchase was saved.")
