"""Whether the shop is ready for referrals, from its orders and what the merchant told; and going ahead all the same."""

from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from plugin.db import ShopId, new_id
from plugin.errors import Refused
from plugin.insights import baseline, tables
from plugin.insights.priced import counts, ranked
from plugin.insights.profit import began
from plugin.insights.rules.intervals import Rate, rate
from plugin.insights.rules.readiness import Facts, Readiness, blocks, readiness
from plugin.insights.tables import Override, Voice
from plugin.mirror.tables import Order
from plugin.referrals import tables as programmes

CAME_LONG_AGO = timedelta(days=30)  # who first bought later has hardly had time to come back
LEAST_WORDS = 10


def judged(session: Session, shop_id: ShopId, now: datetime) -> Readiness:
    return readiness(_facts(session, shop_id, now))


def refunds(session: Session, shop_id: ShopId) -> Rate:
    """Of the orders that count, those of which something went back: refunded, returned or cancelled."""
    went_back = func.sum(case((Order.net < Order.subtotal, 1), else_=0))
    total, less = session.execute(select(func.count(), went_back).where(counts(shop_id))).one()
    return rate(int(less or 0), total)


def repeat(session: Session, shop_id: ShopId, now: datetime) -> Rate:
    """Of the customers who first bought at least 30 days ago, those who bought again."""
    orders = ranked(shop_id)
    theirs = (select(func.max(orders.c.rank).label("times")).where(orders.c.first_at <= now - CAME_LONG_AGO)
              .group_by(orders.c.buyer, orders.c.currency).subquery())
    total, again = session.execute(select(func.count(), func.sum(case((theirs.c.times > 1, 1), else_=0))).select_from(theirs)).one()
    return rate(int(again or 0), total)


def _facts(session: Session, shop_id: ShopId, now: datetime) -> Facts:
    told = tables.voice(session, shop_id)
    survey = rate(told.missing, told.asked) if told and told.asked is not None and told.missing is not None else None
    before = baseline.Span(None, min(began(session, shop_id) or now, now))
    return Facts(refunds(session, shop_id), repeat(session, shop_id, now), survey, told.stars if told else None,
                 told.reviews if told else None, baseline.counted(session, shop_id, before).answered)


def override(session: Session, shop_id: ShopId, reason: str, *, staff: str | None, now: datetime) -> Override:
    """Go ahead although something speaks against it. Raises Refused("reason") without a reason of at least ten letters."""
    if len(reason.strip()) < LEAST_WORDS:
        raise Refused("reason", "Say why, in at least ten letters.", key="readiness.reason_needed")
    row = Override(shop_id=shop_id, id=new_id(), reason=reason.strip()[:500], against=list(judged(session, shop_id, now).against), at=now,
                   staff=staff)
    session.add(row)
    session.flush()
    return row


def is_overridden(session: Session, shop_id: ShopId, told: Readiness) -> bool:
    """Whether somebody went ahead against everything that speaks against it now."""
    newest = next(iter(tables.overrides(session, shop_id, limit=1)), None)
    return newest is not None and not blocks(told, newest.against)


def check_launch(session: Session, shop_id: ShopId, now: datetime) -> None:
    """Raises Refused("not_ready") where a first programme would start in a shop that is not ready. What runs already is not stopped."""
    if programmes.open_versions(session, shop_id, now):
        return
    told = judged(session, shop_id, now)
    if told.verdict == "not_yet" and not is_overridden(session, shop_id, told):
        raise Refused("not_ready", "The shop's figures speak against a launch.", key="readiness.refused")


def keep_voice(session: Session, shop_id: ShopId, said: dict[str, int | None], *, staff: str | None, now: datetime) -> Voice:
    """What customers say, as the merchant counted it. Fields: asked, missing, reviews, stars."""
    row = tables.voice(session, shop_id) or Voice(shop_id=shop_id)
    row.asked, row.missing, row.reviews, row.stars = said["asked"], said["missing"], said["reviews"], said["stars"]
    row.saved_at, row.staff = now, staff
    session.add(row)
    session.flush()
    return row
