"""Which offer counts where several fit: what the merchant chose, and what they had chosen before."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, own_key, shop_key

MOST_SHOWN = 10


class Choosing(Base):
    """One choice; never changed, and the newest holds. ``best``: what saves the shopper most, else what has the highest priority."""

    __tablename__ = "offer_choosings"
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    at: Mapped[datetime]
    staff: Mapped[str | None] = mapped_column(String(24))  # an id; None where no person of the shop did it
    best: Mapped[bool]


def choosings(session: Session, shop_id: ShopId, *, limit: int = MOST_SHOWN) -> Sequence[Choosing]:
    """Newest first."""
    return session.scalars(select(Choosing).where(Choosing.shop_id == shop_id).order_by(Choosing.id.desc()).limit(limit)).all()


def is_best(session: Session, shop_id: ShopId) -> bool:
    """What saves the shopper most counts until the merchant says otherwise."""
    newest = next(iter(choosings(session, shop_id, limit=1)), None)
    return newest is None or newest.best


def forget_choosers(session: Session, shop_id: ShopId) -> None:
    """Who chose goes."""
    session.execute(update(Choosing).where(Choosing.shop_id == shop_id).values(staff=None).execution_options(synchronize_session=False))
