"""The rows behind the figures of offers: each line of an order that an offer added, or took something off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.attribution import finding
from plugin.db import ShopId
from plugin.desk.listing import Choice, Ground, Listing, Sort
from plugin.experiments.rules import PLACEMENTS
from plugin.messaging import texts
from plugin.mirror import tables as mirror
from plugin.mirror.tables import OrderLine
from plugin.money import Money
from plugin.offers.rules.sold import SHIPPING
from plugin.offers.tables import Offer
from plugin.offers.tables.sales import OfferSale


@dataclass(frozen=True, slots=True)
class Row:
    """``goods``: the line's title, None for shipping."""

    sale: OfferSale
    order: str
    offer: str
    goods: str | None

    @property
    def id(self) -> UUID:
        return self.sale.id

    def money(self, amount: int) -> Money:
        return Money(amount, self.sale.currency)


def load(session: Session, shop_id: ShopId, keys: Sequence[UUID]) -> list[Row]:
    found = {row.id: row for row in session.scalars(select(OfferSale).where(OfferSale.shop_id == shop_id, OfferSale.id.in_(keys)))}
    orders = {row.order_id for row in found.values()}
    names = mirror.names(session, shop_id, orders)
    titles = dict(options(session, shop_id))
    goods: dict[tuple[str, str], str] = {(order, line): title for order, line, title in session.execute(
        select(OrderLine.order_id, OrderLine.id, OrderLine.title).where(OrderLine.shop_id == shop_id, OrderLine.order_id.in_(orders)))}
    return [Row(row, names.get(row.order_id, row.order_id), titles.get(str(row.offer_id), ""), goods.get((row.order_id, row.line_id)))
            for key in keys if (row := found.get(key)) is not None]


def options(session: Session, shop_id: ShopId) -> list[tuple[str, str]]:
    """Offers to choose from, the newest first."""
    rows = session.execute(select(Offer.id, Offer.title).where(Offer.shop_id == shop_id).order_by(Offer.number.desc())).all()
    return [(str(offer_id), title) for offer_id, title in rows]


def _find(session: Session, shop_id: ShopId, text: str) -> Sequence[UUID]:
    orders = finding.orders(session, shop_id, text)
    return session.scalars(select(OfferSale.id).where(OfferSale.shop_id == shop_id, OfferSale.order_id.in_(orders))).all()


def place(placement: str, locale: str) -> str:
    return texts.say(locale, f"reports.place.{placement or 'none'}")


def _goods(row: Row, ground: Ground) -> str:
    return texts.say(ground.locale, "reports.shipping") if row.sale.line_id == SHIPPING else row.goods or ""


SALES = Listing(
    name="offer_sales", path="/app/offers/sales", table=OfferSale, key=OfferSale.id, key_type=UUID,
    sorts=(Sort("placed", OfferSale.ordered_at, datetime),),
    choices=(Choice("placement", OfferSale.placement, PLACEMENTS, words="reports.place"),
             Choice("offer", OfferSale.offer_id, None, options=options, leads=True)),
    find=_find, load=load, period=OfferSale.ordered_at,
    sheet={"order": lambda row, _: row.order, "order_id": lambda row, _: row.sale.order_id, "placed": lambda row, _: row.sale.ordered_at,
           "offer": lambda row, _: row.offer, "placement": lambda row, ground: place(row.sale.placement, ground.locale), "goods": _goods,
           "bought": lambda row, _: row.sale.bought, "kept": lambda row, _: row.sale.kept,
           "caused": lambda row, _: row.money(row.sale.caused), "discount": lambda row, _: row.money(row.sale.discount),
           "beside": lambda row, _: row.money(row.sale.beside), "currency": lambda row, _: row.sale.currency})
