"""A small, strict Shopify for the books: it knows the operations that rewards use and nothing else, keeps what was really done
in ``effects``, and can fail before or after doing it."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from plugin.errors import TryAgain
from plugin.money import Money
from plugin.shopify.failures import OutcomeUnknown, UserErrors

Answer = dict[str, Any]
LATEST = datetime(2099, 1, 1, tzinfo=UTC)


@dataclass
class Account:
    id: str
    customer: str
    currency: str
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def balance(self) -> int:
        return sum(row["signed"] for row in self.rows)


class FakeShopify:
    """``fail(operation, when)``: the next such call ends in ``when`` "before" or "after" its effect, or with user error codes."""

    def __init__(self) -> None:
        self.effects: list[tuple[str, str]] = []
        self.calls: list[str] = []
        self.discounts: dict[str, Answer] = {}
        self.codes: dict[str, tuple[str, str]] = {}
        self.bulk: dict[str, dict[str, Any]] = {}
        self.accounts: dict[tuple[str, str], Account] = {}
        self.orders: dict[str, Answer] = {}
        self.evidence: dict[str, Answer] = {}
        self.slow_polls = 0
        self.late: list[Callable[[], object]] = []
        self._faults: dict[str, list[Any]] = defaultdict(list)
        self._number = 1000

    def fail(self, operation: str, *whens: Any) -> None:  # noqa: ANN401
        self._faults[operation] += whens

    def count(self, kind: str) -> int:
        return sum(effect == kind for effect, _ in self.effects)

    def call(self, operation: str, /, *, _timeout: float = 20.0, **variables: Any) -> Answer:  # noqa: ANN401
        self.calls.append(operation)
        assert _timeout > 0
        when = self._faults[operation].pop(0) if self._faults[operation] else None
        work = getattr(self, f"_{operation}")
        if isinstance(when, list):
            raise UserErrors(operation, [{"code": code, "message": code} for code in when], {})
        if when == "before":
            raise OutcomeUnknown("reset")
        if when == "late":
            self.late.append(lambda: work(**variables))
            raise OutcomeUnknown("hang")
        if when == "refused":
            raise TryAgain("no connection")
        if isinstance(when, BaseException):
            raise when
        answer: Answer = work(**variables)
        if when == "after":
            raise OutcomeUnknown("reset after")
        if when == "killed":
            raise KeyboardInterrupt
        return answer

    def _id(self) -> str:
        self._number += 1
        return str(self._number)

    # -- discounts and codes --

    def _discount_code_basic_create(self, discount: Answer) -> Answer:
        assert set(discount) <= {"title", "code", "usageLimit", "startsAt", "endsAt", "context", "combinesWith", "minimumRequirement",
                                 "customerGets"}
        value = discount["customerGets"]["value"]
        assert discount["customerGets"]["items"] == {"all": True} and len(value) == 1
        return {"discountCodeBasicCreate": self._create(discount)}

    def _discount_code_free_shipping_create(self, discount: Answer) -> Answer:
        assert discount["destination"] == {"all": True} and "customerGets" not in discount
        return {"discountCodeFreeShippingCreate": self._create(discount)}

    def _create(self, discount: Answer) -> Answer:
        assert discount["usageLimit"] == 1 and discount["context"] == {"all": "ALL"} and discount["endsAt"]
        if discount["code"].casefold() in self.codes:
            raise UserErrors("create", [{"code": "TAKEN", "message": "taken"}], {})
        id = self._id()
        self.discounts[id] = discount
        self.codes[discount["code"].casefold()] = (id, self._id())
        self.effects.append(("discount_created", discount["title"]))
        return {"codeDiscountNode": {"id": f"gid://shopify/DiscountCodeNode/{id}"}, "userErrors": []}

    def _redeem_codes_add(self, discountId: str, codes: list[Answer]) -> Answer:
        discount = _digits(discountId, "DiscountCodeNode")
        assert 0 < len(codes) <= 250
        if discount not in self.discounts:
            raise UserErrors("add", [{"code": "INVALID", "message": "Code discount does not exist."}], {})
        rows = []
        for row in codes:
            assert set(row) == {"code"}
            taken = row["code"].casefold() in self.codes
            if not taken:
                self.codes[row["code"].casefold()] = (discount, self._id())
                self.effects.append(("code_added", row["code"]))
            rows.append((row["code"], taken))
        id = self._id()
        self.bulk[id] = {"rows": rows, "polls": self.slow_polls}
        return {"discountRedeemCodeBulkAdd": {"bulkCreation": {"id": f"gid://shopify/DiscountRedeemCodeBulkCreation/{id}", "done": False}}}

    def _redeem_codes_progress(self, id: str) -> Answer:
        bulk = self.bulk[_digits(id, "DiscountRedeemCodeBulkCreation")]
        bulk["polls"] -= 1
        failed = sum(taken for _, taken in bulk["rows"])
        return {"discountRedeemCodeBulkCreation": {
            "id": id, "done": bulk["polls"] < 0, "importedCount": len(bulk["rows"]) - failed, "failedCount": failed}}

    def _redeem_codes_outcome(self, id: str, after: str | None) -> Answer:
        rows = self.bulk[_digits(id, "DiscountRedeemCodeBulkCreation")]["rows"]
        start = int(after or 0)
        nodes = [{"code": code, "errors": [{"code": "TAKEN"}] if taken else [], "discountRedeemCode": None if taken else {
            "id": f"gid://shopify/DiscountRedeemCode/{self.codes[code.casefold()][1]}"}} for code, taken in rows[start:start + 100]]
        page = {"hasNextPage": len(rows) > start + 100, "endCursor": str(start + 100)}
        return {"discountRedeemCodeBulkCreation": {"codes": {"nodes": nodes, "pageInfo": page}}}

    def delete_discounts(self) -> list[str]:
        """A merchant tidies up. Returns the discounts' digits."""
        gone = list(self.discounts)
        self.effects += [("code_deleted", code) for code in self.codes]
        self.discounts.clear()
        self.codes.clear()
        return gone

    def _discount_by_code(self, code: str, search: str) -> Answer:
        assert search == f"code:{code}"
        found = self.codes.get(code.casefold())
        if found is None:
            return {"codeDiscountNodeByCode": None}
        return {"codeDiscountNodeByCode": {"id": f"gid://shopify/DiscountCodeNode/{found[0]}", "codeDiscount": {
            "title": self.discounts[found[0]]["title"],
            "codes": {"nodes": [{"id": f"gid://shopify/DiscountRedeemCode/{found[1]}", "code": code}]}}}}

    def _redeem_codes_delete(self, discountId: str, ids: list[str]) -> Answer:
        discount = _digits(discountId, "DiscountCodeNode")
        wanted = {_digits(id, "DiscountRedeemCode") for id in ids}
        for code, (owner, redeem) in list(self.codes.items()):
            if owner == discount and redeem in wanted:
                del self.codes[code]
                self.effects.append(("code_deleted", code))
        return {"discountCodeRedeemCodeBulkDelete": {"job": {"id": "gid://shopify/Job/1", "done": True}}}

    # -- store credit --

    def _store_credit_accounts(self, customerId: str) -> Answer:
        customer = _digits(customerId, "Customer")
        nodes = [{"id": f"gid://shopify/StoreCreditAccount/{one.id}", "balance": _money(one.balance, one.currency),
                  "transactions": {"nodes": [{"id": row["id"]} for row in reversed(one.rows[-3:])]}}
                 for one in self.accounts.values() if one.customer == customer]
        return {"customer": {"storeCreditAccounts": {"nodes": nodes}}}

    def _store_credit_transactions(self, accountId: str, after: str | None) -> Answer:
        account = self._account(accountId)
        start = int(after or 0)
        rows = list(reversed(account.rows))
        page = {"hasNextPage": len(rows) > start + 50, "endCursor": str(start + 50)}
        return {"storeCreditAccount": {"transactions": {"nodes": rows[start:start + 50], "pageInfo": page}}}

    def _store_credit_credit(self, customerId: str, credit: Answer) -> Answer:
        assert set(credit) == {"creditAmount", "expiresAt", "notify"} and credit["notify"] is False
        money = Money.parse(credit["creditAmount"]["amount"], credit["creditAmount"]["currencyCode"])
        assert credit["creditAmount"]["amount"] == money.text() and money.amount > 0
        key = (_digits(customerId, "Customer"), money.currency)
        account = self.accounts.setdefault(key, Account(self._id(), *key))
        row = self._row("Credit", money, money.amount) | {"expiresAt": credit["expiresAt"]}
        account.rows.append(row)
        self.effects.append(("credit", money.text()))
        return {"storeCreditAccountCredit": {"storeCreditAccountTransaction": {"id": row["id"], "account": {"id": account.id}}}}

    def _store_credit_debit(self, accountId: str, debit: Answer) -> Answer:
        account = self._account(accountId)
        money = Money.parse(debit["debitAmount"]["amount"], debit["debitAmount"]["currencyCode"])
        if money.amount > account.balance:
            raise UserErrors("debit", [{"code": "INSUFFICIENT_FUNDS", "message": "too little"}], {})
        row = self._row("Debit", money, -money.amount)
        account.rows.append(row)
        self.effects.append(("debit", money.text()))
        return {"storeCreditAccountDebit": {"storeCreditAccountTransaction": {"id": row["id"], "account": {"id": account.id}}}}

    def spend_credit(self, customer: str, amount: int, currency: str) -> None:
        """An order paid with store credit."""
        row = self._row("Debit", Money(amount, currency), -amount) | {"event": "ORDER_PAYMENT"}
        self.accounts[customer, currency].rows.append(row)

    def _row(self, kind: str, money: Money, signed: int) -> dict[str, Any]:
        return {"__typename": f"StoreCreditAccount{kind}Transaction", "event": "ADJUSTMENT", "amount": _money(money.amount, money.currency),
                "id": f"gid://shopify/StoreCreditAccount{kind}Transaction/{self._id()}", "signed": signed}

    def _account(self, gid: str) -> Account:
        return next(one for one in self.accounts.values() if one.id == _digits(gid, "StoreCreditAccount"))

    # -- orders --

    def _orders_now(self, ids: list[str]) -> Answer:
        return {"nodes": [self.orders.get(_digits(id, "Order")) for id in ids]}

    def _order_evidence(self, orderId: str, after: str | None) -> Answer:
        return {"order": self.evidence.get(_digits(orderId, "Order"))}

    def run_late(self) -> None:
        """What was sent before and hung somewhere on the way arrives now."""
        for work in self.late:
            with suppress(UserErrors):  # refused there, and nobody listens any more
                work()
        self.late.clear()


def _digits(gid: str, kind: str) -> str:
    prefix = f"gid://shopify/{kind}/"
    assert gid.startswith(prefix), gid
    return gid.removeprefix(prefix)


def _money(amount: int, currency: str) -> Answer:
    return {"amount": Money(amount, currency).text(), "currencyCode": currency}
