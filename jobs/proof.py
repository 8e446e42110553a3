"""Whose is it? A webhook's body is signed, the header that names the shop is not.

Orders name their shop in ``order_status_url``; what names none, and is new to us, is looked up at the shop of the header
before anything is believed. Another shop's order, product or customer is not found there.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from plugin.context import Context
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.intake.rules import Event
from plugin.mirror import catalogue, tables
from plugin.people import tables as people
from plugin.shopify import gid, payloads
from plugin.shops import reads as shops
from plugin.shops.tables import Shop

ORDERS = frozenset({"orders/create", "orders/paid", "orders/updated", "orders/cancelled"})
REFUND = "refunds/create"
PRODUCTS = frozenset({"products/create", "products/update"})
TAGS = frozenset({"customer.tags_added", "customer.tags_removed"})
MOST_AT_ONCE = 100


def doubt(session: Session, shop: Shop, event: Event) -> str | None:
    """The gid to look up before this event may count; None if there is no doubt.

    Raises Refused("foreign") if the body names another shop, Refused("payload") if it cannot be read.
    """
    if event.source != "webhook":
        return None
    if event.topic in ORDERS:
        return _order_doubt(session, shop, payloads.order(event.body))
    if event.topic == REFUND:
        order_id = payloads.refund(event.body).order_id
        return None if tables.row_of(session, shop.id, order_id) else gid.make("Order", order_id)
    if event.topic in PRODUCTS:
        product_id = payloads.product(event.body, shop.currency).id
        return None if catalogue.is_known(session, shop.id, product_id) else gid.make("Product", product_id)
    if event.topic in TAGS:
        customer_id = payloads.customer_tags(event.body).customer_id
        return None if people.is_known(session, shop.id, customer_id) else gid.make("Customer", customer_id)
    return None


def _order_doubt(session: Session, shop: Shop, told: payloads.OrderTold) -> str | None:
    host = told.named_host
    if host in (shop.domain, urlsplit(shop.storefront_url).hostname):
        return None
    if host is not None and host.endswith(".myshopify.com"):
        raise Refused("foreign", "The body names another shop than the header.")
    return None if tables.row_of(session, shop.id, told.id) else gid.make("Order", told.id)


def found(context: Context, shop_id: ShopId, ids: Iterable[str]) -> set[str]:
    """Which of these gids the shop's own Shopify knows. No transaction is open. Raises what AdminApi.call raises."""
    asked = sorted(set(ids))
    api, known = shops.admin_api(context, shop_id), set[str]()
    for start in range(0, len(asked), MOST_AT_ONCE):
        data = api.call("nodes_known", ids=asked[start:start + MOST_AT_ONCE])
        known |= {node["id"] for node in data["nodes"] if node}
    return known
