"""Real orders in the app's own tables, as the mirror keeps them once settled, with a product for each that was ever bought."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert, text

from benchmarks.kit.baskets import Bought
from benchmarks.kit.population import NOON, SHOP, fill
from plugin.db import Base
from plugin.mirror.tables import Order, OrderLine, Product, Variant
from plugin.shops.tables import Shop

Row = dict[str, Any]


def open_shop(engine: Engine, orders: Sequence[Bought]) -> None:
    """Tables, the shop and its products."""
    Base.metadata.create_all(engine)
    products = sorted({product for one in orders for product in one.products})
    with engine.begin() as connection:
        connection.execute(insert(Shop), {
            "id": SHOP, "domain": "bench.myshopify.com", "state": "installed", "name": "Bench", "email": "a@b.example", "currency": "GBP",
            "timezone": "Europe/London", "locale": "en", "country": "GB", "storefront_url": "https://bench.example", "plan": "basic",
            "scopes": "", "seen_at": NOON, "installed_at": NOON})
        fill(connection, Product, ({"shop_id": SHOP, "id": id, "title": id, "handle": id.lower(), "status": "active", "image": None,
                                    "tags": "[]", "updated_at": NOON, "deleted_at": None} for id in products))
        fill(connection, Variant, ({"shop_id": SHOP, "id": id, "product_id": id, "position": 0, "title": "One", "sku": None, "amount": 100,
                                    "currency": "GBP", "compare_at": None, "inventory_item_id": None, "stock": None, "updated_at": NOON}
                                   for id in products))


def sell(engine: Engine, orders: Iterable[Bought]) -> None:
    """These orders, settled and not counted. Ends with the statistics that a database keeps."""
    orders = list(orders)
    with engine.begin() as connection:
        fill(connection, Order, (_order(one) for one in orders))
        fill(connection, OrderLine, (_line(one, place, product) for one in orders for place, product in enumerate(sorted(one.products))))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("analyze"))


def _order(one: Bought) -> Row:
    return {"shop_id": SHOP, "id": one.id, "name": one.id, "currency": "GBP", "created_at": one.at, "updated_at": one.at, "digest": "",
            "told_cancelled": False, "cancelled_at": None, "financial": "paid", "paid_once": True, "test": False,
            "customer_id": one.customer, "person_id": None, "shipping": 0, "shipping_discounts": "[]", "codes": "[]", "attributes": "{}",
            "landing_site": None, "country": one.country, "risk": None, "gateways": "[]", "heard": None, "settled": True,
            "settle_at": None, "retry_at": None, "error": None}


def _line(one: Bought, place: int, product: str) -> Row:
    return {"shop_id": SHOP, "order_id": one.id, "id": f"{one.id}/{place}", "position": place, "product_id": product,
            "variant_id": product, "title": product, "quantity": 1, "removed": 0, "kept": 1, "amount": 100, "currency": "GBP",
            "discounts": "[]"}


def end_of(orders: Sequence[Bought]) -> datetime:
    return max(one.at for one in orders)
