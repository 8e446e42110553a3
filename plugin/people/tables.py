"""People, what an order told about who ordered it, and each shop's secret for the keys. All of it can be erased."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, own_key, shop_key
from plugin.errors import NotFound


class Person(Base):
    """Somebody who bought, shares or came. ``merged_into`` points to who they turned out to be.

    ``mail_state``: "ask" (nothing known), "yes" or "no" (unsubscribed).
    """

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("shop_id", "customer_id"),
        UniqueConstraint("shop_id", "email_key"),
        Index(None, "shop_id", "address_key"),
    )

    shop_id: Mapped[ShopId] = shop_key()
    id: Mapped[UUID] = own_key()
    customer_id: Mapped[str | None] = mapped_column(String(24))
    email: Mapped[str | None] = mapped_column(String(320))
    email_key: Mapped[str | None] = mapped_column(String(64))
    first_name: Mapped[str | None] = mapped_column(String(100))
    locale: Mapped[str | None] = mapped_column(String(16))
    address_key: Mapped[str | None] = mapped_column(String(64))
    mail_state: Mapped[str] = mapped_column(String(4), default="ask")
    met_at: Mapped[datetime]
    redacted_at: Mapped[datetime | None]
    merged_into: Mapped[UUID | None]


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


def by_email_key(session: Session, shop_id: ShopId, email_key: str) -> Person | None:
    return session.scalars(select(Person).where(Person.shop_id == shop_id, Person.email_key == email_key)).first()


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
