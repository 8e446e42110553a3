"""What orders say of offers, a row for each line and offer, as of the last settling. Costs are not kept here: they may be told later."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.attribution.rules.codes import code_key
from plugin.db import Base, ShopId, own_key, shop_key
from plugin.offers.rules.sold import Known
from plugin.offers.tables.bundles import kits, listed_at
from plugin.offers.tables.offers import Offer, OfferVersion, in_force_at, stood


class OfferSale(Base):
    """See ``rules.sold.Sale``; ``ordered_at`` is the order's own time."""

    __tablename__ = "offer_sales"
    __table_args__ = (UniqueConstraint("shop_id", "order_id", "line_id", "offer_id"),
                      Index(None, "shop_id", "offer_id", "ordered_at", "id"), Index(None, "shop_id", "ordered_at", "id"))
    shop_id: Mapped[UUID] = shop_key()
    id: Mapped[UUID] = own_key()
    order_id: Mapped[str] = mapped_column(String(24))
    line_id: Mapped[str] = mapped_column(String(24))
    offer_id: Mapped[UUID]
    placement: Mapped[str] = mapped_column(String(16))
    variant_id: Mapped[str | None] = mapped_column(String(24))
    ordered_at: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3))
    bought: Mapped[int]
    kept: Mapped[int]
    caused: Mapped[int]
    discount: Mapped[int]
    beside: Mapped[int]


def sales_of(session: Session, shop_id: ShopId, order_id: str) -> Sequence[OfferSale]:
    return session.scalars(select(OfferSale).where(OfferSale.shop_id == shop_id, OfferSale.order_id == order_id)).all()


def numbers(session: Session, shop_id: ShopId) -> dict[int, UUID]:
    """Every offer that the shop has or had: its number → its id."""
    return dict(session.execute(select(Offer.number, Offer.id).where(Offer.shop_id == shop_id)).all())


def known_at(session: Session, shop_id: ShopId, moment: datetime) -> Known:
    """The shop's offers as an order of that moment meets them: the titles of what was in force then, and of all others after those."""
    versions = {row.offer_id: str(row.terms["title"]) for row in in_force_at(session, shop_id, moment)}
    then: dict[str, list[int]] = {}
    later: dict[str, list[int]] = {}
    rows = session.execute(select(Offer.id, Offer.number, Offer.title).where(Offer.shop_id == shop_id).order_by(Offer.number)).all()
    for offer_id, number, title in rows:
        found = then if offer_id in versions else later
        found.setdefault(versions.get(offer_id, title), []).append(number)
    return Known(frozenset(number for _, number, _ in rows), {**later, **then},
                 _codes(session, shop_id, moment, {offer_id: number for offer_id, number, _ in rows}),
                 kits(session, shop_id, {offer_id: number for offer_id, number, _ in rows}), listed=listed_at(session, shop_id, moment))


def _codes(session: Session, shop_id: ShopId, moment: datetime, numbers: Mapping[UUID, int]) -> dict[str, int]:
    """Code → offer: what was in force at that moment, before what was published last. Shopify follows a little later, so a code may still
    be taken that is no longer the offer's."""
    code = OfferVersion.terms["code"].as_string()
    rows = session.execute(select(OfferVersion.offer_id, code).where(OfferVersion.shop_id == shop_id, code != "").order_by(
        stood(moment), OfferVersion.since)).all()
    return {code_key(given): numbers[offer_id] for offer_id, given in rows}


def shares_at(session: Session, shop_id: ShopId, moment: datetime) -> dict[int, int]:
    """Number → held-out basis points of the offers in force at a moment."""
    asked = select(Offer.id, Offer.number).where(Offer.shop_id == shop_id)
    numbers: dict[Any, int] = dict(session.execute(asked).all())
    return {numbers[row.offer_id]: int(row.terms.get("audience", {}).get("holdout_bp", 0)) for row in in_force_at(session, shop_id, moment)}
