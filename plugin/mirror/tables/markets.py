"""Markets of a shop and their countries, as Shopify last told us when we asked."""

from collections.abc import Collection as Several
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, shop_key


class Market(Base):
    """``countries``: two letters each, sorted; of all the world when ``everywhere``. ``by_country``: these alone say who is in it; a market
    of wholesale locations, of shops in a street or of parts of a country cannot be told by the country of a cart."""

    __tablename__ = "markets"

    shop_id: Mapped[ShopId] = shop_key()
    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    active: Mapped[bool]
    by_country: Mapped[bool]
    everywhere: Mapped[bool]
    countries: Mapped[list[Any]]
    read_at: Mapped[datetime]


def markets(session: Session, shop_id: ShopId) -> Sequence[Market]:
    """All that the shop has, by name."""
    return session.scalars(select(Market).where(Market.shop_id == shop_id).order_by(Market.name, Market.id)).all()


def keep_markets(session: Session, shop_id: ShopId, found: Several[Market]) -> frozenset[str]:
    """These and no others are the shop's. Returns ids of those that came, went, or say something else now."""
    before = {one.id: _said(one) for one in markets(session, shop_id)}
    after = {one.id: _said(one) for one in found}
    gone = sorted(before.keys() - after.keys())
    if gone:
        session.execute(delete(Market).where(Market.shop_id == shop_id, Market.id.in_(gone)))
        session.expire_all()
    for one in found:
        session.merge(one)
    session.flush()
    return frozenset(id for id in before.keys() | after.keys() if before.get(id) != after.get(id))


def forget_markets(session: Session, shop_id: ShopId) -> None:
    session.execute(delete(Market).where(Market.shop_id == shop_id))
    session.expire_all()


def _said(one: Market) -> tuple[object, ...]:
    return one.name, one.active, one.by_country, one.everywhere, tuple(one.countries)
