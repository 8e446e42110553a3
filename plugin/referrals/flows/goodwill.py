"""Giving advocates something without an order: who may get it, what the margin guard says, and the giving itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.attribution.tables import Decision, Link
from plugin.db import ShopId
from plugin.errors import NotFound, Refused
from plugin.guardrails.tables import Case
from plugin.margin import flows as margin
from plugin.margin import tables as margins
from plugin.margin.rules import CART_KINDS, Take, Verdict
from plugin.money import Money
from plugin.people import tables as people
from plugin.referrals import tables
from plugin.rewards import tables as rewards
from plugin.rewards.flows import goodwill
from plugin.rewards.flows.goodwill import Gift
from plugin.rewards.rules import Favoured, why_no_goodwill

MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Goodwill:
    """What each person gets: a code worth ``amount``, for goods of at least ``minimum``, good for ``days``."""

    amount: Money
    minimum: Money | None
    days: int


def weigh(session: Session, shop_id: ShopId, wish: Goodwill, name: str, *, now: datetime) -> Verdict:
    """What the margin guard says of such a code on the worst cart. It stands alone, beside what is paid after an order only."""
    later = [take for take in margins.published(session, shop_id, now) if take.kind not in CART_KINDS]
    own = Take(programme=name, kind="friend_discount", amount=wish.amount, minimum=wish.minimum)  # off the whole order, as a friend's is
    return margin.check(session, shop_id, [own, *later], currency=wish.amount.currency, now=now)


def give(session: Session, shop_id: ShopId, advocate_id: UUID, wish: Goodwill, *, act_id: UUID, now: datetime) -> None:
    """One code for one advocate. Raises NotFound, or Refused with the word of ``why_no_goodwill``."""
    advocate = tables.advocate(session, shop_id, advocate_id)
    person = people.get(session, shop_id, advocate.person_id)
    session.refresh(person, with_for_update=True)  # of two acts at the same time one gives
    ids = people.all_ids(session, shop_id, person.id)
    known = Favoured(advocate.state == "active", bool(person.email) and person.redacted_at is None, _in_review(session, shop_id, ids),
                     rewards.last_goodwill(session, shop_id, ids))
    why = why_no_goodwill(known, now)
    if why is not None:
        raise Refused(why, "This person gets no goodwill reward now.")
    version = tables.last_version(session, shop_id, advocate.programme_id)
    if version is None:
        raise NotFound("programme")
    goodwill.give(session, shop_id, Gift(act_id, advocate.programme_id, version.id, person.id, wish.amount, wish.minimum,
                                         now + timedelta(days=wish.days)), now)


def take_back(session: Session, shop_id: ShopId, advocate_id: UUID, *, act_id: UUID, now: datetime) -> None:
    """What one act gave this advocate. Raises NotFound, Refused("used")."""
    advocate = tables.advocate(session, shop_id, advocate_id)
    given = [reward for person_id in people.all_ids(session, shop_id, people.get(session, shop_id, advocate.person_id).id)
             for reward in rewards.of_order(session, shop_id, goodwill.key_of(act_id, person_id))]
    if not given:
        raise NotFound("reward")
    goodwill.withdraw(session, shop_id, given[0].id, now)


def _in_review(session: Session, shop_id: ShopId, person_ids: set[UUID]) -> bool:
    """A case about one of their friends' orders is open, or was refused."""
    theirs = select(Link.id).where(Link.shop_id == shop_id, Link.person_id.in_(person_ids))
    return session.scalar(select(Case.order_id)
                          .join(Decision, (Decision.shop_id == Case.shop_id) & (Decision.order_id == Case.order_id))
                          .where(Case.shop_id == shop_id, Decision.advocate_id.in_(theirs), Case.state.in_(("open", "refused")))
                          .limit(1)) is not None
