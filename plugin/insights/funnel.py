"""What became of friends who followed a link, as far as it is known by now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, and_, case, cast, func, select
from sqlalchemy.orm import Session

from plugin.attribution.tables import Decision, Link, Visit
from plugin.db import ShopId
from plugin.insights.rules.intervals import Rate, rate

SPAN = timedelta(days=180)  # so long the app keeps what tells one device from another
SETTLED = timedelta(days=30)  # later visits may still turn into an order


@dataclass(frozen=True, slots=True)
class Measured:
    """``bought``: of the friends who came, those who bought. ``sharing``: of the advocates, those with at least one friend who came.
    ``by_card``: of the friends, those whom an advocate's card brought."""

    bought: Rate
    sharing: Rate
    since: datetime
    until: datetime
    by_card: int = 0

    @property
    def friends(self) -> int:
        return self.bought.n


def measured(session: Session, shop_id: ShopId, now: datetime) -> Measured:
    """Friends are told apart by device and advocate. Only visits old enough to have turned into an order, if they ever do."""
    since, until = now - SPAN, now - SETTLED
    device = func.coalesce(Visit.device_key, cast(Visit.id, String))
    friends = (select(Visit.advocate_id, func.max(case((Decision.order_id.is_not(None), 1), else_=0)).label("bought"),
                      func.max(case((Visit.source == "card", 1), else_=0)).label("by_card"))
               .outerjoin(Decision, and_(Decision.shop_id == Visit.shop_id, Decision.visit_id == Visit.id,
                                         Decision.verdict == "attributed"))
               .where(Visit.shop_id == shop_id, Visit.at >= since, Visit.at < until)
               .group_by(Visit.advocate_id, device).subquery())
    came, bought, sharing, by_card = session.execute(select(
        func.count(), func.coalesce(func.sum(friends.c.bought), 0), func.count(friends.c.advocate_id.distinct()),
        func.coalesce(func.sum(friends.c.by_card), 0))
        .select_from(friends)).one()
    advocates = session.scalar(select(func.count()).select_from(Link).where(Link.shop_id == shop_id, Link.made_at < until)) or 0
    return Measured(rate(int(bought), came), rate(min(sharing, advocates), advocates), since, until, int(by_card))
