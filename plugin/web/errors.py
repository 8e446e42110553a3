"""Errors to HTTP, in one place: a page, a fragment for htmx that leaves the form alone, or JSON."""

import math

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from markupsafe import escape
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from plugin.errors import Refused, TandemError, TryAgain

STATUS = {"signature": 401, "not_installed": 403, "access_denied": 403, "frozen": 409, "not_found": 404, "link": 410, "input": 400}
OTHERWISE = 422
WAIT_SECONDS = 5.0
SORRY = "Something went wrong on our side. It has been noted."
LATER = "This cannot be done at this moment. Please try again shortly."

log = structlog.get_logger()


def install(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(TryAgain, _try_again)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, _database_down)
    for unstorable in (DataError, OverflowError, UnicodeError):
        app.register_error_handler(unstorable, _unstorable)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def _refused(error: Refused) -> Response:
    return answer(STATUS.get(error.reason, OTHERWISE), error.reason, error.message)


def _try_again(error: TryAgain) -> Response:
    return _later(error.after)


def _database_down(error: Exception) -> Response:
    log.error("database", error=type(error).__name__, route=_route())
    return _later(None)


def _later(after: float | None) -> Response:
    response = answer(503, "later", LATER)
    response.headers["Retry-After"] = str(max(1, math.ceil(after or WAIT_SECONDS)))
    return response


def _unstorable(error: Exception) -> Response:
    """What no check caught and no database can keep: a number beyond 64 bits, a NUL, half a surrogate."""
    log.warning("unstorable input", route=_route(), exc_info=error)
    return answer(400, "input", "The request contains something that cannot be stored.")


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    response = answer(error.code or 500, "http", error.description or error.name)
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _broken(error: Exception) -> Response:
    facts = error.facts if isinstance(error, TandemError) else {}
    log.error("broken", route=_route(), exc_info=error, **{f"fact_{name}": value for name, value in facts.items()})
    return answer(500, "broken", SORRY)


def answer(status: int, reason: str, message: str) -> Response:
    """The error in the shape that this request can use."""
    if wants_json():
        response = jsonify({"error": {"reason": reason, "message": message}})
    elif request.headers.get("HX-Request") == "true":
        response = make_response(f'<div role="alert" class="error" data-reason="{escape(reason)}"><p>{escape(message)}</p></div>')
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#errors", "innerHTML"
    else:
        response = make_response(render_template("web/error.html", status=status, message=message))
    response.status_code = status
    return response


def wants_json() -> bool:
    if request.path.startswith(("/extension/", "/webhooks")) or request.path.endswith(".json"):
        return True
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def _route() -> str:
    return request.url_rule.rule if request.url_rule else "none"
