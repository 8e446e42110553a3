"""Pairs and how far Shopify has followed them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, own_key, shop_key
from plugin.errors import NotFound
from plugin.offers.rules.pairs import PairTerms

ON = ("publishing", "live")


class Pair(Base):
    """Two products sold together. ``revision_id`` names the newest wish; the delivery of an older one has nothing to do.

    ``sent``: a create was tried, so look before trying again. ``at_shopify``: products that the discount there may name.
    """

    __tablename__ = "pairs"
    __table_args__ = (UniqueConstraint("shop_id", "revision_id"), Index(None, "shop_id", "first_product_id"),
                      Index(None, "shop_id", "second_product_id"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    revision_id: Mapped[UUID]
    first_product_id: Mapped[str] = mapped_column(String(24))
    second_product_id: Mapped[str] = mapped_column(String(24))
    basis_points: Mapped[int]
    combines: Mapped[list[Any]]
    reason: Mapped[dict[str, Any]] = mapped_column(default=dict)  # why it stands alone, or failed: a text's key and its facts
    title: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(12))  # publishing | live | failed | removing | removed
    external_id: Mapped[str | None] = mapped_column(String(32))
    at_shopify: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sent: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    def terms(self) -> PairTerms:
        return PairTerms(self.id, self.first_product_id, self.second_product_id, self.basis_points, frozenset(self.combines), self.title,
                         self.made_at)


def pair(session: Session, shop_id: ShopId, pair_id: UUID, *, lock: bool = False) -> Pair:
    """Raises NotFound, also for another shop's pair."""
    found = session.get(Pair, (shop_id, pair_id), with_for_update=lock or None)
    if found is None:
        raise NotFound("pair")
    return found


def by_revision(session: Session, shop_id: ShopId, revision_id: UUID, *, lock: bool = False) -> Pair | None:
    """None if a newer wish has replaced this one."""
    asked = select(Pair).where(Pair.shop_id == shop_id, Pair.revision_id == revision_id)
    return session.scalar(asked.with_for_update().execution_options(populate_existing=True) if lock else asked)


def pairs(session: Session, shop_id: ShopId) -> Sequence[Pair]:
    """Those that are, or are to be, in the shop; oldest first."""
    return session.scalars(select(Pair).where(Pair.shop_id == shop_id, Pair.state.in_(ON)).order_by(Pair.made_at, Pair.id)).all()


def all_pairs(session: Session, shop_id: ShopId) -> Sequence[Pair]:
    """Every pair but those that are gone, newest first."""
    return session.scalars(select(Pair).where(Pair.shop_id == shop_id, Pair.state != "removed")
                           .order_by(Pair.made_at.desc(), Pair.id)).all()


def titles(session: Session, shop_id: ShopId, *, but: UUID) -> set[str]:
    """The titles that other pairs of the shop have or had."""
    return set(session.scalars(select(Pair.title).where(Pair.shop_id == shop_id, Pair.id != but)))


def live(session: Session, shop_id: ShopId) -> Sequence[Pair]:
    """Those that stand at Shopify as they stand here, oldest first."""
    return session.scalars(select(Pair).where(Pair.shop_id == shop_id, Pair.state == "live").order_by(Pair.made_at, Pair.id)).all()


def is_live(session: Session, shop_id: ShopId, product_id: str) -> bool:
    """Is this product in a live pair?"""
    return session.scalar(select(Pair.id).where(Pair.shop_id == shop_id, Pair.state == "live", or_(
        Pair.first_product_id == product_id, Pair.second_product_id == product_id)).limit(1)) is not None
