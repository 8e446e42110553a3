"""Deliveries and events that gave up: to read, and to try again once the cause is gone."""

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin.db import database_now
from plugin.insights import letters
from plugin.insights.admin.paging import before
from plugin.intake import flows as intake
from plugin.intake import tables as inbox
from plugin.outbox import flows as outbox
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import SAID, here, moved, page

LIST = "/app/deliveries"
EVENTS = "/app/events"


def add_to(blueprint: Blueprint) -> None:
    blueprint.get(LIST)(leaving)
    blueprint.post(f"{LIST}/<uuid:delivery_id>/retry")(retry)
    blueprint.post(f"{EVENTS}/<uuid:event_id>/retry")(retry_event)


@embedded
def leaving(shop: Shop, session: Session) -> str:
    """One state at a time: what was asked for, else what gave up, else what waits."""
    counts, asked = letters.counts(session, shop.id), request.args.get("state", "")
    state = asked if asked in letters.STATES else "dead" if counts["dead"] else "waiting"
    kinds = letters.kinds(session, shop.id, state)
    kind = request.args.get("kind") if request.args.get("kind") in kinds else None
    kept = {"state": state, **({"kind": kind} if kind else {})}
    rows = letters.deliveries(session, shop.id, state, kind=kind, before=before(request))
    following = here(LIST, **kept, before=rows[-1].id) if len(rows) == letters.PAGE else None
    return page("insights/letters.html", shop=shop, rows=rows, state=state, counts=counts, events=inbox.dead(session, shop.id),
                orders=letters.orders_of(session, shop.id, rows), states=letters.STATES, kinds=kinds, kind=kind,
                following=following, now=database_now(session), said=request.args.get(SAID) == "again")


@embedded
def retry(shop: Shop, session: Session, delivery_id: UUID) -> ResponseReturnValue:
    """It waits for its turn again, with all its attempts before it. One that is not dead is left as it is."""
    outbox.revive(session, shop.id, delivery_id)
    return moved(LIST, said="again")


@embedded
def retry_event(shop: Shop, session: Session, event_id: UUID) -> ResponseReturnValue:
    intake.revive(session, shop.id, event_id)
    return moved(LIST, said="again")
