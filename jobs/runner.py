"""Leases what is ready, calls the function of its kind, and turns every way a call can end into what becomes of the row."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from plugin.context import Context
from plugin.errors import Broken, Refused, TryAgain
from plugin.outbox import flows
from plugin.outbox.flows import Terms
from plugin.outbox.rules import FROZEN_WAIT, Lease, LeaseLost, backoff
from plugin.shopify.failures import Frozen, Throttled

TURN_SECONDS = 20.0

log = structlog.get_logger()

Deliver = Callable[[Context, Sequence[Lease]], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """``deliver`` gets leases that share shop, kind and lane, at most ``batch`` of them, and closes each.

    ``asks_shopify``: how it ends says how the shop's Shopify is. Only these kinds count for the breaker, and are stopped by it.
    """

    deliver: Deliver
    batch: int = 1
    asks_shopify: bool = True


@dataclass(frozen=True, slots=True)
class Later:
    """Try again after ``seconds``; ``counts`` as a failure of the delivery, ``pauses`` the whole shop for as long."""

    seconds: float
    error: str
    counts: bool = True
    pauses: bool = False


@dataclass(frozen=True, slots=True)
class Never:
    """A dead letter: a person has to look."""

    error: str


def run(context: Context, kinds: Mapping[str, Kind], *, seconds: float = TURN_SECONDS) -> int:
    """Deliver what is ready, shop by shop in turn, until nothing is or the time is over. Returns how many rows were leased."""
    until, leased = time.monotonic() + seconds, 0
    terms = {name: Terms(kind.batch, context.settings.lease_seconds, kind.asks_shopify) for name, kind in kinds.items()}
    while time.monotonic() < until:
        with context.transaction() as session:
            leases = flows.lease(session, terms)
        if not leases:
            break
        kind = kinds[leases[0].kind]
        deliver(context, kind.deliver, leases, asks_shopify=kind.asks_shopify)
        leased += len(leases)
    return leased


def deliver(context: Context, function: Deliver, leases: Sequence[Lease], *, asks_shopify: bool = True) -> None:
    """Call, and see to whatever ``function`` left open when it failed. Raises only if the database is gone."""
    try:
        function(context, leases)
    except LeaseLost as lost:
        log.warning("lease_lost", kind=leases[0].kind, fence=leases[0].fence, error=lost.message)
    except Exception as fault:
        _failed(context, leases, fault, asks_shopify=asks_shopify)
    else:
        if asks_shopify:
            with context.transaction() as session:
                flows.went_well(session, leases[0].shop_id)


def outcome(fault: Exception, attempts: int, chance: float) -> Later | Never:
    """What a failure means for a row that was tried ``attempts`` times."""
    words = f"{type(fault).__name__}: {fault}"
    if isinstance(fault, Throttled):
        return Later(fault.after or 1.0, words, counts=False)
    if isinstance(fault, Frozen):
        return Later(FROZEN_WAIT, words, counts=False, pauses=True)
    if isinstance(fault, Refused | Broken):
        return Never(words)
    after = fault.after if isinstance(fault, TryAgain) else None
    return Later(backoff(attempts, chance, at_least=after), words)


def _failed(context: Context, leases: Sequence[Lease], fault: Exception, *, asks_shopify: bool) -> None:
    what = outcome(fault, leases[0].attempts, random.random())
    told = {"kind": leases[0].kind, "rows": len(leases), "attempts": leases[0].attempts, "outcome": type(what).__name__}
    if isinstance(fault, TryAgain | Refused):
        log.warning("delivery_failed", error=type(fault).__name__, **told)
    else:
        log.error("delivery_failed", exc_info=fault, **told)
    with context.transaction() as session:
        for lease in leases:
            try:
                _close(session, lease, what)
            except LeaseLost:
                continue  # closed by the function itself before it failed, or another worker's by now
        if asks_shopify and isinstance(what, Later) and (what.counts or what.pauses):
            flows.went_badly(session, leases[0].shop_id, pause=what.seconds if what.pauses else None)


def _close(session: Session, lease: Lease, what: Later | Never) -> None:
    if isinstance(what, Never):
        flows.bury(session, lease, what.error)
    else:
        flows.postpone(session, lease, seconds=what.seconds, error=what.error, failed=what.counts)
