"""Everything about one order, from what Shopify told to what left for Shopify again."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.attribution import tables as attribution
from plugin.attribution.tables import Code, Decision, Visit, people_behind
from plugin.db import ShopId
from plugin.decisions import tables as decisions
from plugin.decisions.rules import Evidence
from plugin.desk import tables as desk
from plugin.desk.tables import Note
from plugin.errors import NotFound
from plugin.guardrails.tables import Case
from plugin.ledger.tables import Account, Posting
from plugin.messaging.tables import Mail
from plugin.mirror import rules as mirror_rules
from plugin.mirror import tables as mirror
from plugin.outbox.tables import Delivery
from plugin.people.tables import Person
from plugin.referrals.rules import Version
from plugin.referrals.tables import ProgrammeVersion
from plugin.rewards import tables as rewards
from plugin.rewards.tables import Attempt, Reward


@dataclass(frozen=True, slots=True)
class Entry:
    """One posting by the names of its accounts: ``source`` was debited, ``target`` credited, as in "held → owed"."""

    posting: Posting
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Left:
    """One delivery and what it brought about at Shopify or in a mailbox: a code, a credit's transaction, a mail."""

    delivery: Delivery
    code: Code | None = None
    attempt: Attempt | None = None
    mail: Mail | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """``decision`` and ``order`` may be missing while an order is on its way through."""

    order: mirror_rules.Order
    decision: Decision | None
    evidence: Evidence | None
    case: Case | None
    advocate: Person | None
    version: Version | None
    friend_code: Code | None
    visit: Visit | None
    notes: Sequence[Note]
    rewards: tuple[Reward, ...]
    entries: tuple[Entry, ...]
    left: tuple[Left, ...]


def walk(session: Session, shop_id: ShopId, order_id: str) -> Walk:
    """Raises NotFound for an order that the mirror does not hold, also for another shop's."""
    order = mirror.load(session, shop_id, order_id)
    if order is None:
        raise NotFound("order")
    decision = attribution.decision(session, shop_id, order_id)
    earned = rewards.of_order(session, shop_id, order_id)
    version = session.get(ProgrammeVersion, (shop_id, decision.version_id)) if decision and decision.version_id else None
    advocates = people_behind(session, shop_id, [decision.advocate_id]) if decision and decision.advocate_id else {}
    return Walk(
        order=order, decision=decision, evidence=decisions.evidence(session, shop_id, order_id)[0],
        case=session.get(Case, (shop_id, order_id)), advocate=next(iter(advocates.values()), None),
        version=version.version() if version else None,
        friend_code=session.get(Code, (shop_id, decision.code_id)) if decision and decision.code_id else None,
        visit=session.get(Visit, (shop_id, decision.visit_id)) if decision and decision.visit_id else None,
        notes=desk.notes(session, shop_id, f"order:{order_id}"),
        rewards=tuple(earned), entries=_entries(session, shop_id, order_id, [reward.id for reward in earned]),
        left=_left(session, shop_id, earned, decision.code_id if decision else None))


def _entries(session: Session, shop_id: ShopId, order_id: str, reward_ids: Sequence[UUID]) -> tuple[Entry, ...]:
    rows = session.scalars(select(Posting).where(
        Posting.shop_id == shop_id, (Posting.order_id == order_id) | Posting.reward_id.in_(reward_ids)).order_by(Posting.id)).all()
    return named(session, shop_id, rows)


def named(session: Session, shop_id: ShopId, rows: Sequence[Posting]) -> tuple[Entry, ...]:
    """Postings with the names of their accounts."""
    names = {row.id: row.name for row in session.scalars(select(Account).where(Account.shop_id == shop_id))}
    return tuple(Entry(row, names[row.debit_id], names[row.credit_id]) for row in rows)


def _left(session: Session, shop_id: ShopId, earned: Sequence[Reward], friend_code_id: UUID | None) -> tuple[Left, ...]:
    """Deliveries about the friend's code and these rewards, in the order in which they were put."""
    ids = [reward.id for reward in earned]
    codes = {row.id: row for row in session.scalars(select(Code).where(
        Code.shop_id == shop_id, Code.reward_id.in_(ids) | (Code.id == friend_code_id)))}
    attempts = {row.id: row for row in session.scalars(select(Attempt).where(Attempt.shop_id == shop_id, Attempt.reward_id.in_(ids)))}
    mails = {row.id: row for row in session.scalars(select(Mail).where(Mail.shop_id == shop_id, Mail.about.in_(ids)))}
    rows = session.scalars(select(Delivery).where(
        Delivery.shop_id == shop_id, Delivery.subject_id.in_([*codes, *attempts, *mails])).order_by(Delivery.id)).all()
    return tuple(Left(row, codes.get(row.subject_id), attempts.get(row.subject_id), mails.get(row.subject_id)) for row in rows)
