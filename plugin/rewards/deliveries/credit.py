"""Store credit: no idempotency key, so the protocol is ours (docs/store-credit.md).

One movement in flight per account (the lane); before the call the account's newest transaction and the marker are stored; the
socket's patience ends before the lease does; after an unknown outcome we wait, read the transactions, and only then try again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from plugin import clock, failpoint
from plugin.context import Context
from plugin.errors import TryAgain
from plugin.money import Money
from plugin.outbox import flows as outbox
from plugin.outbox.rules import Lease
from plugin.people import tables as people
from plugin.rewards import reads, rules, tables
from plugin.rewards.flows import credit as flows
from plugin.rewards.flows import too_old
from plugin.rewards.tables import Attempt
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi
from plugin.shopify.failures import Frozen, OutcomeUnknown, UserErrors
from plugin.shops import reads as shops

LONGEST_CALL = 20.0
SHORTEST_CALL = 0.2
MARGIN = 0.25
"""Of what is left of the lease, this share is kept back for recording."""
STALE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A copy of what is to be sent, read in one transaction and used with none open."""

    attempt: Attempt
    order_id: str
    basis: int
    old: bool
    is_second_look: bool

    @property
    def is_credit(self) -> bool:
        return self.attempt.kind == "credit"


def issue_credit(context: Context, leases: Sequence[Lease]) -> None:
    """Subjects: Attempts of kind credit. Lane: the person."""
    for lease in leases:
        _move(context, lease)


def take_back_credit(context: Context, leases: Sequence[Lease]) -> None:
    """Subjects: Attempts of kind debit and correction. Lane: the person."""
    for lease in leases:
        _move(context, lease)


def _move(context: Context, lease: Lease) -> None:
    with context.transaction() as session:
        plan = _read(session, lease, context.settings.credit_wait_seconds)
    if plan is None:
        return
    api = shops.admin_api(context, lease.shop_id)
    account = reads.credit_account(api, str(plan.attempt.customer_id), plan.attempt.currency)
    if plan.is_second_look:
        transaction_id = _look_up(context, lease, plan, api=api, account_id=account.id)
        if transaction_id is not None:
            _record(context, lease, transaction_id)
            return
    elif plan.is_credit and not _order_holds(context, lease, api, plan):
        return
    attempt = _write_down(context, lease, None if plan.is_second_look else account)
    failpoint.reach("K7")
    if attempt.kind != "credit" and not attempt.moved:
        _record(context, lease, None)
        return
    _send(context, lease, api, attempt)


def _read(session: Session, lease: Lease, wait: float) -> Plan | None:
    """None: nothing to send now (the lease is closed or postponed)."""
    outbox.hold_on(session, lease)
    attempt = tables.attempt(session, lease.shop_id, lease.subject_id)
    reward = tables.reward(session, lease.shop_id, attempt.reward_id, lock=True)
    if not flows.is_wanted(attempt, reward):
        outbox.finish(session, lease)
        return None
    if attempt.customer_id is None:
        attempt.customer_id = people.get(session, lease.shop_id, reward.person_id).customer_id
    if attempt.customer_id is None:
        outbox.bury(session, lease, "Store credit needs a customer account in the shop, and this person has none.")
        return None
    sent_at = attempt.sent_at if attempt.state == "sent" else None
    rest = wait - (clock.machine_now() - sent_at).total_seconds() if sent_at else 0.0
    if rest > 0:
        outbox.postpone(session, lease, seconds=rest, error="waiting to see what became of the last try", failed=False)
        return None
    old = bool(too_old(session, lease.shop_id, [reward.order_id], clock.now()))
    return Plan(attempt, reward.order_id, reward.basis, old, sent_at is not None)


def _look_up(context: Context, lease: Lease, plan: Plan, *, api: AdminApi, account_id: str | None) -> str | None:
    """The transaction that an earlier send made after all. It is ours by its marker, or, for a debit, by its amount."""
    attempt = plan.attempt
    with context.transaction() as session:
        known = tables.transaction_ids(session, lease.shop_id, str(attempt.customer_id))
    for row in reads.transactions_since(api, account_id, attempt.last_id, attempt.currency):
        if row.id in known or not row.is_adjustment or row.amount != attempt.moved or row.is_credit != plan.is_credit:
            continue
        if not plan.is_credit or row.expires_at == attempt.marker:
            return row.id
    return None


def _order_holds(context: Context, lease: Lease, api: AdminApi, plan: Plan) -> bool:
    """Does the order still carry, at Shopify, what our mirror believes? If not, wait until the mirror has caught up."""
    order = reads.orders_now(api, [plan.order_id])[plan.order_id]
    if order.carries(plan.basis, old=plan.old):
        return True
    with context.transaction() as session:
        outbox.postpone(session, lease, seconds=STALE_SECONDS, error="the order has changed at Shopify", failed=False)
    return False


def _write_down(context: Context, lease: Lease, account: reads.CreditAccount | None) -> Attempt:
    """The attempt's row, complete and committed before anything is sent."""
    _patience(lease)
    with context.transaction() as session:
        outbox.hold_on(session, lease)
        attempt = tables.attempt(session, lease.shop_id, lease.subject_id)
        reward = tables.reward(session, lease.shop_id, attempt.reward_id, lock=True)
        if not flows.is_wanted(attempt, reward):
            raise TryAgain("The reward was called back while we looked.", after=0.0)
        flows.about_to_send(session, lease.shop_id, attempt, reward, account, now=clock.now())
    return attempt


def _patience(lease: Lease) -> float:
    """Seconds that the call may take: shorter than what is left of the lease. Raises TryAgain if that is too little."""
    left = (lease.deadline - clock.machine_now()).total_seconds() * (1 - MARGIN)
    if left < SHORTEST_CALL:
        raise TryAgain("The lease is nearly over.", after=0.0)
    return min(left, LONGEST_CALL)


def _send(context: Context, lease: Lease, api: AdminApi, attempt: Attempt) -> None:
    try:
        transaction_id = _call(api, attempt, _patience(lease))
    except OutcomeUnknown as unknown:
        _note_unknown(context, lease, unknown)
        return
    except TryAgain:
        _note_not_applied(context, lease)
        raise
    except UserErrors as refused:
        _note_refused(context, lease, refused)
        return
    except Frozen:
        _note_not_applied(context, lease, frozen=True)
        raise
    failpoint.reach("K8")
    _record(context, lease, transaction_id)
    failpoint.reach("K10")


def _call(api: AdminApi, attempt: Attempt, timeout: float) -> str:
    money = Money(attempt.moved, attempt.currency)
    amount = {"amount": money.text(), "currencyCode": money.currency}
    if attempt.kind == "credit":
        assert attempt.marker is not None
        credit = {"creditAmount": amount, "expiresAt": _wire(attempt.marker), "notify": False}
        answer = api.call("store_credit_credit", _timeout=timeout, customerId=gid.make("Customer", str(attempt.customer_id)), credit=credit)
        return _transaction(answer["storeCreditAccountCredit"])
    answer = api.call("store_credit_debit", _timeout=timeout, accountId=gid.make("StoreCreditAccount", str(attempt.account_id)),
                      debit={"debitAmount": amount})
    return _transaction(answer["storeCreditAccountDebit"])


def _transaction(payload: dict[str, Any]) -> str:
    return gid.digits(payload["storeCreditAccountTransaction"]["id"])


def _wire(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _record(context: Context, lease: Lease, transaction_id: str | None) -> None:
    with context.transaction() as session:
        outbox.finish(session, lease)
        attempt = tables.attempt(session, lease.shop_id, lease.subject_id)
        if attempt.kind == "credit":
            flows.credited(session, lease.shop_id, attempt, str(transaction_id), clock.now())
        else:
            flows.debited(session, lease.shop_id, attempt, transaction_id, clock.now())
        session.flush()
        failpoint.reach("K9")


def _note_unknown(context: Context, lease: Lease, unknown: OutcomeUnknown) -> None:
    with context.transaction() as session:
        outbox.postpone(session, lease, seconds=context.settings.credit_wait_seconds, error=unknown.message)
        attempt = tables.attempt(session, lease.shop_id, lease.subject_id)
        reward = tables.reward(session, lease.shop_id, attempt.reward_id, lock=True)
        if attempt.kind == "credit" and reward.state in rules.LEAVING:
            reward.state = "unknown"


def _note_not_applied(context: Context, lease: Lease, *, frozen: bool = False) -> None:
    with context.transaction() as session:
        outbox.hold_on(session, lease)
        attempt = tables.attempt(session, lease.shop_id, lease.subject_id)
        reward = tables.reward(session, lease.shop_id, attempt.reward_id, lock=True)
        flows.surely_not_applied(session, lease.shop_id, attempt)
        if frozen and attempt.kind == "credit":
            reward.state = "frozen"


def _note_refused(context: Context, lease: Lease, refused: UserErrors) -> None:
    """Some refusals go away by looking again; the others need a person."""
    with context.transaction() as session:
        attempt = tables.attempt(session, lease.shop_id, lease.subject_id)
        flows.surely_not_applied(session, lease.shop_id, attempt)
        if "EXPIRES_AT_IN_PAST" in refused.codes and attempt.state == "planned":
            attempt.marker = None
        if {"EXPIRES_AT_IN_PAST", "INSUFFICIENT_FUNDS"} & set(refused.codes):
            outbox.postpone(session, lease, seconds=1.0, error=refused.message)
        else:
            outbox.bury(session, lease, refused.message)


def audit_credit(context: Context, leases: Sequence[Lease]) -> None:
    """Subjects: credit Attempts that were sent more than once. A second credit is booked and taken back."""
    for lease in leases:
        _audit(context, lease)


def _audit(context: Context, lease: Lease) -> None:
    with context.transaction() as session:
        outbox.hold_on(session, lease)
        attempt = tables.attempt(session, lease.shop_id, lease.subject_id)
    api = shops.admin_api(context, lease.shop_id)
    account = reads.credit_account(api, str(attempt.customer_id), attempt.currency)
    rows = reads.transactions_since(api, account.id, attempt.last_id, attempt.currency)
    copies = sum(row.is_credit and row.expires_at == attempt.marker and row.amount == attempt.moved for row in rows) - 1
    with context.transaction() as session:
        outbox.finish(session, lease)
        row = tables.attempt(session, lease.shop_id, lease.subject_id)
        row.account_id = account.id
        if copies > 0:
            flows.arrived_twice(session, lease.shop_id, row, copies, clock.now())
