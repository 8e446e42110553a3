"""Our own app behind the development store: the extension asks us, and the store believes only what we have signed."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from devstore.app import create_app as create_store
from devstore.app import services
from devstore.checkout.afterwards import APP, SETTING
from devstore.state.settings import App
from devstore.state.settings import Settings as StoreSettings
from devstore.state.shops import Shop as StoreShop
from devstore.state.store import Store
from plugin.app import create_app
from plugin.config import Settings
from plugin.context import Context
from plugin.db import new_id
from plugin.mirror import tables as mirror
from plugin.offers.rules.model import Offer
from plugin.offers.tables import Configuration
from plugin.shops.tables import Shop
from tests.conftest import north as ours  # noqa: F401 - the app's own row of the shop
from tests.placements.served.conftest import version_of
from tests.rules.cast import NOON
from tests.store.conftest import Visitor, browser  # noqa: F401

Live = Callable[..., None]


@dataclass(frozen=True)
class Stage:
    """``address``: the part of the store's address behind its name. ``lost``: while set, our app answers nothing."""

    store: Store
    shop: StoreShop
    address: str
    lost: threading.Event

    def variant(self, handle: str) -> int:
        return self.shop.products[self.shop.handles[handle]].variants[0].id


@pytest.fixture
def database(tmp_path: Path, sqlite_template: Path) -> str:
    """One is enough here: what is stored is tested on both elsewhere."""
    shutil.copy(sqlite_template, tmp_path / "tandem.db")
    return f"sqlite:///{tmp_path / 'tandem.db'}"


@pytest.fixture
def stage(context: Context, settings: Settings, tmp_path: Path, ours: Shop) -> Iterator[Stage]:  # noqa: F811
    """The north store has chosen our page after the purchase, and we know its goods."""
    app, lost = create_app(context), threading.Event()
    app.before_request(lambda: ("", 503) if lost.is_set() else None)
    with served(app) as app_url:
        made = create_store(StoreSettings(app=App(settings.shopify_api_key, settings.shopify_api_secret, url=app_url),
                                          clock_file=tmp_path / "offset"))
        with served(made) as store_url, made.app_context():
            shop = services().store.shop("north")
            Visitor(made, "admin.localhost").post("/store/north/apps/tandem/install")
            shop.block_settings[SETTING] = {"app": APP}
            address = f"localhost:{store_url.rpartition(':')[2]}"
            known(context, ours, shop, address)
            yield Stage(services().store, shop, address, lost)


class served:
    """Serves an app on a free port; gives its address."""

    def __init__(self, app: Flask) -> None:
        self.server = make_server("127.0.0.1", 0, app, threaded=True)

    def __enter__(self) -> str:
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()


def known(context: Context, ours: Shop, shop: StoreShop, address: str) -> None:  # noqa: F811
    """The mirror has the store's products."""
    with context.transaction() as session:
        for product in shop.products.values():
            session.add(mirror.Product(shop_id=ours.id, id=str(product.id), title=product.title, handle=product.handle, status="active",
                                       image=f"http://north.{address}{product.image}", updated_at=NOON))
            for at, one in enumerate(product.variants):
                session.add(mirror.Variant(shop_id=ours.id, id=str(one.id), product_id=str(product.id), position=at, title=one.title,
                                           amount=one.price, currency=ours.currency, inventory_item_id=str(one.id), stock=one.stock,
                                           updated_at=NOON))


@pytest.fixture
def live(context: Context, ours: Shop) -> Live:  # noqa: F811
    """Further offers, beside those that are live already."""
    def put(*offers: Offer) -> None:
        with context.transaction() as session:
            shown = [version_of(session, ours, one) for one in offers]
            before = session.get(Configuration, ours.id)
            session.merge(Configuration(shop_id=ours.id, external_id="1", sent=True, reason={}, revision_id=new_id(), state="live",
                                        shown=[*(before.shown if before else ()), *shown], changed_at=NOON))

    return put


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:  # noqa: F811
    with browser.new_context(viewport={"width": 390, "height": 844}) as made:
        yield made.new_page()
