"""What is done to a programme with one button and touches no margin: pause, take back, discard, copy, put away, open again."""

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.referrals import flows, tables
from plugin.referrals.admin.typed import seen_revision
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.inputs import is_text
from plugin.web.shell import moved, translator
from plugin.web.state import staff

LIST = "/app/programmes"


def add_to(blueprint: Blueprint) -> None:
    for name, view in (("pause", pause), ("withdrawal", withdraw), ("discarding", discard), ("copy", duplicate), ("archiving", archive)):
        blueprint.post(f"{LIST}/<uuid:programme_id>/{name}")(view)
    blueprint.post(f"{LIST}/<uuid:programme_id>/history/<uuid:change_id>")(reopen)


@embedded
def pause(shop: Shop, session: Session, programme_id: UUID) -> ResponseReturnValue:
    """The reason may be empty; it stands in the history."""
    given = request.form.get("reason", "")
    reason = " ".join(given.split())[:300] if is_text(given) else ""
    flows.pause(session, shop.id, programme_id, now=clock.now(), by=staff(), reason=reason, revision=seen_revision())
    return moved(f"{LIST}/{programme_id}", said="paused")


@embedded
def withdraw(shop: Shop, session: Session, programme_id: UUID) -> ResponseReturnValue:
    flows.withdraw(session, shop.id, programme_id, now=clock.now(), by=staff(), revision=seen_revision())
    return moved(f"{LIST}/{programme_id}", said="withdrawn")


@embedded
def discard(shop: Shop, session: Session, programme_id: UUID) -> ResponseReturnValue:
    flows.discard(session, shop.id, programme_id, now=clock.now(), by=staff(), revision=seen_revision())
    return moved(f"{LIST}/{programme_id}", said="discarded")


@embedded
def duplicate(shop: Shop, session: Session, programme_id: UUID) -> ResponseReturnValue:
    known = tables.programme(session, shop.id, programme_id)
    name = translator(shop)("programmes.copy_of", name=known.name[:60])
    copy = flows.duplicate(session, shop.id, programme_id, name=name, now=clock.now(), by=staff())
    return moved(f"{LIST}/{copy.id}", said="duplicated")


@embedded
def archive(shop: Shop, session: Session, programme_id: UUID) -> ResponseReturnValue:
    flows.archive(session, shop.id, programme_id, now=clock.now(), by=staff(), revision=seen_revision())
    return moved(f"{LIST}/{programme_id}", said="archived")


@embedded
def reopen(shop: Shop, session: Session, programme_id: UUID, change_id: UUID) -> ResponseReturnValue:
    """What the history kept becomes the draft again; what the draft said stays in the history."""
    flows.reopen(session, shop.id, programme_id, change_id, now=clock.now(), by=staff())
    return moved(f"{LIST}/{programme_id}", said="opened")
