"""The three compliance topics as flows for the event table, and what is forgotten in time by itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.attribution import campaigns
from plugin.attribution import keys as signing
from plugin.attribution import rules as attribution
from plugin.attribution import tables as attribution_tables
from plugin.attribution.flows import VISIT_ATTRIBUTE, VISIT_PARAMETER
from plugin.db import ShopId, insert_once, new_id
from plugin.desk import tables as desk
from plugin.experiments import tables as experiments
from plugin.guardrails import tables as guardrails
from plugin.intake.rules import Event
from plugin.messaging import flows as messaging
from plugin.messaging import tables as messaging_tables
from plugin.mirror import flows as mirror
from plugin.mirror.tables import Order
from plugin.offers import tables as offers
from plugin.offers.mining import flows as mining
from plugin.offers.tables import segments
from plugin.outbox import tables as outbox
from plugin.people import flows as people
from plugin.people import tables as people_tables
from plugin.people import tagging
from plugin.people.tables import Person
from plugin.privacy import answers, rules, tables
from plugin.privacy.tables import DataRequest
from plugin.referrals import tables as programmes
from plugin.shopify import payloads
from plugin.shopify.payloads import RequestTold
from plugin.shops import tables as shops


def data_request(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """customers/data_request: write down all we know, for the merchant to pass on within 30 days. Told twice, written once."""
    told = payloads.data_request(event.body)
    found = _people(session, shop_id, told)
    answer = answers.about(session, shop_id, found, told.order_ids) | answers.tags(session, shop_id, _customers(told, found))
    insert_once(session, DataRequest, {
        "shop_id": shop_id, "id": new_id(), "request_id": told.request_id or str(event.id), "person_id": found[0].id if found else None,
        "answer": answer, "asked_at": now, "due_at": now + rules.TIME_TO_ANSWER})
    return ()


def answered(session: Session, shop_id: ShopId, data_request_id: UUID, now: datetime) -> None:
    """The merchant has passed it on. Raises NotFound."""
    tables.request(session, shop_id, data_request_id).answered_at = now
    session.flush()


def redact_customer(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """customers/redact: who it was is forgotten; orders keep their amounts, and no order is decided or settled anew."""
    told = payloads.customer_redact(event.body)
    found = _people(session, shop_id, told)
    ids = {known for person in found for known in people_tables.all_ids(session, shop_id, person.id)}
    keys = {key for key in [people.key_of_email(session, shop_id, told.email), *(person.email_key for person in found)] if key}
    for order in tables.orders(session, shop_id, ids, told.order_ids):
        _redact_order(session, shop_id, order)
    messaging.withdraw(session, shop_id, ids, now)
    _forget_words(session, shop_id, ids, told.order_ids, keys)
    tables.forget_person(session, shop_id, ids, keys)
    segments.forget_customers(session, shop_id, _customers(told, found))
    tagging.forget(session, shop_id, _customers(told, found), now)
    for person in found:
        people.redact(session, shop_id, person.id, now)
    return ()


def redact_shop(session: Session, shop_id: ShopId, event: Event, now: datetime) -> Iterable[str]:
    """shop/redact, 48 hours after the app was uninstalled: nothing about people stays. One that comes after a new install is void."""
    told_domain = payloads.shop_redact(event.body)
    shop = shops.get(session, shop_id)
    if shop.state == shops.INSTALLED or told_domain != shop.domain:
        return ()
    messaging_tables.forget_shop(session, shop_id)
    people.forget_shop(session, shop_id, now)
    signing.forget_shop(session, shop_id)
    segments.forget_shop(session, shop_id)
    campaigns.forget_shop(session, shop_id)
    mirror.forget_shop(session, shop_id)
    mining.forget_shop(session, shop_id)
    experiments.forget_shop(session, shop_id)
    desk.forget_shop(session, shop_id)
    outbox.forget_errors(session, shop_id)
    guardrails.forget_staff(session, shop_id)
    programmes.forget_staff(session, shop_id)
    offers.forget_staff(session, shop_id)
    tables.forget_shop(session, shop_id, but=event.id)
    shop = shops.get(session, shop_id)
    shop.name, shop.email, shop.storefront_url = "", "", ""
    session.flush()
    return ()


def retain(session: Session, shop_id: ShopId, now: datetime) -> None:
    """What is needed for a while only goes when that while is over."""
    keep = rules.Keep()
    tables.drop_device_keys(session, shop_id, before=now - keep.device_keys)
    tables.drop_magic_links(session, shop_id, before=now - keep.magic_links)
    tables.drop_answers(session, shop_id, before=now - keep.answers)
    messaging_tables.forget(session, shop_id, before=now - keep.mail)
    desk.drop_old(session, shop_id, before=now - keep.acts)


def _people(session: Session, shop_id: ShopId, told: RequestTold) -> list[Person]:
    """Whom a request is about: by their number, and by the address, which may lead to somebody else of the same name to us."""
    key = people.key_of_email(session, shop_id, told.email)
    found = [people_tables.by_customer(session, shop_id, told.customer_id) if told.customer_id else None,
             people_tables.by_email_key(session, shop_id, key) if key else None]
    return list({person.id: person for person in found if person is not None}.values())


def _customers(told: RequestTold, found: Sequence[Person]) -> set[str]:
    """Their numbers at Shopify: also of one whom we have not met, but whose tags we may have."""
    return {one for one in [told.customer_id, *(person.customer_id for person in found)] if one}


def _forget_words(session: Session, shop_id: ShopId, ids: set[UUID], order_ids: Sequence[str], keys: set[str]) -> None:
    """What the shop's people wrote about somebody, and views that search for their address."""
    desk.forget(session, shop_id, tables.subjects(session, shop_id, ids, order_ids))
    for view in desk.searches(session, shop_id):
        if people.key_of_email(session, shop_id, view.query["q"]) in keys:
            session.delete(view)
    session.flush()


def _redact_order(session: Session, shop_id: ShopId, order: Order) -> None:
    typed = {key for value in order.attributes.values() for key in attribution.typed_codes(str(value))}
    ours = {link.code_key for link in attribution_tables.links_by_code(session, shop_id, typed)}
    order.attributes = rules.kept_attributes(order.attributes, VISIT_ATTRIBUTE, ours)
    experiments.forget_orders(session, ShopId(order.shop_id), [order.id])
    order.landing_site = rules.kept_landing(order.landing_site, VISIT_PARAMETER)
    session.flush()
