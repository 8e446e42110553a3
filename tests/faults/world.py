"""The app and a development store in one process, joined by real HTTP, for faults that a test wants to place exactly."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import requests
from flask import Flask
from sqlalchemy import Engine, select, update
from werkzeug.serving import WSGIRequestHandler, make_server

from devstore.demo.books import Books, engine_for
from devstore.server import Running, running
from devstore.state.settings import App
from devstore.state.settings import Settings as StoreSettings
from jobs import entry, history
from plugin import clock
from plugin.app import create_app
from plugin.context import Context
from plugin.db import ShopId, database_now
from plugin.mirror.tables import Order
from plugin.outbox.tables import Delivery, Turn
from plugin.people import flows as people
from plugin.referrals.flows import programmes, publishing
from plugin.referrals.flows.advocates import enrol
from plugin.rewards.tables import Reward
from plugin.shops import tables as shops

PROGRAMMES = {
    "code": {"name": "Codes", "advocate_kind": "fixed", "advocate_value": "5.00"},
    "credit": {"name": "Credits", "advocate_kind": "store_credit", "advocate_value": "5.00"},
}
RULES = {"friend_kind": "none", "hold_days": "0", "window_days": "30", "new_only": "on"}
MOVED = frozenset({"code_added", "code_deleted", "credit", "debit"})


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@dataclass
class World:
    """One app, one development store, and the hands of whoever works the queues."""

    context: Context
    app: Flask
    store: Running
    programmes: dict[tuple[str, str], UUID] = field(default_factory=dict)
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = engine_for(self.context.settings.database_url)

    # -- the store --

    def ask(self, path: str, **fields: object) -> Any:  # noqa: ANN401 - JSON
        answer = requests.post(f"{self.store.url}/_devstore/{path}", json=fields, timeout=30)
        assert answer.ok, f"{path}: {answer.text[:300]}"
        return answer.json()

    def read(self, path: str) -> Any:  # noqa: ANN401 - JSON
        return requests.get(f"{self.store.url}/_devstore/{path}", timeout=30).json()

    def moved(self, shop: str = "north") -> list[dict[str, Any]]:
        """Codes and credits that came or went at Shopify; discounts' seed codes aside."""
        seeds = {row.seed for row in self.books(shop).rows("select seed from discounts where shop_id = :shop")}
        return [one for one in self.read(f"effects?shop={shop}")["effects"] if one["kind"] in MOVED and one.get("code") not in seeds]

    def kinds(self, shop: str = "north") -> list[str]:
        return sorted(one["kind"] for one in self.moved(shop))

    def calls(self, shop: str = "north") -> int:
        """How often the shop's Admin API was asked."""
        return int(self.read("state")["points"]["calls"].get(shop, 0))

    def delivered(self) -> None:
        """Until every webhook has arrived."""
        webhooks = self.store.services.webhooks

        def idle() -> bool:
            told = webhooks.status()
            return told["waiting"] == told["in_flight"] == 0

        assert eventually(idle, 60), webhooks.status()

    # -- the shop --

    def install(self, shop: str = "north") -> None:
        """As a merchant does it, up to the end of the backfill."""
        self.ask("install", shop=shop)
        query = {"id_token": self.ask("tokens", shop=shop)["token"], "shop": f"{shop}.myshopify.com", "embedded": "1", "locale": "en"}
        answer = self.app.test_client().get("/app/programmes", query_string=query)
        assert answer.status_code == 200, answer.text[:300]
        self.delivered()
        entry.work_events(self.context, self.shop_id(shop))
        for _ in range(3):
            history.backfill(self.context)
            entry.work_events(self.context, self.shop_id(shop))

    def publish(self, kind: str, shop: str = "north") -> None:
        now, shop_id = clock.now() - timedelta(hours=1), self.shop_id(shop)
        with self.context.transaction() as session:
            currency = shops.get(session, shop_id).currency
            made = programmes.save_programme(session, shop_id, PROGRAMMES[kind] | RULES, currency=currency, now=now)
            publishing.publish(session, shop_id, made.id, now=now)
            self.programmes[shop, kind] = made.id

    def shop_id(self, shop: str = "north") -> ShopId:
        with self.context.transaction() as session:
            found = shops.by_domain(session, f"{shop}.myshopify.com")
            assert found is not None
            return found.id

    def books(self, shop: str = "north") -> Books:
        return Books(self.engine, f"{shop}.myshopify.com")

    def advocate(self, kind: str, name: str, shop: str = "north") -> str:
        """A customer who shares. Returns their own code."""
        email, now, shop_id = f"ada.{name}@advocates.example", clock.now(), self.shop_id(shop)
        customer = str(self.ask("customers", shop=shop, email=email, first_name="Ada")["id"])
        with self.context.transaction() as session:
            person = people.meet(session, shop_id, customer_id=customer, email=email, first_name="Ada", now=now)
            return enrol(session, shop_id, person.id, self.programmes[shop, kind], how="shop", now=now).code

    def order(self, name: str, code: str | None = None, shop: str = "north", **fields: object) -> str:
        """A friend's order that names an advocate's code. Returns its id."""
        lines = [{"product": "wool-throw", "quantity": 2}] if shop == "north" else [self._line(shop)]
        wanted: dict[str, object] = {"email": f"zed.{name}@friends.example", "lines": lines, **fields}
        return str(self.ask("orders", shop=shop, attributes={"_tandem_code": code} if code else {}, **wanted)["id"])

    def _line(self, shop: str) -> dict[str, object]:
        product = self.read(f"products?shop={shop}")["products"][0]
        return {"variant_id": product["variants"][0]["id"], "quantity": 2}

    def referred(self, kind: str, name: str, shop: str = "north") -> str:
        """An attributed order, settled: its reward is about to leave."""
        order = self.order(name, self.advocate(kind, name, shop), shop)
        self.delivered()
        entry.work_events(self.context, self.shop_id(shop))
        return order

    # -- the work --

    def work(self) -> None:
        """What is due now: events and orders of every shop, then deliveries."""
        with self.context.transaction() as session:
            ids = [shop.id for shop in shops.installed(session)]
        for shop_id in ids:
            entry.work_events(self.context, shop_id)
        entry.work_deliveries(self.context)

    def finish(self, *, shop: str = "north") -> None:
        """Work until nothing is left but what waits for a date; backoff and breakers are not waited for."""
        self.work_until(lambda: self.is_quiet(shop), shop=shop)

    def work_until(self, holds: Callable[[], object], *, shop: str = "north") -> None:
        """Work until this is so; a machine that was too slow for a lease tries again."""

        def worked() -> bool:
            self.work()
            if holds():
                return True
            self.hurry()
            return False

        assert eventually(worked, 240, pause=0.1), self.open_deliveries(shop)

    def is_quiet(self, shop: str = "north") -> bool:
        return not self.open_deliveries(shop) and self.books(shop).waiting() == 0

    def open_deliveries(self, shop: str = "north") -> list[Any]:
        return self.books(shop).rows(
            "select kind, state, attempts, error from deliveries where shop_id = :shop and state <> 'done' and kind <> 'credit_audit'")

    def hurry(self) -> None:
        """Make every wait of deliveries, of orders to settle, and of breakers end now."""
        with self.context.transaction() as session:
            now = database_now(session)
            session.execute(update(Delivery).where(Delivery.state == "waiting", Delivery.kind != "credit_audit").values(not_before=now))
            session.execute(update(Turn).values(open_until=None))
            session.execute(update(Order).where(Order.retry_at.is_not(None)).values(retry_at=now))

    def rewards(self, shop: str = "north") -> list[Reward]:
        with self.context.transaction() as session:
            shop_id = shops.by_domain(session, f"{shop}.myshopify.com")
            assert shop_id is not None
            return list(session.scalars(select(Reward).where(Reward.shop_id == shop_id.id).order_by(Reward.id)))

    def states(self, orders: Sequence[str], shop: str = "north") -> list[str]:
        """Of the rewards of these orders."""
        return [reward.state for reward in self.rewards(shop) if reward.order_id in orders]

    def check_books(self, shop: str = "north", *, issued: int) -> None:
        """So many rewards of 5.00 were issued; the ledger sums to nothing and its balances are its postings."""
        books = self.books(shop)
        accounts = books.accounts()
        assert accounts == books.cached()
        assert sum(amount for balances in accounts.values() for amount in balances.values()) == 0
        assert sum(accounts.get("issued", {"": 0}).values()) == -500 * issued, accounts


@contextmanager
def world(context: Context, folder: Path) -> Iterator[World]:
    """Until the block ends. ``context`` is the app's, but for the addresses."""
    server = make_server("127.0.0.1", 0, _not_ready, threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    url = f"http://127.0.0.1:{server.port}"
    told = context.settings
    registered = App(told.shopify_api_key, told.shopify_api_secret, url=url)
    settings = StoreSettings(data=folder, app=registered, bulk_seconds=0, webhook_gaps=(0.3,) * 8)
    with running(settings) as store:
        origins: dict[str, Any] = {"shopify_origin": store.url + "/_shop/{shop}", "shopify_cdn": store.url + "/_cdn", "app_url": url}
        reaching = replace(context, settings=replace(told, **origins))
        app = create_app(reaching)
        server.app = app
        made = World(reaching, app, store)
        try:
            yield made
        finally:
            made.engine.dispose()
            server.shutdown()
            server.server_close()


def _not_ready(_environ: object, start_response: Any) -> list[bytes]:  # noqa: ANN401 - WSGI's own type
    start_response("503 Starting", [])
    return [b""]


def eventually(holds: Callable[[], object], seconds: float, *, pause: float = 0.02) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(pause)
    return True
