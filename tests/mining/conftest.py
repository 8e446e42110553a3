"""A market stall: orders and products as the mirror keeps them once settled, without the road that brought them there."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.mirror import flows as mirror
from plugin.mirror import tables as mirrored
from plugin.mirror.tables import Order, OrderLine, Product, Variant
from plugin.offers.mining import flows, upkeep
from plugin.offers.mining.flows import Suggestion
from plugin.shops.tables import Shop

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@dataclass
class Stall:
    """One shop's stall, in one transaction."""

    session: Session
    shop_id: ShopId
    numbers: Any = field(default_factory=lambda: count(1000))

    def buys(self, *products: str, days_ago: int = 1, **told: Any) -> str:  # noqa: ANN401
        """One order of one of each."""
        order_id = str(next(self.numbers))
        placed = NOON - timedelta(days=days_ago)
        header = {"name": f"#{order_id}", "currency": "GBP", "digest": "", "told_cancelled": False, "financial": "paid", "paid_once": True,
                  "test": False, "shipping": 0, "shipping_discounts": [], "codes": [], "attributes": {}, "gateways": [], "settled": True,
                  "country": "GB", "created_at": placed, "updated_at": placed}
        self.session.add(Order(shop_id=self.shop_id, id=order_id, **{**header, **told}))
        self.session.add_all(OrderLine(
            shop_id=self.shop_id, order_id=order_id, id=f"{order_id}{place}", position=place, product_id=product, variant_id=product,
            title=product, quantity=1, removed=0, kept=1, amount=1000, currency="GBP", discounts=[])
            for place, product in enumerate(products))
        self.session.flush()
        return order_id

    def gives_back(self, order_id: str, products: Collection[str]) -> None:
        """As after a refund and its settling."""
        self.session.execute(update(OrderLine).where(OrderLine.shop_id == self.shop_id, OrderLine.order_id == order_id,
                                                     OrderLine.product_id.in_(list(products))).values(kept=0))
        self.changed(order_id)

    def changed(self, order_id: str, **told: Any) -> None:  # noqa: ANN401
        row = self.session.get_one(Order, (self.shop_id, order_id))
        for name, value in told.items():
            setattr(row, name, value)
        mirror.touch(row)
        row.settled = True
        self.session.flush()

    def offers(self, product_id: str, *, kind: str = "", vendor: str = "", price: int = 1000, stock: int | None = 5,
               status: str = "active") -> None:
        self.session.merge(Product(shop_id=self.shop_id, id=product_id, title=product_id.title(), handle=product_id, status=status,
                                   image=None, kind=kind, vendor=vendor, tags=[], updated_at=NOON))
        self.session.merge(Variant(shop_id=self.shop_id, id=product_id, product_id=product_id, position=0, title="One", sku=None,
                                   amount=price, currency="GBP", compare_at=None, inventory_item_id=None, stock=stock, updated_at=NOON))
        self.session.flush()

    def mine(self, now: datetime = NOON) -> None:
        while upkeep.count(self.session, self.shop_id, now=now) + upkeep.rank(self.session, self.shop_id, now=now):
            pass

    def suggests(self, *cart: str, limit: int = 5, market: str | None = None, segment: str | None = None) -> list[Suggestion]:
        return flows.suggest(self.session, self.shop_id, cart, market=market, limit=limit, segment=segment)

    def names(self, *cart: str, **told: Any) -> list[str]:  # noqa: ANN401
        return [one.product_id for one in self.suggests(*cart, **told)]

    def uncounted(self) -> int:
        return len(mirrored.uncounted(self.session, self.shop_id, limit=10_000))


@pytest.fixture
def stall(session: Session, north: Shop) -> Stall:
    """Tea and milk go together, soap goes with anything; bread goes alone."""
    made = Stall(session, north.id)
    for product in ("tea", "milk", "soap", "bread", "jam", "new"):
        made.offers(product)
    return made


@pytest.fixture
def busy(stall: Stall) -> Stall:
    """Soap is in every other order, whatever else is in it: it sells best, and goes with nothing. Tea and milk go together."""
    for turn in range(240):
        goods = {0: ("tea", "milk"), 1: ("tea",), 2: ("bread",), 3: ("jam",), 4: ("bread", "jam"), 5: ("milk",)}[turn % 6]
        stall.buys(*goods, *(("soap",) if turn // 6 % 2 else ()), days_ago=1 + turn)
    stall.mine()
    return stall
