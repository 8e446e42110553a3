"""Settings without a database, for what needs none, and a double of Shopify's HTTP side."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient

from plugin.app import create_app
from plugin.config import Settings
from plugin.context import Context
from plugin.db import ShopId
from plugin.web import logs
from tests.wire.double import Double
from tests.wire.pages import views
from tests.wire.signed import KEY, OLD_SECRET, SECRET

NOWHERE = "http://127.0.0.1:9"


def make_settings(**changed: object) -> Settings:
    values: dict[str, object] = {
        "database_url": "sqlite://", "shopify_api_key": KEY, "shopify_api_secret": SECRET, "shopify_old_api_secret": OLD_SECRET,
        "secret_keys": ("5d41c2f9a7e8b3604c1d92f7ab3e6581",), "token_keys": ("8Lk2mZ0yJx7Q5w9tRb3uVd6sNf1aHc4eGi0pXoYlTzA=",),
        "app_url": "https://tandem.example.com", "shopify_origin": NOWHERE + "/_shop/{shop}",
        "shopify_admin_origin": "http://admin.localhost:9", "shopify_cdn": NOWHERE + "/_cdn"}
    return Settings(**{**values, **changed})  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def real_logs() -> Iterator[None]:
    """As in production: one JSON object a line, not the console's long tracebacks."""
    logs.configure()
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()


@pytest.fixture
def bare_settings() -> Settings:
    return make_settings()


@pytest.fixture
def double() -> Iterator[Double]:
    with Double() as running:
        yield running


@pytest.fixture
def rung() -> list[tuple[str, ShopId]]:
    return []


@pytest.fixture
def app(context: Context, double: Double, rung: list[tuple[str, ShopId]]) -> Flask:
    double.scope = "read_orders,read_products,write_discounts"
    wired = replace(context, settings=replace(context.settings, shopify_origin=double.origin))
    app = create_app(wired, ring=lambda _context, queue, shop_id: rung.append((queue, shop_id)))
    app.register_blueprint(views())
    return app


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client
