"""People, their tags at Shopify, what an order told about who ordered it, and each shop's secret for the keys. All of it can be erased."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, and_, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, own_key, shop_key
from plugin.errors import NotFound

LAST_LETTER = "\U0010ffff"  # the greatest code point there is


class Person(Base):
    """Somebody who bought, shares or came. ``merged_into`` points to who they turned out to be.

    ``mail_state``: "ask" (nothing known), "yes" or "no" (unsubscribed). ``told_at``: when what Shopify last told of the customer was so.
    ``left_alone_at``: since when the merchant wants them to be asked for nothing.
    """

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("shop_id", "customer_id"),
        UniqueConstraint("shop_id", "email_key"),
        Index(None, "shop_id", "address_key"), Index(None, "shop_id", "first_name"),
        Index("ix_people_merged", "shop_id", "merged_into",
              postgresql_where=text("merged_into is not null"), sqlite_where=text("merged_into is not null")),
    )

    shop_id: Mapped[ShopId] = shop_key()
    id: Mapped[UUID] = own_key()
    customer_id: Mapped[str | None] = mapped_column(String(24))
    email: Mapped[str | None] = mapped_column(String(320))
    email_key: Mapped[str | None] = mapped_column(String(64))
    # In the order of code points on both databases, so that an index finds all names with one beginning.
    first_name: Mapped[str | None] = mapped_column(String(100).with_variant(String(100, collation="C"), "postgresql"))
    locale: Mapped[str | None] = mapped_column(String(16))
    address_key: Mapped[str | None] = mapped_column(String(64))
    mail_state: Mapped[str] = mapped_column(String(4), default="ask")
    met_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    left_alone_at: Mapped[datetime | None]
    redacted_at: Mapped[datetime | None]
    merged_into: Mapped[UUID | None]


class CustomerTags(Base):
    """What a customer is tagged with, also one whom we have not met: then it is all that we know of them. ``told_at`` and ``news`` ([name,
    when, added]): see ``rules.Tags``."""

    __tablename__ = "customer_tags"

    shop_id: Mapped[ShopId] = shop_key()
    customer_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    tags: Mapped[list[Any]]
    told_at: Mapped[datetime | None]
    news: Mapped[list[Any]]
    redacted_at: Mapped[datetime | None]


class Contact(Base):
    """What one order told about who ordered it: keys to compare, nothing to read."""

    __tablename__ = "contacts"
    __table_args__ = (Index(None, "shop_id", "person_id"), Index(None, "shop_id", "address_key"), Index(None, "shop_id", "device_key"))

    shop_id: Mapped[ShopId] = shop_key()
    order_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    person_id: Mapped[UUID | None]
    email_key: Mapped[str | None] = mapped_column(String(64))
    address_key: Mapped[str | None] = mapped_column(String(64))
    device_key: Mapped[str | None] = mapped_column(String(64))


class Secret(Base):
    """A shop's own secret under which its people's keys are made. Gone with the shop, and all keys are noise."""

    __tablename__ = "people_secrets"

    shop_id: Mapped[ShopId] = shop_key()
    secret: Mapped[str] = mapped_column(String(64))


def get(session: Session, shop_id: ShopId, person_id: UUID) -> Person:
    """The person, or who they were merged into. Raises NotFound."""
    person = session.get(Person, (shop_id, person_id))
    while person is not None and person.merged_into is not None:
        person = session.get(Person, (shop_id, person.merged_into))
    if person is None:
        raise NotFound("person")
    return person


def by_customer(session: Session, shop_id: ShopId, customer_id: str) -> Person | None:
    return session.scalars(select(Person).where(Person.shop_id == shop_id, Person.customer_id == customer_id)).first()


def told_at(session: Session, shop_id: ShopId, customer_ids: Sequence[str]) -> dict[str, datetime | None]:
    """Of these customers, those whom we have met, and as of when we know them."""
    asked = select(Person.customer_id, Person.told_at).where(Person.shop_id == shop_id, Person.customer_id.in_(customer_ids))
    return {id: told_at for id, told_at in session.execute(asked) if id}


def known_customers(session: Session, shop_id: ShopId) -> Sequence[str]:
    """The customers of whom we still know who they are."""
    met = session.scalars(select(Person.customer_id).where(
        Person.shop_id == shop_id, Person.customer_id.is_not(None), Person.redacted_at.is_(None)))
    tagged = session.scalars(select(CustomerTags.customer_id).where(CustomerTags.shop_id == shop_id, CustomerTags.redacted_at.is_(None)))
    return sorted({*(id for id in met if id), *tagged})


def customers_after(session: Session, shop_id: ShopId, *, after: str, limit: int) -> set[str]:
    """The next so many customers behind this one, in the order of their ids as texts: at least the first ``limit`` of whom we know, with or
    without an order."""
    met = session.scalars(select(Person.customer_id).where(
        Person.shop_id == shop_id, Person.customer_id > after, Person.redacted_at.is_(None)).order_by(Person.customer_id).limit(limit))
    tagged = session.scalars(select(CustomerTags.customer_id).where(
        CustomerTags.shop_id == shop_id, CustomerTags.customer_id > after, CustomerTags.redacted_at.is_(None))
        .order_by(CustomerTags.customer_id).limit(limit))
    return {*(id for id in met if id), *tagged}


def tags(session: Session, shop_id: ShopId, customer_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Of these customers those who are tagged, and with what."""
    found = session.execute(select(CustomerTags.customer_id, CustomerTags.tags).where(
        CustomerTags.shop_id == shop_id, CustomerTags.customer_id.in_(customer_ids)))
    return {id: tuple(names) for id, names in found if names}


def tags_told_at(session: Session, shop_id: ShopId, customer_ids: Sequence[str]) -> dict[str, datetime | None]:
    """Of these customers, those whose tags we keep, and as of when we know all of them. Who was forgotten has nothing to be told."""
    asked = select(CustomerTags.customer_id, CustomerTags.told_at).where(
        CustomerTags.shop_id == shop_id, CustomerTags.customer_id.in_(customer_ids), CustomerTags.redacted_at.is_(None))
    return dict(session.execute(asked).all())


def forgotten(session: Session, shop_id: ShopId, customer_ids: Collection[str]) -> set[str]:
    """Of these customers those of whom nothing may be told any more."""
    met = session.scalars(select(Person.customer_id).where(
        Person.shop_id == shop_id, Person.customer_id.in_(customer_ids), Person.redacted_at.is_not(None)))
    tagged = session.scalars(select(CustomerTags.customer_id).where(
        CustomerTags.shop_id == shop_id, CustomerTags.customer_id.in_(customer_ids), CustomerTags.redacted_at.is_not(None)))
    return {*(id for id in met if id), *tagged}


def is_known(session: Session, shop_id: ShopId, customer_id: str) -> bool:
    """Have we met this customer, or kept their tags?"""
    return session.get(CustomerTags, (shop_id, customer_id)) is not None or by_customer(session, shop_id, customer_id) is not None


def first_names(session: Session, shop_id: ShopId, customer_ids: Collection[str]) -> dict[str, str]:
    """Of these customers those whose first name we may know."""
    asked = select(Person.customer_id, Person.first_name).where(Person.shop_id == shop_id, Person.customer_id.in_(customer_ids))
    return {id: name for id, name in session.execute(asked) if id and name}


def by_email_key(session: Session, shop_id: ShopId, email_key: str) -> Person | None:
    return session.scalars(select(Person).where(Person.shop_id == shop_id, Person.email_key == email_key)).first()


def by_first_name(session: Session, shop_id: ShopId, beginning: str, *, limit: int) -> Sequence[UUID]:
    """Ids of people whose first name begins so, as typed or as names are written: "ali" finds Ali and Alice. No table is walked."""
    spellings = sorted({beginning, beginning.lower(), beginning.upper(), beginning[:1].upper() + beginning[1:].lower()})
    begins = or_(*(and_(Person.first_name >= one, Person.first_name < one + LAST_LETTER) for one in spellings))
    return session.scalars(select(Person.id).where(Person.shop_id == shop_id, begins).order_by(Person.first_name).limit(limit)).all()


def contact(session: Session, shop_id: ShopId, order_id: str) -> Contact | None:
    return session.get(Contact, (shop_id, order_id))


def contacts_of(session: Session, shop_id: ShopId, person_id: UUID) -> Sequence[Contact]:
    return session.scalars(select(Contact).where(Contact.shop_id == shop_id, Contact.person_id == person_id)).all()


def all_ids(session: Session, shop_id: ShopId, person_id: UUID) -> set[UUID]:
    """Every id this person ever had: their own and those merged into it."""
    known, fresh = {person_id}, {person_id}
    while fresh:
        found = session.scalars(select(Person.id).where(Person.shop_id == shop_id, Person.merged_into.in_(fresh))).all()
        fresh = set(found) - known
        known |= fresh
    return known
