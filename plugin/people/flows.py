"""Meeting people, finding out that two are one, and forgetting them."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from plugin.db import ShopId, insert_once
from plugin.errors import Refused
from plugin.people import rules, tables, tagging
from plugin.people.tables import Contact, CustomerTags, Person, Secret


def secret_of(session: Session, shop_id: ShopId) -> str:
    """The shop's secret for its people's keys, made at first use."""
    row = session.get(Secret, shop_id)
    if row is None:
        insert_once(session, Secret, {"shop_id": shop_id, "secret": secrets.token_hex(32)})
        row = session.get_one(Secret, shop_id)
    return row.secret


def key_of_email(session: Session, shop_id: ShopId, email: str | None) -> str | None:
    """The key of an address; None for none, or for what is no address."""
    if not email:
        return None
    try:
        return rules.email_key(secret_of(session, shop_id), email)
    except Refused:
        return None


def meet(session: Session, shop_id: ShopId, *, customer_id: str | None = None, email: str | None = None,
         first_name: str | None = None, locale: str | None = None, now: datetime) -> Person:
    """Who this is: by customer, else by e-mail, else somebody new. Learns what it did not know.

    If customer and e-mail lead to two people and only one of them is a customer, they become one (the customer stays).
    Two customers who share an address stay two.
    """
    key = key_of_email(session, shop_id, email)
    customer = tables.by_customer(session, shop_id, customer_id) if customer_id else None
    known = tables.by_email_key(session, shop_id, key) if key else None
    if customer and known and customer.id != known.id and known.customer_id is None:
        _merge(session, known, customer)
        known = customer
    if customer is None and known is not None and (customer_id is None or known.customer_id is None):
        customer = known
    person = customer or _new(session, shop_id, customer_id, key if known is None else None, now)
    _learn(session, person, customer_id=customer_id, email=email, email_key=key if known in (None, person) else None,
           first_name=first_name, locale=locale)
    return person


def _new(session: Session, shop_id: ShopId, customer_id: str | None, key: str | None, now: datetime) -> Person:
    person = Person(shop_id=shop_id, customer_id=customer_id, email_key=key, mail_state="ask", met_at=now)
    session.add(person)
    session.flush()
    return person


def _learn(session: Session, person: Person, *, customer_id: str | None, email: str | None, email_key: str | None,
           first_name: str | None, locale: str | None) -> None:
    if person.redacted_at is not None:
        return
    person.customer_id = person.customer_id or customer_id
    if email_key is not None:
        person.email, person.email_key = email, email_key
    elif person.email is None and email is not None and key_of_email(session, person.shop_id, email):
        person.email = email  # two customers share this address: both may be written to, one is found by it
    person.first_name = (first_name or person.first_name or "")[:100] or None
    person.locale = (locale or person.locale or "")[:16] or None
    session.flush()


def _merge(session: Session, guest: Person, customer: Person) -> None:
    """The guest was the customer all along. Others find out through ``merged_into`` (tables.get, tables.all_ids)."""
    email, key = guest.email, guest.email_key
    guest.merged_into, guest.email, guest.email_key = customer.id, None, None
    session.flush()
    if customer.email_key is None and customer.redacted_at is None:
        customer.email, customer.email_key = email, key
    if guest.mail_state == "no":
        customer.mail_state = "no"
    customer.first_name = customer.first_name or guest.first_name
    customer.address_key = customer.address_key or guest.address_key
    guest.first_name = guest.address_key = None
    session.execute(update(Contact).where(Contact.shop_id == guest.shop_id, Contact.person_id == guest.id)
                    .values(person_id=customer.id))
    session.flush()


def note_order(session: Session, shop_id: ShopId, order_id: str, person: Person | None, *, email: str | None,
               address: Mapping[str, str | None] | None, ip: str | None, agent: str | None) -> None:
    """Keep the keys that an order tells about who ordered it. What a redacted person's order tells is not kept."""
    secret = secret_of(session, shop_id)
    row = session.get(Contact, (shop_id, order_id)) or Contact(shop_id=shop_id, order_id=order_id)
    row.person_id = person.id if person else row.person_id
    if person is None or person.redacted_at is None:
        row.email_key = key_of_email(session, shop_id, email) or row.email_key
        row.address_key = (rules.address_key(secret, address) if address else None) or row.address_key
        row.device_key = rules.device_key(secret, ip=ip, agent=agent) or row.device_key
    session.add(row)
    if person is not None and person.redacted_at is None:
        person.address_key = row.address_key or person.address_key
    session.flush()


def update_customer(session: Session, shop_id: ShopId, customer_id: str, *, email: str | None, first_name: str | None,
                    locale: str | None, told_at: datetime | None, now: datetime) -> Person | None:
    """What Shopify said at ``told_at`` about a customer whom we have met; None, and nothing kept, about one whom we have not.

    An older telling than the last changes nothing.
    """
    known = tables.by_customer(session, shop_id, customer_id)
    if known is None or (told_at and known.told_at and told_at < known.told_at):
        return known
    known.told_at = told_at or known.told_at
    return meet(session, shop_id, customer_id=customer_id, email=email, first_name=first_name, locale=locale, now=now)


def unsubscribe(session: Session, shop_id: ShopId, person_id: UUID) -> None:
    """No mail any more. Raises NotFound."""
    tables.get(session, shop_id, person_id).mail_state = "no"
    session.flush()


def subscribe(session: Session, shop_id: ShopId, person_id: UUID) -> None:
    """Mail again: the person says so themselves. Raises NotFound."""
    tables.get(session, shop_id, person_id).mail_state = "yes"
    session.flush()


def leave_alone(session: Session, shop_id: ShopId, person_id: UUID, *, alone: bool, now: datetime) -> None:
    """The merchant knows of a complaint: from now on this person is told things and asked for nothing; or may be asked again.

    Raises NotFound.
    """
    person = tables.get(session, shop_id, person_id)
    person.left_alone_at = (person.left_alone_at or now) if alone else None
    session.flush()


def redact(session: Session, shop_id: ShopId, person_id: UUID, now: datetime) -> None:
    """Forget who this was; that somebody was there, and what is owed, stays. Raises NotFound.

    The customer's number at Shopify stays too: by it a late event knows that there is nothing to learn.
    """
    for known in tables.all_ids(session, shop_id, tables.get(session, shop_id, person_id).id):
        customer_id = session.get_one(Person, (shop_id, known)).customer_id
        tagging.forget(session, shop_id, [customer_id] if customer_id else [], now)
        session.execute(update(Person).where(Person.shop_id == shop_id, Person.id == known).values(
            email=None, email_key=None, first_name=None, locale=None, address_key=None, mail_state="no",
            redacted_at=now))
        session.execute(update(Contact).where(Contact.shop_id == shop_id, Contact.person_id == known).values(
            email_key=None, address_key=None, device_key=None))
    session.expire_all()


def redact_customer(session: Session, shop_id: ShopId, customer_id: str, now: datetime) -> Person | None:
    """Forget a customer by their number at Shopify; None if we never met, and knew their tags at most."""
    tagging.forget(session, shop_id, [customer_id], now)
    person = tables.by_customer(session, shop_id, customer_id)
    if person is not None:
        redact(session, shop_id, person.id, now)
    return person


def forget_shop(session: Session, shop_id: ShopId, now: datetime) -> None:
    """The shop asked to be forgotten: all that was known of anybody goes, and the secret of the keys.

    Bare ids stay: what they earned and shared stays too, and must not point to nobody if the shop comes back.
    """
    for table in (Contact, CustomerTags, Secret):
        session.execute(delete(table).where(table.shop_id == shop_id))
    session.execute(update(Person).where(Person.shop_id == shop_id).values(
        customer_id=None, email=None, email_key=None, first_name=None, locale=None, address_key=None, mail_state="no"))
    session.execute(update(Person).where(Person.shop_id == shop_id, Person.redacted_at.is_(None)).values(redacted_at=now))
    session.expire_all()
