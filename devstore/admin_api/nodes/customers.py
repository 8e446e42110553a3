"""Customers and their store credit."""

from typing import Any

from devstore import gid
from devstore.admin_api.call import Call, Node, money
from devstore.admin_api.nodes.shops import metafield_reader
from devstore.admin_api.paging import connection
from devstore.clock import zulu
from devstore.state import crediting
from devstore.state.people import Address, Customer, StoreCreditAccount, StoreCreditTransaction

_KINDS = {"credit": "Credit", "debit": "Debit", "debit_revert": "DebitRevert", "expiration": "Expiration"}
_EVENTS = {"debit": "ORDER_PAYMENT", "debit_revert": "ORDER_REFUND"}


def address_node(address: Address | None) -> Node | None:
    if address is None or not address.country_code:
        return None
    return {
        "firstName": address.first_name,
        "lastName": address.last_name,
        "name": f"{address.first_name} {address.last_name}".strip(),
        "company": address.company,
        "address1": address.address1,
        "address2": address.address2,
        "city": address.city,
        "zip": address.zip,
        "province": address.province,
        "provinceCode": address.province_code,
        "country": address.country,
        "countryCodeV2": address.country_code,
        "phone": address.phone,
    }


def customer_node(call: Call, customer: Customer) -> Node:
    own = gid.make("Customer", customer.id)
    return {
        "__typename": "Customer",
        "id": own,
        "legacyResourceId": str(customer.id),
        "firstName": customer.first_name,
        "lastName": customer.last_name,
        "displayName": " ".join(filter(None, (customer.first_name, customer.last_name))) or customer.email or "",
        "email": customer.email,
        "locale": customer.locale,
        "note": customer.note,
        "state": customer.state.upper(),
        "tags": sorted(customer.tags),
        "createdAt": zulu(customer.created_at),
        "updatedAt": zulu(customer.updated_at),
        "verifiedEmail": True,
        "numberOfOrders": str(len(customer.orders)),
        "amountSpent": money(customer.spent, call.shop.currency),
        "defaultEmailAddress": _email(customer),
        "defaultPhoneNumber": {"phoneNumber": customer.phone} if customer.phone else None,
        "defaultAddress": address_node(customer.address),
        "addressesV2": lambda _info, **args: connection(
            call, [customer.id] if customer.address else [], args, lambda _: address_node(customer.address) or {}
        ),
        "orders": lambda _info, **args: _orders(call, customer, args),
        "lastOrder": lambda _info: _last_order(call, customer),
        "storeCreditAccounts": lambda _info, **args: _accounts(call, customer, args),
        "metafield": metafield_reader(own),
    }


def _email(customer: Customer) -> Node | None:
    if customer.email is None:
        return None
    state = "SUBSCRIBED" if customer.accepts_marketing else "NOT_SUBSCRIBED"
    updated = zulu(customer.updated_at) if customer.accepts_marketing else None
    return {"emailAddress": customer.email, "marketingState": state, "marketingOptInLevel": "SINGLE_OPT_IN", "marketingUpdatedAt": updated}


def _orders(call: Call, customer: Customer, args: dict[str, Any]) -> Node:
    from devstore.admin_api.nodes.orders import order_node  # orders show customers and customers orders

    ids = [number for number in customer.orders if call.readable(call.shop.orders[number])]
    return connection(call, ids, args, lambda number: order_node(call, call.shop.orders[number]))


def _last_order(call: Call, customer: Customer) -> Node | None:
    ids = [number for number in customer.orders if call.readable(call.shop.orders[number])]
    return {"id": gid.make("Order", ids[-1])} if ids else None


def _accounts(call: Call, customer: Customer, args: dict[str, Any]) -> Node:
    by_id = {one.id: one for one in customer.accounts}
    return connection(call, list(by_id), args, lambda number: account_node(call, by_id[number]))


def account_node(call: Call, account: StoreCreditAccount) -> Node:
    crediting.expire(call.store, call.shop, account)
    return {
        "__typename": "StoreCreditAccount",
        "id": gid.make("StoreCreditAccount", account.id),
        "balance": money(account.balance, account.currency),
        "owner": lambda _info: customer_node(call, call.shop.customers[account.customer_id]),
        "transactions": lambda _info, **args: _transactions(call, account, args),
    }


def _transactions(call: Call, account: StoreCreditAccount, args: dict[str, Any]) -> Node:
    by_id = {one.id: one for one in account.transactions}
    return connection(call, list(by_id), args, lambda number: movement_node(call, account, by_id[number]))


def movement_node(call: Call, account: StoreCreditAccount, one: StoreCreditTransaction) -> Node:
    """One of the four transaction types."""
    kind = _KINDS[one.kind]
    return {
        "__typename": f"StoreCreditAccount{kind}Transaction",
        "id": gid.make(f"StoreCreditAccount{kind}Transaction", one.id),
        "event": "ADJUSTMENT" if one.order_id is None else _EVENTS.get(one.kind, "ADJUSTMENT"),
        "createdAt": zulu(one.created_at),
        "amount": money(one.amount, account.currency),
        "balanceAfterTransaction": money(one.balance_after, account.currency),
        "account": lambda _info: account_node(call, account),
        "expiresAt": zulu(one.expires_at) if one.expires_at else None,
        "remainingAmount": money(one.remaining, account.currency),
        "debitTransaction": lambda _info: {"id": gid.make("StoreCreditAccountDebitTransaction", one.id)},
        "creditTransaction": lambda _info: {"id": gid.make("StoreCreditAccountCreditTransaction", one.credit_id or 0)},
    }
