"""A merchant has deleted a shared discount at Shopify, and with it every code that hung on it (decision 6)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from plugin.attribution.rules import new_code
from plugin.attribution.tables import Claim, Code
from plugin.db import ShopId, new_id
from plugin.outbox import flows as outbox
from plugin.rewards import rules, tables
from plugin.rewards.flows.life import book, hang_code
from plugin.rewards.tables import Discount, Reward

OPEN = ("planned", "adding", "ready", "claimed")


def discount_gone(session: Session, shop_id: ShopId, external_id: str, now: datetime) -> bool:
    """What was promised on it gets another code on a new discount: rewards at once, friends when they come back.

    False if it is none of ours, or known to be gone.
    """
    row = session.scalar(select(Discount).where(Discount.shop_id == shop_id, Discount.external_id == external_id, Discount.state == "ready")
                         .with_for_update())
    if row is None:
        return False
    key, row.key, row.state = row.key, f"{row.key}/{row.id}", "gone"
    session.flush()
    codes = session.scalars(select(Code).where(Code.shop_id == shop_id, Code.discount_id == row.id, Code.state.in_(OPEN))
                            .order_by(Code.id).with_for_update()).all()
    owed = _owed(session, shop_id, codes, row, now)
    _drop(session, shop_id, codes)
    if owed:
        successor = _successor(session, shop_id, row, key, now)
        for reward in owed:
            reward.state, reward.sent = "issuing", False
            hang_code(session, shop_id, reward, successor, now)
        book(session, shop_id, owed, now)
    return True


def _owed(session: Session, shop_id: ShopId, codes: Sequence[Code], row: Discount, now: datetime) -> list[Reward]:
    """The rewards whose code this was, and that are still to be had."""
    rewards = tables.by_ids(session, shop_id, [code.reward_id for code in codes if code.reward_id], lock=True)
    own = {code.id for code in codes}
    return [reward for reward in rewards.values() if reward.code_id in own and row.ends_at > now
            and (reward.state in rules.LEAVING or reward.state == "issued")]


def _drop(session: Session, shop_id: ShopId, codes: Sequence[Code]) -> None:
    """These codes are not added any more; one that is being deleted is found gone, and closed, by its own delivery.

    Whoever had claimed one may claim another; the pool refills itself.
    """
    ids = [code.id for code in codes]
    for code in codes:
        code.state = "failed"
    outbox.cancel(session, shop_id, "codes_add", ids)
    session.execute(update(Claim).where(Claim.shop_id == shop_id, Claim.code_id.in_(ids), Claim.state == "given")
                    .values(state="waiting", code_id=None))
    session.flush()


def _successor(session: Session, shop_id: ShopId, row: Discount, key: str, now: datetime) -> Discount:
    id: UUID = new_id()
    made = Discount(
        shop_id=shop_id, id=id, key=key, purpose=row.purpose, version_id=row.version_id, kind=row.kind, seed=f"TANDEM{new_code()}",
        title=row.title.replace(row.id.hex[-8:], id.hex[-8:]), basis_points=row.basis_points, amount=row.amount, minimum=row.minimum,
        currency=row.currency, combines=row.combines, starts_at=now, ends_at=row.ends_at, state="planned", made_at=now)
    session.add(made)
    session.flush()
    outbox.put(session, shop_id, "discount_create", made.id, now=now)
    return made
