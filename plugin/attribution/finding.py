"""What a merchant types into a search, as keys: an order's name, a code, somebody's e-mail address, the beginning of a first name.

Each is looked up in an index of its own; nothing is walked, and nothing beyond MOST is brought along.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from plugin.attribution.rules import code_key
from plugin.attribution.tables import Code, Decision, Link, brought_by
from plugin.db import ShopId
from plugin.mirror.tables import Order
from plugin.people import flows as people
from plugin.people import tables as people_tables

MOST = 200
SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Found:
    """``orders``: by name or number. ``people``: by address or name. ``advocates``: these people's links, and by code."""

    orders: frozenset[str]
    people: frozenset[UUID]
    advocates: frozenset[UUID]
    codes: frozenset[UUID]


def find(session: Session, shop_id: ShopId, text: str) -> Found:
    text = text.strip()
    found = _people(session, shop_id, text)
    codes = session.execute(select(Code.id, Code.advocate_id).where(Code.shop_id == shop_id, Code.code_key == code_key(text)))
    by_code = session.scalars(select(Link.id).where(Link.shop_id == shop_id, Link.code_key == code_key(text)))
    by_person = session.scalars(select(Link.id).where(Link.shop_id == shop_id, Link.person_id.in_(found)).limit(MOST)) if found else ()
    return Found(_orders(session, shop_id, text), found, frozenset((*by_code, *by_person)), frozenset(id for id, _ in codes))


def orders(session: Session, shop_id: ShopId, text: str) -> Sequence[str]:
    """Orders that are called so, that these people placed, or that they or this code brought; not more than MOST of each kind."""
    found = find(session, shop_id, text)
    ids = set(found.orders)
    if found.people:
        ids.update(session.scalars(select(Order.id).where(Order.shop_id == shop_id, Order.person_id.in_(found.people)).limit(MOST)))
    if len(found.advocates) == 1:
        [only] = found.advocates
        ids.update(row.order_id for row in brought_by(session, shop_id, only, limit=MOST))
    elif found.advocates:
        ids.update(_brought(session, shop_id, Decision.advocate_id.in_(found.advocates)))
    if found.codes:
        sharers = select(Code.advocate_id).where(Code.shop_id == shop_id, Code.id.in_(found.codes))
        ids.update(_brought(session, shop_id, Decision.advocate_id.in_(sharers) & Decision.code_id.in_(found.codes)))
    return sorted(ids)


def _brought(session: Session, shop_id: ShopId, by: ColumnElement[bool]) -> Collection[str]:
    return session.scalars(select(Decision.order_id).where(Decision.shop_id == shop_id, by).limit(MOST)).all()


def _orders(session: Session, shop_id: ShopId, text: str) -> frozenset[str]:
    of_shop = select(Order.id).where(Order.shop_id == shop_id)
    by_name = session.scalars(of_shop.where(Order.name.in_({text, f"#{text}"})).limit(MOST))
    return frozenset({*by_name, *session.scalars(of_shop.where(Order.id == text[:24]))})


def _people(session: Session, shop_id: ShopId, text: str) -> frozenset[UUID]:
    """Whoever has this address, else whoever's first name begins so, with everybody who was merged into them."""
    key = people.key_of_email(session, shop_id, text) if "@" in text else None
    if key is not None:
        person = people_tables.by_email_key(session, shop_id, key)
        return frozenset(people_tables.all_ids(session, shop_id, person.id)) if person else frozenset()
    if len(text) < SHORTEST_NAME or "@" in text:
        return frozenset()
    return frozenset(people_tables.by_first_name(session, shop_id, text, limit=MOST))
