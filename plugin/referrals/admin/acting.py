"""What is done to a programme with one button and touches no margin: pause, take back, discard, copy, put away, open again."""

from uuid import UUID

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.desk.acting import add_acts, seen_revision
from plugin.desk.flows import LONGEST_REASON
from plugin.referrals import flows, tables
from plugin.shops.tables import Shop
from plugin.web import forms
from plugin.web.guards import embedded
from plugin.web.shell import fragment, moved, translator
from plugin.web.state import staff

LIST = "/app/programmes"
ONE = f"{LIST}/<uuid:programme_id>"


def add_to(blueprint: Blueprint) -> None:
    for name, view in (("pause", pause), ("copy", duplicate)):
        blueprint.post(f"{ONE}/{name}")(view)
    add_acts(blueprint, ONE, {"withdrawal": (flows.withdraw, "withdrawn"), "discarding": (flows.discard, "discarded"),
                              "archiving": (flows.archive, "archived")})
    blueprint.post(f"{ONE}/history/<uuid:change_id>")(reopen)


@embedded
def pause(shop: Shop, session: Session, programme_id: UUID) -> ResponseReturnValue:
    """The reason may be empty; it stands in the history. One that cannot be kept comes back to its field, and nothing is paused."""
    form = forms.read(translator(shop), {"reason": LONGEST_REASON})
    if form["errors"]:
        typed = fragment("programmes/pausing.html", shop=shop, programme=tables.programme(session, shop.id, programme_id), pausing=form)
        return Response(typed, 422, {"HX-Retarget": "#pausing", "HX-Reswap": "outerHTML"})
    reason = " ".join(form["values"]["reason"].split())
    flows.pause(session, shop.id, programme_id, now=clock.now(), by=staff(), reason=reason, revision=seen_revision())
    return moved(f"{LIST}/{programme_id}", said="paused")


@embedded
def duplicate(shop: Shop, session: Session, programme_id: UUID) -> ResponseReturnValue:
    known = tables.programme(session, shop.id, programme_id)
    name = translator(shop)("programmes.copy_of", name=known.name[:60])
    copy = flows.duplicate(session, shop.id, programme_id, name=name, now=clock.now(), by=staff())
    return moved(f"{LIST}/{copy.id}", said="duplicated")


@embedded
def reopen(shop: Shop, session: Session, programme_id: UUID, change_id: UUID) -> ResponseReturnValue:
    """What the history kept becomes the draft again; what the draft said stays in the history."""
    flows.reopen(session, shop.id, programme_id, change_id, now=clock.now(), by=staff())
    return moved(f"{LIST}/{programme_id}", said="opened")
