"""Store credit: accounts per customer and currency, credits that expire, debits that eat the credit expiring first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from devstore.state.people import Customer, StoreCreditAccount, StoreCreditTransaction
from devstore.state.shops import Shop

if TYPE_CHECKING:
    from devstore.state.store import Store


class InsufficientFunds(Exception):
    """The account holds less than the debit."""


@dataclass(frozen=True, slots=True)
class Credit:
    amount: int
    currency: str
    expires_at: datetime | None = None
    by_app: bool = False


@dataclass(frozen=True, slots=True)
class Debit:
    """``kind``: debit, or debit_revert's opposite at checkout, where ``order_id`` is named."""

    amount: int
    order_id: int | None = None
    by_app: bool = False


def account_for(store: Store, shop: Shop, customer: Customer, currency: str) -> StoreCreditAccount:
    """The customer's account in that currency, opened if there is none."""
    for account in customer.accounts:
        if account.currency == currency:
            return account
    account = StoreCreditAccount(store.next_id(), customer.id, currency)
    customer.accounts.append(account)
    shop.accounts[account.id] = account
    return account


def credit(store: Store, shop: Shop, customer: Customer, wanted: Credit) -> tuple[StoreCreditAccount, StoreCreditTransaction]:
    account = account_for(store, shop, customer, wanted.currency)
    account.balance += wanted.amount
    made = StoreCreditTransaction(
        store.next_id(), "credit", wanted.amount, account.balance, store.clock.now(), wanted.expires_at, wanted.amount, by_app=wanted.by_app
    )
    account.transactions.append(made)
    _log(store, shop, "credit", made, account=account)
    return account, made


def debit(store: Store, shop: Shop, account: StoreCreditAccount, wanted: Debit) -> StoreCreditTransaction:
    """Raises InsufficientFunds."""
    expire(store, shop, account)
    if account.balance < wanted.amount:
        raise InsufficientFunds
    _eat(account, wanted.amount)
    account.balance -= wanted.amount
    made = StoreCreditTransaction(store.next_id(), "debit", -wanted.amount, account.balance, store.clock.now(), by_app=wanted.by_app)
    made.order_id = wanted.order_id
    account.transactions.append(made)
    _log(store, shop, "debit" if wanted.order_id is None else "credit_spent", made, account=account)
    return made


def _eat(account: StoreCreditAccount, amount: int) -> None:
    """The credit that expires first goes first; those that never expire go last."""
    open_credits = [one for one in account.transactions if one.remaining > 0]
    for one in sorted(open_credits, key=lambda one: (one.expires_at is None, one.expires_at or one.created_at, one.id)):
        part = min(one.remaining, amount)
        one.remaining -= part
        amount -= part


def give_back(store: Store, shop: Shop, customer: Customer, amount: int, *, order_id: int) -> None:
    """A refund to store credit: Shopify calls it the revert of a debit."""
    account = account_for(store, shop, customer, shop.currency)
    account.balance += amount
    made = StoreCreditTransaction(store.next_id(), "debit_revert", amount, account.balance, store.clock.now(), None, amount, order_id)
    account.transactions.append(made)
    _log(store, shop, "credit_returned", made, account=account)


def expire(store: Store, shop: Shop, account: StoreCreditAccount) -> None:
    """Write off what has passed its date. Called whenever an account is looked at."""
    now = store.clock.now()
    for one in list(account.transactions):
        if one.remaining > 0 and one.expires_at is not None and one.expires_at <= now:
            lost, one.remaining = one.remaining, 0
            account.balance -= lost
            made = StoreCreditTransaction(store.next_id(), "expiration", -lost, account.balance, now, credit_id=one.id)
            account.transactions.append(made)
            _log(store, shop, "credit_expired", made, account=account)


def _log(store: Store, shop: Shop, kind: str, made: StoreCreditTransaction, *, account: StoreCreditAccount) -> None:
    store.effects.add(
        shop.handle,
        kind,
        account=str(account.id),
        customer=str(account.customer_id),
        transaction=str(made.id),
        amount=abs(made.amount),
        currency=account.currency,
        expires_at=made.expires_at.isoformat() if made.expires_at else None,
        order=str(made.order_id) if made.order_id else None,
        by_app=made.by_app,
    )
