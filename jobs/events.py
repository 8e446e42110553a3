"""Event → flow: which flow answers which topic. A flow returns the ids of the orders that must be settled again."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from jobs import customers
from plugin.attribution import owning
from plugin.db import ShopId
from plugin.errors import Refused, TryAgain
from plugin.insights import acts
from plugin.insights import tables as insights
from plugin.intake import flows as intake
from plugin.intake import history
from plugin.intake.rules import Event
from plugin.mirror import catalogue, flows
from plugin.mirror import tables as products
from plugin.mirror.rules import Product
from plugin.offers import flows as offers
from plugin.offers.flows import bundles, collecting, markets, marking, publishing, strangers
from plugin.outbox import flows as outbox
from plugin.privacy import flows as privacy
from plugin.rewards import flows as rewards
from plugin.shopify import payloads
from plugin.shops import flows as shops
from plugin.shops import tables as shop_tables

GATHERED = timedelta(seconds=10)
"""A price list that is changed as a whole is one change for the offers."""

Handler = Callable[[Session, ShopId, Event, datetime], Iterable[str]]


def order(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    told = payloads.order(event.body)
    return [told.id] if flows.apply_order(session, shop_id, told, now) else []


def refund(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    told = payloads.refund(event.body)
    return [told.order_id] if flows.apply_refund(session, shop_id, told) else []


def dispute(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """Nothing is asked of its buyer for a while; what the order earned is the order's own affair."""
    flows.apply_dispute(session, shop_id, payloads.dispute(event.body), now)
    return ()


def order_edited(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """The edit names lines and differences only; the order as it is now comes with orders/updated."""
    return [payloads.edited(event.body)]


def order_deleted(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    order_id = payloads.deleted_order(event.body)
    flows.delete_order(session, shop_id, order_id, now)
    return [order_id]


def settle_order(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """One of our own slices changed something that the order's settling depends on."""
    return [event.subject] if flows.settle_again(session, shop_id, event.subject) else []


def product(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """What offers may take of it follows from its prices and costs, and what they reach from its vendor and tags."""
    told = payloads.product(event.body, _currency(session, shop_id))
    before = products.product(session, shop_id, told.id)
    if not catalogue.apply_product(session, shop_id, told):
        return ()
    after = products.product(session, shop_id, told.id)
    marking.product_changed(session, shop_id, before, after, now)
    if _weighed(before) != _weighed(after):
        bundles.product_changed(session, shop_id, told.id, now)
        offers.guard_again(session, shop_id, now, wait=GATHERED)
        collecting.product_changed(session, shop_id, now)
    return ()


def _weighed(product: Product | None) -> object:
    """All of it that the shop's offers depend on."""
    return product and (product.handle, product.status, product.vendor, product.tags,
                        [(variant.id, variant.price, variant.cost) for variant in product.variants])


def product_deleted(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    product_id = payloads.deleted_product(event.body)
    catalogue.delete_product(session, shop_id, product_id, now)
    bundles.product_gone(session, shop_id, product_id, now)
    offers.guard_again(session, shop_id, now, wait=GATHERED)
    return ()


def collection(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    collecting.told(session, shop_id, payloads.collection(event.body), now)
    return ()


def collection_deleted(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    collecting.deleted(session, shop_id, payloads.deleted_collection(event.body), now)
    return ()


def market(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """A market was made, changed or deleted: all are read again, so what the body says is not asked."""
    markets.list_all(session, shop_id, now, wait=markets.GATHERED)
    return ()


def unit_cost(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    currency = _currency(session, shop_id)
    told = payloads.unit_cost(event.body, currency)
    before = products.unit_cost(session, shop_id, told.inventory_item_id)
    if catalogue.apply_cost(session, shop_id, told, currency=currency) and before != told.cost:
        offers.guard_again(session, shop_id, now, wait=GATHERED)
    return ()


def stock_level(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    catalogue.apply_level(session, shop_id, payloads.level(event.body))
    return ()


def discount_changed(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """One of the merchant's own may now stand beside our offers."""
    strangers.changed(session, shop_id, now)
    return ()


def discount_deleted(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """What hung on it is promised anew; the offers say that they have no discount any more."""
    deleted = payloads.deleted_discount(event.body)
    rewards.discount_gone(session, shop_id, deleted, now)
    offers.configuration_gone(session, shop_id, deleted, now)
    strangers.changed(session, shop_id, now)
    return ()


def uninstalled(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """After it no call is made; a late one, from before a reinstall, changes nothing."""
    _own_shop(session, shop_id, event)
    shops.uninstalled(session, shop_id, event, now)
    if shop_tables.get(session, shop_id).state != shop_tables.INSTALLED:
        outbox.freeze(session, shop_id)
        rewards.freeze(session, shop_id)
    return ()


def installed(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """What came before counts for nothing; the history is to be read."""
    intake.discard(session, shop_id, before=event.received_at, note="before the install")
    history.begin(session, shop_id, scopes=shop_tables.get(session, shop_id).scopes, now=now)
    collecting.list_all(session, shop_id, now)
    markets.list_all(session, shop_id, now)
    marking.tell_again(session, shop_id, now)
    publishing.installed(session, shop_id, now)
    return ()


def shop_updated(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    _own_shop(session, shop_id, event)
    return shops.updated(session, shop_id, event, now)


def scopes_updated(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    shops.scopes_updated(session, shop_id, event, now)
    history.widen(session, shop_id, scopes=shop_tables.get(session, shop_id).scopes, now=now)
    bundles.granted(session, shop_id, now)
    markets.list_all(session, shop_id, now)
    return ()


def data_request(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    _about_own_shop(session, shop_id, payloads.data_request(event.body).domain)
    return privacy.data_request(session, shop_id, event, now)


def customer_redacted(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    _about_own_shop(session, shop_id, payloads.customer_redact(event.body).domain)
    return privacy.redact_customer(session, shop_id, event, now)


def shop_redacted(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    _about_own_shop(session, shop_id, payloads.shop_redact(event.body))
    again = privacy.redact_shop(session, shop_id, event, now)
    if shop_tables.get(session, shop_id).state != shop_tables.INSTALLED:  # privacy and insights do not know each other
        insights.forget_shop(session, shop_id)
    return again


def _own_shop(session: Session, shop_id: ShopId, event: Event) -> None:
    """Topic and shop of the header are not signed: only a body that is a shop and names itself may speak of one."""
    _about_own_shop(session, shop_id, payloads.shop(event.body).domain)


def _about_own_shop(session: Session, shop_id: ShopId, named: str | None) -> None:
    if named != shop_tables.get(session, shop_id).domain:
        raise Refused("foreign", "The body does not name this shop.")


def bulk_step(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """The next rows of what a merchant wants done to many; it tells by itself that there are more."""
    acts.step(session, shop_id, UUID(event.subject), now=now)
    return ()


def marks_step(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """The next customers whose marks are worked out anew."""
    marking.step(session, shop_id, event.subject, now)
    return ()


def marks_tell(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """The next customers whose marks are said again."""
    marking.tell_step(session, shop_id, event.subject, now)
    return ()


def own_codes(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """What an advocate may give away but not use is something else now."""
    marking.own_codes_changed(session, shop_id, UUID(event.subject), now)
    return ()


def heard(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """Nothing to do beyond having kept it: what it tells is polled or read where it is needed."""
    return ()


def _currency(session: Session, shop_id: ShopId) -> str:
    """Prices name no currency; until Shopify told us the shop's, they wait."""
    currency = shop_tables.get(session, shop_id).currency
    if not currency:
        raise TryAgain("The shop's currency is not known yet.")
    return currency


EVENTS: dict[str, Handler] = {
    "orders/create": order,
    "orders/paid": order,
    "orders/updated": order,
    "orders/cancelled": order,
    "orders/edited": order_edited,
    "orders/delete": order_deleted,
    "refunds/create": refund,
    "disputes/create": dispute,
    "disputes/update": dispute,
    "order/settle": settle_order,
    "bulk/step": bulk_step,
    marking.STEP: marks_step,
    marking.TELL: marks_tell,
    owning.CHANGED: own_codes,
    "products/create": product,
    "products/update": product,
    "products/delete": product_deleted,
    "collections/create": collection,
    "collections/update": collection,
    "collections/delete": collection_deleted,
    "markets/create": market,
    "markets/update": market,
    "markets/delete": market,
    "inventory_items/update": unit_cost,
    "inventory_levels/update": stock_level,
    "customers/create": customers.told,
    "customers/update": customers.told,
    "customers/delete": customers.deleted,
    customers.TAGGED: customers.tagged,
    customers.UNTAGGED: customers.tagged,
    "shop/installed": installed,
    "shop/update": shop_updated,
    "app/uninstalled": uninstalled,
    "app/scopes_update": scopes_updated,
    "customers/data_request": data_request,
    "customers/redact": customer_redacted,
    "shop/redact": shop_redacted,
    "discounts/create": discount_changed,
    "discounts/update": discount_changed,
    "discounts/delete": discount_deleted,
    "bulk_operations/finish": heard,
}

ANYTIME = frozenset({"customers/data_request", "customers/redact", "shop/redact"})
"""Topics that are answered for a shop that has left, too."""
