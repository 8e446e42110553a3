"""From the inbox to the mirror: each event within its savepoint, each shop its own, nothing believed that nothing proves."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from jobs import draining, entry, proof
from jobs.draining import drain
from jobs.events import EVENTS
from plugin import clock
from plugin.context import Context
from plugin.db import ShopId
from plugin.errors import TryAgain
from plugin.intake import flows, history, rules, tables
from plugin.intake.rules import AT_ONCE, Source
from plugin.intake.tables import Inbox
from plugin.mirror import tables as mirror
from plugin.mirror.rules import Order
from plugin.outbox import flows as outbox
from plugin.outbox import tables as deliveries
from plugin.shops.tables import Shop
from tests.pipes import bodies

SHOP = {"myshopify_domain": "north.myshopify.com", "plan_name": "basic", "shop_owner": "Nora"}


def receive(
    context: Context,
    shop: Shop,
    topic: str,
    body: bytes | dict[str, Any],
    *,
    source: Source = "webhook",
    triggered_at: datetime | None = None,
) -> None:
    raw = body if isinstance(body, bytes) else bodies.raw(body)
    with context.transaction() as session:
        flows.receive(
            session,
            shop.id,
            source=source,
            topic=topic,
            external_id=f"{topic}:{hash(raw)}",
            body=raw,
            now=clock.machine_now(),
            triggered_at=triggered_at,
        )


def events(context: Context, shop: Shop) -> list[tuple[str, str, str | None]]:
    with context.transaction() as session:
        rows = session.query(Inbox).filter(Inbox.shop_id == shop.id).order_by(Inbox.id)
        return [(row.topic, row.state, row.error) for row in rows]


def load(context: Context, shop: Shop) -> Order | None:
    with context.transaction() as session:
        return mirror.load(session, shop.id, bodies.ORDER_ID)


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """What was asked at Shopify, which here knows nothing."""
    asked: list[set[str]] = []

    def found(_context: Context, _shop_id: ShopId, ids: set[str]) -> set[str]:
        asked.append(set(ids))
        return set()

    monkeypatch.setattr(proof, "found", found)
    return asked


def test_events_reach_the_mirror_and_their_bodies_go(context: Context, north: Shop) -> None:
    receive(context, north, "orders/create", bodies.order())
    receive(context, north, "refunds/create", bodies.refund(1, 5, [(1, 1, "40.00")]))
    assert drain(context, north.id) == 2
    order = load(context, north)
    assert order is not None
    assert order.net.amount == 5000
    assert {state for _, state, _ in events(context, north)} == {"done"}
    with context.transaction() as session:
        assert {row.body for row in session.query(Inbox)} == {b""}


def test_a_bad_event_is_dead_and_costs_its_neighbours_nothing(context: Context, north: Shop) -> None:
    receive(context, north, "orders/create", b"{")
    receive(context, north, "orders/create", bodies.order())
    drain(context, north.id)
    assert sorted(state for _, state, _ in events(context, north)) == ["dead", "done"]
    with context.transaction() as session:
        (bad,) = tables.dead(session, north.id)
        assert flows.revive(session, north.id, bad.id)


def test_a_topic_that_nothing_answers_is_done_with(context: Context, north: Shop) -> None:
    receive(context, north, "themes/publish", {"id": 1})
    drain(context, north.id)
    assert events(context, north) == [("themes/publish", "done", "Nothing here answers themes/publish.")]


def test_a_failing_event_is_tried_again_later_and_dies_in_the_end(context: Context, north: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise TryAgain("not yet")

    monkeypatch.setitem(EVENTS, "customers/update", fail)
    receive(context, north, "customers/update", {"id": 1})
    for attempt in range(1, rules.MOST_ATTEMPTS + 1):
        assert drain(context, north.id) == 1
        assert drain(context, north.id) == 0, "it waits"
        with context.transaction() as session:
            row = session.query(Inbox).one()
            assert row.attempts == attempt
            session.execute(update(Inbox).values(next_at=AT_ONCE))
    assert [state for _, state, _ in events(context, north)] == ["dead"]


def test_a_shop_that_has_not_installed_is_not_acted_upon(context: Context, north: Shop) -> None:
    with context.transaction() as session:
        session.get_one(Shop, north.id).state = "unknown"
    receive(context, north, "orders/create", bodies.order())
    drain(context, north.id)
    assert load(context, north) is None
    assert events(context, north) == [("orders/create", "done", draining.NOT_INSTALLED)]


def test_an_order_under_another_shops_header_changes_nothing(context: Context, north: Shop, south: Shop, looked_up: list[set[str]]) -> None:
    for topic in (
        "orders/create",
        "orders/paid",
        "orders/updated",
        "orders/cancelled",
        "products/update",
        "orders/delete",
        "app/uninstalled",
        "customers/update",
        "refunds/create",
        "shop/redact",
        "customers/redact",
        "inventory_levels/update",
    ):
        receive(context, south, topic, bodies.order())
    drain(context, south.id)
    assert load(context, south) is None
    assert looked_up == []
    with context.transaction() as session:
        assert session.get_one(Shop, south.id).state == "installed"
        assert mirror.search(session, south.id) == []


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("orders/create", bodies.order(order_status_url="https://shop.elsewhere.example/1/orders/x")),
        ("orders/create", bodies.order(order_status_url=None)),
        ("products/update", {"id": 71, "title": "Thing", "updated_at": bodies.when(0), "variants": []}),
    ],
    ids=["own domain", "no address", "product"],
)
def test_what_names_no_shop_is_looked_up_there_and_another_shops_is_not_found(
    context: Context, south: Shop, looked_up: list[set[str]], topic: str, body: dict[str, Any]
) -> None:
    receive(context, south, topic, body)
    drain(context, south.id)
    assert len(looked_up) == 1
    assert load(context, south) is None
    assert events(context, south) == [(topic, "done", draining.FOREIGN)]


def test_what_is_found_there_counts(context: Context, south: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "found", lambda _context, _shop_id, ids: set(ids))
    receive(context, south, "orders/create", bodies.order(order_status_url=None))
    drain(context, south.id)
    assert load(context, south) is not None


def test_while_shopify_does_not_answer_the_event_waits_uncounted(context: Context, south: Shop) -> None:
    receive(context, south, "orders/create", bodies.order(order_status_url=None))
    assert drain(context, south.id) == 1
    with context.transaction() as session:
        row = session.query(Inbox).one()
    assert (row.state, row.attempts) == ("pending", 0)
    assert row.next_at > clock.machine_now() + timedelta(seconds=10)


def test_the_shops_own_storefront_is_proof(context: Context, south: Shop, looked_up: list[set[str]]) -> None:
    receive(context, south, "orders/create", bodies.order(order_status_url="https://south.example/1/orders/x"))
    drain(context, south.id)
    assert load(context, south) is not None
    assert looked_up == []


def test_uninstalling_stops_what_was_to_leave(context: Context, north: Shop) -> None:
    with context.transaction() as session:
        outbox.put(session, north.id, "mail", north.id, now=clock.now())
    receive(context, north, "app/uninstalled", SHOP, triggered_at=clock.now())
    drain(context, north.id)
    with context.transaction() as session:
        assert deliveries.counts(session, north.id) == {("mail", "frozen"): 1}


def test_a_late_uninstall_after_a_reinstall_changes_nothing(context: Context, north: Shop) -> None:
    receive(context, north, "app/uninstalled", SHOP, triggered_at=clock.now() - timedelta(hours=1))
    receive(context, north, "app/uninstalled", {**SHOP, "myshopify_domain": "south.myshopify.com"}, triggered_at=clock.now())
    drain(context, north.id)
    with context.transaction() as session:
        assert session.get_one(Shop, north.id).state == "installed"


def test_an_install_discards_what_came_before_and_begins_the_backfill(context: Context, north: Shop) -> None:
    receive(context, north, "orders/create", bodies.order())
    with context.transaction() as session:
        flows.tell(session, north.id, "shop/installed", str(north.id), clock.now())
        session.execute(update(Inbox).where(Inbox.source == "webhook").values(next_at=clock.machine_now() + timedelta(hours=1)))
    drain(context, north.id)
    assert sorted(events(context, north)) == [("orders/create", "done", "before the install"), ("shop/installed", "done", None)]
    with context.transaction() as session:
        assert [(row.kind, row.state, row.limited) for row in tables.backfills(session, north.id)] == [
            ("customers", "new", False), ("orders", "new", True), ("products", "new", False)]


def test_older_orders_are_read_once_the_shop_allows_it(context: Context, north: Shop) -> None:
    def told() -> tuple[str, bool, bool]:
        with context.transaction() as session:
            row = session.get_one(tables.Backfill, (north.id, "orders"))
            return row.state, row.limited, row.since is None

    with context.transaction() as session:
        history.begin(session, north.id, scopes="read_orders", now=clock.now())
        history.finished(session.get_one(tables.Backfill, (north.id, "orders")), clock.now())
        assert not history.widen(session, north.id, scopes="read_orders,write_discounts", now=clock.now())
    assert told() == ("finished", True, False)
    with context.transaction() as session:
        assert history.widen(session, north.id, scopes="read_all_orders,read_orders", now=clock.now())
        assert not history.widen(session, north.id, scopes="read_all_orders,read_orders", now=clock.now())
    assert told() == ("new", False, True)


def test_a_telling_within_settles_the_order_again(context: Context, north: Shop) -> None:
    receive(context, north, "orders/create", bodies.order())
    entry.work_events(context, north.id)
    with context.transaction() as session:
        row = mirror.row_of(session, north.id, bodies.ORDER_ID)
        assert row is not None
        assert row.settled
        before = row.revision
        flows.tell(session, north.id, "order/settle", bodies.ORDER_ID, clock.now())
        flows.tell(session, north.id, "order/settle", "404", clock.now())
    entry.work_events(context, north.id)
    with context.transaction() as session:
        row = mirror.row_of(session, north.id, bodies.ORDER_ID)
        assert row is not None
        assert (row.settled, row.revision) == (True, before + 1)


def test_what_was_read_is_kept_once_until_it_changes(context: Context, north: Shop) -> None:
    body = {**bodies.order(), "admin_graphql_api_id": "gid://shopify/Order/5501"}
    with context.transaction() as session:
        kept = [
            flows.keep_read(session, north.id, source="reconcile", topic="orders/updated", body=one, now=clock.machine_now())
            for one in (body, json.loads(json.dumps(body)), {**body, "updated_at": bodies.when(3)})
        ]
    assert kept == [True, False, True]


def test_done_events_are_kept_for_a_while(context: Context, north: Shop) -> None:
    receive(context, north, "orders/create", bodies.order())
    drain(context, north.id)
    with context.transaction() as session:
        assert flows.purge(session, north.id, done=clock.machine_now() - timedelta(days=7), dead=clock.machine_now()) == 0
        assert flows.purge(session, north.id, done=clock.machine_now() + timedelta(seconds=1), dead=clock.machine_now()) == 1


def test_a_drain_that_takes_too_long_is_handed_on(context: Context, north: Shop) -> None:
    """A pass at least is done, so that even the slowest database gets somewhere; the bell rings for the rest."""
    for number in range(draining.BATCH + 10):
        receive(context, north, "orders/create", bodies.order(id=str(5000 + number)))
    assert not entry.work_events(context, north.id, seconds=0)
    with context.transaction() as session:
        counts = tables.counts(session, north.id)
        assert 1 <= counts["done"] <= draining.BATCH and counts["done"] + counts["pending"] == draining.BATCH + 10
    assert entry.work_events(context, north.id)
    with context.transaction() as session:
        assert tables.counts(session, north.id) == {"done": draining.BATCH + 10}


def test_long_passes_leave_gaps_for_who_waits(context: Context, north: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite alone: PostgreSQL locks rows."""
    monkeypatch.setattr(draining, "PASS_SECONDS", 0.0)
    rests: list[float] = []
    monkeypatch.setattr("jobs.draining.time.sleep", rests.append)
    for number in range(4):
        receive(context, north, "discounts/update", {"number": number})
    assert draining.drain(context, north.id) == 4
    assert rests == ([draining.GAP_SECONDS] * 4 if context.settings.database_url.startswith("sqlite") else [])
