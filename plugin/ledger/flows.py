"""Posting, reversing, and bringing what stands to what should stand. The only code that writes money rows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from plugin.db import ShopId, insert_once, new_id
from plugin.errors import Broken, Refused
from plugin.ledger import rules, tables
from plugin.ledger.rules import Entry, Kind
from plugin.ledger.tables import Account, Posting
from plugin.money import Money


def post(session: Session, shop_id: ShopId, kind: Kind, amount: Money, *, key: str, now: datetime,
         reward_id: UUID | None = None, order_id: str | None = None) -> Posting:
    """One posting. The same ``key`` again returns the first one; with other content it raises Broken."""
    post_all(session, shop_id, [Entry(kind, amount, key, reward_id, order_id)], now=now)
    return tables.by_keys(session, shop_id, [key])[key]


def post_all(session: Session, shop_id: ShopId, entries: Sequence[Entry], *, now: datetime) -> int:
    """Many postings of one or more currencies; returns how many are new. Raises as ``post`` does."""
    new = 0
    for currency in sorted({entry.amount.currency for entry in entries}):
        accounts = _locked_accounts(session, shop_id, currency)
        rows = [_row(entry, accounts, now) for entry in entries if entry.amount.currency == currency]
        new += _write(session, shop_id, rows)
    return new


def reverse(session: Session, shop_id: ShopId, posting: Posting, *, now: datetime, amount: Money | None = None) -> Posting:
    """Undo a posting, once. With a smaller ``amount`` the rest is posted anew, so that it can itself be reversed later.

    Returns the reversal; a second call returns the first one's. Raises Refused for more than was posted.
    """
    part = amount or Money(posting.amount, posting.currency)
    if part.currency != posting.currency or not 0 < part.amount <= posting.amount:
        raise Refused("reversal", "A reversal is at most what was posted.", posting=str(posting.id))
    _locked_accounts(session, shop_id, posting.currency)
    rows = [_reversal(posting, now)]
    if part.amount < posting.amount:
        rows.append(_rest(posting, posting.amount - part.amount, now))
    if not _already_reversed(session, shop_id, posting.id):
        _write(session, shop_id, rows)
    return tables.by_keys(session, shop_id, [rows[0]["key"]])[rows[0]["key"]]


@dataclass(frozen=True, slots=True)
class Subject:
    """What postings are about: a reward, or an order by itself."""

    reward_id: UUID | None = None
    order_id: str | None = None

    def key(self, kind: str, number: int) -> str:
        return f"{self.reward_id or 'order:' + str(self.order_id)}/{kind}/{number}"


def level(session: Session, shop_id: ShopId, subject: Subject, targets: Mapping[Kind, int], *, currency: str, now: datetime) -> bool:
    """Bring the open postings about ``subject`` to ``targets`` (kind → minor units; what is not named goes to zero).

    Doing it twice changes nothing. The caller holds the row that the postings are about. Returns whether anything was posted.
    """
    return level_all(session, shop_id, {subject: targets}, currency=currency, now=now) > 0


def level_all(session: Session, shop_id: ShopId, wanted: Mapping[Subject, Mapping[Kind, int]], *, currency: str, now: datetime) -> int:
    """``level`` for many rewards, or for one order, in a handful of statements. Returns how many postings it took."""
    told: dict[UUID | None, list[tables.Told]] = defaultdict(list)
    rewards = [subject.reward_id for subject in wanted if subject.reward_id]
    order_id = next((subject.order_id for subject in wanted if not subject.reward_id), None)
    for row in tables.history(session, shop_id, reward_ids=rewards, order_id=order_id):
        told[row.reward_id].append(row)
    entries: list[Entry] = []
    reversals: list[tuple[UUID, int]] = []
    for subject, targets in wanted.items():
        for kind in rules.POSTINGS:
            rows = [row for row in told[subject.reward_id] if row.posting.kind == kind]
            change = rules.change([row.posting for row in rows if not row.undone], targets.get(kind, 0))
            reversals += change.reversals
            if change.more:
                entries.append(Entry(kind, Money(change.more, currency), subject.key(kind, len(rows)), subject.reward_id, subject.order_id))
    _undo(session, shop_id, reversals, now)
    post_all(session, shop_id, entries, now=now)
    return len(entries) + len(reversals)


def _undo(session: Session, shop_id: ShopId, reversals: Sequence[tuple[UUID, int]], now: datetime) -> None:
    for posting_id, amount in reversals:
        posting = session.get_one(Posting, (shop_id, posting_id))
        reverse(session, shop_id, posting, now=now, amount=Money(amount, posting.currency))


def _locked_accounts(session: Session, shop_id: ShopId, currency: str) -> dict[str, UUID]:
    """Account ids by name, their rows held until the transaction ends: every posting of a shop and currency waits here,
    so no two can hold each other's."""
    session.connection()  # from here on there is a transaction to name
    mark = (session.get_nested_transaction() or session.get_transaction(), shop_id, currency)
    held: dict[Any, dict[str, UUID]] = session.info.setdefault("ledger_accounts", {})
    if mark not in held:
        found = tables.accounts(session, shop_id, currency, lock=True)
        if len(found) < len(rules.ACCOUNTS):
            for name in rules.ACCOUNTS:
                insert_once(session, Account, {"shop_id": shop_id, "id": new_id(), "name": name, "currency": currency, "balance": 0})
            found = tables.accounts(session, shop_id, currency, lock=True)
        held.clear()  # of an earlier transaction
        held[mark] = {name: account.id for name, account in found.items()}
    return held[mark]


def _row(entry: Entry, accounts: Mapping[str, UUID], now: datetime) -> dict[str, Any]:
    if entry.amount.amount <= 0:
        raise Refused("posting", "A posting is more than zero.", kind=entry.kind)
    debit, credit = rules.POSTINGS[entry.kind]
    return {"id": new_id(), "debit_id": accounts[debit], "credit_id": accounts[credit], "amount": entry.amount.amount,
            "currency": entry.amount.currency, "kind": entry.kind, "key": entry.key, "reward_id": entry.reward_id,
            "order_id": entry.order_id, "reverses_id": None, "posted_at": now}


def _reversal(posting: Posting, now: datetime) -> dict[str, Any]:
    return _like(posting, posting.amount, now) | {
        "debit_id": posting.credit_id, "credit_id": posting.debit_id, "key": f"{posting.id}/reversed", "reverses_id": posting.id}


def _rest(posting: Posting, amount: int, now: datetime) -> dict[str, Any]:
    return _like(posting, amount, now) | {"key": f"{posting.id}/rest"}


def _like(posting: Posting, amount: int, now: datetime) -> dict[str, Any]:
    return {"id": new_id(), "debit_id": posting.debit_id, "credit_id": posting.credit_id, "amount": amount,
            "currency": posting.currency, "kind": posting.kind, "reward_id": posting.reward_id, "order_id": posting.order_id,
            "reverses_id": None, "posted_at": now}


def _already_reversed(session: Session, shop_id: ShopId, posting_id: UUID) -> bool:
    return session.scalar(select(Posting.id).where(Posting.shop_id == shop_id, Posting.reverses_id == posting_id)) is not None


def _write(session: Session, shop_id: ShopId, rows: Sequence[dict[str, Any]]) -> int:
    """Insert what is new and move the balances by exactly that."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(cast(Table, Posting.__table__)).values([{"shop_id": shop_id} | row for row in rows])
    made = insert.on_conflict_do_nothing(index_elements=["shop_id", "key"]).returning(Posting.__table__.c.id)
    new = {id for (id,) in session.execute(made)}
    _check_known(session, shop_id, [row for row in rows if row["id"] not in new])
    moves: dict[UUID, int] = defaultdict(int)
    for row in rows:
        if row["id"] in new:
            moves[row["debit_id"]] += row["amount"]
            moves[row["credit_id"]] -= row["amount"]
    for account_id in sorted(moves):
        # Added in the statement itself, never from a value read before: two callers at once both count.
        session.execute(update(Account).where(Account.shop_id == shop_id, Account.id == account_id)
                        .values(balance=Account.balance + moves[account_id]).execution_options(synchronize_session=False))
    return len(new)


def _check_known(session: Session, shop_id: ShopId, rows: Sequence[dict[str, Any]]) -> None:
    known = tables.by_keys(session, shop_id, [row["key"] for row in rows]) if rows else {}
    for row in rows:
        first = known[row["key"]]
        if any(getattr(first, name) != row[name] for name in ("debit_id", "credit_id", "amount", "currency")):
            raise Broken("one posting key, two contents", key=row["key"])


@dataclass(frozen=True, slots=True)
class Audit:
    """``sums``: currency → sum over all accounts, always 0. ``wrong``: (account, currency, cached, recomputed)."""

    sums: Mapping[str, int]
    wrong: tuple[tuple[str, str, int, int], ...]

    @property
    def holds(self) -> bool:
        return not self.wrong and not any(self.sums.values())


def audit(session: Session, shop_id: ShopId) -> Audit:
    """Recompute every balance from the postings alone and compare."""
    sums = tables.sums(session, shop_id)
    totals: dict[str, int] = defaultdict(int)
    wrong = []
    rows = session.execute(select(Account.id, Account.name, Account.currency, Account.balance).where(Account.shop_id == shop_id))
    for account_id, name, currency, balance in rows:
        recomputed = sums.get((account_id, currency), 0)
        totals[currency] += balance
        if recomputed != balance:
            wrong.append((name, currency, balance, recomputed))
    return Audit(dict(totals), tuple(sorted(wrong)))
