"""The one address for tills and help desks: a referral that staff heard of. docs/staff-reports.md tells its shapes."""

from typing import cast

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.errors import Refused
from plugin.insights import baseline, tables, tokens
from plugin.insights.baseline import A_MINUTE, MOST_A_MINUTE, Sender
from plugin.insights.rules.baseline import key, read
from plugin.insights.tables import StaffReport
from plugin.shops import tables as shops
from plugin.web.errors import answer, words
from plugin.web.guards import public
from plugin.web.inputs import json_object

blueprint = Blueprint("staff_reports", __name__)
ADDRESS = "/api/staff-reports"


@blueprint.post(ADDRESS)
@public("the bearer token says which shop it is")
def report(session: Session) -> Response:
    """201 with the report, 200 if this key brought it before; 401, 409, 422 and 429 with a reason in words."""
    holder = tokens.holder(session, request.headers.get("Authorization", "").removeprefix("Bearer ").strip())
    if holder is None or shops.get(session, cast(ShopId, holder.shop_id)).state != shops.INSTALLED:
        return _refused(401, "token", "WWW-Authenticate", "Bearer")
    shop_id, machine_now = cast(ShopId, holder.shop_id), clock.machine_now()
    if tables.reported_since(session, shop_id, holder.id, machine_now - A_MINUTE) >= MOST_A_MINUTE:
        return _refused(429, "too_often", "Retry-After", "60")
    told, named = read(json_object(request), clock.now()), key(request.headers.get("Idempotency-Key", ""))
    try:
        row, new = baseline.take(session, shop_id, told, f"{holder.id.hex}/{named}", sender=Sender(token_id=holder.id),
                                 machine_now=machine_now)
    except Refused as refused:
        return answer(409 if refused.reason == "repeated" else 422, refused.reason, words(refused.key, **refused.facts))
    holder.used_at = machine_now
    response = jsonify({"report": _shown(row)})
    response.status_code = 201 if new else 200
    return response


def _refused(status: int, reason: str, header: str, value: str) -> Response:
    response = answer(status, reason, words(f"baseline.api_{reason}"))
    response.headers[header] = value
    return response


def _shown(row: StaffReport) -> dict[str, object]:
    return {"id": str(row.id), "team": row.team, "bought": row.bought, "order_id": row.order_id, "heard_at": row.heard_at.isoformat()}
