"""Putting a programme into force, and undoing what was done last: the margin guard weighs what friends get."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.desk.acting import seen_revision
from plugin.errors import Refused
from plugin.margin.rules import Verdict
from plugin.money import Money
from plugin.offers import flows
from plugin.offers.flows import BelowFloor
from plugin.referrals import flows as referrals
from plugin.referrals import tables as programmes
from plugin.referrals.admin.programmes import edit_page, kept
from plugin.referrals.admin.typed import Form
from plugin.referrals.rules import most_rate
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
        version = flows.publish_programme(session, shop.id, programme_id, currency=shop.currency, now=now, by=staff(),
                                          revision=seen_revision(), restoring=restoring)
    except BelowFloor as refused:
        return _below_floor(shop, session, programme_id, refused), 422
    except Refused as refused:
        if refused.reason != "bundles":
            raise
        return _at_field(shop, session, programme_id, refused), 422
    told = said or ("scheduled" if version.since is not None and version.since > now else "published")
    return moved(f"/app/programmes/{programme_id}", said=told)


def _at_field(shop: Shop, session: Session, programme_id: UUID, refused: Refused) -> str:
    """The form as it was saved, with what is wrong at its field."""
    programme, told = programmes.programme(session, shop.id, programme_id), translator(shop)(refused.key, **refused.facts)
    form = Form(values=kept(session, shop, programme), errors={"bundles": told})
    return edit_page(session, shop, programme, form, trouble={"heading": translator(shop)("programmes.faulty"), "text": told})


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
    listed, most = cart.good.price * cart.times, most_rate(cart, floor_bp)
    told = say("programmes.below_floor_sum", **verdict.told(), listed=Money(listed, currency), paid=Money(cart.revenue, currency),
               spent=Money(cart.revenue - cart.margin, currency), left=Money(cart.margin, currency))
    way = say("programmes.below_floor_most", most_bp=most) if most >= LEAST_RATE else say("programmes.below_floor_never")
    return f"{told} {way}"
