"""Putting a referral programme into force where offers may stand beside it. What friends get has passed the margin guard; offers give way
to it (``margin.rules.guard``), and are weighed anew."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from plugin.db import ShopId
from plugin.errors import Refused
from plugin.margin import flows as margin
from plugin.margin.rules import Verdict
from plugin.offers.flows import publishing
from plugin.offers.flows.bundling import insist
from plugin.referrals import flows as referrals
from plugin.referrals import tables as programmes
from plugin.referrals.flows.publishing import SOURCE
from plugin.referrals.rules import Version, takes


class BelowFloor(Refused):
    """The worst cart under what was asked for would fall below the margin floor. ``verdict`` has the cart, with its numbers."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__("margin", "The worst cart would fall below the margin floor.", **verdict.told())
        self.verdict = verdict


def publish_programme(session: Session, shop_id: ShopId, programme_id: UUID, *, currency: str, now: datetime, by: str | None = None,
                      revision: int | None = None, restoring: dict[str, Any] | None = None) -> Version:
    """Publish a programme's draft, or what it is to be restored to, as ``referrals.publish`` does.

    Raises BelowFloor where the worst cart with the friend's discount, and what others are paid for an order, would break the margin floor,
    Refused("bundles") where it asks for what nobody can buy, and what ``referrals.publish`` raises.
    """
    programme = programmes.programme(session, shop_id, programme_id, lock=True)
    wanted = referrals.plain_version(referrals.to_publish(session, shop_id, programme, restoring))
    insist(session, shop_id, wanted)
    own = takes(wanted)
    later = margin.paid_later(session, shop_id, now, but=SOURCE) if own else ()
    verdict = margin.check(session, shop_id, (*own, *later), currency=currency, now=now)
    if verdict.outcome == "refuse":
        raise BelowFloor(verdict)
    version = referrals.publish(session, shop_id, programme_id, now=now, by=by, revision=revision, restoring=restoring)
    publishing.guard_again(session, shop_id, now)
    return version
