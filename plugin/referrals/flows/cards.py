"""An advocate's card: made and taken back by nobody else, found by its secret, and what it may say."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, String, case, cast, delete, func, select
from sqlalchemy.orm import Session

from plugin.attribution.tables import Decision, Link
from plugin.db import ShopId, insert_once, new_id
from plugin.errors import NotFound
from plugin.guardrails.tables import Case
from plugin.ledger.tables import Posting
from plugin.mirror.tables import Order
from plugin.money import Money
from plugin.referrals.rules.cards import Impact
from plugin.referrals.rules.cards import impact as told
from plugin.referrals.tables import Card


def make(session: Session, shop_id: ShopId, advocate_id: UUID, *, now: datetime) -> Card:
    """One for each advocate: making it again is the same card."""
    insert_once(session, Card, {"shop_id": shop_id, "id": new_id(), "advocate_id": advocate_id, "secret": secrets.token_urlsafe(16),
                                "made_at": now})
    return session.scalars(_of(shop_id, advocate_id)).one()


def take_back(session: Session, shop_id: ShopId, advocate_id: UUID) -> None:
    """Its address leads nowhere from now on."""
    session.execute(delete(Card).where(Card.shop_id == shop_id, Card.advocate_id == advocate_id))
    session.expire_all()


def card_of(session: Session, shop_id: ShopId, advocate_id: UUID) -> Card | None:
    return session.scalar(_of(shop_id, advocate_id))


def link_behind(session: Session, shop_id: ShopId, secret: str) -> Link:
    """Raises NotFound for a card that never was or was taken back."""
    found = session.scalar(select(Link).join(Card, (Card.shop_id == Link.shop_id) & (Card.advocate_id == Link.id))
                           .where(Card.shop_id == shop_id, Card.secret == secret[:64]))
    if found is None:
        raise NotFound("link")
    return found


def impact(session: Session, shop_id: ShopId, advocate_id: UUID) -> Impact:
    """Friends whose orders stand: paid, not returned as a whole, and nothing that the guardrails hold or refused."""
    friend = func.coalesce(cast(Order.person_id, String), Decision.order_id)
    friends = session.scalar(select(func.count(friend.distinct())).select_from(Decision)
                             .outerjoin(Order, (Order.shop_id == Decision.shop_id) & (Order.id == Decision.order_id))
                             .where(Decision.shop_id == shop_id, Decision.order_id.in_(_standing(shop_id, advocate_id)))) or 0
    signed = func.sum(case((Posting.reverses_id.is_(None), Posting.amount), else_=-Posting.amount))
    sums = session.execute(select(Posting.currency, signed).where(
        Posting.shop_id == shop_id, Posting.kind == "discount", Posting.order_id.in_(_standing(shop_id, advocate_id)))
        .group_by(Posting.currency).order_by(Posting.currency))
    return told(friends, [Money(int(sum), currency) for currency, sum in sums])


def _of(shop_id: ShopId, advocate_id: UUID) -> Select[Card]:
    return select(Card).where(Card.shop_id == shop_id, Card.advocate_id == advocate_id)


def _standing(shop_id: ShopId, advocate_id: UUID) -> Select[str]:
    """Ids of the orders that count."""
    doubted = select(Case.order_id).where(Case.shop_id == shop_id, Case.order_id == Decision.order_id, Case.state != "released")
    return select(Decision.order_id).where(
        Decision.shop_id == shop_id, Decision.advocate_id == advocate_id, Decision.verdict == "attributed", Decision.net > 0,
        ~doubted.exists())
