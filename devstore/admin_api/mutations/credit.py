"""storeCreditAccountCredit and storeCreditAccountDebit. No idempotency key, as at Shopify: sent twice is applied twice."""

from decimal import Decimal
from typing import Any

from devstore import gid
from devstore.admin_api.call import Call, Info, Node, Resolver, call_of
from devstore.admin_api.mutations.problems import Problem, done, refused
from devstore.admin_api.nodes.customers import movement_node
from devstore.currency import KNOWN, digits
from devstore.state import crediting
from devstore.state.people import Customer, StoreCreditAccount

LIMIT = 100_000


def _amount(given: dict[str, Any], path: list[str]) -> int:
    """Minor units; the amount must be above zero and have no more decimals than its currency."""
    value: Decimal = given["amount"]
    scaled = value.scaleb(digits(given["currencyCode"]))
    if scaled <= 0 or scaled != scaled.to_integral_value():
        raise Problem([*path, "amount"], "A positive amount must be used.", "NEGATIVE_OR_ZERO_AMOUNT")
    return int(scaled)


def _owner(call: Call, id_: str, currency: str) -> Customer:
    """By customer id, or by the id of an account, which then must be in that currency."""
    number = gid.read(id_, "Customer")
    if number is not None:
        if number not in call.shop.customers:
            raise Problem(["id"], "The owner does not exist.", "OWNER_NOT_FOUND")
        return call.shop.customers[number]
    account = _account(call, id_, None)
    if account.currency != currency:
        raise Problem(["creditInput", "creditAmount", "currencyCode"], "The currency does not match the account's.", "MISMATCHING_CURRENCY")
    return call.shop.customers[account.customer_id]


def _account(call: Call, id_: str, currency: str | None) -> StoreCreditAccount:
    number = gid.read(id_, "StoreCreditAccount")
    found = call.shop.accounts.get(number) if number else None
    customer = call.shop.customers.get(gid.read(id_, "Customer") or 0)
    if found is None and customer is not None:
        found = next((one for one in customer.accounts if one.currency == currency), None)
    if found is None:
        raise Problem(["id"], "The store credit account could not be found.", "ACCOUNT_NOT_FOUND")
    return found


def _credit(info: Info, id: str, creditInput: dict[str, Any]) -> Node:
    call, money, expires = call_of(info), creditInput["creditAmount"], creditInput.get("expiresAt")
    try:
        amount = _amount(money, ["creditInput", "creditAmount"])
        if money["currencyCode"] not in KNOWN:
            raise Problem(["creditInput", "creditAmount", "currencyCode"], "The currency is not supported.", "UNSUPPORTED_CURRENCY")
        owner = _owner(call, id, money["currencyCode"])
        if expires is not None and expires <= call.store.clock.now():
            raise Problem(["creditInput", "expiresAt"], "The expiry date must be in the future.", "EXPIRES_AT_IN_PAST")
        account = crediting.account_for(call.store, call.shop, owner, money["currencyCode"])
        if account.balance + amount > LIMIT * 10 ** digits(account.currency):
            message = "The operation would cause the account's credit limit to be exceeded."
            raise Problem(["creditInput", "creditAmount", "amount"], message, "CREDIT_LIMIT_EXCEEDED")
    except Problem as problem:
        return refused(problem)
    wanted = crediting.Credit(amount, money["currencyCode"], expires, by_app=True)
    account, made = crediting.credit(call.store, call.shop, owner, wanted)
    return done(storeCreditAccountTransaction=movement_node(call, account, made))


def _debit(info: Info, id: str, debitInput: dict[str, Any]) -> Node:
    call, money = call_of(info), debitInput["debitAmount"]
    path = ["debitInput", "debitAmount"]
    try:
        amount = _amount(money, path)
        account = _account(call, id, money["currencyCode"])
        if account.currency != money["currencyCode"]:
            raise Problem([*path, "currencyCode"], "The currency does not match the account's.", "MISMATCHING_CURRENCY")
        made = crediting.debit(call.store, call.shop, account, crediting.Debit(amount, by_app=True))
    except Problem as problem:
        return refused(problem)
    except crediting.InsufficientFunds:
        message = "The store credit account does not have sufficient funds to satisfy the request."
        return refused(Problem([*path, "amount"], message, "INSUFFICIENT_FUNDS"))
    return done(storeCreditAccountTransaction=movement_node(call, account, made))


MUTATIONS: dict[str, Resolver] = {"storeCreditAccountCredit": _credit, "storeCreditAccountDebit": _debit}
