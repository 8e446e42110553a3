"""May this person be asked for something now? From their own orders, the merchant's word, and what was asked before."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.messaging.rules import ASKING, LONGEST_SILENCE, Moment, Mood, why_silent
from plugin.messaging.tables import SENT, Mail
from plugin.mirror.tables import Order, Refund, disputes_of
from plugin.people import tables as people


def silent(session: Session, shop_id: ShopId, person_id: UUID, now: datetime) -> str | None:
    """Why nothing may be asked of them, or None. For all that comes up by itself: mail that asks, panels that push."""
    return why_silent(mood(session, shop_id, person_id, now), now)


def hurt(session: Session, shop_id: ShopId, person_id: UUID, now: datetime) -> str | None:
    """The same without counting what was asked before: for a panel that stands on a page and fills no mailbox."""
    felt = mood(session, shop_id, person_id, now)
    return why_silent(Mood(felt.moments, felt.left_alone), now)


def mood(session: Session, shop_id: ShopId, person_id: UUID, now: datetime) -> Mood:
    """Raises NotFound."""
    person = people.get(session, shop_id, person_id)
    ids = people.all_ids(session, shop_id, person.id)
    moments = tuple(_moments(session, shop_id, ids, since=now - LONGEST_SILENCE))
    return Mood(moments, person.left_alone_at is not None, _asked_at(session, shop_id, ids))


def _moments(session: Session, shop_id: ShopId, ids: set[UUID], *, since: datetime) -> Iterator[Moment]:
    """What became of their own orders. A voided payment is a cancellation, as of when we heard of it."""
    theirs = (Order.shop_id == shop_id, Order.person_id.in_(ids), Order.updated_at >= since)
    for cancelled, updated, financial in session.execute(select(Order.cancelled_at, Order.updated_at, Order.financial).where(*theirs)):
        if cancelled is not None or financial == "voided":
            yield Moment("cancelled", cancelled or updated)
    refunds = select(Refund.created_at).join(Order, (Order.shop_id == Refund.shop_id) & (Order.id == Refund.order_id))
    for at in session.scalars(refunds.where(*theirs, Refund.created_at >= since)):
        yield Moment("refunded", at)
    for at in disputes_of(session, shop_id, ids, since=since):
        yield Moment("disputed", at)


def _asked_at(session: Session, shop_id: ShopId, ids: set[UUID]) -> datetime | None:
    return session.scalar(select(func.max(Mail.closed_at)).where(
        Mail.shop_id == shop_id, Mail.person_id.in_(ids), Mail.kind.in_(ASKING), Mail.state == SENT))
