"""Leases: one holder at a time, fair between shops, proven by a fence; and what becomes of what fails."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from plugin import clock
from plugin.context import Context
from plugin.db import new_id
from plugin.errors import NotFound
from plugin.outbox import flows, rules, tables
from plugin.outbox.rules import LeaseLost
from plugin.shops.tables import Shop
from tests.pipes.letters import lease, put, row, run_out


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


@pytest.mark.parametrize(("attempts", "least", "most"), [(1, 1, 2), (2, 2, 4), (5, 16, 32), (30, 450, 900)])
def test_backoff_doubles_with_jitter_and_ends(attempts: int, least: float, most: float) -> None:
    assert rules.backoff(attempts, 0.0) == least
    assert rules.backoff(attempts, 0.999999) == pytest.approx(most, rel=1e-3)
    assert rules.backoff(attempts, 0.0, at_least=5000) == 5000


def test_counts_are_by_kind_and_state(session: Session, north: Shop) -> None:
    flows.put(session, north.id, "code", new_id(), now=clock.now())
    assert tables.counts(session, north.id) == {("code", "waiting"): 1}
