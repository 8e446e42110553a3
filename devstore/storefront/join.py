"""Puts the faces that people look at onto the application: stores, checkout, app proxy, CDN, admin."""

from pathlib import Path

from flask import Flask

from devstore.adminside.apps import admin_apps, admin_checkout, admin_theme
from devstore.adminside.commerce import admin_commerce
from devstore.adminside.platform import admin_platform
from devstore.adminside.shell import admin, shops
from devstore.cdn.files import cdn
from devstore.checkout.afterwards import afterwards
from devstore.checkout.pages import checkout_pages
from devstore.checkout.sessions import Checkouts
from devstore.proxy import proxy
from devstore.storefront.account import account_pages
from devstore.storefront.cart import cart_pages
from devstore.storefront.graphql import graphql
from devstore.storefront.hosts import ByHost
from devstore.storefront.pages import pages
from devstore.storefront.render import load

SNIPPETS = Path(__file__).parents[2] / "storefront_snippets"


def join(app: Flask, theme_blocks: Path | None) -> None:
    """`theme_blocks`: the folder of the app's theme extension; without one, the repository's own."""
    app.extensions["devstore.themes"] = load(theme_blocks or SNIPPETS / "theme")
    app.extensions["devstore.checkouts"] = Checkouts()
    for blueprint in (
        pages,
        cart_pages,
        graphql,
        account_pages,
        checkout_pages,
        afterwards,
        proxy,
        cdn,
        admin,
        admin_apps,
        admin_theme,
        admin_checkout,
        admin_commerce,
        admin_platform,
    ):
        app.register_blueprint(blueprint)
    app.add_url_rule("/", "shops", shops)
    app.wsgi_app = ByHost(app.wsgi_app)  # type: ignore[method-assign]  # Flask's documented way to add middleware
