"""Data requests: what somebody asked the merchant to be told, with all that we know, to be passed on within 30 days."""

import json
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from plugin import clock
from plugin.privacy import flows, tables
from plugin.shops.tables import Shop
from plugin.web.guards import embedded
from plugin.web.shell import SAID, moved, page

blueprint = Blueprint("privacy", __name__)
LIST = "/app/requests"


@blueprint.get(LIST)
@embedded
def listed(shop: Shop, session: Session) -> str:
    """The most urgent first, each with its answer as a text to copy."""
    rows = [(row, json.dumps(row.answer, indent=2, ensure_ascii=False)) for row in tables.open_requests(session, shop.id)]
    return page("privacy/requests.html", shop=shop, rows=rows, now=clock.now(), said=request.args.get(SAID) == "answered")


@blueprint.post(f"{LIST}/<uuid:data_request_id>/answer")
@embedded
def answer(shop: Shop, session: Session, data_request_id: UUID) -> ResponseReturnValue:
    """The merchant says that they have passed it on."""
    flows.answered(session, shop.id, data_request_id, clock.now())
    return moved(LIST, said="answered")
