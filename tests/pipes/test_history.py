"""Backfill and reconciliation against the development store: everything is found, once, and resumed where it broke off."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.server import running
from devstore.state.settings import App
from devstore.state.settings import Settings as StoreSettings
from jobs import entry, gone, history
from plugin import clock
from plugin.context import Context
from plugin.db import ShopId
from plugin.errors import TryAgain
from plugin.intake import flows, reads, tables
from plugin.intake import flows as intake
from plugin.intake import history as progress
from plugin.messaging import silence
from plugin.mirror import catalogue
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Order
from plugin.mirror.tables import Dispute
from plugin.shopify import payloads, tokens
from plugin.shopify.admin_api import AdminApi
from plugin.shops import flows as shops
from plugin.shops import reads as shop_reads
from plugin.shops.tables import Shop


@dataclass
class Store:
    """One shop of a devstore, and the app's context that reaches it."""

    url: str
    context: Context
    shop: Shop

    def ask(self, path: str, **fields: object) -> dict[str, Any]:
        answer = requests.post(f"{self.url}/_devstore/{path}", json={"shop": "north", **fields}, timeout=10)
        assert answer.ok, answer.text
        return cast(dict[str, Any], answer.json())

    def order(self, **fields: object) -> dict[str, Any]:
        return self.ask("orders", email="ann@example.com", lines=[{"product": "enamel-mug", "quantity": 3}], **fields)

    def payload(self, order_id: str) -> payloads.OrderTold:
        """The order as its webhook would tell it now."""
        answer = requests.get(f"{self.url}/_devstore/orders/{order_id}/payload", timeout=10)
        return payloads.order(json.dumps(answer.json()).encode())

    def mirrored(self, order_id: str) -> Order | None:
        with self.context.transaction() as session:
            return mirror.load(session, self.shop.id, order_id)

    def backfilled(self) -> dict[str, tables.Backfill]:
        history.backfill(self.context)
        entry.work_events(self.context, self.shop.id)
        with self.context.transaction() as session:
            return {row.kind: row for row in tables.backfills(session, self.shop.id)}

    def reconcile(self) -> int:
        found = history.reconcile_one(self.context, self.shop.id, "orders", clock.now() - timedelta(hours=1))
        entry.work_events(self.context, self.shop.id)
        return found


@pytest.fixture
def store(context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(history, "POLL_SECONDS", 0.05)
    app = App(context.settings.shopify_api_key, context.settings.shopify_api_secret, url="http://127.0.0.1:9")
    with running(StoreSettings(data=tmp_path, app=app, bulk_seconds=0.05, webhook_gaps=())) as devstore:
        reaching = replace(context, settings=replace(context.settings, shopify_origin=devstore.url + "/_shop/{shop}"))
        one = Store(devstore.url, reaching, Shop())
        one.ask("install")
        grant = tokens.exchange(reaching.settings, "north.myshopify.com", one.ask("tokens")["token"])
        with reaching.transaction() as session:
            one.shop, _ = shops.install(session, reaching.settings, "north.myshopify.com", grant, clock.now())
            shops.describe(session, one.shop.id, {"currency": "GBP"}, told_at=clock.now())
            intake.tell(session, one.shop.id, "shop/installed", str(one.shop.id), clock.now())
        yield one


def test_an_install_reads_products_and_orders(store: Store) -> None:
    plain, refunded, cancelled = (store.order()["id"] for _ in range(3))
    store.ask(f"orders/{refunded}/refund", everything=False, amount=500)
    store.ask(f"orders/{cancelled}/cancel")
    entry.work_events(store.context, store.shop.id)
    rows = store.backfilled()
    assert {(kind, row.state, row.limited) for kind, row in rows.items()} == {
        ("customers", "finished", False), ("orders", "finished", True), ("products", "finished", False)}
    with store.context.transaction() as session:
        mug = next(one for one in mirror.search(session, store.shop.id) if one.handle == "enamel-mug")
    assert mug.variants[0].cost is not None
    for order_id in (plain, refunded, cancelled):
        seen = store.mirrored(order_id)
        assert seen is not None
        with store.context.transaction() as session:
            row = mirror.row_of(session, store.shop.id, order_id)
            assert row is not None
            assert row.digest == store.payload(order_id).digest, "read and told must be one telling"
    whole, part, none = (store.mirrored(order_id) for order_id in (plain, refunded, cancelled))
    assert whole is not None
    assert part is not None
    assert none is not None
    assert (part.net.amount, none.net.amount) == (whole.net.amount - 500, 0)


def test_a_backfill_goes_on_where_it_broke_off(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = [store.order()["id"] for _ in range(5)]
    monkeypatch.setattr(history, "CHUNK", 2)
    entry.work_events(store.context, store.shop.id)
    whole, seen, urls = reads.bulk_file, list[int](), list[str]()

    def breaking(context: Context, url: str, *, done: int) -> Iterator[reads.Entry]:
        urls.append(url)
        seen.extend([done] if url == urls[0] else [])
        for count, one in enumerate(whole(context, url, done=done)):
            if len(seen) == 1 and count == 3:
                raise KeyboardInterrupt
            yield one

    monkeypatch.setattr(reads, "bulk_file", breaking)
    with pytest.raises(KeyboardInterrupt):
        history.backfill_one(store.context, store.shop.id, "orders")
    store.backfilled()
    assert seen[0] == 0
    assert seen[1] > 0
    assert all(store.mirrored(order_id) for order_id in orders)


def test_a_backfill_that_is_stopped_ends_with_its_chunk_and_goes_on_there(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = [store.order()["id"] for _ in range(5)]
    monkeypatch.setattr(history, "CHUNK", 2)
    entry.work_events(store.context, store.shop.id)
    keep, kept, seen = flows.keep_read, list[str](), list[int]()
    whole = reads.bulk_file

    def counted(*args: Any, **told: Any) -> bool:  # noqa: ANN401 - whatever it is called with
        kept.append(told["topic"])
        return keep(*args, **told)

    def watched(context: Context, url: str, *, done: int) -> Iterator[reads.Entry]:
        seen.append(done)
        for count, one in enumerate(whole(context, url, done=done)):
            if len(seen) == 1 and count == 2:
                _say(store, progress.stop)
            yield one

    monkeypatch.setattr(flows, "keep_read", counted)
    monkeypatch.setattr(reads, "bulk_file", watched)
    history.backfill_one(store.context, store.shop.id, "orders")
    row = store.backfilled()["orders"]
    assert row.state == "stopped" and len(kept) >= 2 and row.lines_done > 0 and row.objects_total is not None
    assert kept.count("orders/updated") == 2 and row.lines_done < row.objects_total
    _say(store, progress.go_on)
    assert store.backfilled()["orders"].state == "finished" and seen[-1] == row.lines_done
    assert all(store.mirrored(order_id) for order_id in orders)


@pytest.mark.parametrize("state", ["new", "running"])
def test_a_backfill_is_stopped_before_its_file_is_there(store: Store, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    order = store.order()["id"]
    entry.work_events(store.context, store.shop.id)
    if state == "running":
        ask = reads.bulk_progress

        def stopping(api: AdminApi, operation_id: str) -> reads.Progress:
            _say(store, progress.stop)
            return ask(api, operation_id)

        monkeypatch.setattr(reads, "bulk_progress", stopping)
        history.backfill_one(store.context, store.shop.id, "orders")
        monkeypatch.setattr(reads, "bulk_progress", ask)
    else:
        _say(store, progress.stop)
    assert store.backfilled()["orders"].state == "stopped"
    _say(store, progress.go_on)
    assert store.backfilled()["orders"].state == "finished" and store.mirrored(order)


def test_what_failed_is_begun_anew(store: Store) -> None:
    entry.work_events(store.context, store.shop.id)
    with store.context.transaction() as session:
        row = tables.backfill(session, store.shop.id, "orders")
        row.state, row.runs, row.error = "failed", progress.MOST_RUNS, "It broke off."
    assert store.backfilled()["orders"].state == "failed"
    _say(store, progress.go_on)
    assert store.backfilled()["orders"].state == "finished"


def _say(store: Store, word: Callable[[Session, ShopId, str], object]) -> None:
    with store.context.transaction() as session:
        word(session, store.shop.id, "orders")


def test_a_file_that_cannot_be_had_is_collected_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    entry.work_events(store.context, store.shop.id)

    def gone(_context: Context, _url: str, *, done: int) -> Iterator[reads.Entry]:
        raise TryAgain("The result of a bulk operation cannot be had.")

    with monkeypatch.context() as once:
        once.setattr(reads, "bulk_file", gone)
        assert {row.state for row in store.backfilled().values() if row.kind == "products"} == {"new"}
    assert {row.state for row in store.backfilled().values()} == {"finished"}


def test_reconciliation_finds_what_no_webhook_told(store: Store) -> None:
    lost = store.order()["id"]
    entry.work_events(store.context, store.shop.id)
    assert store.reconcile() == 1
    first = store.mirrored(lost)
    assert first is not None
    store.ask(f"orders/{lost}/refund", everything=True)
    with store.context.transaction() as session:
        row = mirror.row_of(session, store.shop.id, lost)
        assert row is not None
        row.updated_at -= timedelta(seconds=1)  # Shopify's seconds: the refund may fall into the order's own
    assert store.reconcile() == 1
    second = store.mirrored(lost)
    assert second is not None
    assert second.net.amount == 0
    assert store.reconcile() == 0, "nothing is news twice"


def test_reconciliation_finds_what_was_deleted(store: Store) -> None:
    entry.work_events(store.context, store.shop.id)
    store.backfilled()
    with store.context.transaction() as session:
        here = set(catalogue.known_ids(session, store.shop.id))
        session.add(mirror.Product(shop_id=store.shop.id, id="999999", title="Gone", handle="gone", status="active",
                                   updated_at=clock.now()))
    assert gone.reconcile_deleted(store.context, store.shop.id) == 1
    entry.work_events(store.context, store.shop.id)
    with store.context.transaction() as session:
        assert set(catalogue.known_ids(session, store.shop.id)) == here != set()
    assert gone.reconcile_deleted(store.context, store.shop.id) == 0


def test_a_shop_whose_install_was_not_told_its_currency_is_asked_again(store: Store) -> None:
    with store.context.transaction() as session:
        session.get_one(Shop, store.shop.id).currency = ""
    entry.work_events(store.context, store.shop.id)
    assert {row.state for row in store.backfilled().values()} == {"finished"}
    with store.context.transaction() as session:
        assert session.get_one(Shop, store.shop.id).currency == "GBP"


def test_an_order_of_many_lines_is_read_whole(store: Store) -> None:
    products = store.ask("products", products=[{"title": f"Part {n}", "price": 100 + n} for n in range(70)])["products"]
    lines = [{"product": one["handle"], "quantity": 2} for one in products]
    order_id = store.ask("orders", email="ann@example.com", lines=lines)["id"]
    body = reads.order(shop_reads.admin_api(store.context, store.shop.id), order_id)
    told = payloads.order(json.dumps(body).encode())
    assert len(told.lines) == 70
    assert told.digest == store.payload(order_id).digest


def test_a_refund_of_many_lines_is_read_whole(store: Store) -> None:
    """More than the order's own query shows of a refund, so it is read on its own."""
    products = store.ask("products", products=[{"title": f"Part {n}", "price": 100 + n} for n in range(45)])["products"]
    order_id = store.ask("orders", email="ann@example.com", lines=[{"product": one["handle"], "quantity": 2} for one in products])["id"]
    lines = requests.get(f"{store.url}/_devstore/orders/{order_id}", timeout=10).json()["lines"]
    store.ask(f"orders/{order_id}/refund", lines={line["id"]: 1 for line in lines})
    told = payloads.order(json.dumps(reads.order(shop_reads.admin_api(store.context, store.shop.id), order_id)).encode())
    (refund,) = told.refunds
    assert len(refund.lines) == 45
    assert told.digest == store.payload(order_id).digest


def test_another_shops_order_is_not_found(store: Store) -> None:
    other = store.ask("orders", shop="south", email="x@example.com", lines=[{"product": "enamel-mug", "quantity": 1}])["id"]
    assert reads.order(shop_reads.admin_api(store.context, store.shop.id), other) is None


def test_open_disputes_are_found_and_silence_who_bought(store: Store) -> None:
    """No webhook tells of them: the topics need a scope that the app does not ask for, and the order shows them without it."""
    disputed, settled = store.order(), store.ask("orders", email="bob@example.com", lines=[{"product": "enamel-mug", "quantity": 1}])
    entry.work_events(store.context, store.shop.id)
    store.backfilled()
    store.ask(f"orders/{disputed['id']}/dispute")
    store.ask(f"orders/{settled['id']}/dispute", status="WON")
    for _ in range(2):
        history.read_disputes(store.context)
        entry.work_events(store.context, store.shop.id)
    with store.context.transaction() as session:
        [row] = session.scalars(select(Dispute)).all()
        buyers = [order.person_id for id in (disputed["id"], settled["id"]) if (order := mirror.row_of(session, store.shop.id, id))]
        why = [silence.hurt(session, store.shop.id, buyer, clock.now()) for buyer in buyers if buyer]
    assert (row.order_id, row.kind, row.status) == (disputed["id"], "chargeback", "needs_response")
    assert why == ["disputed", None]
