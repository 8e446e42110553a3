"""The whole of devstore's state behind one lock, and the verbs that change it."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from devstore.clock import BusinessClock
from devstore.effects import EffectLog
from devstore.pricing.engine import price
from devstore.pricing.values import Priced
from devstore.state import cancelling, crediting, editing, placing, refunding, stocking
from devstore.state.carts import Buyer, Cart
from devstore.state.orders import Order, Refund
from devstore.state.people import Customer, StoreCreditTransaction
from devstore.state.products import Product
from devstore.state.settings import Settings
from devstore.state.shops import Shop

FIRST_ID = 7_410_000_000_001
Listener = Callable[[Shop, str, dict[str, Any]], None]


class Unknown(LookupError):
    """There is no such shop or thing. Becomes 404."""


class Store:
    """Every method takes the lock itself; callers that read several things hold ``store.lock`` (it is re-entrant)."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = BusinessClock(settings.clock_file)
        self.effects = EffectLog(self.clock)
        self.lock = threading.RLock()
        self.shops: dict[str, Shop] = {}
        self.listeners: list[Listener] = []
        self.last_id = FIRST_ID
        self.event_id = ""
        self.undelivered: list[dict[str, Any]] = []
        """Webhooks that waited for another try when the process before this one ended."""
        self._depth = 0

    @contextmanager
    def action(self) -> Iterator[None]:
        """The lock, and one ``event_id`` for all that a single deed causes (``X-Shopify-Event-Id``)."""
        with self.lock:
            if self._depth == 0:
                self.event_id = str(uuid.uuid4())
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1

    def next_id(self) -> int:
        with self.lock:
            self.last_id += 1
            return self.last_id

    def shop(self, name: str) -> Shop:
        """By handle (``north``) or domain (``north.myshopify.com``). Raises Unknown."""
        found = self.shops.get(name.removesuffix(".myshopify.com"))
        if found is None:
            raise Unknown(f"There is no shop {name}.")
        return found

    def tell(self, shop: Shop, topic: str, payload: dict[str, Any]) -> None:
        """Something happened: hand the payload, as it is now, to whoever delivers webhooks."""
        for listener in self.listeners:
            listener(shop, topic, payload)

    def price(self, shop: Shop, cart: Cart, buyer: Buyer | None = None) -> Priced:
        """What the cart costs now. Without a buyer there is no tax address and no shipping. The cart remembers which codes took effect."""
        with self.lock:
            customer = shop.customers.get(buyer.customer_id) if buyer and buyer.customer_id else None
            for account in customer.accounts if customer else []:
                crediting.expire(self, shop, account)
            priced = price(shop, cart, buyer, self.clock.now())
            cart.applied = frozenset(code.casefold() for code in priced.codes)
            return priced

    def new_customer(self, shop: Shop, buyer: Buyer) -> Customer:
        """A customer with the buyer's email, name and address. The email must be new to the shop."""
        with self.action():
            return stocking.new_customer(self, shop, buyer)

    def new_product(self, shop: Shop, wanted: stocking.NewProduct) -> Product:
        with self.action():
            return stocking.new_product(self, shop, wanted)

    def place_order(self, shop: Shop, cart: Cart, buyer: Buyer, *, paid: bool = True, test: bool = False) -> Order:
        """Pay for the cart. Raises ``placing.CheckoutRefused`` when it cannot be bought as it stands. Empties nothing."""
        with self.action():
            return placing.place(self, shop, cart, placing.Payment(buyer, paid=paid, test=test))

    def pay(self, shop: Shop, order: Order) -> None:
        with self.action():
            placing.pay(self, shop, order)

    def refund(self, shop: Shop, order: Order, request: refunding.RefundRequest) -> Refund:
        """Give back lines, shipping or a bare amount. Raises ``refunding.RefundRefused``."""
        with self.action():
            return refunding.refund(self, shop, order, request)

    def cancel(self, shop: Shop, order: Order, *, reason: str = "customer", refund: bool = True) -> None:
        with self.action():
            cancelling.cancel(self, shop, order, reason=reason, give_back=refund)

    def delete(self, shop: Shop, order: Order) -> None:
        """Raises ``cancelling.CancelRefused``."""
        with self.action():
            cancelling.delete(self, shop, order)

    def edit(self, shop: Shop, order: Order, changes: editing.Edit) -> None:
        """Set line quantities or add variants. Raises ``editing.EditRefused``."""
        with self.action():
            editing.edit(self, shop, order, changes)

    def credit(self, shop: Shop, customer: Customer, credit: crediting.Credit) -> StoreCreditTransaction:
        with self.action():
            return crediting.credit(self, shop, customer, credit)[1]
