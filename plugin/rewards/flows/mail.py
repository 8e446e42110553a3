"""Telling people about their rewards: earned, taken back. Written with the facts that caused it, sent later."""

from datetime import datetime

from sqlalchemy.orm import Session

from plugin.attribution.tables import Code
from plugin.db import ShopId
from plugin.messaging import facts, flows
from plugin.messaging.facts import Worth
from plugin.money import Money
from plugin.rewards.rules import GOODWILL
from plugin.rewards.tables import Reward


def tell_earned(session: Session, shop_id: ShopId, reward: Reward, now: datetime) -> None:
    code = session.get(Code, (shop_id, reward.code_id)) if reward.code_id else None
    told = facts.earned(worth_of(reward), code=code.code if code else None, expires_at=reward.expires_at,
                        programme_id=reward.programme_id)
    kind = "goodwill" if reward.role == GOODWILL else "earned"
    flows.write_mail(session, shop_id, reward.person_id, kind, about=reward.id, facts=told, now=now)


def tell_taken_back(session: Session, shop_id: ShopId, reward: Reward, now: datetime) -> None:
    """Once a reward: a second partial return says nothing new."""
    left = Money(reward.due, reward.currency) if reward.due else None
    told = facts.taken_back(worth_of(reward), left=left, spent=False, programme_id=reward.programme_id)
    kind = "goodwill_gone" if reward.role == GOODWILL else "taken_back"
    flows.write_mail(session, shop_id, reward.person_id, kind, about=reward.id, facts=told, now=now)


def worth_of(reward: Reward) -> Worth:
    """As people see it: a percentage, "free shipping", or money."""
    if reward.kind in {"percentage", "free_shipping"}:
        return Worth(reward.kind, basis_points=reward.basis_points)
    return Worth(reward.kind, amount=Money(reward.amount, reward.currency))
