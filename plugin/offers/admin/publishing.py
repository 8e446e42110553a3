"""Putting a programme into force, and undoing what was done last: the margin guard weighs it against the pairs that stand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.errors import Refused
from plugin.margin.rules import Verdict
from plugin.money import Money
from plugin.offers import flows
from plugin.offers.flows import BelowFloor
from plugin.referrals import flows as referrals
from plugin.referrals import tables as programmes
from plugin.referrals.admin.programmes import edit_page, kept
from plugin.referrals.admin.typed import Form, seen_revision
from plugin.referrals.rules import Version, most_rate
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import moved, translator
from plugin.web.state import current_web, staff

LEAST_RATE = 100
"""A discount of less than one per cent is nothing to recommend."""
PAGE = "/app/programmes/<uuid:programme_id>"


def add_to(blueprint: Blueprint) -> None:
    blueprint.post(f"{PAGE}/publication")(publish)
    blueprint.post(f"{PAGE}/undoing")(undo)


@embedded
def publish(shop: Shop, session: Session, programme_id: UUID) -> ResponseReturnValue:
    """``as=before``: a paused programme comes back as it was, and its draft stays one. A refusal of the guard stands beside the field
    that is to blame, with the numbers of the cart that would break the floor; nothing is changed then."""
    current_web().check_launch(session, shop.id, clock.now())
    restoring = referrals.before_pause(session, shop.id, programme_id) if request.args.get("as") == "before" else None
    return _publish(shop, session, programme_id, restoring)


@embedded
def undo(shop: Shop, session: Session, programme_id: UUID) -> ResponseReturnValue:
    """The newest change that this merchant saw is taken back: what was published is followed by a new version with the rules of the
    one before."""
    referrals.seen(session, shop.id, programme_id, seen_revision())
    what, now = referrals.undoing(session, shop.id, programme_id), clock.now()
    if what in ("restore", "resume"):
        find = referrals.before_last if what == "restore" else referrals.before_pause
        return _publish(shop, session, programme_id, find(session, shop.id, programme_id), said="undone")
    if what is None:
        raise Refused("nothing_to_undo", "Nothing can be undone.", key="programmes.refused.nothing_to_undo")
    _UNDOING[what](session, shop.id, programme_id, now=now, by=staff())
    return moved(f"/app/programmes/{programme_id}", said="undone")


_UNDOING: Mapping[str, Any] = {"pause": referrals.pause, "withdraw": referrals.withdraw, "bring_back": referrals.bring_back,
                               "reopen": referrals.reopen_discarded}


def _publish(shop: Shop, session: Session, programme_id: UUID, restoring: dict[str, Any] | None, *, said: str = "") -> ResponseReturnValue:
    now = clock.now()
    try:
        version, verdict = flows.publish_programme(session, shop.id, programme_id, currency=shop.currency, now=now, by=staff(),
                                                   revision=seen_revision(), restoring=restoring)
    except BelowFloor as refused:
        return _below_floor(shop, session, programme_id, refused), 422
    told = said if said and verdict.outcome != "separate" else _said(version, verdict, now)
    return moved(f"/app/programmes/{programme_id}", said=told)


def _said(version: Version, verdict: Verdict, now: datetime) -> str:
    if verdict.outcome == "separate":
        return "separate"
    return "scheduled" if version.since is not None and version.since > now else "published"


def _below_floor(shop: Shop, session: Session, programme_id: UUID, refused: BelowFloor) -> str:
    """The form as it was saved, the guard's words at the discount, and above it the cart's sum."""
    say, programme = translator(shop), programmes.programme(session, shop.id, programme_id)
    form = Form(values=kept(session, shop, programme), errors={"friend_value": say("programmes.below_floor_field")})
    trouble = {"heading": say("programmes.below_floor"), "text": _sum(refused.verdict, shop.currency, say)}
    return edit_page(session, shop, programme, form, trouble=trouble)


def _sum(verdict: Verdict, currency: str, say: Any) -> str:  # noqa: ANN401 - the translator
    """What the worst cart lists, what of it is paid, what it costs the merchant, and what is left; then which discount would do."""
    cart, floor_bp = verdict.worst, verdict.floor_bp
    if cart is None or floor_bp is None:
        return str(say("errors.margin", **verdict.told()))
    listed, most = sum(good.price * times for good, times in cart.goods), most_rate(cart, floor_bp)
    told = say("programmes.below_floor_sum", **verdict.told(), listed=Money(listed, currency), paid=Money(cart.revenue, currency),
               spent=Money(cart.revenue - cart.margin, currency), left=Money(cart.margin, currency))
    way = say("programmes.below_floor_most", most_bp=most) if most >= LEAST_RATE else say("programmes.below_floor_never")
    return f"{told} {way}"
