"""What was drawn for the pages of offers whose companions the shop's orders choose, as Shopify was last told."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, shop_key


class Drawing(Base):
    """``pages``: [product of the page, its companions], those first that sell best. ``terms``: what the offer said of it then.
    ``looked_at``: when it was last seen that nothing else should stand there."""

    __tablename__ = "offer_drawings"
    shop_id: Mapped[UUID] = shop_key()
    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    terms: Mapped[dict[str, Any]]
    pages: Mapped[list[Any]]
    looked_at: Mapped[datetime]

    @property
    def drawn(self) -> dict[str, list[str]]:
        return {page: list(mates) for page, mates in self.pages}


def drawings(session: Session, shop_id: ShopId) -> dict[UUID, Drawing]:
    """By offer."""
    return {row.offer_id: row for row in session.scalars(select(Drawing).where(Drawing.shop_id == shop_id))}


def shops_with_drawings(session: Session) -> set[ShopId]:
    return set(session.scalars(select(Drawing.shop_id).distinct()))


def drop_drawings(session: Session, shop_id: ShopId, *, but: Collection[UUID]) -> None:
    """Forget offers that are not switched on any more."""
    session.execute(delete(Drawing).where(Drawing.shop_id == shop_id, Drawing.offer_id.not_in(but)))
