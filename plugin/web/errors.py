"""Errors to HTTP, in one place: a page, a fragment for htmx that leaves the form alone, or JSON."""

import math
from collections.abc import Sequence

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from markupsafe import escape
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from plugin.errors import Broken, Refused, TandemError, TryAgain
from plugin.locales import direction, language
from plugin.web.speaking import anybodys
from plugin.web.state import current_web

STATUS = {"signature": 401, "not_installed": 403, "access_denied": 403, "frozen": 409, "not_found": 404, "link": 410, "input": 400}
OTHERWISE = 422
WAIT_SECONDS = 5.0
MOST_SENT_AGAIN = 20_000
TITLES = {404: "title_missing", 503: "title_later"}
HTTP = {401: "signature", 403: "forbidden", 404: "no_page", 405: "no_page", 408: "later", 413: "too_large", 415: "input", 429: "too_often"}
"""What is said where Flask itself refuses; all else of the visitor's doing is "input", of ours "broken"."""

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
    return answer(STATUS.get(error.reason, OTHERWISE), error.reason, words(error.key, **error.facts))


def _try_again(error: TryAgain) -> Response:
    return _later(error.after)


def _database_down(error: Exception) -> Response:
    log.error("database", error=type(error).__name__, route=_route())
    return _later(None)


def _later(after: float | None) -> Response:
    response = answer(503, "later", words("errors.later"))
    response.headers["Retry-After"] = str(max(1, math.ceil(after or WAIT_SECONDS)))
    return response


def _unstorable(error: Exception) -> Response:
    """What no check caught and no database can keep: a number beyond 64 bits, a NUL, half a surrogate."""
    log.warning("unstorable input", route=_route(), exc_info=error)
    return answer(400, "input", words("errors.input"))


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    response = answer(status, "http", words(f"errors.{HTTP.get(status, 'input' if status < 500 else 'broken')}"))
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _broken(error: Exception) -> Response:
    facts = error.facts if isinstance(error, TandemError) else {}
    log.error("broken", route=_route(), exc_info=error, **{f"fact_{name}": value for name, value in facts.items()})
    return answer(500, "broken", words("errors.broken"))


def answer(status: int, reason: str, message: str) -> Response:
    """The error in the shape that this request can use."""
    if wants_json():
        response = jsonify({"error": {"reason": reason, "message": message}})
    elif request.headers.get("HX-Request") == "true":
        response = make_response(f'<div role="alert" class="error" data-reason="{escape(reason)}"><p>{escape(message)}</p></div>')
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#errors", "innerHTML"
    else:
        response = make_response(_page(status, message, again=_typed() if status == 503 else ()))
    response.status_code = status
    return response


def way_on(status: int, message: str, *, label: str, href: str) -> Response:
    """An error page with a button that leads on."""
    return Response(_page(status, message, (label, href)), status)


def _typed() -> Sequence[tuple[str, str]]:
    """What a form brought that cannot be kept now: the page offers to send it again."""
    if request.method != "POST" or (request.content_length or 0) > MOST_SENT_AGAIN:
        return ()
    return tuple((name, value) for name, value in request.form.items(multi=True))


def _page(status: int, message: str, go: tuple[str, str] | None = None, again: Sequence[tuple[str, str]] = ()) -> str:
    title = TITLES.get(status, "title_broken" if status >= 500 else "title_refused")
    return render_template("web/error.html", title=words(f"errors.{title}"), message=message, go=go, again=again,
                           again_label=words("errors.send_again"), **spoken())


def spoken() -> dict[str, str]:
    """``lang`` and ``dir`` of a page that nobody's shop shows."""
    locale = anybodys()
    return {"lang": language(locale), "dir": direction(locale)}


def words(key: str, /, **facts: object) -> str:
    """The catalogue's text for whoever asks here. An error without words of its own must not become another error."""
    try:
        return current_web().say(anybodys(), key, **facts)
    except Broken as missing:
        log.error("an error has no words", key=key, exc_info=missing)
        return current_web().say(anybodys(), "errors.refused")


def wants_json() -> bool:
    if request.path.startswith(("/extension/", "/webhooks", "/api/")) or request.path.endswith(".json"):
        return True
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def _route() -> str:
    return request.url_rule.rule if request.url_rule else "none"
