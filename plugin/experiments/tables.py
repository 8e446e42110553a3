"""A day's counts by offer, placement and arm; orders of visitors whose arm is known; each shop's secret for drawing arms."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, CursorResult, Date, Index, String, Table, delete, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.db import Base, ShopId, shop_key
from plugin.experiments.rules import Arm, Place, Tally


class ExperimentKey(Base):
    """The secret by which a shop's visitors draw their arms. It never changes: who is held out stays held out."""

    __tablename__ = "experiment_keys"
    shop_id: Mapped[UUID] = shop_key()
    secret: Mapped[str] = mapped_column(String(64))


class Exposure(Base):
    """What browsers counted on one day of the shop. ``visitors``: those that met the offer for the first time then. No row is about
    anybody: a cell holds sums alone."""

    __tablename__ = "exposures"
    shop_id: Mapped[UUID] = shop_key()
    offer: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date(), primary_key=True)
    placement: Mapped[str] = mapped_column(String(16), primary_key=True)
    arm: Mapped[str] = mapped_column(String(5), primary_key=True)
    shown: Mapped[int]
    added: Mapped[int]
    visitors: Mapped[int]


class Outcome(Base):
    """An order of a visitor who had met an offer with a held-out share. ``visitor``: a pseudonym, see ``rules.pseudonym``; ``net``: what is
    left of its goods in minor units, ``kept``: units that the buyer still has, both as of the last settling."""

    __tablename__ = "outcomes"
    __table_args__ = (Index(None, "shop_id", "offer", "ordered_at"), Index(None, "shop_id", "order_id"))
    shop_id: Mapped[UUID] = shop_key()
    offer: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    visitor: Mapped[str] = mapped_column(String(32))
    arm: Mapped[str] = mapped_column(String(5))
    ordered_at: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3))
    net: Mapped[int]
    kept: Mapped[int]


_ALONE = literal("order ") + Outcome.order_id
"""A visitor of its own."""


def key(session: Session, shop_id: ShopId) -> str | None:
    """None until the shop first held somebody out."""
    return session.scalar(select(ExperimentKey.secret).where(ExperimentKey.shop_id == shop_id))


def add(connection: Connection, shop_id: ShopId, day: date, sums: Mapping[Place, Tally]) -> None:
    """Add a day's counts to what is there, one statement for all cells. In one order, so that two writers never wait for each other."""
    table = cast(Table, Exposure.__table__)
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    rows = [{"shop_id": shop_id, "offer": place.offer, "day": day, "placement": place.placement, "arm": place.arm, "shown": tally.shown,
             "added": tally.added, "visitors": tally.visitors}
            for place, tally in sorted(sums.items(), key=lambda one: (one[0].offer, one[0].placement, one[0].arm))]
    if rows:
        asked = insert(table).values(rows)
        more = {name: table.c[name] + asked.excluded[name] for name in ("shown", "added", "visitors")}
        connection.execute(asked.on_conflict_do_update(index_elements=list(table.primary_key), set_=more))


def counts(session: Session, shop_id: ShopId, offers: Collection[int], first: date | None, last: date) -> dict[Place, Tally]:
    """Sums from ``first`` (None: the beginning) to ``last``, both included."""
    asked = select(Exposure.offer, Exposure.placement, Exposure.arm, func.sum(Exposure.shown), func.sum(Exposure.added),
                   func.sum(Exposure.visitors)).where(Exposure.shop_id == shop_id, Exposure.offer.in_(offers), Exposure.day <= last)
    asked = asked.where(Exposure.day >= first) if first else asked
    rows = session.execute(asked.group_by(Exposure.offer, Exposure.placement, Exposure.arm))
    return {Place(number, placement, cast(Arm, arm)): Tally(*(int(one) for one in sums)) for number, placement, arm, *sums in rows}


def outcomes(session: Session, shop_id: ShopId, order_id: str) -> dict[int, Outcome]:
    """Of one order, by offer."""
    found = session.scalars(select(Outcome).where(Outcome.shop_id == shop_id, Outcome.order_id == order_id))
    return {row.offer: row for row in found}


def per_visitor(session: Session, shop_id: ShopId, offer: int, currency: str, *, since: datetime) -> dict[str, dict[str, dict[int, int]]]:
    """Arm → "net" and "kept" → what a visitor came to → how many came to it, of the visitors who ordered since then."""
    theirs = (select(Outcome.arm, func.sum(Outcome.net).label("net"), func.sum(Outcome.kept).label("kept"))
              .where(Outcome.shop_id == shop_id, Outcome.offer == offer, Outcome.currency == currency, Outcome.ordered_at >= since)
              .group_by(Outcome.arm, Outcome.visitor).subquery())
    found: dict[str, dict[str, dict[int, int]]] = {}
    for name in ("net", "kept"):
        column: Any = theirs.c[name]
        for arm, value, times in session.execute(select(theirs.c.arm, column, func.count()).group_by(theirs.c.arm, column)):
            found.setdefault(arm, {}).setdefault(name, {})[int(value)] = times
    return found


def forget_orders(session: Session, shop_id: ShopId, order_ids: Collection[str]) -> int:
    """Whose orders these were is forgotten: each stands for a visitor of its own. No amount changes."""
    gone = session.execute(update(Outcome).where(Outcome.shop_id == shop_id, Outcome.order_id.in_(order_ids))
                           .values(visitor=_ALONE).execution_options(synchronize_session=False))
    session.expire_all()
    return cast(CursorResult[Any], gone).rowcount


def forget_shop(session: Session, shop_id: ShopId) -> None:
    """Without the secret no pseudonym leads anywhere, and without pseudonyms no order leads to another."""
    session.execute(delete(ExperimentKey).where(ExperimentKey.shop_id == shop_id))
    session.execute(update(Outcome).where(Outcome.shop_id == shop_id).values(visitor=_ALONE)
                    .execution_options(synchronize_session=False))
    session.expire_all()
