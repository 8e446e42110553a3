"""What Shopify tells of customers: who they are, where we have met them; what they are tagged with, whoever they are. A part of the event
table."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.intake.rules import Event
from plugin.offers.flows import marking
from plugin.people import flows as people
from plugin.people import tagging
from plugin.shopify import payloads

TAGGED, UNTAGGED = "customer.tags_added", "customer.tags_removed"


def told(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """Webhooks do not tell tags; what we read does."""
    said = payloads.customer(event.body)
    people.update_customer(session, shop_id, said.id, email=said.email, first_name=said.first_name, locale=said.locale,
                           told_at=said.updated_at, now=now)
    if said.tags is not None and tagging.told(session, shop_id, said.id, said.tags, said.updated_at):
        marking.mark(session, shop_id, [said.id], now)
    return ()


def tagged(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """Added or removed: segments may ask for them."""
    said = payloads.customer_tags(event.body)
    if tagging.changed(session, shop_id, said.customer_id, said.tags, added=event.topic == TAGGED, at=said.at):
        marking.mark(session, shop_id, [said.customer_id], now)
    return ()


def deleted(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    people.redact_customer(session, shop_id, payloads.deleted_customer(event.body), now)
    return ()
