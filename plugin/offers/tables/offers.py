"""Offers with their versions and what was done to them, and how far Shopify has followed all of them together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, Index, String, UniqueConstraint, and_, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, own_key, shop_key
from plugin.desk import versions as made
from plugin.desk.versions import Done, Kept
from plugin.errors import NotFound, Refused
from plugin.offers.rules import model, plain
from plugin.offers.tables.choosing import forget_choosers

MOST_HISTORY = 25


def read(terms: Mapping[str, Any]) -> model.Offer:
    """An offer as ``plain.dump`` wrote it. Raises Refused("offer").

    ``plain.load`` cannot read a word that may also be missing, so the outcome is read here.
    """
    told = dict(terms)
    outcome: Any = told.pop("outcome", None)
    if outcome not in (None, *get_args(model.Outcome)):
        raise Refused("offer", "The outcome is not a known one.", key="offers.refused_shape", field="outcome")
    return replace(plain.load(told), outcome=outcome)


class Offer(Kept, Base):
    """A merchant's offer under one title. ``number`` is small and unique in the shop: line marks and the Function know the offer by it.
    Its draft is what ``rules.plain`` writes."""

    __tablename__ = "offers"
    __table_args__ = (UniqueConstraint("shop_id", "number"), Index(None, "shop_id", "state"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    def drafted(self) -> model.Offer | None:
        return read(self.draft) if self.draft is not None else None


class OfferVersion(Base):
    """What was published, for good: orders are judged by the version that was in force when they were placed."""

    __tablename__ = "offer_versions"
    __table_args__ = (UniqueConstraint("shop_id", "offer_id", "number"), Index(None, "shop_id", "until"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    offer_id: Mapped[UUID]
    number: Mapped[int]
    terms: Mapped[dict[str, Any]]
    since: Mapped[datetime]
    until: Mapped[datetime | None]

    def offer(self) -> model.Offer:
        return read(self.terms)


class OfferChange(Done, Base):
    """Who did what to an offer, and when."""

    __tablename__ = "offer_changes"
    __table_args__ = (Index(None, "shop_id", "offer_id", "id"),)
    offer_id: Mapped[UUID]


class Configuration(Base):
    """The one discount at Shopify that carries all live offers of a shop. ``revision_id`` names the newest wish.

    ``sent``: a create was tried, so look before trying again. ``reason``: why Shopify does not have it, a text's key and facts.
    ``shown``: versions that the shop's pages may show, by their ids.
    """

    __tablename__ = "offer_configurations"
    __table_args__ = (Index(None, "shop_id", "external_id"),)
    shop_id: Mapped[UUID] = shop_key()
    revision_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(12))  # publishing | live | none | failed
    external_id: Mapped[str | None] = mapped_column(String(32))
    sent: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[dict[str, Any]] = mapped_column(default=dict)
    shown: Mapped[list[Any]] = mapped_column(default=list)
    changed_at: Mapped[datetime]


def offer(session: Session, shop_id: ShopId, offer_id: UUID, *, lock: bool = False) -> Offer:
    """Raises NotFound, also for another shop's offer."""
    found = session.get(Offer, (shop_id, offer_id), with_for_update=lock or None)
    if found is None:
        raise NotFound("offer")
    return found


def of_shop(session: Session, shop_id: ShopId, *, away: bool = False) -> Sequence[Offer]:
    """Newest first: those in use, or those put away."""
    is_away = Offer.state == "archived"
    return session.scalars(select(Offer).where(Offer.shop_id == shop_id, is_away if away else ~is_away)
                           .order_by(Offer.made_at.desc(), Offer.id.desc())).all()


def next_number(session: Session, shop_id: ShopId) -> int:
    """The smallest that no offer of the shop had."""
    return (session.scalar(select(func.max(Offer.number)).where(Offer.shop_id == shop_id)) or 0) + 1


def in_force(session: Session, shop_id: ShopId) -> dict[UUID, OfferVersion]:
    """The version of each offer that is switched on, by the offer's id. Its schedule may still keep it closed."""
    asked = select(OfferVersion).join(Offer, and_(Offer.shop_id == OfferVersion.shop_id, Offer.id == OfferVersion.offer_id))
    rows = session.scalars(asked.where(OfferVersion.shop_id == shop_id, OfferVersion.until.is_(None), Offer.state == "live")
                           .order_by(Offer.number)).all()
    return {row.offer_id: row for row in rows}


def in_force_at(session: Session, shop_id: ShopId, moment: datetime) -> Sequence[OfferVersion]:
    """The versions by which an order of that moment is judged."""
    return session.scalars(select(OfferVersion).where(OfferVersion.shop_id == shop_id, stood(moment))
                           .order_by(OfferVersion.offer_id)).all()


def known_as(session: Session, shop_id: ShopId, offer_ids: Collection[UUID]) -> frozenset[str]:
    """Every title under which these offers were ever published."""
    if not offer_ids:
        return frozenset()
    terms = session.scalars(select(OfferVersion.terms).where(OfferVersion.shop_id == shop_id, OfferVersion.offer_id.in_(offer_ids)))
    return frozenset(str(one["title"]) for one in terms)


def versions(session: Session, shop_id: ShopId, offer_id: UUID) -> Sequence[OfferVersion]:
    """Everything that was published of one offer, newest first."""
    return session.scalars(select(OfferVersion).where(OfferVersion.shop_id == shop_id, OfferVersion.offer_id == offer_id)
                           .order_by(OfferVersion.number.desc())).all()


def last_version(session: Session, shop_id: ShopId, offer_id: UUID) -> OfferVersion | None:
    return next(iter(versions(session, shop_id, offer_id)), None)


def changes(session: Session, shop_id: ShopId, offer_id: UUID, *, limit: int = MOST_HISTORY) -> Sequence[OfferChange]:
    """What was done to one offer, newest first."""
    return made.changes(session, OfferChange, shop_id, OfferChange.offer_id == offer_id, limit=limit)


def last_change(session: Session, shop_id: ShopId, offer_id: UUID, kind: str) -> OfferChange | None:
    """The newest of this kind."""
    return made.last_change(session, OfferChange, shop_id, OfferChange.offer_id == offer_id, kind)


def configuration(session: Session, shop_id: ShopId, *, lock: bool = False) -> Configuration | None:
    """None until the shop's first offer was published."""
    asked = select(Configuration).where(Configuration.shop_id == shop_id)
    return session.scalar(asked.with_for_update().execution_options(populate_existing=True) if lock else asked)


def forget_staff(session: Session, shop_id: ShopId) -> None:
    """Who did it goes."""
    made.forget_staff(session, OfferChange, shop_id)
    forget_choosers(session, shop_id)


def stood(moment: datetime) -> ColumnElement[bool]:
    """Was a version in force at that moment?"""
    return and_(OfferVersion.since <= moment, or_(OfferVersion.until.is_(None), OfferVersion.until > moment))
