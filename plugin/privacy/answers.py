"""All that we know about somebody, as JSON that a merchant can pass on."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from plugin.attribution.tables import Link
from plugin.db import ShopId
from plugin.desk import tables as desk
from plugin.desk.tables import Note
from plugin.messaging import tables as messaging
from plugin.messaging.tables import Mail
from plugin.mirror.tables import Order
from plugin.money import Money
from plugin.people import tables as people
from plugin.people.tables import Person
from plugin.privacy import tables
from plugin.rewards.tables import Reward


def about(session: Session, shop_id: ShopId, found: Sequence[Person], order_ids: Collection[str]) -> dict[str, Any]:
    """Everything about these people, who are one to the merchant. Nothing about those whom they brought."""
    ids = {known for person in found for known in people.all_ids(session, shop_id, person.id)}
    return {
        "people": [_person(person) for person in found],
        "orders": [_order(order) for order in tables.orders(session, shop_id, ids, order_ids)],
        "links": [_link(link) for link in tables.links(session, shop_id, ids)],
        "cards": [_time(card.made_at) for card in tables.cards(session, shop_id, ids)],
        "rewards": [_reward(reward) for reward in tables.rewards(session, shop_id, ids)],
        "notes": [_note(note) for note in desk.notes_about(session, shop_id, tables.subjects(session, shop_id, ids, order_ids))],
        "mail": [_mail(mail) for mail in messaging.of_people(session, shop_id, ids)],
    }


def tags(session: Session, shop_id: ShopId, customer_ids: Collection[str]) -> dict[str, Any]:
    """What these customers are tagged with in the shop, as far as we keep it."""
    found = people.tags(session, shop_id, customer_ids)
    return {"tags": sorted({name for names in found.values() for name in names})}


def _person(person: Person) -> dict[str, Any]:
    return {"customer_id": person.customer_id, "email": person.email, "first_name": person.first_name, "locale": person.locale,
            "mail": person.mail_state, "met_at": _time(person.met_at)}


def _order(order: Order) -> dict[str, Any]:
    return {"id": order.id, "name": order.name, "created_at": _time(order.created_at), "codes": order.codes, "attributes": order.attributes,
            "landing_site": order.landing_site, "country": order.country}


def _link(link: Link) -> dict[str, Any]:
    return {"link": link.slug, "code": link.code, "state": link.state, "made_at": _time(link.made_at)}


def _reward(reward: Reward) -> dict[str, Any]:
    return {"role": reward.role, "kind": reward.kind, "amount": Money(reward.amount, reward.currency).text(), "currency": reward.currency,
            "state": reward.state, "made_at": _time(reward.made_at), "expires_at": _time(reward.expires_at)}


def _note(note: Note) -> dict[str, Any]:
    return {"kind": note.kind, "text": note.text, "at": _time(note.at)}


def _mail(mail: Mail) -> dict[str, Any]:
    return {"kind": mail.kind, "state": mail.state, "written_at": _time(mail.written_at)}


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
