"""Cases: what a rule was not sure about, and the merchant's word on it."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.desk.screen import list_page
from plugin.guardrails import flows
from plugin.guardrails.listing import CASES, said
from plugin.guardrails.tables import GUARDRAIL
from plugin.messaging.naming import called
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import SAID, locale_of, moved
from plugin.web.state import staff

blueprint = Blueprint("cases", __name__)
MERCHANT = "merchant"


@blueprint.get(CASES.path)
@embedded
def listed(shop: Shop, session: Session) -> str:
    """Newest first; those that wait are one press away."""
    told, locale = request.args.get(SAID), locale_of(shop)
    return list_page("guardrails/cases.html", shop, session, CASES, guardrail=GUARDRAIL, reason=lambda reason: said(reason, locale),
                     called=lambda person: called(person, locale), about=request.args.get("order", "")[:32],
                     told=told if told in ("released", "refused", "reopened") else None)


@blueprint.post(f"{CASES.path}/<order_id>/release")
@embedded
def release(shop: Shop, session: Session, order_id: str) -> ResponseReturnValue:
    flows.release(session, shop.id, order_id, by=MERCHANT, now=clock.now(), staff=staff(), reason=request.form.get("reason", ""))
    return moved(CASES.path, said="released", order=order_id)


@blueprint.post(f"{CASES.path}/<order_id>/refusal")
@embedded
def refuse(shop: Shop, session: Session, order_id: str) -> ResponseReturnValue:
    flows.refuse(session, shop.id, order_id, by=MERCHANT, now=clock.now(), staff=staff(), reason=request.form.get("reason", ""))
    return moved(CASES.path, said="refused", order=order_id)
