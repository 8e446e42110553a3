"""Goodwill: a code that a merchant gives somebody, with no order behind it. Booked, issued and spent as every reward is."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId, insert_once, new_id
from plugin.errors import Refused
from plugin.money import Money
from plugin.rewards import rules, tables
from plugin.rewards.flows.discounts import shared_discount
from plugin.rewards.flows.life import book, expire, hang_code, recall, take_back
from plugin.rewards.rules import GOODWILL, RewardTerms
from plugin.rewards.tables import Reward

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Gift:
    """``act_id``: the merchant's one act, which gives a person at most one. ``minimum``: the smallest order that it can be used on."""

    act_id: UUID
    programme_id: UUID
    version_id: UUID
    person_id: UUID
    amount: Money
    minimum: Money | None
    expires_at: datetime


def give(session: Session, shop_id: ShopId, gift: Gift, now: datetime) -> Reward:
    """Make it, and put what leaves for Shopify into the outbox. Doing it again changes nothing."""
    made = insert_once(session, Reward, {
        "shop_id": shop_id, "id": new_id(), "order_id": key_of(gift.act_id, gift.person_id), "programme_id": gift.programme_id,
        "version_id": gift.version_id, "role": GOODWILL, "person_id": gift.person_id, "kind": "fixed", "currency": gift.amount.currency,
        "amount": gift.amount.amount, "due": gift.amount.amount, "state": "issuing", "expires_at": gift.expires_at, "made_at": now})
    reward = tables.find(session, shop_id, key_of(gift.act_id, gift.person_id), gift.programme_id, GOODWILL)
    assert reward is not None
    if made:
        discount = shared_discount(session, shop_id, purpose=GOODWILL, version_id=gift.version_id, minimum=gift.minimum, now=now,
                                   terms=RewardTerms("fixed", amount=gift.amount), ends_at=gift.expires_at, combines=frozenset())
        hang_code(session, shop_id, reward, discount, now)
        book(session, shop_id, [reward], now)
    return reward


def key_of(act_id: UUID, person_id: UUID) -> str:
    """What stands for the order. No order's id begins with a letter."""
    return "g" + blake2s(act_id.bytes + person_id.bytes, digest_size=15).hexdigest()


def withdraw(session: Session, shop_id: ShopId, reward_id: UUID, now: datetime) -> Reward:
    """Take back what nobody has used. Whoever is just using it is faster, and keeps it.

    Raises NotFound, Refused("earned") for what an order earned, Refused("used") for what was used, has ended or is gone already.
    """
    reward = tables.reward(session, shop_id, reward_id, lock=True)
    if reward.role != GOODWILL:
        raise Refused("earned", "An order earned this reward.")
    if reward.lost or reward.state not in {"issued", *rules.LEAVING}:
        raise Refused("used", "This reward was used, or its time is over.")
    reward.due, reward.lost = 0, True
    if reward.state != "issued" and not reward.sent:
        recall(session, shop_id, reward)
        reward.state, reward.why = "void", "taken_back"
    take_back(session, shop_id, reward, now)  # one that is on its way to Shopify goes as soon as it has arrived
    book(session, shop_id, [reward], now)
    return reward


def lapse(session: Session, shop_id: ShopId, now: datetime) -> int:
    """What nobody used in time stops working. Returns how many."""
    due = tables.by_ids(session, shop_id, tables.lapsed_goodwill(session, shop_id, now=now, limit=MOST_AT_ONCE), lock=True)
    return sum(expire(session, shop_id, reward, now) for reward in due.values())
