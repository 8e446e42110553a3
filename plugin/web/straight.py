"""The straight way: an address with more traffic than the framework can afford is answered in front of it.

Whoever answers there says the same as behind Flask (``respond``). What every answer of the app has, this one has too:
the security headers, its place in the metrics, its line in the log.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Response

from plugin.config import Settings
from plugin.web import headers, health, logs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """A status without a body. ``after`` is called once the answer has left."""

    status: HTTPStatus
    headers: tuple[tuple[str, str], ...] = ()
    after: Callable[[], None] | None = None


Taker = Callable[["WSGIEnvironment"], Answer]


class Straight:
    """WSGI middleware: a POST to exactly ``path``, without a query, goes to ``taker``; all else to ``app``."""

    def __init__(self, app: "WSGIApplication", path: str, taker: Taker, settings: Settings) -> None:
        self._app, self._path, self._taker = app, path, taker
        self._headers = [("Content-Length", "0"), *headers.every(settings)]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != self._path or environ["REQUEST_METHOD"] != "POST" or environ.get("QUERY_STRING"):
            return self._app(environ, start_response)
        began = time.perf_counter()
        answer = self._taken(environ)
        status, took = answer.status, time.perf_counter() - began
        health.count(self._path, "POST", status, took)
        logs.tell(self._path, "POST", status, took)
        start_response(f"{status:d} {status.phrase}", [*self._headers, *answer.headers])
        return [b""] if answer.after is None else _Closing(answer.after)

    def _taken(self, environ: "WSGIEnvironment") -> Answer:
        try:
            return self._taker(environ)
        except Exception:
            log.exception("broken", route=self._path)
            return Answer(HTTPStatus.INTERNAL_SERVER_ERROR)


def respond(answer: Answer) -> Response:
    """The same answer from a view."""
    response = Response(status=answer.status, headers=answer.headers)
    if answer.after is not None:
        response.call_on_close(answer.after)
    return response


@dataclass(frozen=True, slots=True)
class _Closing:
    """An empty body; the server calls ``close`` when it has sent it."""

    close: Callable[[], None]

    def __iter__(self) -> Iterator[bytes]:
        return iter((b"",))
