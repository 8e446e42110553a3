"""Leases: one holder at a time, fair between shops, proven by a fence; and what becomes of what fails."""

import smtplib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from jobs import runner
from jobs.runner import Kind
from plugin import clock
from plugin.context import Context
from plugin.db import database_now, new_id
from plugin.errors import Broken, NotFound, Refused, TryAgain
from plugin.messaging import smtp
from plugin.outbox import flows, rules, tables
from plugin.outbox.flows import Terms
from plugin.outbox.rules import Lease, LeaseLost
from plugin.outbox.tables import Delivery
from plugin.shopify.failures import Frozen, OutcomeUnknown, Throttled
from plugin.shops.tables import Shop

TERMS = {"code": Terms(batch=3, seconds=30), "mail": Terms(batch=1, seconds=30, asks_shopify=False)}


def put(context: Context, shop: Shop, *, kind: str = "code", lane: str = "", count: int = 1) -> list[UUID]:
    subjects = [new_id() for _ in range(count)]
    with context.transaction() as session:
        for subject in subjects:
            assert flows.put(session, shop.id, kind, subject, now=clock.now(), lane=lane)
    return subjects


def lease(context: Context) -> list[Lease]:
    with context.transaction() as session:
        return flows.lease(session, TERMS)


def row(context: Context, held: Lease) -> Delivery:
    with context.transaction() as session:
        return tables.get(session, held.shop_id, held.delivery_id)


def run_out(context: Context, *leases: Lease) -> None:
    """The database's clock goes past these leases."""
    with context.transaction() as session:
        past = database_now(session) - timedelta(seconds=1)
        session.execute(update(Delivery).where(Delivery.id.in_([one.delivery_id for one in leases])).values(lease_until=past))


def test_a_thing_is_put_once(context: Context, north: Shop) -> None:
    (subject,) = put(context, north)
    with context.transaction() as session:
        assert not flows.put(session, north.id, "code", subject, now=clock.now())
        assert flows.put(session, north.id, "mail", subject, now=clock.now())


def test_a_lane_leaves_together_and_alone(context: Context, north: Shop) -> None:
    subjects = put(context, north, lane="discount", count=5)
    first = lease(context)
    assert [one.subject_id for one in first] == subjects[:3]
    assert lease(context) == [], "the lane is busy"
    with context.transaction() as session:
        for one in first:
            flows.finish(session, one)
    assert [one.subject_id for one in lease(context)] == subjects[3:]


def test_the_empty_lane_is_none(context: Context, north: Shop) -> None:
    put(context, north, count=2)
    assert [len(lease(context)), len(lease(context)), len(lease(context))] == [1, 1, 0]


def test_shops_take_turns(context: Context, north: Shop, south: Shop) -> None:
    put(context, north, lane="a", count=30)
    put(context, south, count=2)
    served = []
    for _ in range(4):
        leases = lease(context)
        served.append(leases[0].shop_id)
        with context.transaction() as session:
            for one in leases:
                flows.finish(session, one)
    assert sorted(served[:2]) == sorted([north.id, south.id])
    assert sorted(served[2:]) == sorted([north.id, south.id])


def test_a_shop_whose_lanes_are_busy_blocks_nobody(context: Context, north: Shop, south: Shop) -> None:
    put(context, north, lane="a", count=9)
    assert lease(context)
    put(context, south)
    assert lease(context)[0].shop_id == south.id


def test_waiting_is_counted_from_now(context: Context, north: Shop) -> None:
    now = clock.now() + timedelta(days=400)
    with context.transaction() as session:
        flows.put(session, north.id, "code", new_id(), now=now, not_before=now + timedelta(hours=1))
        flows.put(session, north.id, "mail", new_id(), now=now, not_before=now - timedelta(hours=1))
    assert [one.kind for one in lease(context)] == ["mail"]
    assert lease(context) == []


def test_a_kind_nobody_knows_stays(context: Context, north: Shop) -> None:
    put(context, north, kind="pigeon")
    assert lease(context) == []


def test_fifty_workers_lease_each_row_once(context: Context, north: Shop, south: Shop) -> None:
    for shop in (north, south):
        put(context, shop, count=20)
    with ThreadPoolExecutor(10) as pool:
        taken = [one.delivery_id for leases in pool.map(lambda _: lease(context), range(60)) for one in leases]
    assert len(taken) == len(set(taken)) == 40


def test_a_worker_that_slept_through_its_lease_records_nothing(context: Context, north: Shop) -> None:
    put(context, north)
    (slept,) = lease(context)
    run_out(context, slept)
    with context.transaction() as session, pytest.raises(LeaseLost):
        flows.hold_on(session, slept)
    (woken,) = lease(context)
    assert (woken.delivery_id, woken.fence, woken.attempts) == (slept.delivery_id, slept.fence + 1, 2)
    with context.transaction() as session:
        with pytest.raises(LeaseLost):
            flows.finish(session, slept)
        with pytest.raises(LeaseLost):
            flows.postpone(session, slept, seconds=1)
        with pytest.raises(LeaseLost):
            flows.bury(session, slept, "no")
    with context.transaction() as session:
        flows.hold_on(session, woken)
        flows.finish(session, woken)
    assert row(context, woken).state == "done"


def test_polling_counts_no_attempt_and_failing_does(context: Context, north: Shop) -> None:
    put(context, north)
    for failed, attempts in ((False, 0), (True, 1), (False, 1), (True, 2)):
        (held,) = lease(context)
        with context.transaction() as session:
            flows.postpone(session, held, seconds=0, failed=failed, error="because")
        assert row(context, held).attempts == attempts


def test_enough_failures_are_a_dead_letter_that_a_person_revives(context: Context, north: Shop, south: Shop) -> None:
    put(context, north)
    for _ in range(rules.MOST_ATTEMPTS):
        (held,) = lease(context)
        with context.transaction() as session:
            flows.postpone(session, held, seconds=0, error="still no")
    assert row(context, held).state == "dead"
    with context.transaction() as session:
        assert [one.error for one in tables.dead(session, north.id)] == ["still no"]
        with pytest.raises(NotFound):
            flows.revive(session, south.id, held.delivery_id)
        assert flows.revive(session, north.id, held.delivery_id)
        assert not flows.revive(session, north.id, held.delivery_id)
    assert lease(context)[0].attempts == 1


def test_a_shop_that_left_sends_nothing_until_it_is_back(context: Context, north: Shop) -> None:
    put(context, north, count=2)
    (held,) = lease(context)
    with context.transaction() as session:
        assert flows.freeze(session, north.id) == 2
    put(context, north)
    assert lease(context) == []
    with context.transaction() as session, pytest.raises(LeaseLost):
        flows.finish(session, held)
    with context.transaction() as session:
        assert flows.thaw(session, north.id) == 3
    assert len([lease(context) for _ in range(3)]) == 3


# -- the runner --------------------------------------------------------------------------------------------------------


def failing(fault: Exception) -> Callable[[Context, Sequence[Lease]], None]:
    def deliver(_context: Context, _leases: Sequence[Lease]) -> None:
        raise fault

    return deliver


@pytest.mark.parametrize(
    ("fault", "state", "attempts"),
    [
        (Throttled("slowly", after=2.0), "waiting", 0),
        (Frozen(), "waiting", 0),
        (TryAgain("later", after=60.0), "waiting", 1),
        (OutcomeUnknown("who knows"), "waiting", 1),
        (ValueError("a bug"), "waiting", 1),
        (Refused("no", "Never."), "dead", 1),
        (Broken("odd"), "dead", 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_each_way_to_fail_has_its_consequence(context: Context, north: Shop, fault: Exception, state: str, attempts: int) -> None:
    put(context, north)
    (held,) = lease(context)
    runner.deliver(context, failing(fault), [held])
    after = row(context, held)
    assert (after.state, after.attempts) == (state, attempts)
    assert after.error
    if state == "waiting":
        with context.transaction() as session:
            assert after.not_before > database_now(session)


def test_a_retry_after_is_obeyed(context: Context, north: Shop) -> None:
    put(context, north)
    (held,) = lease(context)
    runner.deliver(context, failing(TryAgain("later", after=120.0)), [held])
    with context.transaction() as session:
        assert row(context, held).not_before > database_now(session) + timedelta(seconds=100)


def test_what_was_closed_before_the_failure_stays_closed(context: Context, north: Shop) -> None:
    put(context, north, lane="a", count=2)
    leases = lease(context)

    def half(context: Context, given: Sequence[Lease]) -> None:
        with context.transaction() as session:
            flows.finish(session, given[0])
        raise TryAgain("the other one")

    runner.deliver(context, half, leases)
    assert [row(context, one).state for one in leases] == ["done", "waiting"]


def test_the_breaker_opens_for_one_shop_alone(context: Context, north: Shop, south: Shop) -> None:
    put(context, north, count=rules.FAILURES_TO_OPEN + 1)
    for _ in range(rules.FAILURES_TO_OPEN):
        (held,) = lease(context)
        runner.deliver(context, failing(TryAgain("down")), [held])
    put(context, south)
    assert lease(context)[0].shop_id == south.id
    assert lease(context) == [], "north waits as a whole"
    with context.transaction() as session:
        flows.went_well(session, north.id)
    assert lease(context)[0].shop_id == north.id


def test_a_mail_that_left_says_nothing_about_shopify(context: Context, north: Shop) -> None:
    put(context, north, count=rules.FAILURES_TO_OPEN + 1)
    for _ in range(rules.FAILURES_TO_OPEN):
        (held,) = lease(context)
        runner.deliver(context, failing(TryAgain("down")), [held])
        runner.deliver(context, lambda _context, _leases: None, [held], asks_shopify=False)
    assert lease(context) == []


def test_mail_leaves_while_the_shops_breaker_is_open(context: Context, north: Shop) -> None:
    """A magic link must not die of Shopify's troubles, and mail's own troubles do not open the breaker."""
    put(context, north, count=rules.FAILURES_TO_OPEN + 1)
    for _ in range(rules.FAILURES_TO_OPEN):
        (held,) = lease(context)
        runner.deliver(context, failing(TryAgain("down")), [held])
    assert lease(context) == []
    put(context, north, kind="mail", count=2)
    with context.transaction() as session:
        now = database_now(session)
        assert (tables.shops_with_ready(session, now, local=("mail",)), tables.shops_with_ready(session, now, local=())) == ([north.id], [])
    assert {lease(context)[0].kind for _ in range(2)} == {"mail"}
    assert lease(context) == []


def test_a_mail_that_fails_opens_no_breaker(context: Context, north: Shop) -> None:
    put(context, north, kind="mail", count=rules.FAILURES_TO_OPEN)
    for _ in range(rules.FAILURES_TO_OPEN):
        runner.deliver(context, failing(TryAgain("no mail server")), lease(context), asks_shopify=False)
    put(context, north)
    assert lease(context)[0].kind == "code"


def test_a_mail_server_that_is_away_is_not_asked_for_every_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[smtp.Server] = []

    def away(server: smtp.Server) -> smtplib.SMTP:
        tries.append(server)
        raise OSError("away")

    monkeypatch.setattr(smtp, "_open", away)
    server = smtp.Server("mail.away.example", 25, tls=False)
    for _ in range(2 * smtp.FAILURES_TO_OPEN):
        with pytest.raises(TryAgain), smtp.connect(server):
            raise AssertionError
    assert len(tries) == smtp.FAILURES_TO_OPEN
    with pytest.raises(TryAgain), smtp.connect(smtp.Server("other.example", 25, tls=False)):
        raise AssertionError
    assert len(tries) == smtp.FAILURES_TO_OPEN + 1, "each server has its own"


def test_a_shop_that_cannot_be_used_is_called_a_few_times_an_hour(context: Context, north: Shop) -> None:
    put(context, north, count=5)
    calls: list[int] = []

    def unpaid(_context: Context, leases: Sequence[Lease]) -> None:
        calls.append(len(leases))
        raise Frozen(status=402)

    runner.run(context, {"code": Kind(unpaid)}, seconds=2)
    assert calls == [1]
    assert 3600 / rules.FROZEN_WAIT <= 6


def test_the_runner_stops_when_nothing_is_ready(context: Context, north: Shop, south: Shop) -> None:
    put(context, north, lane="a", count=7)
    put(context, south, kind="mail", count=2)
    sent: list[tuple[str, int]] = []

    def send(context: Context, leases: Sequence[Lease]) -> None:
        sent.append((leases[0].kind, len(leases)))
        with context.transaction() as session:
            for one in leases:
                flows.finish(session, one)

    began = time.monotonic()
    assert runner.run(context, {"code": Kind(send, batch=3), "mail": Kind(send)}, seconds=30) == 9
    assert time.monotonic() - began < 10
    assert sorted(sent) == [("code", 1), ("code", 3), ("code", 3), ("mail", 1), ("mail", 1)]


def test_two_runners_send_nothing_twice(context: Context, north: Shop) -> None:
    subjects = put(context, north, count=30)
    sent: list[UUID] = []
    lock = threading.Lock()

    def send(context: Context, leases: Sequence[Lease]) -> None:
        with lock:
            sent.extend(one.subject_id for one in leases)
        with context.transaction() as session:
            flows.finish(session, leases[0])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: runner.run(context, {"code": Kind(send)}, seconds=20), range(4)))
    assert sorted(sent) == sorted(subjects)


@pytest.mark.parametrize(("attempts", "least", "most"), [(1, 1, 2), (2, 2, 4), (5, 16, 32), (30, 450, 900)])
def test_backoff_doubles_with_jitter_and_ends(attempts: int, least: float, most: float) -> None:
    assert rules.backoff(attempts, 0.0) == least
    assert rules.backoff(attempts, 0.999999) == pytest.approx(most, rel=1e-3)
    assert rules.backoff(attempts, 0.0, at_least=5000) == 5000


def test_counts_are_by_kind_and_state(session: Session, north: Shop) -> None:
    flows.put(session, north.id, "code", new_id(), now=clock.now())
    assert tables.counts(session, north.id) == {("code", "waiting"): 1}
