"""Putting, leasing and closing deliveries. Every change is conditional on what it found, so two workers cannot both do it."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, select, update
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId, database_now, insert_once, new_id
from plugin.db import seconds as span
from plugin.outbox import rules, tables
from plugin.outbox.rules import Lease, LeaseLost
from plugin.outbox.tables import DEAD, DONE, FROZEN, LEASED, WAITING, Delivery, Turn


@dataclass(frozen=True, slots=True)
class Terms:
    """How one kind is leased: at most ``batch`` at once, for ``seconds``; if it does not ask Shopify, whatever the breaker says."""

    batch: int
    seconds: float
    asks_shopify: bool = True


def put(session: Session, shop_id: ShopId, kind: str, subject_id: UUID, *, now: datetime, lane: str = "",
        not_before: datetime | None = None) -> bool:
    """Something has to leave. False if it was put before.

    ``now`` and ``not_before`` are business time; only the wait between them counts. A shop that is frozen keeps it frozen.
    """
    at = database_now(session)
    turn = _turn(session, shop_id, at)
    wait = max(not_before - now, span(0)) if not_before else span(0)
    return insert_once(session, Delivery, {
        "shop_id": shop_id, "id": new_id(), "kind": kind, "subject_id": subject_id, "lane": lane,
        "state": FROZEN if turn.frozen else WAITING, "not_before": at + wait, "fence": 0, "attempts": 0})


def is_coming(session: Session, shop_id: ShopId, kind: str, lane: str, *, within: float) -> bool:
    """Does something of this lane leave in at most ``within`` seconds? It stays waiting until this transaction ends, so that whoever
    takes it then reads what this one wrote."""
    soon = database_now(session) + span(within)
    return session.scalar(select(Delivery.id).where(
        Delivery.shop_id == shop_id, Delivery.kind == kind, Delivery.lane == lane, Delivery.state == WAITING, Delivery.not_before <= soon)
        .limit(1).with_for_update()) is not None


def _turn(session: Session, shop_id: ShopId, at: datetime) -> Turn:
    turn = session.get(Turn, shop_id)
    if turn is None:
        insert_once(session, Turn, {"shop_id": shop_id, "served_at": at, "failures": 0, "frozen": False})
        turn = session.get_one(Turn, shop_id)
    return turn


def lease(session: Session, terms: Mapping[str, Terms]) -> list[Lease]:
    """Take what is due next: one lane of one kind of the shop that has waited longest. Empty if nothing is ready.

    Rows of the empty lane go one by one, side by side.

    A kind that ``terms`` does not know stays where it is.
    """
    now = database_now(session)
    seen: set[ShopId] = set()
    local = tuple(name for name, one in terms.items() if not one.asks_shopify)
    # Waiting for a turn is safe only while none is held: two workers must not each hold what the other waits for.
    turn = tables.next_turn(session, now, local=local) or tables.next_turn(session, now, local=local, wait=True)
    while turn is not None and turn.shop_id not in seen:
        seen.add(turn.shop_id)
        turn.served_at = database_now(session)
        is_open = turn.open_until is not None and turn.open_until > now
        first = tables.first_ready(session, turn.shop_id, now, kinds=local if is_open else tuple(terms))
        if first is not None:
            return _take(session, first, terms[first.kind], now)
        session.flush()
        turn = tables.next_turn(session, now, local=local)
    return []


def _take(session: Session, first: Delivery, terms: Terms, now: datetime) -> list[Lease]:
    deadline = clock.machine_now() + span(terms.seconds)
    ids = tables.ready_in_lane(session, first, now, limit=terms.batch) if first.lane else [first.id]
    taken = session.execute(
        update(Delivery).where(Delivery.shop_id == first.shop_id, Delivery.id.in_(ids), tables.is_ready(now))
        .values(state=LEASED, lease_until=database_now(session) + span(terms.seconds), fence=Delivery.fence + 1,
                attempts=Delivery.attempts + 1)
        .returning(Delivery.id, Delivery.subject_id, Delivery.fence, Delivery.attempts)
        .execution_options(synchronize_session=False)).all()
    session.expire_all()
    rows = sorted(taken, key=lambda row: ids.index(row[0]))
    return [Lease(first.shop_id, id_, first.kind, subject, first.lane, fence, attempts, deadline) for id_, subject, fence, attempts in rows]


def hold_on(session: Session, lease: Lease) -> None:
    """Make sure that this lease still stands, and keep it until the transaction ends.

    Call it before sending and before recording. Raises LeaseLost if the fence moved or the time is over.
    """
    now = database_now(session)
    _change(session, lease, {"error": Delivery.error}, Delivery.lease_until > now)


def finish(session: Session, lease: Lease) -> None:
    """It has left. Raises LeaseLost if another worker has it."""
    _change(session, lease, {"state": DONE, "lease_until": None, "error": None})


def postpone(session: Session, lease: Lease, *, seconds: float, error: str | None = None, failed: bool = True) -> None:
    """Not now: again after ``seconds``. ``failed=False`` is polling and counts no attempt.

    After the last attempt it is a dead letter. Raises LeaseLost if another worker has it.
    """
    if failed and rules.is_hopeless(lease.attempts):
        bury(session, lease, error or "too many attempts")
        return
    _change(session, lease, {
        "state": WAITING, "lease_until": None, "not_before": database_now(session) + span(seconds), "error": error and error[:500],
        "attempts": lease.attempts if failed else max(0, lease.attempts - 1)})


def bury(session: Session, lease: Lease, error: str) -> None:
    """No attempt will help: a dead letter, for a person to read. Raises LeaseLost if another worker has it."""
    _change(session, lease, {"state": DEAD, "lease_until": None, "error": error[:500]})


def _change(session: Session, lease: Lease, values: Mapping[str, Any], *also: ColumnElement[bool]) -> None:
    found = session.execute(update(Delivery).where(
        Delivery.shop_id == lease.shop_id, Delivery.id == lease.delivery_id, Delivery.state == LEASED, Delivery.fence == lease.fence, *also)
        .values(**values).execution_options(synchronize_session=False))
    if cast(CursorResult[Any], found).rowcount != 1:
        raise LeaseLost("This delivery is somebody else's now.", delivery_id=lease.delivery_id, fence=lease.fence)


def revive(session: Session, shop_id: ShopId, delivery_id: UUID) -> bool:
    """A person wants a dead letter tried again. False if it is not dead. Raises NotFound."""
    tables.get(session, shop_id, delivery_id)
    return _move(session, shop_id, DEAD, {"state": WAITING, "attempts": 0, "not_before": database_now(session)},
                 Delivery.id == delivery_id) == 1


def freeze(session: Session, shop_id: ShopId) -> int:
    """The shop is gone: nothing leaves any more, a lease in flight can no longer record. Returns how many were stopped."""
    turn = _turn(session, shop_id, database_now(session))
    turn.frozen = True
    return _move(session, shop_id, None, {"state": FROZEN, "lease_until": None, "fence": Delivery.fence + 1},
                 Delivery.state.in_((WAITING, LEASED)))


def thaw(session: Session, shop_id: ShopId) -> int:
    """The shop is back: what was frozen is due again. Returns how many."""
    now = database_now(session)
    turn = _turn(session, shop_id, now)
    turn.frozen, turn.failures, turn.open_until = False, 0, None
    return _move(session, shop_id, FROZEN, {"state": WAITING, "not_before": now, "attempts": 0})


def _move(session: Session, shop_id: ShopId, state: str | None, values: Mapping[str, Any], *also: ColumnElement[bool]) -> int:
    where = [Delivery.shop_id == shop_id, *also, *([Delivery.state == state] if state else [])]
    moved = session.execute(update(Delivery).where(*where).values(**values).execution_options(synchronize_session=False))
    session.expire_all()
    return cast(CursorResult[Any], moved).rowcount


def went_well(session: Session, shop_id: ShopId) -> None:
    """The shop's Shopify answers: the breaker's count starts again."""
    session.execute(update(Turn).where(Turn.shop_id == shop_id, Turn.failures > 0).values(failures=0, open_until=None))


def went_badly(session: Session, shop_id: ShopId, *, pause: float | None = None) -> None:
    """The shop's Shopify failed us. Enough of it in a row, or an explicit ``pause`` in seconds, and nothing is sent for a while."""
    now = database_now(session)
    turn = _turn(session, shop_id, now)
    turn.failures += 1
    wait = pause or rules.breaker_wait(turn.failures, random.random())
    turn.open_until = now + span(wait) if wait else None


def cancel(session: Session, shop_id: ShopId, kind: str, subject_ids: Sequence[UUID]) -> int:
    """What has not left need not leave any more. Returns how many were withdrawn; one in flight is left alone."""
    return _move(session, shop_id, None, {"state": DONE}, Delivery.kind == kind, Delivery.subject_id.in_(subject_ids),
                 Delivery.state.in_((WAITING, FROZEN, DEAD)))
