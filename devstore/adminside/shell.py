"""The admin's frame around every page, and its first page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from devstore.app import services
from devstore.currency import text
from devstore.state.shops import Shop
from devstore.state.store import Unknown
from devstore.theme.money import show

admin = Blueprint("admin", __name__, url_prefix="/_admin", template_folder="templates")

MENU = (
    ("", "Home"),
    ("/orders", "Orders"),
    ("/products", "Products"),
    ("/customers", "Customers"),
    ("/discounts", "Discounts"),
    ("/themes", "Theme"),
    ("/settings/checkout/editor", "Checkout"),
    ("/mail", "Mail sent"),
    ("/webhooks", "Webhooks"),
    ("/faults", "Faults"),
    ("/effects", "Effect log"),
)


def shop_of(handle: str) -> Shop:
    return services().store.shop(handle)


def view(template: str, shop: Shop, title: str, **values: Any) -> str:  # noqa: ANN401  (whatever the template wants)
    """A page inside the admin. `here` marks the menu entry; `said` is the message that a redirect carries."""
    store = services().store
    path = request.path.removeprefix(f"/_admin/store/{shop.handle}")
    return render_template(
        f"admin/{template}", shop=shop, title=title, menu=MENU, path=path, app=store.settings.app, now=store.clock.now(),
        offset=round(store.clock.offset() / 86_400, 2), storefront=store_url(shop), said=request.args.get("said", ""),
        money=lambda minor: show(minor, shop.currency), plain=lambda minor: text(minor, shop.currency), **values,
    )  # fmt: skip


def store_url(shop: Shop) -> str:
    """The store as a browser reaches it: same port, other host."""
    _, colon, port = request.host.partition(":")
    return f"{request.scheme}://{shop.handle}.localhost{colon}{port}"


def back(shop: Shop, path: str, said: str = "") -> AnyResponse:
    """To a page of the admin, which then shows what was done."""
    query = f"?said={quote(said)}" if said else ""
    return redirect(f"/store/{shop.handle}{path}{query}", 303)


@admin.get("/")
def shops() -> str:
    return render_template("admin/shops.html", shops=list(services().store.shops.values()), url=store_url)


@admin.get("/store/<handle>")
@admin.get("/store/<handle>/")
def home(handle: str) -> str:
    shop = shop_of(handle)
    store = services().store
    orders = sorted(shop.orders.values(), key=lambda one: one.number, reverse=True)[:5]
    facts: Mapping[str, int] = {
        "Orders": len(shop.orders),
        "Customers": len(shop.customers),
        "Products": len(shop.products),
        "Discount codes": len(shop.codes),
    }
    return view("home.html", shop, "Home", facts=facts, orders=orders, effects=store.effects.read(shop=shop.handle)[-8:][::-1])


@admin.post("/store/<handle>/clock")
def move_clock(handle: str) -> AnyResponse:
    """Business time moves for devstore and for the app, which reads the same file."""
    shop, store = shop_of(handle), services().store
    days = request.form.get("days", 0, type=int)
    seconds = store.clock.offset() + days * 86_400 if days else 0.0
    store.clock.move(seconds)
    return redirect(_local(request.form.get("back", "")) or f"/store/{shop.handle}", 303)


def _local(path: str) -> str:
    return path if path.startswith("/store/") else ""


@admin.errorhandler(Unknown)
def unknown(error: Unknown) -> tuple[Response, int]:
    return Response(str(error), mimetype="text/plain"), 404


@admin.get("/<path:_rest>")
def nowhere(_rest: str) -> tuple[str, int]:
    return render_template("admin/shops.html", shops=list(services().store.shops.values()), url=store_url, lost=True), 404
