"""Putting a programme into force: the margin guard weighs it against the pairs that stand."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.offers import flows
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import moved


def add_to(blueprint: Blueprint) -> None:
    blueprint.post("/app/programmes/<uuid:programme_id>/publication")(publish)


@embedded
def publish(shop: Shop, session: Session, programme_id: UUID) -> ResponseReturnValue:
    """A refusal of the guard is said with the cart that would break the floor; nothing is changed then."""
    _, verdict = flows.publish_programme(session, shop.id, programme_id, currency=shop.currency, now=clock.now())
    return moved(f"/app/programmes/{programme_id}", said="separate" if verdict.outcome == "separate" else "published")
