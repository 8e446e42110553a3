"""Data requests, and queries over the slices below on what concerns one person."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Select, String, UniqueConstraint, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.attribution.campaigns import CampaignVisit
from plugin.attribution.tables import Claim, Link, Visit
from plugin.db import Base, ShopId, own_key, shop_key
from plugin.errors import NotFound
from plugin.intake.tables import Inbox
from plugin.mirror.tables import Order
from plugin.people.tables import Contact
from plugin.referrals.tables import Advocate, Card, MagicLink
from plugin.rewards.tables import Reward


class DataRequest(Base):
    """Somebody asked the merchant what is known about them. ``answer`` is what we know; the merchant passes it on."""

    __tablename__ = "data_requests"
    __table_args__ = (UniqueConstraint("shop_id", "request_id"), Index(None, "shop_id", "answered_at"))

    shop_id: Mapped[ShopId] = shop_key()
    id: Mapped[UUID] = own_key()
    request_id: Mapped[str] = mapped_column(String(32))
    person_id: Mapped[UUID | None]
    answer: Mapped[dict[str, Any]]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


def request(session: Session, shop_id: ShopId, data_request_id: UUID) -> DataRequest:
    """Raises NotFound."""
    found = session.get(DataRequest, (shop_id, data_request_id))
    if found is None:
        raise NotFound("data request")
    return found


def open_requests(session: Session, shop_id: ShopId) -> Sequence[DataRequest]:
    """What the merchant has yet to pass on, the most urgent first."""
    return session.scalars(select(DataRequest).where(DataRequest.shop_id == shop_id, DataRequest.answered_at.is_(None))
                           .order_by(DataRequest.due_at, DataRequest.id)).all()


def orders(session: Session, shop_id: ShopId, people: Collection[UUID], order_ids: Collection[str]) -> Sequence[Order]:
    """Orders of these people, and those that a request names."""
    return session.scalars(select(Order).where(Order.shop_id == shop_id, or_(Order.person_id.in_(people), Order.id.in_(order_ids)))
                           .order_by(Order.created_at, Order.id)).all()


def rewards(session: Session, shop_id: ShopId, people: Collection[UUID]) -> Sequence[Reward]:
    return session.scalars(select(Reward).where(Reward.shop_id == shop_id, Reward.person_id.in_(people)).order_by(Reward.made_at)).all()


def links(session: Session, shop_id: ShopId, people: Collection[UUID]) -> Sequence[Link]:
    return session.scalars(select(Link).where(Link.shop_id == shop_id, Link.person_id.in_(people)).order_by(Link.made_at)).all()


def cards(session: Session, shop_id: ShopId, people: Collection[UUID]) -> Sequence[Card]:
    """What these advocates let others see of them."""
    return session.scalars(select(Card).where(Card.shop_id == shop_id, Card.advocate_id.in_(_theirs(shop_id, people)))
                           .order_by(Card.made_at)).all()


def _theirs(shop_id: ShopId, people: Collection[UUID]) -> Select[UUID]:
    return select(Advocate.id).where(Advocate.shop_id == shop_id, Advocate.person_id.in_(people))


def subjects(session: Session, shop_id: ShopId, people: Collection[UUID], order_ids: Collection[str]) -> list[str]:
    """What notes about these people are kept under: their links, and orders that they placed or that a request names."""
    return [*(f"advocate:{link.id}" for link in links(session, shop_id, people)),
            *(f"order:{order.id}" for order in orders(session, shop_id, people, order_ids))]


def forget_person(session: Session, shop_id: ShopId, people: Collection[UUID], email_keys: Collection[str]) -> None:
    """Magic links, cards, answers that could lead back to these people, and what they wrote to send go.

    What they shared stays as it is: a stopped link would change how past orders are decided.
    """
    session.execute(delete(MagicLink).where(
        MagicLink.shop_id == shop_id, or_(MagicLink.person_id.in_(people), MagicLink.email_key.in_(email_keys))))
    session.execute(delete(DataRequest).where(DataRequest.shop_id == shop_id, DataRequest.person_id.in_(people)))
    session.execute(delete(Card).where(Card.shop_id == shop_id, Card.advocate_id.in_(_theirs(shop_id, people))))
    session.execute(update(Advocate).where(Advocate.shop_id == shop_id, Advocate.person_id.in_(people)).values(words=None, named=False))
    session.expire_all()


def forget_shop(session: Session, shop_id: ShopId, *, but: UUID) -> None:
    """Everything about visitors, and every stored event but the one that asks for it."""
    for table in (MagicLink, DataRequest, Card):
        session.execute(delete(table).where(table.shop_id == shop_id))
    session.execute(delete(Inbox).where(Inbox.shop_id == shop_id, Inbox.id != but))
    session.execute(update(Visit).where(Visit.shop_id == shop_id).values(device_key=None, address_key=None, landing="/"))
    session.execute(update(CampaignVisit).where(CampaignVisit.shop_id == shop_id).values(device_key=None, address_key=None))
    session.execute(update(Claim).where(Claim.shop_id == shop_id).values(device_key=None))
    session.execute(update(Advocate).where(Advocate.shop_id == shop_id).values(words=None, named=False))
    session.expire_all()


def drop_device_keys(session: Session, shop_id: ShopId, *, before: datetime) -> None:
    """Old visits and claims lose the keys of device and network; they keep when, by which link and for what."""
    for table in (Visit, CampaignVisit):
        is_known = or_(table.device_key.is_not(None), table.address_key.is_not(None))
        session.execute(update(table).where(table.shop_id == shop_id, table.at < before, is_known)
                        .values(device_key=None, address_key=None))
    session.execute(update(Claim).where(Claim.shop_id == shop_id, Claim.at < before, Claim.device_key.is_not(None)).values(device_key=None))
    old = select(Order.id).where(Order.shop_id == shop_id, Order.created_at < before)
    session.execute(update(Contact).where(Contact.shop_id == shop_id, Contact.device_key.is_not(None), Contact.order_id.in_(old))
                    .values(device_key=None))


def drop_magic_links(session: Session, shop_id: ShopId, *, before: datetime) -> None:
    session.execute(delete(MagicLink).where(MagicLink.shop_id == shop_id, MagicLink.made_at < before))


def drop_answers(session: Session, shop_id: ShopId, *, before: datetime) -> None:
    session.execute(delete(DataRequest).where(DataRequest.shop_id == shop_id, DataRequest.answered_at < before))
