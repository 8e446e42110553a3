"""Structured logs: one JSON object a line on standard output, ids and numbers, no personal data.

An exception is logged by type and place. Its message only if it is ours: other people's messages repeat the values
that caused them ("invalid literal: 'bob@example.com'", "Key (email)=(...) already exists").
"""

import logging
import sys
import time
import traceback
from collections.abc import Mapping, MutableMapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response, g, request

from plugin.errors import TandemError

PERSONAL = frozenset({"email", "name", "first_name", "last_name", "address", "phone", "ip", "token", "authorization", "code", "body",
                      "query", "url", "link", "customer", "message_text"})
TAKEN_IN = frozenset({"/webhooks"})
FRAMES = 12
FOREIGN_FRAMES = 2
_ROOT = Path(__file__).resolve().parents[2]

log = structlog.get_logger()


def configure() -> None:
    """Once a process. Libraries' own loggers speak from WARNING on, in the same shape."""
    shared: list[Any] = [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), place_exception,
                         leave_out_people]
    structlog.configure(processors=[*shared, structlog.processors.JSONRenderer()],
                        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
                        logger_factory=structlog.PrintLoggerFactory())  # to what standard output is at the time
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[
        structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()]))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def leave_out_people(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A net below the rule that facts are ids and numbers."""
    return {key: "[left out]" if key.removeprefix("fact_") in PERSONAL else value for key, value in event.items()}


def place_exception(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """``exc_info`` to the chain of types and the innermost places, without foreign messages and without values."""
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given is True else given
    chain: list[dict[str, Any]] = []
    while isinstance(error, BaseException) and len(chain) < 5:
        told = {"type": type(error).__name__, "at": _places(error)}
        chain.append({**told, "said": error.message} if isinstance(error, TandemError) else told)
        error = error.__cause__ or error.__context__
    if chain:
        event["exception"] = chain
    return event


def _places(error: BaseException) -> list[str]:
    """Our own frames, innermost last, and after them where in a library it ended."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _is_ours(Path(frame.filename))][-FRAMES:]
    foreign = [frame for frame in frames[-FOREIGN_FRAMES:] if frame not in ours]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in (*ours, *foreign)]


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(_ROOT) and "site-packages" not in path.parts


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if _is_ours(path) else path.name


def tell(route: str, method: str, status: int, seconds: float | None, *, shop_id: str | None = None) -> None:
    """One line a request: the route's pattern, never the address, which may carry tokens and names.

    A webhook that was taken in is a row of the inbox and a number of the metrics: no line on top of that.
    """
    if status != HTTPStatus.OK or route not in TAKEN_IN:
        log.info("request", method=method, route=route, status=int(status),
                 ms=None if seconds is None else round(seconds * 1000, 1), shop_id=shop_id)


def log_requests(app: Flask) -> None:
    def begin() -> None:
        g.began = time.perf_counter()

    def end(response: Response) -> Response:
        tell(request.url_rule.rule if request.url_rule else "none", request.method, response.status_code,
             time.perf_counter() - g.began if "began" in g else None, shop_id=g.get("shop_id"))
        return response

    app.before_request(begin)
    app.after_request(end)
