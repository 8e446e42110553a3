"""Cases: what a rule was not sure about, and the merchant's word on it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.guardrails import flows, tables
from plugin.guardrails.tables import GUARDRAIL
from plugin.messaging import texts
from plugin.mirror import tables as mirror
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import SAID, locale_of, moved, page

blueprint = Blueprint("cases", __name__)
LIST = "/app/cases"
MERCHANT = "merchant"


@blueprint.get(LIST)
@embedded
def listed(shop: Shop, session: Session) -> str:
    """Those that wait, longest first; then what was decided, newest first."""
    waiting, resolved = tables.open_cases(session, shop.id), tables.resolved_cases(session, shop.id)
    said = request.args.get(SAID)
    return page("guardrails/cases.html", shop=shop, waiting=waiting, resolved=resolved, guardrail=GUARDRAIL,
                names=mirror.names(session, shop.id, [case.order_id for case in (*waiting, *resolved)]),
                reason=_reason(locale_of(shop)), said=said if said in ("released", "refused") else None)


@blueprint.post(f"{LIST}/<order_id>/release")
@embedded
def release(shop: Shop, session: Session, order_id: str) -> ResponseReturnValue:
    flows.release(session, shop.id, order_id, by=MERCHANT, now=clock.now())
    return moved(LIST, said="released")


@blueprint.post(f"{LIST}/<order_id>/refusal")
@embedded
def refuse(shop: Shop, session: Session, order_id: str) -> ResponseReturnValue:
    flows.refuse(session, shop.id, order_id, by=MERCHANT, now=clock.now())
    return moved(LIST, said="refused")


def _reason(locale: str) -> Callable[[dict[str, Any]], str]:
    return lambda told: texts.say_or(locale, f"trace.rule_why.{told['rule']}", told["why"])
