"""What advocates decide for themselves: whether friends may read their first name, and the words that they send."""

from typing import TypedDict
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from plugin.attribution.tables import Link
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.people import tables as people
from plugin.people.tables import Person
from plugin.referrals.rules.naming import readable
from plugin.referrals.tables import Advocate

LONGEST_WORDS = 500


class Naming(TypedDict):
    """What a share panel offers: the name, and whether friends see it now."""

    first: str
    shown: bool


def offered(session: Session, shop_id: ShopId, advocate_id: UUID) -> Naming | None:
    """None where we know no name that could be shown. For the advocate's own eyes."""
    advocate = session.get_one(Advocate, (shop_id, advocate_id))
    name = _name(people.get(session, shop_id, advocate.person_id))
    return Naming(first=name, shown=advocate.named) if name else None


def agree(session: Session, shop_id: ShopId, person_id: UUID, *, shown: bool) -> None:
    """In every programme that this person shares in."""
    session.execute(update(Advocate).where(Advocate.shop_id == shop_id, Advocate.person_id.in_(people.all_ids(session, shop_id, person_id)))
                    .values(named=shown))
    session.expire_all()


def words_of(session: Session, shop_id: ShopId, advocate_id: UUID) -> str | None:
    """What they wrote to send, None for our texts. For the advocate's own eyes."""
    return session.get_one(Advocate, (shop_id, advocate_id)).words


def write(session: Session, shop_id: ShopId, advocate_id: UUID, words: str) -> None:
    """Keep an advocate's own text; an empty one brings ours back. Raises Refused("words") for one that is too long."""
    told = words.replace("\r\n", "\n").strip()
    if len(told) > LONGEST_WORDS:
        raise Refused("words", "This text is too long to send.")
    session.get_one(Advocate, (shop_id, advocate_id)).words = told or None
    session.flush()


def sender(session: Session, shop_id: ShopId, link: Link) -> str | None:
    """The first name behind a link, if its advocate agreed and we know one."""
    advocate = session.get(Advocate, (shop_id, link.id))
    if advocate is None or not advocate.named:
        return None
    return _name(people.get(session, shop_id, advocate.person_id))


def spoken(session: Session, shop_id: ShopId, link: Link) -> str | None:
    """The language of whoever shares this link, as the shop told it."""
    person = session.get(Person, (shop_id, link.person_id))
    return person.locale if person else None


def is_own(session: Session, shop_id: ShopId, link: Link, customer_id: str | None) -> bool:
    """Does this link belong to the customer who is logged in?"""
    person = people.by_customer(session, shop_id, customer_id) if customer_id else None
    return person is not None and link.person_id in people.all_ids(session, shop_id, people.get(session, shop_id, person.id).id)


def _name(person: Person) -> str | None:
    return readable(person.first_name) if person.redacted_at is None else None
