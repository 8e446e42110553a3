"""Advocates as a list: who shares, since when, and how many friends bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from plugin.attribution import finding
from plugin.attribution.tables import Link
from plugin.db import ShopId
from plugin.desk.listing import Choice, Listing, Sort
from plugin.messaging import texts
from plugin.messaging.naming import called
from plugin.people.tables import Person
from plugin.referrals import tables
from plugin.referrals.tables import Advocate, Programme


@dataclass(frozen=True, slots=True)
class Row:
    """``advocate`` and ``link`` have one id."""

    advocate: Advocate
    link: Link
    person: Person
    programme: str

    @property
    def id(self) -> UUID:
        return self.link.id


def load(session: Session, shop_id: ShopId, keys: Sequence[UUID]) -> Sequence[Row]:
    rows = session.execute(
        select(Advocate, Link, Person, Programme.name)
        .join(Link, (Link.shop_id == Advocate.shop_id) & (Link.id == Advocate.id))
        .join(Person, (Person.shop_id == Link.shop_id) & (Person.id == Link.person_id))
        .join(Programme, (Programme.shop_id == Link.shop_id) & (Programme.id == Link.programme_id))
        .where(Advocate.shop_id == shop_id, Advocate.id.in_(keys)))
    found = {advocate.id: Row(advocate, link, person, name) for advocate, link, person, name in rows}
    return [found[key] for key in keys if key in found]


def programmes(session: Session, shop_id: ShopId) -> Sequence[tuple[str, str]]:
    """Every programme by name, to choose one."""
    return [(str(one.id), one.name) for one in tables.programmes(session, shop_id)]


def _find(session: Session, shop_id: ShopId, text: str) -> Sequence[UUID]:
    return sorted(finding.find(session, shop_id, text).advocates)


ADVOCATES = Listing(
    name="advocates", path="/app/advocates", table=Link, key=Link.id, key_type=UUID,
    sorts=(Sort("since", Link.made_at, datetime), Sort("friends", Link.friends, int)),
    choices=(Choice("state", Link.state, ("active", "stopped"), words="advocates.states"),
             Choice("programme", Link.programme_id, None, options=programmes)),
    find=_find, load=load, split="state", period=Link.made_at, acts=("stop", "resume", "give"),
    sheet={"advocate": lambda row, ground: called(row.person, ground.locale), "email": lambda row, _: row.person.email,
           "programme": lambda row, _: row.programme, "code": lambda row, _: row.link.code,
           "how": lambda row, ground: texts.say(ground.locale, f"advocates.how_{row.advocate.how}"),
           "since": lambda row, _: row.link.made_at, "friends": lambda row, _: row.link.friends,
           "state": lambda row, ground: texts.say(ground.locale, f"advocates.states.{row.link.state}")})
