"""What Shopify said about codes, friend and reward codes alike."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.attribution.tables import Code
from plugin.db import ShopId
from plugin.rewards import rules, tables
from plugin.rewards.flows.life import book, hang_code, issued

UNCERTAIN = frozenset({"planned", "adding"})


def codes_of(session: Session, shop_id: ShopId, ids: Iterable[UUID]) -> list[Code]:
    """Those that exist, in a fixed order."""
    return list(session.scalars(select(Code).where(Code.shop_id == shop_id, Code.id.in_(list(ids))).order_by(Code.id)))


def rewards_of(session: Session, shop_id: ShopId, codes: Sequence[Code]) -> dict[UUID, tables.Reward]:
    """By reward id, locked."""
    return tables.by_ids(session, shop_id, [code.reward_id for code in codes if code.reward_id], lock=True)


def confirm_codes(session: Session, shop_id: ShopId, codes: Sequence[Code], external_ids: Mapping[UUID, str], now: datetime) -> None:
    """These codes work at checkout now. A friend code joins the pool; a reward code makes its reward issued."""
    rewards = rewards_of(session, shop_id, codes)
    for code in codes:
        code.external_id = external_ids.get(code.id, code.external_id)
        if code.state in UNCERTAIN:
            code.state = "ready"
    own = {code.id for code in codes}
    issued(session, shop_id, [reward for reward in rewards.values() if reward.code_id in own], now)


def reject_codes(session: Session, shop_id: ShopId, codes: Sequence[Code], now: datetime) -> None:
    """Shopify would not take these (somebody else has such a code). A reward gets another one; the pool refills itself."""
    rewards = rewards_of(session, shop_id, codes)
    for code in codes:
        code.state = "failed"
        reward = rewards.get(code.reward_id) if code.reward_id else None
        if reward is not None and reward.code_id == code.id and reward.state in rules.LEAVING and code.discount_id is not None:
            hang_code(session, shop_id, reward, tables.discount(session, shop_id, code.discount_id), now)


def close_codes(session: Session, shop_id: ShopId, codes: Sequence[Code], now: datetime) -> None:
    """These codes are gone at Shopify: what was being taken back is back."""
    rewards = rewards_of(session, shop_id, codes)
    for code in codes:
        if code.state != "used":
            code.state = "deleted"
        reward = rewards.get(code.reward_id) if code.reward_id else None
        if reward is not None and reward.state == "reversed":
            reward.closed = reward.taken
    book(session, shop_id, list(rewards.values()), now)
