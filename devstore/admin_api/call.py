"""What a resolver knows: the store, the shop, the token's scopes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from graphql import GraphQLResolveInfo

from devstore.currency import decimal, text
from devstore.payloads.money import Purse
from devstore.state.orders import Order
from devstore.state.shops import Shop
from devstore.state.store import Store

Node = dict[str, Any]
Resolver = Callable[..., Any]
Info = GraphQLResolveInfo[Any]
READABLE_DAYS = 60


@dataclass(slots=True)
class Call:
    """``window`` is the slice of the root connection that a bulk operation is reading; inside it pages have no limit."""

    store: Store
    shop: Shop
    scopes: list[str] = field(default_factory=list)
    user_errors: bool = False
    window: tuple[int, int] | None = None

    def readable(self, order: Order) -> bool:
        """Without ``read_all_orders`` an app sees the orders of the last 60 days."""
        if "read_all_orders" in self.scopes:
            return True
        return order.created_at >= self.store.clock.now() - timedelta(days=READABLE_DAYS)


def call_of(info: Info) -> Call:
    found = info.context
    assert isinstance(found, Call)
    return found


def money(amount: int, currency: str) -> Node:
    """``MoneyV2``."""
    return {"__typename": "MoneyV2", "amount": decimal(amount, currency), "currencyCode": currency}


def money_text(amount: int, currency: str) -> str:
    """The scalar ``Money``."""
    return text(amount, currency)


def bag(order: Order, amount: int, shown: int | None = None) -> Node:
    """``MoneyBag``. ``shown``: the presentment money, where it is known better than by the rate."""
    purse = Purse(order.currency, order.presentment_currency, order.rate)
    return {
        "shopMoney": money(amount, order.currency),
        "presentmentMoney": money(purse.shown_amount(amount) if shown is None else shown, order.presentment_currency),
    }
