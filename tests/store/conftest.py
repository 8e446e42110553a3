"""A devstore of its own for every test, the fake app that it is installed with, and a browser."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from devstore.app import create_app, services
from devstore.state import discounting
from devstore.state.discounts import Discount, Items, Value
from devstore.state.settings import App, Settings
from devstore.state.shops import Shop
from devstore.state.store import Store
from tests.store.fake_app import CLIENT, SECRET, FakeApp

CHROMIUM = "/usr/bin/chromium"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip


class Visitor(FlaskClient):
    """A browser without JavaScript that types paths of one host."""

    def __init__(self, app: Flask, host: str) -> None:
        super().__init__(app, app.response_class, use_cookies=True)
        self.host = host

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401  (werkzeug's own signature)
        kwargs.setdefault("base_url", f"http://{self.host}")
        return super().open(*args, **kwargs)


@pytest.fixture
def fake_app() -> Iterator[FakeApp]:
    made = FakeApp()
    yield made
    made.stop()


@pytest.fixture
def devstore(fake_app: FakeApp, tmp_path: Path) -> Flask:
    return create_app(Settings(app=App(CLIENT, SECRET, url=fake_app.url), clock_file=tmp_path / "offset"))


@pytest.fixture
def store(devstore: Flask) -> Store:
    with devstore.app_context():
        return services().store


@pytest.fixture
def north(store: Store, admin: FlaskClient) -> Shop:
    """The GBP store with the app installed."""
    admin.post("/store/north/apps/tandem/install")
    return store.shop("north")


@pytest.fixture
def visitor(devstore: Flask) -> FlaskClient:
    """A browser without JavaScript in the north store."""
    return Visitor(devstore, "north.localhost")


@pytest.fixture
def stranger(devstore: Flask) -> FlaskClient:
    """Another browser in the north store."""
    return Visitor(devstore, "north.localhost")


@pytest.fixture
def admin(devstore: Flask) -> FlaskClient:
    return Visitor(devstore, "admin.localhost")


@pytest.fixture
def address(devstore: Flask, fake_app: FakeApp) -> Iterator[str]:
    """Serves devstore; the part after the host's name: `localhost:PORT`."""
    server = make_server("127.0.0.1", 0, devstore, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    fake_app.cdn = f"http://127.0.0.1:{server.server_port}"
    yield f"localhost:{server.server_port}"
    server.shutdown()
    thread.join()


expect.set_options(timeout=20_000)  # a busy machine is no fault of the page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield made
        made.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def give_code(store: Store, shop: Shop, code: str, *, basis_points: int = 1000, combines: tuple[str, ...] = ()) -> None:
    """A code discount on the whole order, as a merchant makes one."""
    now = store.clock.now()
    made = Discount(store.next_id(), "code", "basic", f"{code} title", now, now, now, value=Value(basis_points=basis_points), items=Items())
    made.combines = list(combines)
    discounting.create(store, shop, made, code)
