"""The runner of the outbox: each way to fail, the breaker, and what it does not touch."""

import smtplib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from jobs import runner
from jobs.runner import Kind
from plugin.context import Context
from plugin.db import database_now
from plugin.errors import Broken, Refused, TryAgain
from plugin.messaging import smtp
from plugin.outbox import flows, rules, tables
from plugin.outbox.rules import Lease
from plugin.shopify.failures import Frozen, OutcomeUnknown, Throttled
from plugin.shops.tables import Shop
from tests.pipes.letters import lease, put, row


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
