"""Deliveries and events that gave up: to read, and to try again once the cause is gone."""

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin.db import database_now
from plugin.desk.screen import list_page
from plugin.insights.letters import DELIVERIES
from plugin.insights.telling import TONES
from plugin.intake import flows as intake
from plugin.intake import tables as inbox
from plugin.outbox import flows as outbox
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import SAID, moved

EVENTS = "/app/events"


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(DELIVERIES.path)(leaving)
    blueprint.post(f"{DELIVERIES.path}/<uuid:delivery_id>/retry")(retry)
    blueprint.post(f"{EVENTS}/<uuid:event_id>/retry")(retry_event)


@embedded
def leaving(shop: Shop, session: Session) -> str:
    return list_page("insights/letters.html", shop, session, DELIVERIES, tones=TONES, events=inbox.dead(session, shop.id),
                     now=database_now(session), said=request.args.get(SAID) == "again")


@embedded
def retry(shop: Shop, session: Session, delivery_id: UUID) -> ResponseReturnValue:
    """It waits for its turn again, with all its attempts before it. One that is not dead is left as it is."""
    outbox.revive(session, shop.id, delivery_id)
    return moved(DELIVERIES.path, said="again")


@embedded
def retry_event(shop: Shop, session: Session, event_id: UUID) -> ResponseReturnValue:
    intake.revive(session, shop.id, event_id)
    return moved(DELIVERIES.path, said="again")
