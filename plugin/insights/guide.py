"""The first ten minutes: what a new merchant does, as far as it can be seen to be done. One row a shop.

What stands in the theme and in the checkout only App Bridge knows (``shopify.app.extensions()``); the page tells it to us, and it is kept
so that the next page shows it at once. It is shown to this merchant alone and nothing is decided by it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session

from plugin.attribution.tables import Claim, Decision, Link, Visit
from plugin.db import Base, ShopId, shop_key
from plugin.errors import Refused
from plugin.insights.proposal import proposal
from plugin.insights.rules.proposal import as_form
from plugin.referrals import flows as referrals
from plugin.referrals import tables as programmes
from plugin.referrals.rules import Version
from plugin.referrals.tables import Programme

EMBED, BLOCK, THANKS = "tandem-embed", "refer-a-friend", "tandem-share/purchase.thank-you.block.render"
PLACES = (EMBED, BLOCK, THANKS)
"""Theme blocks by their handle, blocks of the checkout by their extension and target: offers have a thank-you block too."""


class Guide(Base):
    """``placed``: those of PLACES that are on, None until App Bridge first told. ``test_id``: the shop's test advocate."""

    __tablename__ = "guides"
    shop_id: Mapped[UUID] = shop_key()
    dismissed_at: Mapped[datetime | None]
    placed: Mapped[list[Any] | None]
    told_at: Mapped[datetime | None]
    test_id: Mapped[UUID | None]


@dataclass(frozen=True, slots=True)
class Trial:
    """How far a test referral has come. ``verdict`` and ``reason`` are those of its order, once one is there."""

    link: Link
    followed: bool
    claimed: bool
    order_id: str | None = None
    verdict: str | None = None
    reason: str | None = None

    @property
    def done(self) -> bool:
        return self.order_id is not None

    @property
    def sound(self) -> bool:
        """All that would have been asked of a friend's order was there."""
        return self.reason == "test_referral"


@dataclass(frozen=True, slots=True)
class Standing:
    """``placed`` None: nobody has told yet. ``real``: a friend's order has been recognised, so no test is needed."""

    live: Sequence[Version]
    programmes: Sequence[Programme]
    placed: frozenset[str] | None
    trial: Trial | None
    real: bool
    dismissed: bool

    @property
    def steps(self) -> dict[str, bool]:
        """In the order in which they are done."""
        on = self.placed or frozenset()
        tried = self.real or (self.trial is not None and self.trial.done)
        return {"programme": bool(self.live), "embed": EMBED in on, "block": BLOCK in on, "thanks": THANKS in on, "test": tried}

    @property
    def known(self) -> tuple[str, ...]:
        """What we ask App Bridge for."""
        return PLACES

    @property
    def done(self) -> int:
        return sum(self.steps.values())

    @property
    def is_finished(self) -> bool:
        return all(self.steps.values())


def standing(session: Session, shop_id: ShopId, now: datetime) -> Standing:
    row = session.get(Guide, shop_id)
    real = session.scalar(select(Decision.order_id).where(Decision.shop_id == shop_id, Decision.verdict == "attributed").limit(1))
    return Standing(programmes.open_versions(session, shop_id, now), programmes.programmes(session, shop_id),
                    frozenset(row.placed) if row and row.placed is not None else None,
                    _trial(session, shop_id, row.test_id) if row and row.test_id else None, real is not None,
                    bool(row and row.dismissed_at))


def _trial(session: Session, shop_id: ShopId, advocate_id: UUID) -> Trial | None:
    link = session.get(Link, (shop_id, advocate_id))
    if link is None:
        return None
    followed, claimed = (session.scalar(select(table.id).where(
        table.shop_id == shop_id, table.advocate_id == advocate_id).limit(1)) for table in (Visit, Claim))
    order = session.scalars(select(Decision).where(Decision.shop_id == shop_id, Decision.advocate_id == advocate_id)
                            .order_by(Decision.ordered_at.desc(), Decision.order_id).limit(1)).first()
    told = (order.order_id, order.verdict, order.reason) if order else (None, None, None)
    return Trial(link, followed is not None, claimed is not None, *told)


def note_places(session: Session, shop_id: ShopId, placed: Collection[str], now: datetime) -> None:
    """What App Bridge says is on; what we have no step for is left out."""
    row = _row(session, shop_id)
    row.placed, row.told_at = [place for place in PLACES if place in placed], now
    session.flush()


def dismiss(session: Session, shop_id: ShopId, now: datetime) -> None:
    row = _row(session, shop_id)
    row.dismissed_at = row.dismissed_at or now
    session.flush()


def bring_back(session: Session, shop_id: ShopId) -> None:
    _row(session, shop_id).dismissed_at = None
    session.flush()


def try_out(session: Session, shop_id: ShopId, now: datetime) -> Link:
    """The link of a test advocate in the oldest running programme. Raises Refused("not_live") while none runs."""
    live = programmes.open_versions(session, shop_id, now)
    if not live:
        raise Refused("not_live", "Publish a programme first.")
    link = referrals.try_out(session, shop_id, live[0].programme_id, now=now)
    _row(session, shop_id).test_id = link.id
    session.flush()
    return link


def draft(session: Session, shop_id: ShopId, name: str, *, currency: str, now: datetime, by: str | None) -> Programme:
    """The proposed programme as a draft. Raises TryAgain while the shop's currency is not known."""
    proposed = as_form(proposal(session, shop_id, currency, now), name) if currency else {}
    return referrals.draft(session, shop_id, proposed, now, by=by)


def _row(session: Session, shop_id: ShopId) -> Guide:
    row = session.get(Guide, shop_id, with_for_update=True)
    if row is None:
        row = Guide(shop_id=shop_id)
        session.add(row)
    return row
