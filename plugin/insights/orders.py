"""Every order of the mirror as a list, with what it came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.orm import Session

from plugin.attribution import finding
from plugin.db import ShopId
from plugin.desk.listing import Choice, Ground, Listing, Sort
from plugin.insights import referrals
from plugin.insights.referrals import Referral
from plugin.messaging import texts
from plugin.messaging.naming import called
from plugin.mirror.tables import Order

FINANCIAL = ("paid", "pending", "authorized", "partially_paid", "partially_refunded", "refunded", "voided", "expired")


@dataclass(frozen=True, slots=True)
class Row:
    """``referral`` is None while the order has not been decided."""

    order: Order
    referral: Referral | None

    @property
    def id(self) -> str:
        return self.order.id


def load(session: Session, shop_id: ShopId, keys: Sequence[str]) -> list[Row]:
    decided = {row.id: row for row in referrals.load(session, shop_id, keys)}
    orders = {order.id: order for order in session.scalars(select(Order).where(Order.shop_id == shop_id, Order.id.in_(keys)))}
    return [Row(orders[key], decided.get(key)) for key in keys if key in orders]


def paid(financial: str, locale: str) -> str:
    return texts.say_or(locale, f"trace.financial.{financial}", financial)


def _unpaid(financial: str) -> ColumnElement[bool]:
    """What the index of orders that are not simply paid says of its rows; nothing for those that are."""
    return Order.financial != literal_column("'paid'") if financial != "paid" else Order.financial == "paid"


def _of(row: Row, what: str, ground: Ground) -> str | None:
    told = row.referral
    if told is None:
        return None
    if what == "advocate":
        return called(told.advocate, ground.locale) if told.decision.advocate_id else None
    return texts.say(ground.locale, f"trace.verdict.{told.decision.verdict}")


ORDERS = Listing(
    name="orders", path="/app/orders", table=Order, key=Order.id, key_type=str,
    sorts=(Sort("placed", Order.created_at, datetime),),
    choices=(Choice("financial", Order.financial, FINANCIAL, words="trace.financial", also=_unpaid),),
    find=finding.orders, load=load, period=Order.created_at, acts=("settle",),
    sheet={"order": lambda row, _: row.order.name, "order_id": lambda row, _: row.id, "placed": lambda row, _: row.order.created_at,
           "financial": lambda row, ground: paid(row.order.financial, ground.locale),
           "verdict": lambda row, ground: _of(row, "verdict", ground), "advocate": lambda row, ground: _of(row, "advocate", ground),
           "worth": lambda row, _: row.referral.net if row.referral else None, "currency": lambda row, _: row.order.currency,
           "rewards": lambda row, ground: referrals.states(row.referral.rewards, ground.locale) if row.referral else None})
