"""Store credit at Shopify: each movement is a row that is completed before the call and closed after it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId, new_id
from plugin.ledger import flows as ledger
from plugin.money import Money
from plugin.outbox import flows as outbox
from plugin.rewards import rules, tables
from plugin.rewards.flows.discounts import LONGEST
from plugin.rewards.flows.life import book, issued
from plugin.rewards.reads import CreditAccount
from plugin.rewards.tables import Attempt, Reward

AUDIT_AFTER = timedelta(hours=1)
SHORTEST = timedelta(days=1)  # Shopify refuses credit that has ended already


def is_wanted(attempt: Attempt, reward: Reward) -> bool:
    """Is there still a reason to send this?"""
    if attempt.state in {"done", "dropped"}:
        return False
    return reward.state in rules.LEAVING if attempt.kind == "credit" else True


def about_to_send(session: Session, shop_id: ShopId, attempt: Attempt, reward: Reward, account: CreditAccount | None,
                  *, now: datetime) -> None:
    """Everything that a look-up after a lost answer needs, stored before the call. ``account`` is None on a second send:
    what was noted before the first one stays."""
    if account is not None:
        attempt.account_id, attempt.last_id = account.id, account.last_id
        attempt.moved = attempt.amount if attempt.kind == "credit" else min(attempt.amount, account.balance)
    if attempt.kind == "credit" and attempt.marker is None:
        attempt.marker = unused_second(session, shop_id, attempt, max(reward.expires_at or now + LONGEST, now + SHORTEST))
    attempt.state, attempt.sent_at, attempt.sends = "sent", clock.machine_now(), attempt.sends + 1
    if attempt.kind == "credit":
        reward.sent = True
        if reward.state == "frozen":
            reward.state = "issuing"
    session.flush()


def unused_second(session: Session, shop_id: ShopId, attempt: Attempt, wanted: datetime) -> datetime:
    """The first second at or after ``wanted`` that no credit of this account has had as its end."""
    used = tables.markers(session, shop_id, str(attempt.customer_id), attempt.currency)
    second = wanted.replace(microsecond=0)
    while second in used:
        second += timedelta(seconds=1)
    return second


def surely_not_applied(session: Session, shop_id: ShopId, attempt: Attempt) -> None:
    """The call did not reach Shopify or was refused there. After a first send the attempt is as good as new; after a
    later one an earlier outcome may still be open, so the noted last transaction stays."""
    if attempt.sends == 1:
        attempt.state, attempt.sends = "planned", 0


def credited(session: Session, shop_id: ShopId, attempt: Attempt, transaction_id: str, now: datetime) -> None:
    """The credit is in the account. Sent more than once: an audit will look whether it arrived more than once."""
    reward = tables.reward(session, shop_id, attempt.reward_id, lock=True)
    attempt.state, attempt.transaction_id = "done", transaction_id
    issued(session, shop_id, [reward], now)
    if attempt.sends > 1:
        outbox.put(session, shop_id, "credit_audit", attempt.id, now=now, lane=str(reward.person_id), not_before=now + AUDIT_AFTER)


def debited(session: Session, shop_id: ShopId, attempt: Attempt, transaction_id: str | None, now: datetime) -> None:
    """``moved`` of ``amount`` is back; the rest had been spent before we came."""
    attempt.state, attempt.transaction_id = "done", transaction_id
    gone = attempt.amount - attempt.moved
    if attempt.kind == "correction":
        _book_correction(session, shop_id, attempt, gone, now)
        return
    reward = tables.reward(session, shop_id, attempt.reward_id, lock=True)
    reward.closed += attempt.moved
    reward.taken -= gone
    reward.spent += gone
    if reward.lost and reward.spent:
        reward.state = "spent"
    book(session, shop_id, [reward], now)


def ended(session: Session, shop_id: ShopId, attempt_id: UUID, expired: int, now: datetime) -> None:
    """The credit's time is over: ``expired`` minor units of it were not used. The rest was spent, or taken back before."""
    attempt = tables.attempt(session, shop_id, attempt_id)
    reward = tables.reward(session, shop_id, attempt.reward_id, lock=True)
    if reward.state == "issued":
        reward.state, reward.spent = "expired", max(reward.spent, reward.amount - reward.taken - expired)
        book(session, shop_id, [reward], now)


def arrived_twice(session: Session, shop_id: ShopId, attempt: Attempt, copies: int, now: datetime) -> None:
    """More than one credit with the marker of ``attempt`` is in the account: book each copy and plan to take it back."""
    reward = tables.reward(session, shop_id, attempt.reward_id, lock=True)
    for copy in range(copies):
        ledger.post(session, shop_id, "correct", Money(attempt.amount, attempt.currency), key=f"{attempt.id}/copy/{copy}", now=now)
        correction = Attempt(
            shop_id=shop_id, id=new_id(), reward_id=reward.id, kind="correction", currency=attempt.currency, amount=attempt.amount,
            customer_id=attempt.customer_id, account_id=attempt.account_id, state="planned", made_at=now)
        session.add(correction)
        outbox.put(session, shop_id, "credit_take_back", correction.id, now=now, lane=str(reward.person_id))
    session.flush()


def _book_correction(session: Session, shop_id: ShopId, attempt: Attempt, gone: int, now: datetime) -> None:
    """What came back leaves the books; what had been spent was an expense of the shop."""
    if attempt.moved:
        ledger.post(session, shop_id, "correct_down", Money(attempt.moved, attempt.currency), key=f"{attempt.id}/back", now=now)
    if gone:
        ledger.post(session, shop_id, "spend", Money(gone, attempt.currency), key=f"{attempt.id}/gone", now=now)
