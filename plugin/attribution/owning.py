"""What is a customer's own as an advocate. Codes to give away: the checkout refuses them when their owner enters them, as far as Shopify
lets it; the certain refusal is attribution's, once the order is there. And the orders that they brought, or that others brought of theirs.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from plugin.attribution.rules import code_key
from plugin.attribution.tables import Claim, Code, Decision, Link
from plugin.db import ShopId
from plugin.intake import flows as intake
from plugin.mirror.tables import Order, standing
from plugin.people.tables import Person

CHANGED = "codes/own"
"""What is told when an advocate's codes are others now, or the orders that they brought; the subject is the advocate's id."""
ATTRIBUTED = "attributed"
MOST = 20
"""So many codes of one customer are looked at, the newest first: a checkout reads no more."""


def changed(session: Session, shop_id: ShopId, advocate_ids: Collection[UUID | None], now: datetime) -> None:
    for advocate_id in sorted({one for one in advocate_ids if one is not None}):
        intake.tell(session, shop_id, CHANGED, str(advocate_id), now)


def own_codes(session: Session, shop_id: ShopId, customer_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """By customer, folded: the codes of their links that are not stopped, then the friends' codes that were taken through these and may
    still be used. Who has none is left out."""
    found: dict[str, tuple[str, ...]] = {}
    for link, customer_id in _links(session, shop_id, customer_ids):
        told = (link.code, *_taken(session, shop_id, link.id))
        found[customer_id] = tuple(dict.fromkeys((*found.get(customer_id, ()), *(code_key(one) for one in told))))[:MOST]
    return found


def owners(session: Session, shop_id: ShopId, *, after: str, limit: int) -> Sequence[str]:
    """Customers who have a link, in the order of their ids as texts."""
    return session.scalars(select(Person.customer_id).join(Link, (Link.shop_id == Person.shop_id) & (Link.person_id == Person.id)).where(
        Person.shop_id == shop_id, Person.customer_id > after, Link.state == "active")
        .distinct().order_by(Person.customer_id).limit(limit)).all()  # type: ignore[return-value]


def owner(session: Session, shop_id: ShopId, advocate_id: UUID) -> str | None:
    """The customer whose advocate this is; None where no customer of Shopify is known."""
    link = session.get(Link, (shop_id, advocate_id))
    person = session.get(Person, (shop_id, link.person_id)) if link else None
    while person is not None and person.merged_into is not None:
        person = session.get(Person, (shop_id, person.merged_into))
    return person.customer_id if person else None


def friends(session: Session, shop_id: ShopId, customer_ids: Collection[str]) -> dict[str, int]:
    """How many orders that stand each of these customers brought, by whatever link of theirs; who brought none is left out."""
    people = _people(session, shop_id, customer_ids)
    rows = session.execute(
        select(Link.person_id, func.count())
        .join(Decision, (Decision.shop_id == Link.shop_id) & (Decision.advocate_id == Link.id))
        .join(Order, (Order.shop_id == Decision.shop_id) & (Order.id == Decision.order_id))
        .where(Link.shop_id == shop_id, Link.person_id.in_(people), Decision.verdict == ATTRIBUTED, *standing()).group_by(Link.person_id))
    found: dict[str, int] = {}
    for person_id, count in rows:
        found[people[person_id]] = found.get(people[person_id], 0) + count
    return found


def referred(session: Session, shop_id: ShopId, customer_ids: Collection[str]) -> dict[str, int]:
    """How many of their own orders that stand somebody brought; who has none is left out."""
    rows = session.execute(
        select(Order.customer_id, func.count())
        .join(Decision, (Decision.shop_id == Order.shop_id) & (Decision.order_id == Order.id))
        .where(Order.shop_id == shop_id, Order.customer_id.in_(customer_ids), Decision.verdict == ATTRIBUTED, *standing())
        .group_by(Order.customer_id))
    return {customer_id: count for customer_id, count in rows if customer_id}


def _links(session: Session, shop_id: ShopId, customer_ids: Collection[str]) -> list[tuple[Link, str]]:
    people = _people(session, shop_id, customer_ids)
    rows = session.scalars(select(Link).where(Link.shop_id == shop_id, Link.person_id.in_(people), Link.state == "active")
                           .order_by(Link.id))
    return [(link, people[link.person_id]) for link in rows]


def _people(session: Session, shop_id: ShopId, customer_ids: Collection[str]) -> dict[UUID, str]:
    """Whose customer number each is, also of those who turned out to be these customers later."""
    people: dict[UUID, str] = {id: customer_id for id, customer_id in session.execute(
        select(Person.id, Person.customer_id).where(Person.shop_id == shop_id, Person.customer_id.in_(customer_ids))) if customer_id}
    fresh = dict(people)
    while fresh:
        merged = session.execute(select(Person.id, Person.merged_into)
                                 .where(Person.shop_id == shop_id, Person.merged_into.in_(fresh))).all()
        fresh = {id: people[into] for id, into in merged if into is not None and id not in people}
        people |= fresh
    return people


def _taken(session: Session, shop_id: ShopId, advocate_id: UUID) -> Sequence[str]:
    return session.scalars(select(Code.code).join(Claim, (Claim.shop_id == Code.shop_id) & (Claim.code_id == Code.id)).where(
        Claim.shop_id == shop_id, Claim.advocate_id == advocate_id, Code.state == "claimed")
        .order_by(Claim.at.desc(), Claim.id.desc()).limit(MOST)).all()
