"""What we ask Shopify about codes, store credit and orders. No transaction is open here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from plugin.money import Money
from plugin.shopify import gid
from plugin.shopify.admin_api import AdminApi

MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code as it hangs at Shopify: its discount's digits and title, and the redeem code's own digits if told."""

    discount_id: str
    title: str
    redeem_id: str | None


def find_code(api: AdminApi, code: str) -> FoundCode | None:
    """Where this code hangs; None if no code discount has it. One query."""
    node = api.call("discount_by_code", code=code, search=f"code:{code}")["codeDiscountNodeByCode"]
    if node is None:
        return None
    discount = node["codeDiscount"] or {}
    own = [row["id"] for row in (discount.get("codes") or {}).get("nodes", []) if row["code"].casefold() == code.casefold()]
    return FoundCode(gid.digits(node["id"]), discount.get("title") or "", gid.digits(own[0]) if own else None)


def failed_codes(api: AdminApi, creation_id: str) -> tuple[dict[str, str], set[str]]:
    """Of a finished bulk creation: code → redeem code digits for those added, and the codes that were refused."""
    added: dict[str, str] = {}
    refused: set[str] = set()
    after: str | None = None
    for _ in range(MOST_PAGES):
        found = api.call("redeem_codes_outcome", id=gid.make("DiscountRedeemCodeBulkCreation", creation_id), after=after)
        page = (found["discountRedeemCodeBulkCreation"] or {"codes": {"nodes": [], "pageInfo": {"hasNextPage": False}}})["codes"]
        for row in page["nodes"]:
            if row["discountRedeemCode"] and not row["errors"]:
                added[row["code"]] = gid.digits(row["discountRedeemCode"]["id"])
            else:
                refused.add(row["code"])
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    return added, refused


@dataclass(frozen=True, slots=True)
class OrderNow:
    """An order at this moment. ``dead``: cancelled, voided, refunded, expired or deleted; ``seen``: Shopify showed it."""

    dead: bool
    left: Money | None
    seen: bool = True

    def carries(self, basis: int, *, old: bool) -> bool:
        """Does it still carry what a reward rests on, in minor units? One too old to be shown is as the mirror has it."""
        if not self.seen:
            return old
        return self.left is not None and self.left.amount + ROUNDING >= basis


ROUNDING = 10
"""Shopify splits discounts and refunds to the last unit in its own way."""
DEAD = frozenset({"VOIDED", "REFUNDED", "EXPIRED"})


def orders_now(api: AdminApi, order_ids: Sequence[str]) -> dict[str, OrderNow]:
    """Order id → how it stands at Shopify; one query for up to 250."""
    nodes = api.call("orders_now", ids=[gid.make("Order", id) for id in order_ids])["nodes"] if order_ids else []
    return {id: _order_now(node) for id, node in zip(order_ids, nodes, strict=True)}


def _order_now(node: dict[str, Any] | None) -> OrderNow:
    if not node:
        return OrderNow(dead=True, left=None, seen=False)
    if node["cancelledAt"] is not None or node["displayFinancialStatus"] in DEAD:
        return OrderNow(dead=True, left=None)
    money = node["currentSubtotalPriceSet"]["shopMoney"]
    return OrderNow(dead=False, left=Money.parse(money["amount"], money["currencyCode"]))


@dataclass(frozen=True, slots=True)
class CreditAccount:
    """A customer's store credit in one currency. ``id`` and ``last_id`` are None before the first credit."""

    id: str | None
    balance: int
    last_id: str | None


def credit_account(api: AdminApi, customer_id: str, currency: str) -> CreditAccount:
    """As it stands now. One query."""
    customer = api.call("store_credit_accounts", customerId=gid.make("Customer", customer_id))["customer"]
    for node in customer["storeCreditAccounts"]["nodes"] if customer else []:
        if node["balance"]["currencyCode"] == currency:
            ids = [gid.digits(row["id"]) for row in node["transactions"]["nodes"] if row and row.get("id")]
            balance = Money.parse(node["balance"]["amount"], currency).amount
            return CreditAccount(gid.digits(node["id"]), balance, ids[0] if ids else None)
    return CreditAccount(None, 0, None)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One movement of an account. ``expires_at`` only for credits; ``amount`` has no sign."""

    id: str
    is_credit: bool
    is_adjustment: bool
    amount: int
    expires_at: datetime | None


def transactions_since(api: AdminApi, account_id: str | None, last_id: str | None, currency: str) -> list[Transaction]:
    """Newest first, down to but without ``last_id`` (None: all of them). Empty for an account that is not there."""
    found: list[Transaction] = []
    after: str | None = None
    for _ in range(MOST_PAGES if account_id else 0):
        answer = api.call("store_credit_transactions", accountId=gid.make("StoreCreditAccount", str(account_id)), after=after)
        page = (answer["storeCreditAccount"] or {"transactions": {"nodes": [], "pageInfo": {"hasNextPage": False}}})["transactions"]
        for row in _readable(page["nodes"], currency):
            if row.id == last_id:
                return found
            found.append(row)
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    return found


def credit_expired(api: AdminApi, account_id: str | None, credit_id: str, currency: str) -> int | None:
    """How much of one credit Shopify let expire, in minor units; None while some of it is left, or if it is not there."""
    expired = 0
    for node in _movements(api, account_id):  # newest first: an expiry comes before its credit
        ended = node.get("creditTransaction")
        if ended and gid.digits(ended["id"]) == credit_id:
            expired += Money.parse(node["amount"]["amount"].lstrip("-"), currency).amount
        elif node.get("id") and gid.digits(node["id"]) == credit_id:
            return None if Money.parse(node["remainingAmount"]["amount"], currency).amount else expired
    return None


def _movements(api: AdminApi, account_id: str | None) -> Iterable[dict[str, Any]]:
    after: str | None = None
    for _ in range(MOST_PAGES if account_id else 0):
        answer = api.call("store_credit_ends", accountId=gid.make("StoreCreditAccount", str(account_id)), after=after)
        page = (answer["storeCreditAccount"] or {"transactions": {"nodes": [], "pageInfo": {"hasNextPage": False}}})["transactions"]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def _readable(nodes: Iterable[dict[str, Any]], currency: str) -> Iterable[Transaction]:
    for node in nodes:
        if node.get("id"):  # an expiry has none, and is nobody's doing
            amount = Money.parse(node["amount"]["amount"].lstrip("-"), currency).amount
            expires = node.get("expiresAt")
            yield Transaction(
                gid.digits(node["id"]), node["__typename"] == "StoreCreditAccountCreditTransaction", node["event"] == "ADJUSTMENT",
                amount, datetime.fromisoformat(expires).astimezone(UTC) if expires else None)
