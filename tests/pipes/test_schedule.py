"""One leads, the others stand by; what is due runs once; the sweep needs the database alone."""

import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from sqlalchemy import select, update

from jobs import bell, entry, schedule, sweeping
from jobs.schedule import SCHEDULE, Recurring
from jobs.scheduler import Scheduler
from plugin import clock
from plugin.context import Context
from plugin.db import database_now, new_id
from plugin.intake import flows as intake
from plugin.intake.tables import Inbox
from plugin.mirror import tables as mirror
from plugin.outbox import flows as outbox
from plugin.outbox import recurring
from plugin.outbox.tables import Recurrence
from plugin.privacy.rules import Keep
from plugin.shops.tables import Shop
from tests.pipes import bodies


def due_again(context: Context) -> None:
    with context.transaction() as session:
        session.execute(update(Recurrence).values(due_at=database_now(session) - timedelta(seconds=1)))


def test_one_leads_until_its_lease_is_over(context: Context) -> None:
    def lead(holder: str) -> bool:
        with context.transaction() as session:
            return recurring.lead(session, holder, seconds=60)

    assert [lead("a"), lead("b"), lead("a")] == [True, False, True]
    due_again(context)
    assert [lead("b"), lead("a")] == [True, False]
    with context.transaction() as session:
        recurring.resign(session, "b")
    assert lead("a")


def test_what_is_due_runs_once_in_its_period(context: Context) -> None:
    ran: list[str] = []
    entries = [Recurring("a", 3600, lambda _context: ran.append("a")), Recurring("b", None, lambda _context: ran.append("b"))]
    first, second = Scheduler(context, entries), Scheduler(context, entries)
    assert [first.tick(), second.tick()] == [["a", "b"], []]
    first.wait()
    assert first.tick() == []
    assert sorted(ran) == ["a", "b"]


def test_an_entry_that_fails_stops_no_other_and_is_noted(context: Context) -> None:
    def fail(_context: Context) -> None:
        raise ValueError("no")

    scheduler = Scheduler(context, [Recurring("bad", 3600, fail), Recurring("good", 3600, lambda _context: None)])
    assert scheduler.tick() == ["bad", "good"]
    scheduler.wait()
    with context.transaction() as session:
        assert {row.name: row.error for row in session.query(Recurrence)} == {"leader": None, "bad": "ValueError: no", "good": None}


def test_a_slow_entry_is_not_started_twice_and_holds_up_nobody(context: Context) -> None:
    gate = threading.Event()

    def slow(_context: Context) -> None:
        gate.wait(10)

    scheduler = Scheduler(context, [Recurring("slow", 0.01, slow), Recurring("quick", 0.01, lambda _context: None)])
    assert scheduler.tick() == ["slow", "quick"]
    time.sleep(0.1)
    assert scheduler.tick() == ["quick"]
    gate.set()
    scheduler.wait()


def test_names_are_unique_and_periods_are_sane() -> None:
    assert len({entry.name for entry in SCHEDULE}) == len(SCHEDULE)
    assert all(entry.seconds is None or entry.seconds >= 60 for entry in SCHEDULE)


def test_without_redis_the_sweep_does_the_work(context: Context, north: Shop) -> None:
    with context.transaction() as session:
        intake.receive(
            session,
            north.id,
            source="webhook",
            topic="orders/paid",
            external_id="w1",
            now=clock.machine_now(),
            body=bodies.raw(bodies.order(financial_status="paid")),
        )
    sweeping.sweep(context)
    with context.transaction() as session:
        row = mirror.row_of(session, north.id, bodies.ORDER_ID)
        assert row is not None
        assert row.settled


def test_the_sweep_settles_what_time_made_due(context: Context, north: Shop) -> None:
    test_without_redis_the_sweep_does_the_work(context, north)
    with context.transaction() as session:
        row = mirror.row_of(session, north.id, bodies.ORDER_ID)
        assert row is not None
        row.settle_at, revision = clock.now() - timedelta(seconds=1), row.revision
    sweeping.sweep(context)
    with context.transaction() as session:
        row = mirror.row_of(session, north.id, bodies.ORDER_ID)
        assert row is not None
        assert (row.settle_at, row.revision) == (None, revision)


def test_with_redis_the_sweep_only_rings(context: Context, north: Shop, valkey: str) -> None:
    heard = replace(context, settings=replace(context.settings, redis_url=valkey))
    with context.transaction() as session:
        intake.tell(session, north.id, "order/settle", "1", clock.now())
        outbox.put(session, north.id, "mail", new_id(), now=clock.now())
    sweeping.sweep(heard)
    with redis.Redis.from_url(valkey) as client:
        assert {name: client.llen(f"rq:queue:{name}") for name in bell.QUEUES} == {"events": 1, "deliveries": 1}


def test_the_bell_rings_once_until_it_is_answered(context: Context, north: Shop, south: Shop, valkey: str) -> None:
    heard = replace(context, settings=replace(context.settings, redis_url=valkey))
    assert all([bell.ring(heard, "events", shop.id) for shop in (north, north, south, north)])
    with redis.Redis.from_url(valkey) as client:
        assert client.llen("rq:queue:events") == 2
        bell.answered(heard, "events", north.id)
        bell.ring(heard, "events", north.id)
        assert client.llen("rq:queue:events") == 3


@pytest.mark.parametrize("url", ["", "redis://127.0.0.1:9/0"])
def test_a_bell_that_nobody_hears_is_quick_and_quiet(context: Context, north: Shop, url: str) -> None:
    deaf = replace(context, settings=replace(context.settings, redis_url=url))
    began = time.monotonic()
    assert not any(bell.ring(deaf, "events", north.id) for _ in range(50))
    assert time.monotonic() - began < 2


def test_dead_events_outlive_those_that_are_done(context: Context, north: Shop) -> None:
    ages = {"done": (6, 8), "dead": (31, 89, 91), "pending": (100,)}
    with context.transaction() as session:
        for state, days in ages.items():
            for age in days:
                session.add(Inbox(shop_id=north.id, id=new_id(), source="webhook", topic="x", external_id=f"{state}{age}", body=b"",
                                  received_at=clock.machine_now() - timedelta(days=age), next_at=clock.machine_now(), state=state))
    schedule.purge_inbox(context)
    with context.transaction() as session:
        assert sorted(session.scalars(select(Inbox.external_id))) == ["dead31", "dead89", "done6", "pending100"]


@pytest.mark.parametrize(("days", "forgotten"), [(59, False), (61, True)])
def test_a_shop_that_nobody_told_us_to_forget_is_forgotten(context: Context, north: Shop, days: int, forgotten: bool) -> None:
    with context.transaction() as session:
        shop = session.get_one(Shop, north.id)
        shop.state, shop.uninstalled_at, shop.email = "uninstalled", clock.now() - timedelta(days=days), "owner@north.example"
    for _ in range(2):
        schedule.retain(context)
        entry.work_events(context, north.id)
    with context.transaction() as session:
        assert (session.get_one(Shop, north.id).email == "") == forgotten
        assert len(session.scalars(select(Inbox.id)).all()) == forgotten


def test_the_page_about_retention_says_what_the_code_does() -> None:
    page, keep = (Path(__file__).parents[2] / "docs" / "retention.md").read_text(), Keep()
    for period in (schedule.KEPT_DONE, schedule.KEPT_DEAD, keep.device_keys, keep.magic_links, keep.mail, keep.answers, schedule.OVERDUE):
        assert f" {period.days} days" in page
