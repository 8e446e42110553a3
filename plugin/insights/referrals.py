"""Orders that somebody brought, or may have brought, page by page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from plugin.attribution.tables import Decision, Link
from plugin.db import ShopId
from plugin.guardrails.tables import Case
from plugin.mirror.tables import Order
from plugin.people.tables import Person
from plugin.rewards.tables import Reward

VERDICTS = ("attributed", "hold", "refused", "none")
REFERRED = ("attributed", "hold", "refused")
PAGE = 25


@dataclass(frozen=True, slots=True)
class After:
    """Where the page before ended."""

    ordered_at: datetime
    order_id: str

    def text(self) -> str:
        return f"{self.ordered_at.isoformat()}~{self.order_id}"


def after(text: str) -> After | None:
    """None for what no page wrote: the list begins at its beginning."""
    at, _, order_id = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return After(moment, order_id) if moment.tzinfo and order_id.isalnum() and len(order_id) <= 32 else None


@dataclass(frozen=True, slots=True)
class Referral:
    """One row of the list. ``case``: the state of its case, if the guardrails had something to say."""

    decision: Decision
    order: Order | None
    advocate: Person | None
    rewards: tuple[Reward, ...]
    case: str | None


def referrals(session: Session, shop_id: ShopId, *, verdicts: Collection[str] = REFERRED, advocate_id: UUID | None = None,
              start: After | None = None, limit: int = PAGE) -> list[Referral]:
    """Newest order first."""
    where = [Decision.shop_id == shop_id, Decision.verdict.in_(verdicts)]
    if advocate_id is not None:
        where.append(Decision.advocate_id == advocate_id)
    if start is not None:
        where.append(or_(Decision.ordered_at < start.ordered_at,
                         and_(Decision.ordered_at == start.ordered_at, Decision.order_id < start.order_id)))
    rows = session.scalars(select(Decision).where(*where).order_by(Decision.ordered_at.desc(), Decision.order_id.desc()).limit(limit)).all()
    return _with_company(session, shop_id, rows)


def _with_company(session: Session, shop_id: ShopId, rows: Sequence[Decision]) -> list[Referral]:
    ids = [row.order_id for row in rows]
    orders = {order.id: order for order in session.scalars(select(Order).where(Order.shop_id == shop_id, Order.id.in_(ids)))}
    cases = {case.order_id: case.state for case in session.scalars(select(Case).where(Case.shop_id == shop_id, Case.order_id.in_(ids)))}
    advocates = people_behind(session, shop_id, [row.advocate_id for row in rows if row.advocate_id])
    rewards: dict[str, list[Reward]] = {}
    for reward in session.scalars(select(Reward).where(Reward.shop_id == shop_id, Reward.order_id.in_(ids)).order_by(Reward.id)):
        rewards.setdefault(reward.order_id, []).append(reward)
    return [Referral(row, orders.get(row.order_id), advocates.get(row.advocate_id) if row.advocate_id else None,
                     tuple(rewards.get(row.order_id, ())), cases.get(row.order_id)) for row in rows]


def people_behind(session: Session, shop_id: ShopId, advocate_ids: Collection[UUID]) -> dict[UUID, Person]:
    """Advocate id → the person."""
    rows = session.execute(select(Link.id, Person).join(Person, (Person.shop_id == Link.shop_id) & (Person.id == Link.person_id))
                           .where(Link.shop_id == shop_id, Link.id.in_(advocate_ids)))
    return {advocate_id: person for advocate_id, person in rows}
