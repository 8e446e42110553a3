"""``POST /_shop/<shop>/admin/api/2026-10/graphql.json`` and the download of bulk results."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, jsonify, request, send_file
from graphql import ExecutionResult, OperationDefinitionNode

from devstore import faults
from devstore.admin_api.bucket import Bucket
from devstore.admin_api.call import Call
from devstore.admin_api.cost import MOST, Cost
from devstore.admin_api.documents import Document, Documents, missing
from devstore.admin_api.execution import run
from devstore.admin_api.schema import VERSION
from devstore.app import services
from devstore.clock import machine_now
from devstore.faults import Fault
from devstore.state.apps import AccessToken
from devstore.state.shops import Shop

blueprint = Blueprint("admin_api", __name__)
_DOCUMENTS = Documents()
_STATES = {"frozen": 402, "locked": 423, "closed": 404, "forbidden": 403}
_UNKNOWN_TOKEN = "[API] Invalid API key or access token (unrecognized login or wrong password)"
_PERMANENT = "[API] Non-expiring access tokens are no longer accepted for the Admin API. Please use an expiring offline access token."


@dataclass(slots=True)
class Work:
    """One request, read."""

    shop: Shop
    token: AccessToken
    document: Document
    variables: dict[str, Any]
    name: str | None
    fault: Fault | None = None
    bucket: Bucket | None = None
    cost: dict[str, Any] = field(default_factory=dict)


class Refusal(Exception):
    """Answered with a status other than 200."""

    def __init__(self, status: int, errors: str) -> None:
        super().__init__(errors)
        self.status, self.errors = status, errors


@blueprint.post("/_shop/<name>/admin/api/<version>/graphql.json")
def graphql(name: str, version: str) -> Response:
    try:
        work = _read(services().store.shop(name), version)
    except Refusal as refusal:
        return _said({"errors": refusal.errors}, refusal.status)
    work.fault = services().faults.next(work.shop.handle, work.document.names(work.name)) or faults.by_address(
        work.shop, str(work.variables)
    )
    instead = faults.before(work.fault)
    return instead if instead is not None else faults.after(work.fault, _said(_answer(work)))


def _said(body: dict[str, Any], status: int = 200) -> Response:
    answer = jsonify(body)
    answer.status_code = status
    answer.headers["X-Request-Id"] = str(uuid.uuid4())
    answer.headers["X-Shopify-API-Version"] = VERSION
    return answer


def _read(shop: Shop, version: str) -> Work:
    if shop.state != "open":
        raise Refusal(_STATES[shop.state], "Unavailable Shop")
    token = _token(shop)
    if version != VERSION:
        raise Refusal(404, f"devstore serves version {VERSION} only.")
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        raise Refusal(400, "query: Required parameter missing or invalid")
    variables = body.get("variables") or {}
    if not isinstance(variables, dict):
        raise Refusal(400, "variables: must be an object")
    return Work(shop, token, _DOCUMENTS.read(body["query"]), variables, body.get("operationName"))


def _token(shop: Shop) -> AccessToken:
    given = request.headers.get("X-Shopify-Access-Token", "")
    token = shop.installation.access_tokens.get(given) if shop.installation else None
    if token is None or (token.expires_at is not None and token.expires_at <= machine_now()):
        raise Refusal(401, _UNKNOWN_TOKEN)
    if token.expires_at is None:
        raise Refusal(403, _PERMANENT)
    return token


def _answer(work: Work) -> dict[str, Any]:
    if work.document.errors:
        return {"errors": work.document.errors}
    operation = work.document.operation(work.name)
    if operation is None:
        return {"errors": [{"message": "An operation name is required", "extensions": {"code": "BAD_REQUEST"}}]}
    denied = missing(work.document, work.token.scopes)
    if denied:
        return {"data": None, "errors": denied}
    assert work.document.node is not None
    cost = Cost(work.document.node, work.variables)
    points = cost.requested(operation)
    if points > MOST:
        return {"errors": [_too_dear(points)]}
    throttled = _charge(work, points)
    return throttled if throttled is not None else _executed(work, operation, cost)


def _too_dear(points: int) -> dict[str, Any]:
    message = f"Query cost is {points}, which exceeds the single query max cost limit ({MOST})."
    return {"message": message, "extensions": {"code": "MAX_COST_EXCEEDED", "cost": points, "maxCost": MOST}}


def _charge(work: Work, points: int) -> dict[str, Any] | None:
    """Take the requested cost out of the bucket; the answer to give when it does not hold that much."""
    buckets = services().buckets
    with buckets.lock:
        bucket = work.bucket = buckets.of(work.shop.handle, work.shop.plan)
        work.cost = {"requestedQueryCost": points, "actualQueryCost": None}
        if (work.fault is None or work.fault.kind != "throttled") and bucket.take(points):
            return None
        buckets.throttled[work.shop.handle] = buckets.throttled.get(work.shop.handle, 0) + 1
        cost = {**work.cost, "throttleStatus": bucket.status()}
    return {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}], "extensions": {"cost": cost}}


def _executed(work: Work, operation: OperationDefinitionNode, cost: Cost) -> dict[str, Any]:
    store = services().store
    call = Call(store, work.shop, work.token.scopes, user_errors=work.fault is not None and work.fault.kind == "user_errors")
    with store.action():
        result = run(work.document, call, work.variables, work.name)
    if result.data is None and result.errors and not any(error.path for error in result.errors):
        _settle(work, 0)
        return {"errors": [_shown(error.formatted, "INVALID_VARIABLE") for error in result.errors]}
    actual = min(cost.actual(operation, result.data), work.cost["requestedQueryCost"])
    return _with_cost(work, result, actual)


def _with_cost(work: Work, result: ExecutionResult, actual: int) -> dict[str, Any]:
    _settle(work, actual)
    body: dict[str, Any] = {"data": result.data}
    if result.errors:
        body["errors"] = [_shown(error.formatted, "INTERNAL_SERVER_ERROR") for error in result.errors]
    body["extensions"] = {"cost": work.cost}
    return body


def _shown(error: Any, code: str) -> dict[str, Any]:  # noqa: ANN401  (graphql-core's own shape)
    return {"extensions": {"code": code}, **error}


def _settle(work: Work, actual: int) -> None:
    """Give back what was not used."""
    assert work.bucket is not None
    buckets = services().buckets
    with buckets.lock:
        work.bucket.give_back(work.cost["requestedQueryCost"] - actual)
        buckets.note(work.shop.handle, actual)
        work.cost = {**work.cost, "actualQueryCost": actual, "throttleStatus": work.bucket.status()}


@blueprint.get("/_shop/<name>/bulk/<file>")
def bulk_result(name: str, file: str) -> Response:
    """Unguessable addresses, no token, as at Shopify."""
    store = services().store
    shop = store.shop(name)
    known = any(one.file == file for one in shop.bulk_operations.values())
    path = services().folder / file
    if not known or not path.exists():
        return _said({"errors": "Not Found"}, 404)
    return send_file(path.absolute(), mimetype="application/jsonl")
