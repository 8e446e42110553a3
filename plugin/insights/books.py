"""The postings behind a figure, page by page."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.insights.figures import shown
from plugin.insights.walk import Entry, named
from plugin.ledger.rules import ACCOUNTS
from plugin.ledger.tables import Account, Posting
from plugin.money import Money

PAGE = 50


def postings(session: Session, shop_id: ShopId, *, account: str | None, kind: str | None, before: UUID | None) -> tuple[Entry, ...]:
    """Newest first; of one account, or of one kind, or all."""
    where = [Posting.shop_id == shop_id]
    if account in ACCOUNTS:
        ids = select(Account.id).where(Account.shop_id == shop_id, Account.name == account)
        where.append(Posting.debit_id.in_(ids) | Posting.credit_id.in_(ids))
    if kind:
        where.append(Posting.kind == kind)
    if before is not None:
        where.append(Posting.id < before)
    return named(session, shop_id, session.scalars(select(Posting).where(*where).order_by(Posting.id.desc()).limit(PAGE)).all())


def balances(session: Session, shop_id: ShopId) -> list[tuple[str, Money]]:
    """Every account that holds something, as people read it."""
    rows = session.scalars(select(Account).where(Account.shop_id == shop_id, Account.balance != 0).order_by(Account.currency, Account.name))
    return [(row.name, shown(row.name, row.balance, row.currency)) for row in rows]
