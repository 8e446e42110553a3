"""The life of one reward: what its order asks for, what Shopify has done, and the books that follow from both.

Every flow changes the row's facts and then calls ``book``, which posts the difference: the row and the books cannot drift apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, event, update
from sqlalchemy.orm import Session

from plugin import failpoint
from plugin.attribution.rules import code_key, new_code
from plugin.attribution.tables import Code
from plugin.db import ShopId, insert_once, new_id
from plugin.intake.rules import visible_since
from plugin.ledger import flows as ledger
from plugin.mirror import tables as mirror
from plugin.money import Money
from plugin.outbox import flows as outbox
from plugin.rewards import rules, tables
from plugin.rewards.flows.discounts import shared_discount
from plugin.rewards.flows.mail import tell_earned, tell_taken_back
from plugin.rewards.rules import Due, RewardTerms, Role, Standing, State
from plugin.rewards.tables import Attempt, Reward
from plugin.shops import tables as shops


@dataclass(frozen=True, slots=True)
class Claim:
    """Who gets what for which order, before its worth is known. ``combines`` and ``minimum`` are for the code's discount."""

    order_id: str
    programme_id: UUID
    version_id: UUID
    role: Role
    person_id: UUID
    terms: RewardTerms
    combines: frozenset[str] = frozenset()
    trimmed: int = 0


def bring(session: Session, shop_id: ShopId, claim: Claim, due: Due, now: datetime) -> Reward | None:
    """Make the reward what its order asks for now. None if there is none and none is due, save where it is to be read why. Doing it
    again changes nothing."""
    reward = tables.find(session, shop_id, claim.order_id, claim.programme_id, claim.role)
    if reward is None:
        if due.stage == "nothing" and due.why not in rules.EXPLAINED:
            return None
        reward = _new(session, shop_id, claim, due, now)
    if reward.state in rules.BEFORE_ISSUE or (reward.state in rules.LEAVING and not reward.sent):
        _before_issue(session, shop_id, reward, claim, due, now)
    else:
        reward.due, reward.lost = _still_due(reward, due), due.stage == "nothing"
        take_back(session, shop_id, reward, now)
    book(session, shop_id, [reward], now)
    return reward


def _new(session: Session, shop_id: ShopId, claim: Claim, due: Due, now: datetime) -> Reward:
    insert_once(session, Reward, {
        "shop_id": shop_id, "id": new_id(), "order_id": claim.order_id, "programme_id": claim.programme_id,
        "version_id": claim.version_id, "role": claim.role, "person_id": claim.person_id, "kind": claim.terms.kind,
        "basis_points": claim.terms.basis_points, "currency": due.worth.currency, "state": "pending", "made_at": now})
    reward = tables.find(session, shop_id, claim.order_id, claim.programme_id, claim.role)
    assert reward is not None
    return reward


def _before_issue(session: Session, shop_id: ShopId, reward: Reward, claim: Claim, due: Due, now: datetime) -> None:
    state = rules.next_state(cast(State, reward.state), due, sent=reward.sent)
    promised = (reward.amount, reward.version_id, reward.person_id)
    if reward.state in rules.LEAVING and (state != "issuing" or promised != (due.worth.amount, claim.version_id, claim.person_id)):
        recall(session, shop_id, reward)
    leaving = reward.state in rules.LEAVING
    reward.version_id, reward.person_id, reward.trimmed = claim.version_id, claim.person_id, claim.trimmed
    reward.kind, reward.basis_points = claim.terms.kind, claim.terms.basis_points
    reward.amount, reward.basis, reward.why = due.worth.amount, due.basis, due.why
    reward.due, reward.lost = (due.worth.amount if due.earned else 0), due.stage == "nothing"
    reward.hold_until = due.hold_until
    if not leaving:
        reward.state, reward.expires_at = state, due.expires_at
        if state == "issuing":
            _send(session, shop_id, reward, claim, now)


def recall(session: Session, shop_id: ShopId, reward: Reward) -> None:
    """Nothing has been tried yet: take the delivery out of the outbox as if it had never been put."""
    reward.state = "hold"
    code_id, reward.code_id = reward.code_id, None
    if code_id is not None:
        session.get_one(Code, (shop_id, code_id)).state = "deleted"
        outbox.cancel(session, shop_id, "codes_add", [code_id])
    for attempt in tables.attempts(session, shop_id, reward.id):
        attempt.state = "dropped"
        outbox.cancel(session, shop_id, "credit_issue", [attempt.id])


def _send(session: Session, shop_id: ShopId, reward: Reward, claim: Claim, now: datetime) -> None:
    """The hold is over: write what has to leave, with the facts that caused it."""
    if claim.terms.is_code:
        plan_code(session, shop_id, reward, claim, now)
    elif not reward.amount:
        reward.state, reward.why = "void", "worth_nothing"
    else:
        attempt = Attempt(shop_id=shop_id, id=new_id(), reward_id=reward.id, kind="credit", currency=reward.currency,
                          amount=reward.amount, state="planned", made_at=now)
        session.add(attempt)
        outbox.put(session, shop_id, "credit_issue", attempt.id, now=now, lane=str(reward.person_id))
    event.listen(session, "after_commit", _committed)


def _committed(session: Session) -> None:
    if not session.in_nested_transaction():
        failpoint.reach("K6")


def plan_code(session: Session, shop_id: ShopId, reward: Reward, claim: Claim, now: datetime) -> Code:
    """Choose and store the code that the reward will have, on the discount of exactly this worth."""
    terms = claim.terms
    if terms.kind == "fixed":
        terms = RewardTerms("fixed", amount=Money(max(1, reward.amount), reward.currency))
    discount = shared_discount(session, shop_id, purpose="advocate", version_id=reward.version_id, terms=terms,
                               ends_at=reward.expires_at, combines=claim.combines, minimum=None, now=now)
    return hang_code(session, shop_id, reward, discount, now)


def hang_code(session: Session, shop_id: ShopId, reward: Reward, discount: tables.Discount, now: datetime) -> Code:
    """A new code for the reward on this discount, and its delivery."""
    text = new_code()
    code = Code(shop_id=shop_id, id=new_id(), code=text, code_key=code_key(text), kind="reward", state="planned",
                discount_id=discount.id, version_id=reward.version_id, reward_id=reward.id, ends_at=discount.ends_at, made_at=now)
    session.add(code)
    reward.code_id = code.id
    outbox.put(session, shop_id, "codes_add", code.id, now=now, lane=str(discount.id))
    return code


def issued(session: Session, shop_id: ShopId, rewards: Sequence[Reward], now: datetime) -> None:
    """Shopify has these. Where the order has lost worth meanwhile, the taking back begins at once."""
    new = [reward for reward in rewards if reward.state in rules.LEAVING]
    for reward in new:
        reward.state, reward.issued_at = "issued", now
        tell_earned(session, shop_id, reward, now)
        take_back(session, shop_id, reward, now)
    book(session, shop_id, new, now)


def _still_due(reward: Reward, due: Due) -> int:
    """What of the reward as issued is still deserved: in proportion to what has gone from the order since."""
    if due.stage == "nothing":
        return 0
    whole = Money(reward.amount, reward.currency)
    return whole.share(min(due.basis, reward.basis), reward.basis).amount if reward.basis else whole.amount


def take_back(session: Session, shop_id: ShopId, reward: Reward, now: datetime) -> None:
    """Begin to take back at Shopify what the order no longer deserves and what can be taken back.

    A code cannot shrink: it goes as a whole or stays, and then the part is a debt. Store credit is debited.
    """
    if reward.state != "issued":
        return
    if reward.kind in rules.CODE_KINDS:
        if reward.lost:
            _take_code(session, shop_id, reward, now)
    elif reward.amount - reward.due > reward.taken + reward.spent:
        _take_credit(session, shop_id, reward, reward.amount - reward.due - reward.taken - reward.spent, now)


def _take_code(session: Session, shop_id: ShopId, reward: Reward, now: datetime) -> None:
    reward.state, reward.taken, reward.why = "reversed", reward.amount, "taken_back" if reward.role == rules.GOODWILL else "order_refunded"
    drop_code(session, shop_id, reward, now)
    tell_taken_back(session, shop_id, reward, now)


def drop_code(session: Session, shop_id: ShopId, reward: Reward, now: datetime) -> None:
    """The code must stop working at checkout."""
    if reward.code_id is not None:
        code = session.get_one(Code, (shop_id, reward.code_id))
        outbox.put(session, shop_id, "codes_delete", code.id, now=now, lane=str(code.discount_id))


def _take_credit(session: Session, shop_id: ShopId, reward: Reward, amount: int, now: datetime) -> None:
    given = next(row for row in tables.attempts(session, shop_id, reward.id) if row.kind == "credit")
    attempt = Attempt(shop_id=shop_id, id=new_id(), reward_id=reward.id, kind="debit", customer_id=given.customer_id,
                      currency=reward.currency, amount=amount, account_id=given.account_id, state="planned", made_at=now)
    session.add(attempt)
    reward.taken += amount
    outbox.put(session, shop_id, "credit_take_back", attempt.id, now=now, lane=str(reward.person_id))
    if reward.lost:
        reward.state, reward.why = "reversed", "order_refunded"
    tell_taken_back(session, shop_id, reward, now)


def spend(session: Session, shop_id: ShopId, reward: Reward, taken_off: int, now: datetime) -> bool:
    """An order used the reward's code, which took off ``taken_off`` minor units. True if that was news.

    A code that was being taken back, or had just expired, and was faster, counts as spent.
    """
    if reward.state in rules.BEFORE_ISSUE or (reward.state == "spent" and reward.spent == taken_off):
        return False
    reward.state, reward.spent, reward.taken, reward.closed = "spent", taken_off, 0, 0
    if reward.role == rules.GOODWILL:  # a gift that was faster than its taking back is nobody's debt
        reward.due, reward.lost = reward.amount, False
    if reward.code_id is not None:
        session.get_one(Code, (shop_id, reward.code_id)).state = "used"
        outbox.cancel(session, shop_id, "codes_delete", [reward.code_id])
    book(session, shop_id, [reward], now)
    return True


def expire(session: Session, shop_id: ShopId, reward: Reward, now: datetime) -> bool:
    """A code whose time is over is deleted. True if that was now. (Store credit ends at Shopify by itself.)"""
    if reward.state != "issued" or reward.kind not in rules.CODE_KINDS or not reward.expires_at or reward.expires_at > now:
        return False
    reward.state = "expired"
    drop_code(session, shop_id, reward, now)
    book(session, shop_id, [reward], now)
    return True


def standing(reward: Reward) -> Standing:
    return Standing(state=cast(State, reward.state), is_code=reward.kind in rules.CODE_KINDS, amount=reward.amount, due=reward.due,
                    spent=reward.spent, taken=reward.taken, closed=reward.closed)


def book(session: Session, shop_id: ShopId, rewards: Sequence[Reward], now: datetime) -> None:
    """Post what is missing between the books and the rewards' facts."""
    session.flush()
    for currency in sorted({reward.currency for reward in rewards}):
        wanted = {ledger.Subject(reward.id, reward.earned_by): rules.books(standing(reward)) for reward in rewards
                  if reward.currency == currency}
        ledger.level_all(session, shop_id, wanted, currency=currency, now=now)


def freeze(session: Session, shop_id: ShopId) -> int:
    """The shop has gone: what was about to be issued waits. Returns how many. (Its deliveries are frozen by the outbox.)"""
    moved = session.execute(update(Reward).where(Reward.shop_id == shop_id, Reward.state.in_(("issuing", "unknown")))
                            .values(state="frozen"))
    return cast(CursorResult[Any], moved).rowcount


def too_old(session: Session, shop_id: ShopId, order_ids: Sequence[str], now: datetime) -> set[str]:
    """Those of the orders that Shopify does not show any more, by the scopes that the shop has granted."""
    since = visible_since(shops.get(session, shop_id).scopes, now)
    return mirror.placed_before(session, shop_id, order_ids, since) if since else set()


def role_of(reward: Reward) -> Role:
    return cast(Role, reward.role)


def terms_of(reward: Reward) -> RewardTerms:
    """The terms as they were given: for a fixed or trimmed reward, its amount as booked."""
    if reward.kind == "percentage":
        return RewardTerms("percentage", reward.basis_points)
    if reward.kind == "free_shipping":
        return RewardTerms("free_shipping")
    return RewardTerms("fixed" if reward.kind == "fixed" else "store_credit", amount=Money(max(1, reward.amount), reward.currency))
