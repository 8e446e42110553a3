"""What leaves for Shopify and for mailboxes, and what gave up on its way."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from plugin.attribution.tables import Code
from plugin.db import ShopId
from plugin.messaging.tables import Mail
from plugin.outbox.tables import DEAD, DONE, FROZEN, LEASED, WAITING, Delivery
from plugin.rewards.tables import Attempt, Reward

STATES = (WAITING, LEASED, DEAD, FROZEN, DONE)
PAGE = 50


def counts(session: Session, shop_id: ShopId) -> dict[str, int]:
    """How many deliveries stand in each state; every state is named."""
    rows = session.execute(select(Delivery.state, func.count()).where(Delivery.shop_id == shop_id).group_by(Delivery.state))
    return {**dict.fromkeys(STATES, 0), **{state: count for state, count in rows}}


def kinds(session: Session, shop_id: ShopId, state: str) -> dict[str, int]:
    """How many deliveries of each kind stand in this state."""
    rows = session.execute(select(Delivery.kind, func.count()).where(Delivery.shop_id == shop_id, Delivery.state == state)
                           .group_by(Delivery.kind).order_by(Delivery.kind))
    return {kind: count for kind, count in rows}


def deliveries(session: Session, shop_id: ShopId, state: str, *, kind: str | None, before: UUID | None) -> Sequence[Delivery]:
    """Newest first; of one kind, or of all."""
    where = [Delivery.shop_id == shop_id, Delivery.state == state]
    if kind is not None:
        where.append(Delivery.kind == kind)
    if before is not None:
        where.append(Delivery.id < before)
    return session.scalars(select(Delivery).where(*where).order_by(Delivery.id.desc()).limit(PAGE)).all()


def orders_of(session: Session, shop_id: ShopId, rows: Sequence[Delivery]) -> dict[UUID, str]:
    """Delivery's subject → the order that caused it, where one did."""
    ids = [row.subject_id for row in rows]
    found: dict[UUID, str] = {}
    for table, reward_of in ((Code, Code.reward_id), (Attempt, Attempt.reward_id), (Mail, Mail.about)):
        pairs = session.execute(select(table.id, Reward.order_id).join(Reward, (Reward.shop_id == table.shop_id) & (Reward.id == reward_of))
                                .where(table.shop_id == shop_id, table.id.in_(ids)))
        found |= {subject: order_id for subject, order_id in pairs}
    return found
