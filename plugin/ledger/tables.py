"""Accounts and postings. Postings are append-only: the database itself refuses to change or delete one."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy import DDL, CheckConstraint, ForeignKeyConstraint, Index, String, UniqueConstraint, event, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from plugin.db import Base, ShopId, own_key, shop_key
from plugin.ledger.rules import Kind, Open


class Told(NamedTuple):
    """A posting as ``history`` tells it; ``undone`` if it was reversed."""

    reward_id: UUID | None
    posting: Open
    undone: bool


class Account(Base):
    """``balance`` is debits minus credits in minor units, always equal to the sum of the postings."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("shop_id", "currency", "name"),)
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    name: Mapped[str] = mapped_column(String(16))
    currency: Mapped[str] = mapped_column(String(3))
    balance: Mapped[int] = mapped_column(default=0)


class Posting(Base):
    """``amount`` minor units leave ``credit_id`` for ``debit_id``. A reversal swaps the two and can exist once."""

    __tablename__ = "postings"
    __table_args__ = (
        UniqueConstraint("shop_id", "key"), UniqueConstraint("shop_id", "reverses_id"),
        ForeignKeyConstraint(["shop_id", "debit_id"], ["accounts.shop_id", "accounts.id"]),
        ForeignKeyConstraint(["shop_id", "credit_id"], ["accounts.shop_id", "accounts.id"]),
        ForeignKeyConstraint(["shop_id", "reverses_id"], ["postings.shop_id", "postings.id"]),
        CheckConstraint("amount > 0", name="amount"), CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        Index(None, "shop_id", "reward_id"), Index(None, "shop_id", "order_id"),
        Index(None, "shop_id", "debit_id", "posted_at", "amount"), Index(None, "shop_id", "credit_id", "posted_at", "amount"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    debit_id: Mapped[UUID]
    credit_id: Mapped[UUID]
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    kind: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(160))
    reward_id: Mapped[UUID | None]
    order_id: Mapped[str | None] = mapped_column(String(32))
    reverses_id: Mapped[UUID | None]
    posted_at: Mapped[datetime]


APPEND_ONLY_SQLITE = tuple(
    f"CREATE TRIGGER postings_no_{verb.lower()} BEFORE {verb} ON postings BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END"
    for verb in ("UPDATE", "DELETE"))
APPEND_ONLY_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION postings_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'postings are append-only'; END $$",
    "CREATE TRIGGER postings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON postings "
    "FOR EACH STATEMENT EXECUTE FUNCTION postings_append_only()")
"""Statements that a migration runs after creating ``postings``; ``create_all`` runs them by itself."""

for _dialect, _statements in (("sqlite", APPEND_ONLY_SQLITE), ("postgresql", APPEND_ONLY_POSTGRESQL)):
    for _statement in _statements:
        event.listen(Posting.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]


def accounts(session: Session, shop_id: ShopId, currency: str, *, lock: bool = False) -> dict[str, Account]:
    """By name. ``lock`` holds them, always in the same order, until the transaction ends."""
    wanted = select(Account).where(Account.shop_id == shop_id, Account.currency == currency).order_by(Account.name)
    return {row.name: row for row in session.scalars(wanted.with_for_update() if lock else wanted)}


def balances(session: Session, shop_id: ShopId) -> dict[str, dict[str, int]]:
    """account → currency → balance, as cached."""
    told: dict[str, dict[str, int]] = defaultdict(dict)
    for name, currency, balance in session.execute(select(Account.name, Account.currency, Account.balance)
                                                   .where(Account.shop_id == shop_id).order_by(Account.name, Account.currency)):
        told[name][currency] = balance
    return dict(told)


def by_keys(session: Session, shop_id: ShopId, keys: Sequence[str]) -> dict[str, Posting]:
    return {row.key: row for row in session.scalars(select(Posting).where(Posting.shop_id == shop_id, Posting.key.in_(keys)))}


def history(session: Session, shop_id: ShopId, *, reward_ids: Sequence[UUID] = (), order_id: str | None = None) -> list[Told]:
    """Every posting but reversals, oldest first: of these rewards, or of one order without any reward's."""
    undo = aliased(Posting)
    undone = select(undo.id).where(undo.shop_id == Posting.shop_id, undo.reverses_id == Posting.id).exists()
    about = Posting.reward_id.in_(reward_ids) if reward_ids else (Posting.order_id == order_id) & Posting.reward_id.is_(None)
    rows = session.execute(select(Posting.reward_id, Posting.id, Posting.kind, Posting.amount, undone).where(
        Posting.shop_id == shop_id, about, Posting.reverses_id.is_(None)).order_by(Posting.id))
    return [Told(reward_id, Open(id, cast(Kind, kind), amount), bool(gone)) for reward_id, id, kind, amount, gone in rows]


def standing(session: Session, shop_id: ShopId, *, reward_id: UUID | None = None, order_id: str | None = None) -> list[Open]:
    """The postings of one reward (or of one order, without any reward's) that are neither reversals nor reversed, oldest first."""
    rows = history(session, shop_id, reward_ids=[reward_id] if reward_id else [], order_id=order_id)
    return [row.posting for row in rows if not row.undone]


def postings(session: Session, shop_id: ShopId, *, reward_id: UUID | None = None, order_id: str | None = None) -> list[Posting]:
    """All postings of a reward or of an order, oldest first."""
    wanted = select(Posting).where(Posting.shop_id == shop_id).order_by(Posting.id)
    wanted = wanted.where(Posting.reward_id == reward_id) if reward_id else wanted.where(Posting.order_id == order_id)
    return list(session.scalars(wanted))


def sums(session: Session, shop_id: ShopId) -> dict[tuple[UUID, str], int]:
    """(account id, currency) → debits minus credits, recomputed from the postings alone."""
    told: dict[tuple[UUID, str], int] = defaultdict(int)
    for side, sign in ((Posting.debit_id, 1), (Posting.credit_id, -1)):
        rows = session.execute(select(side, Posting.currency, func.sum(Posting.amount))
                               .where(Posting.shop_id == shop_id).group_by(side, Posting.currency))
        for account_id, currency, amount in rows:
            told[account_id, currency] += sign * int(amount)
    return dict(told)
