"""Rewards as a list: what was promised, where it stands, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.attribution import finding
from plugin.db import ShopId
from plugin.desk.listing import Choice, Listing, Sort
from plugin.insights.telling import why, worth
from plugin.messaging import texts
from plugin.messaging.naming import called
from plugin.mirror import tables as mirror
from plugin.people.tables import Person
from plugin.referrals.listing import programmes
from plugin.rewards.rules import GOODWILL, STATES
from plugin.rewards.tables import Reward


@dataclass(frozen=True, slots=True)
class Row:
    """A reward, the name of its order (None: no order earned it), and who gets it."""

    reward: Reward
    order: str | None
    person: Person | None

    @property
    def id(self) -> UUID:
        return self.reward.id


def load(session: Session, shop_id: ShopId, keys: Sequence[UUID]) -> list[Row]:
    found = {row.id: row for row in session.scalars(select(Reward).where(Reward.shop_id == shop_id, Reward.id.in_(keys)))}
    names = mirror.names(session, shop_id, [row.order_id for row in found.values() if row.earned_by])
    people = {one.id: one for one in session.scalars(select(Person).where(
        Person.shop_id == shop_id, Person.id.in_({row.person_id for row in found.values()})))}
    return [Row(found[key], names.get(found[key].order_id, found[key].earned_by), people.get(found[key].person_id))
            for key in keys if key in found]


def _find(session: Session, shop_id: ShopId, text: str) -> Sequence[UUID]:
    """Rewards of these people, and of orders that are called so or that they had to do with."""
    people = finding.find(session, shop_id, text).people
    orders = finding.orders(session, shop_id, text)
    theirs = session.scalars(select(Reward.id).where(Reward.shop_id == shop_id, Reward.person_id.in_(people)).limit(finding.MOST))
    caused = session.scalars(select(Reward.id).where(Reward.shop_id == shop_id, Reward.order_id.in_(orders)))
    return sorted({*theirs, *caused})


REWARDS = Listing(
    name="rewards", path="/app/rewards", table=Reward, key=Reward.id, key_type=UUID,
    sorts=(Sort("made", Reward.made_at, datetime), Sort("worth", Reward.amount, int)),
    choices=(Choice("state", Reward.state, STATES, words="trace.reward"),
             Choice("role", Reward.role, ("advocate", "friend", GOODWILL), words="lists.role", leads=True),
             Choice("kind", Reward.kind, ("percentage", "fixed", "free_shipping", "store_credit"), words="lists.kind", leads=True),
             Choice("programme", Reward.programme_id, None, options=programmes)),
    find=_find, load=load, split="state", period=Reward.made_at, amount=Reward.amount, acts=("withdraw",),
    sheet={"order": lambda row, _: row.order, "order_id": lambda row, _: row.reward.earned_by,
           "role": lambda row, ground: texts.say(ground.locale, f"lists.role.{row.reward.role}"),
           "person": lambda row, ground: called(row.person, ground.locale),
           "kind": lambda row, ground: texts.say(ground.locale, f"lists.kind.{row.reward.kind}"),
           "worth": lambda row, _: worth(row.reward), "currency": lambda row, _: row.reward.currency,
           "state": lambda row, ground: texts.say(ground.locale, f"trace.reward.{row.reward.state}"),
           "why": lambda row, ground: why(row.reward, ground.locale), "made": lambda row, _: row.reward.made_at,
           "hold_until": lambda row, _: row.reward.hold_until, "issued": lambda row, _: row.reward.issued_at,
           "expires": lambda row, _: row.reward.expires_at})
