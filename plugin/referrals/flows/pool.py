"""The pool of friend codes: made ahead, one for each claim, deleted when a claim lapses."""

from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from plugin.attribution import owning
from plugin.attribution.keys import codes_key
from plugin.attribution.rules import code_key
from plugin.attribution.rules.proofs import friends_code
from plugin.attribution.tables import Claim, Code
from plugin.db import ShopId, insert_once, new_id
from plugin.outbox import flows as outbox
from plugin.referrals import tables
from plugin.referrals.rules import Version, missing
from plugin.referrals.rules.pool import CLAIM_LIFE, freshness, pool_end
from plugin.rewards.flows import shared_discount
from plugin.rewards.tables import Discount

ON_THE_WAY = ("planned", "adding", "ready")


def tend(session: Session, shop_id: ShopId, now: datetime) -> None:
    """Everything that keeps the pools of one shop well: lapse what was not used, refill what was claimed. Run every minute."""
    lapse(session, shop_id, now)
    for version in tables.open_versions(session, shop_id, now):
        refill(session, shop_id, version, now=now)


def refill(session: Session, shop_id: ShopId, version: Version, *, now: datetime) -> int:
    """Plan as many codes as are missing. Returns how many; 0 for a version whose friends take no code."""
    if not version.gives_code():
        return 0
    count = missing(_waiting(session, shop_id, version, now), _claimed_since(session, shop_id, version, now - timedelta(days=1)))
    if count == 0:
        return 0
    discount = shared_discount(
        session, shop_id, purpose="friend", version_id=version.id, terms=version.friend, ends_at=pool_end(version.ends_at, now),
        combines=version.combines, minimum=version.minimum, now=now)
    for _ in range(count):
        _plan(session, shop_id, version, discount, now)
    return count


def take(session: Session, shop_id: ShopId, version: Version, now: datetime) -> Code | None:
    """One ready code for one claim, taken by a conditional update so that no two claims get the same; None if the pool is empty."""
    while True:
        code_id = session.scalar(
            select(Code.id).where(Code.shop_id == shop_id, Code.version_id == version.id, Code.kind == "friend", Code.state == "ready",
                                  or_(Code.ends_at.is_(None), Code.ends_at >= freshness(version.ends_at, now)))
            .order_by(Code.id).limit(1).with_for_update(skip_locked=True))
        if code_id is None:
            return None
        taken = session.execute(update(Code).where(Code.shop_id == shop_id, Code.id == code_id, Code.state == "ready")
                                .values(state="claimed", claimed_at=now).returning(Code.id)).scalar_one_or_none()
        if taken is not None:
            return session.get_one(Code, (shop_id, taken), populate_existing=True)


def lapse(session: Session, shop_id: ShopId, now: datetime) -> int:
    """Claims that were not used in time: their codes are deleted and never given again. Returns how many codes went."""
    codes = session.scalars(
        select(Code).where(Code.shop_id == shop_id, Code.kind == "friend", or_(
            and_(Code.state == "claimed", Code.lapses_at <= now), and_(Code.state == "ready", Code.ends_at <= now)))
        .order_by(Code.id).limit(1000).with_for_update(skip_locked=True)).all()
    for code in codes:
        code.state = "lapsed"
        outbox.put(session, shop_id, "codes_delete", code.id, now=now, lane=str(code.discount_id))
    session.execute(update(Claim).where(Claim.shop_id == shop_id, Claim.code_id.in_([code.id for code in codes])).values(state="lapsed"))
    session.execute(update(Claim).where(Claim.shop_id == shop_id, Claim.state == "waiting", Claim.at <= now - CLAIM_LIFE)
                    .values(state="lapsed"))
    session.flush()
    owning.changed(session, shop_id, [code.advocate_id for code in codes], now)
    return len(codes)


def _plan(session: Session, shop_id: ShopId, version: Version, discount: Discount, now: datetime) -> None:
    code_id, key = new_id(), codes_key(session, shop_id)
    text = friends_code(key)
    while not insert_once(session, Code, {
            "shop_id": shop_id, "id": code_id, "code": text, "code_key": code_key(text), "kind": "friend", "state": "planned",
            "discount_id": discount.id, "version_id": version.id, "ends_at": discount.ends_at, "made_at": now}):
        text = friends_code(key)
    outbox.put(session, shop_id, "codes_add", code_id, now=now, lane=str(discount.id))


def _waiting(session: Session, shop_id: ShopId, version: Version, now: datetime) -> int:
    return session.scalar(select(func.count()).select_from(Code).where(
        Code.shop_id == shop_id, Code.version_id == version.id, Code.kind == "friend", Code.state.in_(ON_THE_WAY),
        or_(Code.ends_at.is_(None), Code.ends_at >= freshness(version.ends_at, now)))) or 0


def _claimed_since(session: Session, shop_id: ShopId, version: Version, since: datetime) -> int:
    return session.scalar(select(func.count()).select_from(Claim).where(
        Claim.shop_id == shop_id, Claim.version_id == version.id, Claim.at >= since)) or 0
