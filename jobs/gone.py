"""What no ``updated_at`` tells: things that are no longer at Shopify, shops that have left, and what a shop is called by now."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from jobs import bell, proof
from plugin import clock
from plugin.context import Context
from plugin.db import ShopId
from plugin.intake import flows, history
from plugin.intake.rules import visible_since
from plugin.mirror import catalogue
from plugin.mirror import tables as mirror
from plugin.offers import tables as offers
from plugin.outbox import flows as outbox
from plugin.people import tables as people
from plugin.rewards import flows as rewards
from plugin.rewards import tables as issued
from plugin.shopify import gid
from plugin.shops import reads as shop_reads
from plugin.shops import tables as shops
from plugin.shops.tables import Shop

MARGIN = timedelta(days=1)
"""An order so near the end of what Shopify shows may vanish while we look, and is not deleted."""
JUST_LEFT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Deletable:
    """``held``: the digits of what we believe to be there. ``says_when``: the topic's body carries the time."""

    kind: str
    topic: str
    held: Callable[[Session, Shop], Iterable[str]]
    says_when: bool = False


def _orders(session: Session, shop: Shop) -> Iterable[str]:
    since = visible_since(shop.scopes, clock.now())
    return mirror.living(session, ShopId(shop.id), since=since and since + MARGIN)


def _offers(session: Session, shop: Shop) -> Iterable[str]:
    together = offers.configuration(session, ShopId(shop.id))
    held = [*(row.external_id for row in offers.natives(session, ShopId(shop.id))), together.external_id if together else None]
    return [one for one in held if one]


DELETABLE = (
    Deletable("Product", "products/delete", lambda session, shop: catalogue.known_ids(session, ShopId(shop.id))),
    Deletable("Customer", "customers/delete", lambda session, shop: people.known_customers(session, ShopId(shop.id))),
    Deletable("Order", "orders/delete", _orders),
    Deletable("DiscountCodeNode", "discounts/delete", lambda session, shop: issued.at_shopify(session, ShopId(shop.id)), says_when=True),
    Deletable("DiscountAutomaticNode", "discounts/delete", _offers, says_when=True),
)


def reconcile_deleted(context: Context, shop_id: ShopId) -> int:
    """What we hold and Shopify no longer knows. Returns how much of it was news. Raises what a call raises."""
    return sum(_reconcile_kind(context, shop_id, one) for one in DELETABLE)


def _reconcile_kind(context: Context, shop_id: ShopId, one: Deletable) -> int:
    with context.reading() as session:
        held = {gid.make(one.kind, id) for id in one.held(session, shops.get(session, shop_id))}
    missing = held - proof.found(context, shop_id, held)
    missing -= proof.found(context, shop_id, missing)  # some of it is forgotten for good: nobody takes one answer for that
    now, found = clock.now(), 0
    with context.transaction() as session:
        for gone in sorted(missing):
            body = {"admin_graphql_api_id": gone} | ({"deleted_at": now.isoformat()} if one.says_when else {})
            found += flows.keep_read(session, shop_id, source="reconcile", topic=one.topic, body=body, now=clock.machine_now())
    if found:
        bell.ring(context, "events", shop_id)
    return found


def ask_about(context: Context, shop_id: ShopId) -> None:
    """What a lost shop/update would have told. Raises what a call raises."""
    shop_reads.describe(context, shop_id)


def read_more(context: Context) -> None:
    """What a lost app/scopes_update would have told comes with the hourly token; more of the past may be readable by it."""
    with context.transaction() as session:
        for shop in shops.installed(session):
            history.widen(session, ShopId(shop.id), scopes=shop.scopes, now=clock.now())


def bid_farewell(context: Context) -> None:
    """A shop that left without a word: what was to leave for it is frozen, as app/uninstalled would have done."""
    with context.reading() as session:
        just_left = [ShopId(shop.id) for shop in shops.uninstalled(session, since=clock.now() - JUST_LEFT)]
    for shop_id in just_left:
        with context.transaction() as session:
            _freeze(session, shop_id)


def _freeze(session: Session, shop_id: ShopId) -> None:
    if shops.lock(session, shop_id).state != shops.INSTALLED:  # it may be back
        outbox.freeze(session, shop_id)
        rewards.freeze(session, shop_id)
