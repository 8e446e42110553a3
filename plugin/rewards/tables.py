"""Rewards, the shared discounts that their codes hang on, and what was tried at Shopify."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Select, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.attribution.tables import Code
from plugin.db import Base, ShopId, own_key, shop_key
from plugin.errors import NotFound
from plugin.rewards.rules import GOODWILL

WAITS = frozenset({"pending", "hold", "issuing", "unknown", "frozen"})


class Reward(Base):
    """One per order, programme and role. Amounts are minor units of ``currency``; see ``rules.Standing`` for their meaning.

    Goodwill has no order; what stands in ``order_id`` is then made of the act and the person, so that one act gives a person one.
    ``basis`` is the order's net amount at which ``amount`` was fixed; ``trimmed`` is what the margin guard cut off it.
    """

    __tablename__ = "rewards"
    __table_args__ = (UniqueConstraint("shop_id", "order_id", "programme_id", "role"), Index(None, "shop_id", "person_id", "id"),
                      Index(None, "shop_id", "state", "made_at", "id"), Index(None, "shop_id", "state", "amount", "id"),
                      Index(None, "shop_id", "role", "made_at", "id"), Index(None, "shop_id", "kind", "made_at", "id"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    order_id: Mapped[str] = mapped_column(String(32))
    programme_id: Mapped[UUID]
    version_id: Mapped[UUID]
    role: Mapped[str] = mapped_column(String(8))  # advocate | friend | goodwill
    person_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(16))  # percentage | fixed | free_shipping | store_credit
    basis_points: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column(default=0)
    due: Mapped[int] = mapped_column(default=0)
    spent: Mapped[int] = mapped_column(default=0)
    taken: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    basis: Mapped[int] = mapped_column(default=0)
    trimmed: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(8))
    why: Mapped[str] = mapped_column(String(64), default="")
    hold_until: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    issued_at: Mapped[datetime | None]
    lost: Mapped[bool] = mapped_column(default=False)  # its order deserves nothing any more
    sent: Mapped[bool] = mapped_column(default=False)  # an attempt at Shopify was made: only its outcome may change this now
    code_id: Mapped[UUID | None]
    made_at: Mapped[datetime]

    @property
    def earned_by(self) -> str | None:
        """The order that earned it; None for goodwill."""
        return None if self.role == GOODWILL else self.order_id


@dataclass(frozen=True, slots=True)
class Purse:
    """Sums over somebody's rewards in minor units: ``waiting`` may still come to nothing, ``ready`` is theirs to use."""

    waiting: int = 0
    ready: int = 0
    spent: int = 0

    def with_(self, reward: Reward) -> "Purse":
        return Purse(self.waiting + (reward.amount if reward.state in WAITS else 0),
                     self.ready + (reward.amount - reward.taken - reward.spent if reward.state == "issued" else 0),
                     self.spent + reward.spent)


class Discount(Base):
    """A discount at Shopify that many single-use codes share. ``key`` says what it is; ``seed`` is its first code, never
    given to anybody, chosen and stored before the call so that a lost answer can be looked up."""

    __tablename__ = "discounts"
    __table_args__ = (UniqueConstraint("shop_id", "key"), UniqueConstraint("shop_id", "seed"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    key: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(8))  # friend | advocate | goodwill
    version_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(255))
    seed: Mapped[str] = mapped_column(String(32))
    basis_points: Mapped[int | None]
    amount: Mapped[int | None]
    minimum: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    combines: Mapped[list[Any]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    external_id: Mapped[str | None] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(8))  # planned | sent | ready | failed | gone
    error: Mapped[str | None] = mapped_column(String(255))
    made_at: Mapped[datetime]


class Batch(Base):
    """Codes that travelled together to Shopify, and the asynchronous job there that adds them."""

    __tablename__ = "code_batches"
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    discount_id: Mapped[UUID]
    external_id: Mapped[str | None] = mapped_column(String(32))
    code_ids: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(8))  # sent | polling | done
    made_at: Mapped[datetime]


class Attempt(Base):
    """One movement of store credit, planned with the facts that caused it and completed before the call.

    ``amount`` is what is wanted, ``moved`` what the call asks for (less, if less is left to debit). ``marker`` is the
    ``expiresAt`` of a credit, a second used once in that account. ``last_id`` is the newest transaction of the account
    before the first call (None: no account yet). ``sent_at`` is machine time. A ``correction`` takes back a credit that
    arrived twice.
    """

    __tablename__ = "credit_attempts"
    __table_args__ = (UniqueConstraint("shop_id", "customer_id", "currency", "marker"), Index(None, "shop_id", "reward_id"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    reward_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(10))  # credit | debit | correction
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int]
    moved: Mapped[int] = mapped_column(default=0)
    customer_id: Mapped[str | None] = mapped_column(String(32))
    account_id: Mapped[str | None] = mapped_column(String(32))
    marker: Mapped[datetime | None]
    last_id: Mapped[str | None] = mapped_column(String(32))
    sends: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(8))  # planned | sent | done | dropped
    transaction_id: Mapped[str | None] = mapped_column(String(32))
    made_at: Mapped[datetime]


def reward(session: Session, shop_id: ShopId, reward_id: UUID, *, lock: bool = False) -> Reward:
    """Raises NotFound, for another shop's reward too."""
    found = session.scalar(_locked(select(Reward).where(Reward.shop_id == shop_id, Reward.id == reward_id), lock))
    if found is None:
        raise NotFound("reward")
    return found


def of_order(session: Session, shop_id: ShopId, order_id: str, *, lock: bool = False) -> list[Reward]:
    """What an order earned, in a fixed order."""
    return list(session.scalars(_locked(select(Reward).where(
        Reward.shop_id == shop_id, Reward.order_id == order_id).order_by(Reward.id), lock)))


def find(session: Session, shop_id: ShopId, order_id: str, programme_id: UUID, role: str) -> Reward | None:
    """The one reward of an order, programme and role, locked."""
    return session.scalar(_locked(select(Reward).where(
        Reward.shop_id == shop_id, Reward.order_id == order_id, Reward.programme_id == programme_id, Reward.role == role), True))


def of_person(session: Session, shop_id: ShopId, person_id: UUID, *, limit: int = 100) -> list[Reward]:
    """A person's rewards, newest first."""
    return list(session.scalars(select(Reward).where(
        Reward.shop_id == shop_id, Reward.person_id == person_id).order_by(Reward.id.desc()).limit(limit)))


def purse_of(session: Session, shop_id: ShopId, person_ids: Collection[UUID]) -> dict[str, Purse]:
    """What these people's rewards come to, by currency."""
    told: dict[str, Purse] = {}
    for reward in session.scalars(select(Reward).where(Reward.shop_id == shop_id, Reward.person_id.in_(person_ids)).limit(5000)):
        told[reward.currency] = told.get(reward.currency, Purse()).with_(reward)
    return dict(sorted(told.items()))


def last_goodwill(session: Session, shop_id: ShopId, person_ids: Collection[UUID]) -> datetime | None:
    """When these people last got goodwill that they could keep."""
    return session.scalar(select(func.max(Reward.made_at)).where(
        Reward.shop_id == shop_id, Reward.person_id.in_(person_ids), Reward.role == GOODWILL, Reward.lost.is_(False)))


def lapsed_goodwill(session: Session, shop_id: ShopId, *, now: datetime, limit: int) -> list[UUID]:
    """Goodwill that can still be used and whose time is over: no order looks after it."""
    return list(session.scalars(select(Reward.id).where(
        Reward.shop_id == shop_id, Reward.role == GOODWILL, Reward.state == "issued", Reward.expires_at <= now)
        .order_by(Reward.id).limit(limit)))


def by_ids(session: Session, shop_id: ShopId, ids: Sequence[UUID], *, lock: bool = False) -> dict[UUID, Reward]:
    """Those of ``ids`` that exist, locked in one order so that two callers never wait for each other in a ring."""
    rows = session.scalars(_locked(select(Reward).where(Reward.shop_id == shop_id, Reward.id.in_(ids)).order_by(Reward.id), lock))
    return {row.id: row for row in rows}


def by_codes(session: Session, shop_id: ShopId, keys: Sequence[str]) -> list[tuple[str, UUID]]:
    """(code key, reward id) of the reward codes among ``keys``."""
    rows = session.execute(select(Code.code_key, Code.reward_id).where(
        Code.shop_id == shop_id, Code.code_key.in_(keys), Code.kind == "reward", Code.reward_id.is_not(None)))
    return [(key, reward_id) for key, reward_id in rows if reward_id is not None]


def discount(session: Session, shop_id: ShopId, discount_id: UUID) -> Discount:
    """Raises NotFound."""
    found = session.scalar(select(Discount).where(Discount.shop_id == shop_id, Discount.id == discount_id))
    if found is None:
        raise NotFound("discount")
    return found


def at_shopify(session: Session, shop_id: ShopId) -> list[str]:
    """The digits of every shared discount that we believe to be there."""
    return list(session.scalars(select(Discount.external_id).where(
        Discount.shop_id == shop_id, Discount.state == "ready", Discount.external_id.is_not(None)).order_by(Discount.external_id)))


def _locked(statement: Select[Reward], lock: bool) -> Select[Reward]:
    # A row that this session has read before is read anew once it is held.
    return statement.with_for_update().execution_options(populate_existing=True) if lock else statement


def attempts(session: Session, shop_id: ShopId, reward_id: UUID) -> list[Attempt]:
    """What was tried for a reward's store credit, oldest first."""
    return list(session.scalars(select(Attempt).where(
        Attempt.shop_id == shop_id, Attempt.reward_id == reward_id).order_by(Attempt.id)))


def attempt(session: Session, shop_id: ShopId, attempt_id: UUID) -> Attempt:
    """Raises NotFound."""
    found = session.scalar(select(Attempt).where(Attempt.shop_id == shop_id, Attempt.id == attempt_id))
    if found is None:
        raise NotFound("attempt")
    return found


def ended(session: Session, shop_id: ShopId, *, before: datetime, limit: int) -> list[UUID]:
    """Credits that ended before (business time) and of whose reward we do not know yet what became of it."""
    its_reward = (Reward.shop_id == Attempt.shop_id) & (Reward.id == Attempt.reward_id)
    return list(session.scalars(select(Attempt.id).join(Reward, its_reward).where(
        Attempt.shop_id == shop_id, Attempt.kind == "credit", Attempt.state == "done", Attempt.marker < before, Reward.state == "issued")
        .order_by(Attempt.marker, Attempt.id).limit(limit)))


def markers(session: Session, shop_id: ShopId, customer_id: str, currency: str) -> set[datetime]:
    """Every marker ever used in this customer's account of this currency."""
    return {marker for marker in session.scalars(select(Attempt.marker).where(
        Attempt.shop_id == shop_id, Attempt.customer_id == customer_id, Attempt.currency == currency)) if marker}


def transaction_ids(session: Session, shop_id: ShopId, customer_id: str) -> set[str]:
    """Transactions at Shopify that we know as ours."""
    return {id for id in session.scalars(select(Attempt.transaction_id).where(
        Attempt.shop_id == shop_id, Attempt.customer_id == customer_id)) if id}
